"""Names of Keras that are not here: what to use instead, where they are looked for in a module or a model."""

import sys
from collections.abc import Callable
from typing import Any

from kit.names import near_miss

PLAIN = "the kit's functions are torch's: write torch.matmul, torch.exp and so on"
REPEATABLE = "fit(seed=1) makes a training repeatable, torch.manual_seed(1) the weights that are made before it"
WINDOWS = "make windows of a series with numpy.lib.stride_tricks.sliding_window_view(series, length)"
FOLDER = "give fit a torch DataLoader of torchvision.datasets.ImageFolder(folder, transform)"
VARIED = "vary images with ImageDataGenerator(...), as fit(augment=...)"
ENCODED = "encode a table before: pandas.get_dummies(table), or Embedding of whole numbers"
ATTENTION = "use MultiHeadAttention(num_heads=1, key_dim=width)"
CELLS = "use LSTM, GRU or SimpleRNN; a cell of your own is a layer with a loop over the times in forward"
ANY_BATCHES = "inherit from nothing: fit takes any object with __len__ and __getitem__ that gives (X, y) for a number"
AS_FIT = "fit, evaluate and predict take generators"
NOTHING_TO_CLEAR = "nothing has to be cleared; a model is gone when no name refers to it"
FEATURES = "the layers up to one make a model of their own: Sequential(model.layers[:-1]), or called on Input(shape)"

