"""What cannot be imported is named at once; what was compiled is taken over as far as it can be."""

import json
import zipfile

import numpy as np
import pytest
from keras_models import L, agree, keras, saved, scatter

import kit
from kit import Layer
from kit.layers import Dense
from kit.storage import StorageError


def altered(path, change, member="config.json"):
    """The same archive with another config."""
    with zipfile.ZipFile(path) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(content[member])
    change(config)
    content[member] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return path


def refusal(path, custom=None):
    with pytest.raises(StorageError) as caught:
        kit.load(path, custom)
    return str(caught.value)


@keras.saving.register_keras_serializable("own")
class Doubled(L.Layer):
    def call(self, x):
        return 2 * x


@keras.saving.register_keras_serializable("own")
class Halved(keras.constraints.Constraint):
    def __call__(self, w):
        return w / 2


@keras.saving.register_keras_serializable("own")
def cube(x):
    return x**3


@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_every_obstacle_is_named_in_one_error(suffix, tmp_path):
    layers = [L.ConvLSTM1D(2, 3, name="cells"), L.Flatten(), Doubled(name="doubled"), L.Dense(3, cube, name="cubed")]
    layers += [L.Dense(3, kernel_regularizer=keras.regularizers.OrthogonalRegularizer(), name="straight")]
    layers += [
        L.Lambda(lambda x: x + 1, name="code"),
        L.Dense(2, kernel_constraint=Halved(), name="half"),
    ]
    said = refusal(saved(keras.Sequential([keras.Input((4, 6, 2)), *layers]), tmp_path / f"model{suffix}"))
    for words in [
        "- cells: there is no layer 'ConvLSTM1D' here; write one and pass it in custom_objects={'ConvLSTM1D': it}",
        "- doubled: there is no layer", "custom_objects={'Doubled': it}",
        "- cubed: the activation", "- straight: the regularizer 'OrthogonalRegularizer' is not known",
        "- code: a Lambda holds code, which is not run", "- half: the constraint",
    ]:  # fmt: skip
        assert words in said, words


@pytest.mark.usefixtures("catalog")
def test_what_is_ones_own_is_passed_in_custom_objects(tmp_path, rng):
    class Twice(Layer):
        """y = 2 x."""

        def forward(self, x):
            return 2 * x

    theirs = keras.Sequential([keras.Input((4,)), Doubled(), L.Dense(3, cube)])
    path = saved(scatter(theirs, rng), tmp_path / "model.keras")
    agree(theirs, kit.load(path, {"Doubled": Twice, "cube": lambda x: x**3}), rng)


@pytest.mark.usefixtures("catalog")
def test_a_layer_of_ones_own_gets_its_weights(tmp_path, rng):
    @keras.saving.register_keras_serializable("own")
    class Scaled(L.Layer):
        def __init__(self, power=1, **words):
            super().__init__(**words)
            self.power = power

        def build(self, shape):
            self.s = self.add_weight(shape=(shape[-1],), name="s")

        def call(self, x):
            return x * self.s**self.power

        def get_config(self):
            return {**super().get_config(), "power": self.power}

    class Scales(Layer):
        """y = x s^power."""

        power: int = 1

        def build(self, input_shape):
            self.add_weight("s", input_shape[-1:], "ones")

        def forward(self, x):
            return x * self.s**self.power

    theirs = keras.Sequential([keras.Input((4,)), Scaled(2), L.Dense(3)])
    path = saved(scatter(theirs, rng), tmp_path / "model.keras")
    agree(theirs, kit.load(path, {"Scaled": Scales}), rng)


def test_what_treats_a_mask_otherwise_than_keras_is_named(tmp_path):
    inputs = keras.Input((6,))
    x = L.Embedding(5, 4, mask_zero=True)(inputs)
    x = L.LSTM(3, return_sequences=True, go_backwards=True, name="backwards")(x)
    said = refusal(saved(keras.Model(inputs, x), tmp_path / "model.keras"))
    assert "- backwards: the mask of what it read backwards runs backwards here" in said
    with pytest.warns(UserWarning, match="does not support masking"):
        y = L.GlobalMaxPooling1D(name="greatest")(L.Embedding(5, 4, mask_zero=True)(inputs))
    said = refusal(saved(keras.Model(inputs, y), tmp_path / "model.keras"))
    assert "- greatest: behind a mask it leaves the masked times out here, and not in Keras" in said


