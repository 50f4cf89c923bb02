"""The API of May 2015 as data: where each name was imported from, and its arguments in the order they had then.

A class or function is a row: module, name, arguments. Each argument has a value that is not its default.
"""

from typing import Any, NamedTuple

import numpy as np

from kit.constraints import maxnorm, nonneg, unitnorm
from kit.regularizers import l1l2, l2

ARRAY = np.arange(12.0).reshape(4, 3)


class Call(NamedTuple):
    """What is called, and with what; needed: how many of the arguments had no default."""

    module: str
    name: str
    arguments: dict[str, Any]
    needed: int = 0

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


def limits(*, bias: bool = True) -> dict[str, Any]:
    """The regularizers and constraints of a layer."""
    if not bias:
        return {"W_regularizer": l2(0.3), "W_constraint": unitnorm()}
    return {
        "W_regularizer": l2(0.1), "b_regularizer": l1l2(0.2, 0.3), "W_constraint": maxnorm(3), "b_constraint": nonneg,
    }  # fmt: skip


def matrices(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Weights of these shapes."""
    return [np.linspace(0, 1, int(np.prod(shape))).reshape(shape).astype("float32") for shape in shapes]


SIZES = {"input_dim": 2, "output_dim": 3}
GATE = ((2, 3), (3, 3), (3,))
STARTS = {"init": "he_uniform", "inner_init": "glorot_normal"}
ENDS = {"truncate_gradient": 5, "return_sequences": True}

LAYERS = [
    Call("kit.layers.core", "Dense",
         {**SIZES, "init": "uniform", "activation": "tanh", "weights": matrices((2, 3), (3,)), **limits()}, 2),
    Call("kit.layers.core", "TimeDistributedDense",
         {**SIZES, "init": "normal", "activation": "relu", "weights": matrices((2, 3), (3,)), **limits()}, 2),
    Call("kit.layers.core", "MaxoutDense",
         {**SIZES, "nb_feature": 5, "init": "uniform", "weights": matrices((5, 2, 3), (5, 3)), **limits()}, 2),
    Call("kit.layers.core", "Activation", {"activation": "sigmoid", "target": 0.05, "beta": 0.2}, 1),
    Call("kit.layers.core", "Dropout", {"p": 0.25}, 1),
    Call("kit.layers.core", "Flatten", {}),
    Call("kit.layers.core", "RepeatVector", {"n": 3}, 1),
    Call("kit.layers.core", "Repeat", {"n": 3}, 1),
    Call("kit.layers.convolutional", "Convolution2D",
         {"nb_filter": 4, "stack_size": 2, "nb_row": 3, "nb_col": 5, "init": "uniform", "activation": "relu",
          "weights": matrices((4, 2, 3, 5), (4,)), "image_shape": (16, 2, 9, 9), "border_mode": "full",
          "subsample": (2, 1), **limits()}, 4),
    Call("kit.layers.convolutional", "MaxPooling2D", {"poolsize": (3, 2), "ignore_border": False}),
    Call("kit.layers.recurrent", "SimpleRNN",
         {**SIZES, **STARTS, "activation": "relu", "weights": matrices(*GATE), **ENDS}, 2),
    Call("kit.layers.recurrent", "SimpleDeepRNN",
         {**SIZES, "depth": 2, **STARTS, "activation": "relu", "inner_activation": "tanh",
          "weights": matrices((2, 3), (3, 3), (3, 3), (3,)), **ENDS}, 2),
    Call("kit.layers.recurrent", "GRU",
         {**SIZES, **STARTS, "activation": "relu", "inner_activation": "hard_sigmoid", "weights": None, **ENDS}, 2),
    Call("kit.layers.recurrent", "LSTM",
         {**SIZES, **STARTS, "activation": "relu", "inner_activation": "hard_sigmoid",
          "weights": matrices(*GATE, *GATE, *GATE, *GATE), **ENDS}, 2),
    Call("kit.layers.embeddings", "Embedding",
         {**SIZES, "init": "normal", "weights": matrices((2, 3)), **limits(bias=False)}, 2),
    Call("kit.layers.embeddings", "WordContextProduct",
         {"input_dim": 5, "proj_dim": 4, "init": "normal", "activation": "linear",
          "weights": matrices((5, 4), (5, 4))}, 1),
    Call("kit.layers.normalization", "BatchNormalization",
         {"input_shape": (3,), "epsilon": 1e-5, "mode": 0, "momentum": 0.8, "weights": matrices((3,), (3,))}, 1),
    Call("kit.layers.advanced_activations", "LeakyReLU", {"alpha": 0.2}),
    Call("kit.layers.advanced_activations", "PReLU", {"input_shape": (4, 3)}, 1),
]  # fmt: skip

OBJECTS = [
    Call("kit.optimizers", "SGD", {"lr": 0.2, "momentum": 0.9, "decay": 1e-6, "nesterov": True}),
    Call("kit.optimizers", "RMSprop", {"lr": 0.2, "rho": 0.8, "epsilon": 1e-5}),
    Call("kit.optimizers", "Adagrad", {"lr": 0.2, "epsilon": 1e-5}),
    Call("kit.optimizers", "Adadelta", {"lr": 0.2, "rho": 0.8, "epsilon": 1e-5}),
    Call("kit.optimizers", "Adam", {"lr": 0.2, "beta_1": 0.8, "beta_2": 0.99, "epsilon": 1e-5}),
    Call("kit.regularizers", "l1", {"l": 0.2}),
    Call("kit.regularizers", "l2", {"l": 0.2}),
    Call("kit.regularizers", "l1l2", {"l1": 0.2, "l2": 0.3}),
    Call("kit.constraints", "maxnorm", {"m": 3}),
    Call("kit.constraints", "nonneg", {}),
    Call("kit.constraints", "unitnorm", {}),
]

FUNCTIONS = [
    Call("kit.utils.np_utils", "to_categorical", {"y": [0, 2, 1], "nb_classes": 4}, 1),
    Call("kit.utils.np_utils", "normalize", {"a": ARRAY, "axis": 0, "order": 1}, 1),
    Call("kit.utils.np_utils", "accuracy", {"p": np.array([1, 0, 2]), "y": np.array([1, 1, 2])}, 2),
    Call("kit.utils.np_utils", "probas_to_classes", {"y_pred": ARRAY}, 1),
    Call("kit.utils.np_utils", "binary_logloss", {"p": np.array([0.2, 0.9]), "y": np.array([0, 1])}, 2),
    Call("kit.utils.np_utils", "multiclass_logloss",
         {"P": np.array([[0.2, 0.8], [0.6, 0.4]]), "Y": np.array([1, 0])}, 2),
    Call("kit.preprocessing.sequence", "pad_sequences",
         {"sequences": [[1, 2, 3, 4], [5]], "maxlen": 3, "dtype": "int64"}, 1),
    Call("kit.preprocessing.sequence", "skipgrams",
         {"sequence": [1, 2, 3, 0, 4], "vocabulary_size": 6, "window_size": 2, "negative_samples": 0.0,
          "shuffle": False, "categorical": True, "sampling_table": np.ones(6)}, 2),
    Call("kit.preprocessing.sequence", "make_sampling_table", {"size": 9, "sampling_factor": 1e-3}, 1),
    Call("kit.preprocessing.text", "text_to_word_sequence",
         {"text": "The-cat;sat", "filters": ";", "lower": False, "split": "-"}, 1),
    Call("kit.preprocessing.text", "one_hot",
         {"text": "The-cat;sat", "n": 50, "filters": ";", "lower": False, "split": "-"}, 2),
    Call("kit.preprocessing.text", "base_filter", {}),
]  # fmt: skip

HOLDERS = [  # classes whose objects are compared by what they hold
    Call("kit.preprocessing.text", "Tokenizer", {"nb_words": 20, "filters": ";", "lower": False, "split": "-"}),
    Call("kit.preprocessing.image", "ImageDataGenerator",
         {"featurewise_center": False, "samplewise_center": True, "featurewise_std_normalization": False,
          "samplewise_std_normalization": True, "zca_whitening": True, "rotation_range": 10.0,
          "width_shift_range": 0.1, "height_shift_range": 0.2, "horizontal_flip": True, "vertical_flip": True}),
]  # fmt: skip

REGISTRIES = {
    "kit.activations": "softmax time_distributed_softmax softplus relu tanh sigmoid hard_sigmoid linear",
    "kit.initializations": "uniform normal lecun_uniform glorot_normal glorot_uniform he_normal he_uniform "
                           "orthogonal zero",
    "kit.objectives": "mean_squared_error mse mean_absolute_error mae squared_hinge hinge binary_crossentropy "
                      "categorical_crossentropy",
    "kit.regularizers": "l1 l2 l1l2",
    "kit.constraints": "maxnorm nonneg unitnorm",
    "kit.optimizers": "SGD RMSprop Adagrad Adadelta Adam sgd rmsprop adagrad adadelta adam",
}  # fmt: skip

MODEL = {  # the methods of Sequential and their arguments; X and y stand for samples and targets
    "add": "layer",
    "compile": "optimizer loss class_mode",
    "fit": "X y batch_size nb_epoch verbose validation_split validation_data shuffle show_accuracy",
    "evaluate": "X y batch_size show_accuracy verbose",
    "predict": "X batch_size verbose",
    "predict_proba": "X batch_size verbose",
    "predict_classes": "X batch_size verbose",
    "train": "X y accuracy",
    "test": "X y accuracy",
    "get_config": "verbose",
    "get_weights": "",
    "set_weights": "weights",
    "save_weights": "path",
    "load_weights": "path",
}

METHODS = {
    ("kit.layers.core", "Dense"): {"get_weights": "", "set_weights": "weights", "get_config": ""},
    ("kit.preprocessing.text", "Tokenizer"): {
        "fit_on_texts": "texts", "fit_on_sequences": "sequences", "texts_to_sequences": "texts",
        "texts_to_sequences_generator": "texts", "texts_to_matrix": "texts mode",
        "sequences_to_matrix": "sequences mode",
    },
    ("kit.preprocessing.image", "ImageDataGenerator"): {
        "fit": "X augment rounds", "flow": "X y batch_size shuffle save_to_dir save_prefix save_format",
    },
    ("kit.utils.generic_utils", "Progbar"): {"update": "current values", "add": "n values"},
    ("kit.utils.io_utils", "HDF5Matrix"): {"__init__": "path dataset start end normalizer", "__len__": ""},
    ("kit.layers.core", "Merge"): {"__init__": "models mode"},
}  # fmt: skip

DATASETS = {  # load_data's arguments; path goes last where it was not first
    "mnist": "path",
    "cifar10": "test_split seed",
    "imdb": "path nb_words skip_top maxlen test_split seed",
    "reuters": "path nb_words skip_top maxlen test_split seed",
}