IN_MODULES = {
    "kit": {
        "applications": "take a model of torchvision, a torch.nn.Module, as a layer",
        "backend": f"{PLAIN}; {NOTHING_TO_CLEAR}",
        "config": "torch.set_default_dtype says how wide numbers are",
        "mixed_precision": "say compile(precision='mixed_bfloat16')",
        "ops": PLAIN,
        "random": REPEATABLE,
        "saving": "a layer of your own is known to files by being defined; functions are passed in custom_objects",
        "Variable": "make a weight with add_weight(name, shape) in build of a layer",
        "wrappers": "scikit-learn's functions split, and fit and evaluate a new model for each fold",
    },
    "kit.callbacks": {
        "BackupAndRestore": "say fit(autosave='run.h5'), and kit.resume('run.h5', X, y) afterwards",
        "History": "fit gives it, and model.history is it",
        "ProgbarLogger": "fit(verbose=1) shows a bar",
        "RemoteMonitor": "a callback is a function of yours that is called with each Record",
    },
    "kit.layers": {
        "AdditiveAttention": ATTENTION,
        "Attention": ATTENTION,
        "CategoryEncoding": ENCODED,
        "ConvLSTM2D": "use TimeDistributed(Conv2D(...)), Flatten at each time, and an LSTM",
        "CuDNNGRU": "GRU runs the fast kernel by itself",
        "CuDNNLSTM": "LSTM runs the fast kernel by itself",
        "Discretization": "use numpy.digitize before",
        "Hashing": ENCODED,
        "InputLayer": "use Input(shape)",
        "IntegerLookup": ENCODED,
        "LSTMCell": CELLS,
        "GRUCell": CELLS,
        "RNN": CELLS,
        "SimpleRNNCell": CELLS,
        "StackedRNNCells": CELLS,
        "RandomBrightness": VARIED,
        "RandomContrast": VARIED,
        "RandomCrop": VARIED,
        "RandomFlip": VARIED,
        "RandomRotation": VARIED,
        "RandomTranslation": VARIED,
        "RandomZoom": VARIED,
        "StringLookup": ENCODED,
        "TextVectorization": "use kit.preprocessing.text.Tokenizer and kit.utils.pad_sequences before",
        "TorchModuleWrapper": "a torch module is added as it is",
        "experimental": "all layers are in kit.layers itself",
    },
    "kit.metrics": {
        "BinaryCrossentropy": "write its name: metrics=['binary_crossentropy']",
        "CategoricalCrossentropy": "write its name: metrics=['categorical_crossentropy']",
        "KLDivergence": "write its name: metrics=['kl_divergence']",
        "Mean": "numpy.mean of history['loss'] is the mean of a curve",
        "MeanAbsolutePercentageError": "write its name: metrics=['mape']",
        "MeanSquaredLogarithmicError": "write its name: metrics=['msle']",
        "SparseCategoricalCrossentropy": "write its name: metrics=['sparse_categorical_crossentropy']",
    },
    "kit.models": {
        "model_from_json": "kit.code.from_code(text) reads what model.to_code() wrote, kit.load(path) a file",
        "model_from_config": "kit.graph.from_document(config) reads what model.get_config() gives",
        "save_model": "say model.save(path)",
    },
    "kit.optimizers": {
        "Adafactor": "use AdamW, or Adam(amsgrad=True)",
        "Ftrl": "use Adagrad",
        "legacy": "all optimizers are in kit.optimizers itself",
    },
    "kit.optimizers.schedules": {
        "LearningRateSchedule": "derive from kit.schedules.Schedule, with its arguments as annotated fields; or give a "
        "function of the number of updates as learning_rate",
    },
    "kit.utils": {
        "PyDataset": ANY_BATCHES,
        "Sequence": ANY_BATCHES,
        "audio_dataset_from_directory": FOLDER,
        "custom_object_scope": "say kit.load(path, custom_objects={'name': it})",
        "get_custom_objects": "say kit.load(path, custom_objects={'name': it})",
        "get_file": "use urllib.request.urlretrieve(url, path)",
        "image_dataset_from_directory": FOLDER,
        "plot_model": "model.plot() is a picture, model.plot().savefig('model.png') keeps it",
        "register_keras_serializable": "a layer of your own is known to files by being defined",
        "set_random_seed": REPEATABLE,
        "timeseries_dataset_from_array": WINDOWS,
    },
    "kit.preprocessing.sequence": {"TimeseriesGenerator": WINDOWS},
    "kit.preprocessing.image": {
        "array_to_img": "use PIL.Image.fromarray(array)",
        "img_to_array": "use numpy.asarray(image); channels come first: numpy.moveaxis(array, -1, 0)",
        "load_img": "use PIL.Image.open(path)",
    },
    "kit.datasets": {
        "boston_housing": "use sklearn.datasets.fetch_california_housing() or load_diabetes()",
        "california_housing": "use sklearn.datasets.fetch_california_housing()",
        "cifar100": "there are cifar10, mnist, fashion_mnist, digits",
    },
}
MODULE = "model.module is the torch.nn.Module"
OF_MODELS = {
    "add_loss": "call self.add_loss(number) in forward of a layer",
    "add_metric": "give compile(metrics=[...])",
    "evaluate_generator": AS_FIT,
    "fit_generator": AS_FIT,
    "predict_generator": AS_FIT,
    "from_config": "kit.graph.from_document(config) reads what get_config() gives",
    "input": FEATURES,
    "inputs": FEATURES,
    "output": FEATURES,
    "outputs": FEATURES,
    "parameters": f"{MODULE}: model.module.parameters(), or model.weights",
    "named_parameters": f"{MODULE}: model.module.named_parameters()",
    "state_dict": f"{MODULE}: model.module.state_dict(), or model.get_weights()",
    "load_state_dict": f"{MODULE}: model.module.load_state_dict(...), or model.set_weights(...)",
    "eval": "predict and evaluate see to it, and so does model(x)",
    "to": "a GPU is used where there is one; model.device says which",
    "cuda": "a GPU is used where there is one; model.device says which",
    "forward": "call the model: model(x)",
    "losses": "history['loss'] holds them with their penalties",
    "reset_metrics": "metrics begin anew with each epoch",
    "to_json": "to_code() gives it as Python, get_config() as plain data",
    "to_yaml": "to_code() gives it as Python, get_config() as plain data",
}


def absent(module: str) -> Callable[[str], Any]:
    """The function __getattr__ of a module, which is called for a name that it lacks."""

    def missing(name: str) -> Any:
        advice = IN_MODULES.get(module, {}).get(name)
        if advice is None:
            near = "" if name.startswith("_") else near_miss(name, sys.modules[module].__all__)
            raise AttributeError(f"module {module!r} has no attribute {name!r}{near}")
        raise ImportError(f"{module} has no {name}; {advice}")  # from ... import hides the words of an AttributeError

    return missing