def set_option(layer, option, value):
    def change(config):
        config["config"]["layers"][layer]["config"][option] = value

    return change


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("units", "many", "units"), ("units", 0, "units"), ("units", {"a": 1}, "units"), ("units", None, "units"),
        ("lora_rank", 4, "lora_rank=4 is not known"), ("unheard_of", 1, "unheard_of=1 is not known"),
        ("use_bias", "maybe", "use_bias"), ("activation", "nonsense", "the activation 'nonsense' is not known"),
        ("activation", 3, "3 is not known"), ("activation", "relu(0.1)", "the activation 'relu(0.1)' is not known"),
        ("kernel_regularizer", {"class_name": "L2", "config": {"l2": "x"}}, "'x' is no number"),
        ("kernel_regularizer", {"class_name": "L2", "config": {"l2": 0.1, "l3": 1}}, "the regularizer 'L2'"),
        ("kernel_constraint", {"class_name": "MaxNorm", "config": {"axis": "x"}}, "the constraint 'MaxNorm'"),
        ("kernel_constraint", {"class_name": "MaxNorm", "config": {"most": 1}}, "the constraint 'MaxNorm'"),
        ("kernel_constraint", {"class_name": "MinMaxNorm", "config": {"rate": 2}}, "rate"),
        ("activity_regularizer", {"class_name": "L2", "config": {"l2": 0.1}}, "activity_regularizer"),
    ],
)  # fmt: skip
def test_an_option_that_cannot_be_said_here_is_named(option, value, said, tmp_path):
    path = saved(keras.Sequential([keras.Input((4,)), L.Dense(3, name="d")]), tmp_path / "model.keras")
    found = refusal(altered(path, set_option(1, option, value)))
    assert "- d: " in found
    assert said in found


def drop(*keys):
    def change(config):
        inner = config
        for key in keys[:-1]:
            inner = inner[key]
        del inner[keys[-1]]

    return change


def put(value, *keys):
    def change(config):
        inner = config
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = value

    return change


LAYERS, SHAPE = ("config", "layers"), ("config", "layers", 0, "config", "batch_shape")
CALLS = ("config", "layers", 1, "inbound_nodes")
OUTPUTS = ("config", "output_layers")
BROKEN = [
    drop("class_name"), drop("config"), drop(*LAYERS), put([], *LAYERS), put("x", *LAYERS), put([3], *LAYERS),
    put("Subclassed", "class_name"), put([["a", 0, 0]], "config", "input_layers"), put([], *OUTPUTS),
    put([["dense", 7, 0]], *OUTPUTS), put([["dense", 0, 1]], *OUTPUTS), put([["dense", "0", 0]], *OUTPUTS),
    put({}, *CALLS), put([3], *CALLS), put([{"args": [3], "kwargs": {}}], *CALLS),
    put([[["dense_1", 0, 0, {}]]], *CALLS), put([[["nobody", 0, 0, {}]]], *CALLS),
    put([[["input", 0, 0, {"training": True}]]], *CALLS), put("dense", *LAYERS, 2, "name"),
    put([None, None], *SHAPE), put("huge", *SHAPE), put([None, -3], *SHAPE), put([None, 1 << 40], *SHAPE),
    put(json.loads("[" * 200 + "]" * 200), *LAYERS, 1, "config", "units"),
]  # fmt: skip


@pytest.mark.parametrize("change", BROKEN)
def test_a_config_that_is_none_is_answered_with_a_sentence(change, tmp_path):
    inputs = keras.Input((4,), name="input")
    model = keras.Model(inputs, L.Dense(2, name="dense_1")(L.Dense(3, name="dense")(inputs)))
    assert "is not opened" in refusal(altered(saved(model, tmp_path / "model.keras"), change))


def test_what_the_weights_lack_is_named(tmp_path):
    inputs = keras.Input((4,), name="input")
    model = keras.Model(inputs, L.Dense(2, name="dense_1")(L.Dense(3, name="dense")(inputs)))
    path = altered(saved(model, tmp_path / "model.keras"), set_option(1, "units", 7))
    assert "dense: its kernel is (4, 7) in Keras, but the file has (4, 3)" in refusal(path)


OPTIMIZERS, SMOOTHED = keras.optimizers, {"from_logits": True, "label_smoothing": 0.1}
COMPILED = [
    ("adam", "mse", "Adam(", "mse"),
    (OPTIMIZERS.SGD(0.5, momentum=0.5), "mae", "SGD(learning_rate=0.5, momentum=0.5)", "mae"),
    (OPTIMIZERS.RMSprop(0.25, rho=0.5), "huber", "RMSprop(learning_rate=0.25, rho=0.5", "huber"),
    (OPTIMIZERS.AdamW(0.5, weight_decay=0.25, clipnorm=1.0), keras.losses.LogCosh(), "AdamW(", "log_cosh"),
    (
        "nadam", keras.losses.CategoricalCrossentropy(**SMOOTHED),
        "Nadam(", "categorical_crossentropy(from_logits=True, label_smoothing=0.1)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("their_optimizer", "their_loss", "optimizer", "loss"), COMPILED)
@pytest.mark.parametrize("suffix", [".keras", ".h5"])
def test_optimizer_loss_and_metrics_are_taken_over(their_optimizer, their_loss, optimizer, loss, suffix, tmp_path):
    model = keras.Sequential([keras.Input((4,)), L.Dense(3, "softmax")])
    model.compile(their_optimizer, their_loss, metrics=["accuracy", keras.metrics.MeanAbsoluteError()])
    ours = kit.load(saved(model, tmp_path / f"model{suffix}"))
    assert repr(ours.optimizer).startswith(optimizer)
    assert ours.loss == loss
    assert "accuracy" in ours.metrics
    ours.fit(np.ones((4, 4), "float32"), np.eye(3, dtype="float32")[[0, 1, 2, 0]], verbose=0)


@keras.saving.register_keras_serializable("own")
class Halving(keras.optimizers.schedules.LearningRateSchedule):
    def __call__(self, step):
        return 0.5**step

    def get_config(self):
        return {}


def test_what_cannot_be_taken_over_is_noted_and_the_model_left_uncompiled(tmp_path):
    model = keras.Sequential([keras.Input((4,)), L.Dense(3)])
    model.compile(keras.optimizers.SGD(Halving()), loss="mse")
    ours = kit.load(saved(model, tmp_path / "model.keras"))
    assert not ours.compiled
    assert ours.notes == ("left uncompiled: SGD with the schedule 'test_keras_obstacles>Halving' is not known here",)
    plain = kit.load(saved(keras.Sequential([keras.Input((4,)), L.Dense(3)]), tmp_path / "plain.keras"))
    assert plain.notes == ("left uncompiled: the file does not say how it was compiled",)


MSE = {"module": "keras.losses", "class_name": "MeanSquaredError", "config": {"name": "mse", "reduction": "sum"}}


@pytest.mark.parametrize(
    ("compiled", "note"),
    [
        ({"optimizer": "ftrl", "loss": "mse"}, "left uncompiled: the optimizer 'ftrl' is not known here"),
        ({"optimizer": {"class_name": "Adam", "config": {"use_ema": True}}, "loss": "mse"}, "Adam with use_ema=True"),
        ({"optimizer": "adam", "loss": "ctc"}, "left uncompiled: 'ctc' is not known here"),
        ({"optimizer": "adam", "loss": MSE}, "left uncompiled: "),
        ({"optimizer": "adam", "loss": 3}, "left uncompiled: 3 is not known here"),
        ({"optimizer": "adam", "loss": "mse", "metrics": [["mae", "bleu"]]}, "a metric is left out: 'bleu'"),
        ("nonsense", "left uncompiled: the file does not say how"),
    ],
)
def test_a_setting_that_is_not_known_is_noted(compiled, note, tmp_path):
    path = saved(keras.Sequential([keras.Input((4,)), L.Dense(3)]), tmp_path / "model.keras")
    ours = kit.load(altered(path, lambda config: config.update(compile_config=compiled)))
    assert ours.notes[0].startswith(note) or note in ours.notes[0]
    assert ours.compiled == note.startswith("a metric")


def test_a_loss_of_ones_own_and_metrics_by_output_are_taken_over(tmp_path):
    def wrong(y_true, y_pred):
        return (y_true - y_pred).abs().mean(-1)

    compiled = {"optimizer": "adam", "loss": ["wrong"], "metrics": {"dense": ["mae"]}}
    path = saved(keras.Sequential([keras.Input((4,)), L.Dense(3)]), tmp_path / "model.keras")
    path = altered(path, lambda config: config.update(compile_config=compiled))
    ours = kit.load(path, {"wrong": wrong})
    assert ours.loss is wrong
    assert list(ours.metrics) == ["mae"]


def test_an_imported_model_is_a_model_like_any_other(tmp_path, rng):
    theirs = scatter(keras.Sequential([keras.Input((4,)), L.Dense(3, "relu"), L.Dense(2)]), rng)
    ours = kit.load(saved(theirs, tmp_path / "model.keras"))
    ours.compile("sgd", "mse")
    ours.fit(np.ones((4, 4), "float32"), np.ones((4, 2), "float32"), epochs=2, verbose=0)
    ours.save(tmp_path / "ours.h5")
    again = kit.load(tmp_path / "ours.h5")
    x = rng.normal(size=(3, 4)).astype("float32")
    assert np.array_equal(ours.predict(x), again.predict(x))
    assert isinstance(again.layers[0], Dense)
    assert "Dense(3, activation='relu'" in ours.to_code().replace('"', "'")
