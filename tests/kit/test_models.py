"""Models: what they hold, what they say, and what they refuse."""

import numpy as np
import pytest
import torch
from torch import nn

from kit import Input, Model, Sequential, ShapeError
from kit.layers import Activation, Add, BatchNormalization, Concatenate, Conv2D, Dense, Dropout, Flatten


def softmax_model(loss: str = "categorical_crossentropy", units: int = 2) -> Sequential:
    model = Sequential([Dense(8, "relu"), Dense(units, "softmax")])
    model.compile("sgd", loss)
    return model


def two_inputs() -> Model:
    a, b = Input(20), Input(5)
    model = Model([a, b], Dense(2)(Concatenate()(a, b)))
    model.compile("sgd", "mse")
    return model


def test_a_sequential_is_made_by_add_or_of_a_list() -> None:
    one, other = Sequential(), Sequential([Dense(20, 64), Activation("tanh"), Dense(64, 2)])
    for layer in (Dense(20, 64), Activation("tanh"), Dense(64, 2)):
        one.add(layer)
    assert one.get_config() == other.get_config()
    assert [w.shape for w in one.get_weights()] == [(20, 64), (64,), (64, 2), (2,)]


def test_sizes_are_inferred_from_the_first_data() -> None:
    model = Sequential([Conv2D(4, 3), Flatten(), Dense(2)])
    assert model.predict(np.zeros((3, 1, 5, 6))).shape == (3, 2)
    assert [w.shape for w in model.get_weights()] == [(4, 1, 3, 3), (4,), (4 * 3 * 4, 2), (2,)]


def test_a_wrong_size_is_refused_when_the_layer_is_added_and_the_model_stays_as_it_was() -> None:
    model = Sequential([Dense(20, 64)])
    with pytest.raises(
        ShapeError, match=r"dense_2: Dense\(2, input_dim=32\) expects input_dim=32 but its input has 64"
    ):
        model.add(Dense(32, 2))
    model.add(Dense(64, 2))
    assert model.predict(np.zeros((1, 20))).shape == (1, 2)


def test_a_wrong_rank_is_refused_with_what_to_put_before() -> None:
    with pytest.raises(ShapeError, match=r"takes input \(n, channels, rows, cols\), but \(n, 64\) came; put Reshape"):
        Sequential([Dense(20, 64), Conv2D(3, 3)])


def test_what_is_no_layer_is_refused() -> None:
    with pytest.raises(TypeError, match=r"'Dense' is no layer; add one from kit.layers"):
        Sequential(["Dense"])


def test_an_input_comes_first() -> None:
    with pytest.raises(TypeError, match=r"Input\(...\) comes first|comes first in a Sequential"):
        Sequential([Dense(3), Input(3)])


@pytest.mark.parametrize("shape", [0, (3, -1), "3", 2.5, (2.5,)])
def test_an_input_takes_whole_numbers(shape) -> None:
    with pytest.raises(ValueError, match="shape takes whole numbers of 1 or more, one for each axis but the batch's"):
        Input(shape)


def test_two_layers_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match="a layer cannot be called 'a' here"):
        Sequential([Dense(3, name="a"), Dense(3, name="a")])


def test_layers_are_named_in_the_order_they_were_called_whatever_the_outputs() -> None:
    x = Input(4)
    first, second = Dense(3)(x), Dense(5)(x)
    names = [list(Model(x, outputs).module.layers) for outputs in ([second, first],)]
    assert names == [["dense_1", "dense_2"]]
    assert first.layer.units == 3
    assert Model(x, [second, first]).module.layers["dense_1"] is first.layer


def test_an_output_of_an_input_that_is_not_given_is_refused() -> None:
    a, b = Input(3), Input(4)
    with pytest.raises(ValueError, match=r"the outputs depend on an Input of shape \(4,\) that is not among inputs"):
        Model(a, Concatenate()(a, b))


def test_an_input_that_nothing_uses_is_refused() -> None:
    a, b = Input(3), Input(4)
    with pytest.raises(ValueError, match=r"no output depends on the Input of shape \(4,\); connect it"):
        Model([a, b], Dense(2)(a))


def test_a_graph_computes_what_its_layers_do(rng) -> None:
    a, b = Input(4), Input(3)
    left, right = Dense(5, "tanh"), Dense(5)
    model = Model([a, b], Add()(left(a), right(b)))
    X, Z = rng.normal(size=(6, 4)).astype("float32"), rng.normal(size=(6, 3)).astype("float32")
    (W, c), (V, d) = left.get_weights(), right.get_weights()
    np.testing.assert_allclose(model.predict([X, Z]), np.tanh(X @ W + c) + Z @ V + d, rtol=1e-5, atol=1e-6)


def test_a_deep_graph_is_no_problem() -> None:
    x = symbol = Input(2)
    for _ in range(600):
        symbol = Activation("relu")(symbol)
    assert Model(x, symbol).predict(np.ones((1, 2))).tolist() == [[1, 1]]


def test_the_module_is_an_ordinary_torch_module(blobs) -> None:
    model = softmax_model()
    model.predict(blobs.X)
    assert isinstance(model.module, nn.Module)
    copy = {name: w.clone() for name, w in model.module.state_dict().items()}
    model.module.load_state_dict(copy)
    y = model.module(torch.from_numpy(blobs.X))
    torch.nn.functional.cross_entropy(y, torch.from_numpy(blobs.classes)).backward()
    assert all(p.grad is not None for p in model.module.parameters())


def test_any_torch_module_can_be_a_layer(blobs) -> None:
    model = Sequential([nn.Linear(20, 8), nn.ReLU(), Dense(2, "softmax")])
    model.compile("adam", "categorical_crossentropy")
    before = model.module.layers["linear_1"].weight.detach().clone()
    history = model.fit(blobs.X, blobs.Y, epochs=5, verbose=0, seed=0)
    assert history["loss"][-1] < history["loss"][0]
    assert not torch.equal(before, model.module.layers["linear_1"].weight)


def test_set_weights_takes_what_get_weights_gave(blobs) -> None:
    one, other = softmax_model(), softmax_model()
    one.predict(blobs.X)
    other.predict(blobs.X)
    other.set_weights(one.get_weights())
    np.testing.assert_array_equal(one.predict(blobs.X), other.predict(blobs.X))


def test_set_weights_with_a_wrong_number_is_refused(blobs) -> None:
    model = softmax_model()
    model.predict(blobs.X)
    with pytest.raises(ValueError, match=r"the model has 4 weights, but 3 came; is it the same model?"):
        model.set_weights(model.get_weights()[:-1])


def test_set_weights_that_do_not_fit_change_nothing(blobs) -> None:
    model = softmax_model()
    model.predict(blobs.X)
    before = model.get_weights()
    wrong = [w + 1 for w in before]
    wrong[2] = wrong[2].T
    with pytest.raises(ValueError, match=r"dense_2: .* its kernel has shape \(8, 2\), but \(2, 8\) came"):
        model.set_weights(wrong)
    assert all((a == b).all() for a, b in zip(before, model.get_weights(), strict=True))


def test_a_first_input_that_does_not_fit_leaves_the_layers_free_for_the_next() -> None:
    model = Sequential([Conv2D(2, 3), Conv2D(2, 9), Flatten(), Dense(1)])
    with pytest.raises(ShapeError, match="moves a 9x9 window"):
        model.predict(np.zeros((1, 3, 8, 8)))
    assert model.predict(np.zeros((1, 1, 12, 12))).shape == (1, 1)


def test_a_wide_call_in_the_summary_goes_on_in_the_lines_below(capsys) -> None:
    words = {"activation": "relu", "kernel_initializer": "he_normal", "kernel_regularizer": "l2(0.01)"}
    Sequential([Input(20), Dense(64, **words, bias_regularizer="l1(0.001)"), Dense(2)]).summary()
    told = capsys.readouterr().out
    assert max(map(len, told.splitlines())) <= 100
    assert 'bias_regularizer="l1(0.001)"' in told


def test_the_summary_has_names_shapes_and_parameters(capsys) -> None:
    Sequential([Input(20), Dense(64, "tanh"), Dropout(0.5), Dense(2)]).summary()
    text = capsys.readouterr().out
    assert 'dense_1  Dense(64, activation="tanh")' in text
    assert "(n, 64)" in text
    assert "1,344" in text
    assert "1,474 parameters, 1,474 trainable" in text


def test_the_repr_says_what_it_is() -> None:
    assert repr(Sequential([Dense(20, 2)])) == "<Sequential of 1 layers, 42 parameters>"


def test_several_outputs_are_predicted_as_a_list() -> None:
    a = Input(4)
    model = Model(a, [Dense(2)(a), Dense(3)(a)])
    assert [y.shape for y in model.predict(np.zeros((5, 4)))] == [(5, 2), (5, 3)]


def test_predict_in_batches_is_predict_at_once(blobs) -> None:
    model = Sequential([Dense(8, "relu"), BatchNormalization(), Dropout(0.5), Dense(2)])
    whole = model.predict(blobs.X, batch_size=96)
    np.testing.assert_allclose(model.predict(blobs.X, batch_size=7), whole, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("units", "mode", "shape"),
    [(3, None, (4,)), (1, None, (4, 1)), (1, "binary", (4, 1)), (3, "categorical", (4,)), (3, "binary", (4, 3))],
)
def test_predict_classes_is_by_class_mode_or_by_the_outputs(units: int, mode, shape: tuple) -> None:
    model = Sequential([Dense(5, units)])
    model.compile("sgd", "mse", class_mode=mode)
    assert model.predict_classes(np.ones((4, 5))).shape == shape


def test_predict_proba_is_predict(blobs) -> None:
    model = softmax_model()
    np.testing.assert_array_equal(model.predict_proba(blobs.X), model.predict(blobs.X))


def nan(X: np.ndarray) -> np.ndarray:
    X = X.copy()
    X[3, 0] = np.nan
    return X


REFUSED = {
    "nan in X": (
        lambda s: softmax_model().fit(nan(s.X), s.Y),
        "X holds NaN or infinity in 1 place, first in sample 3; replace them",
    ),
    "inf in X": (
        lambda s: softmax_model().fit(np.where(s.X > 99, 0, np.inf), s.Y),
        "X holds NaN or infinity in 1920 places",
    ),
    "nan in y": (lambda s: softmax_model().fit(s.X, nan(s.Y)), "y holds NaN or infinity in 1 place, first in sample 3"),
    "empty": (lambda s: softmax_model().fit(s.X[:0], s.Y[:0]), "X is empty; give at least one sample"),
    "empty list": (lambda s: softmax_model().fit([], []), "X is empty; give at least one sample"),
    "length": (
        lambda s: softmax_model().fit(s.X, s.Y[:5]),
        "X has 96 samples but y has 5; each sample needs one target",
    ),
    "strings": (
        lambda s: softmax_model().fit([["a"] * 20], s.Y[:1]),
        "X holds text, 'a'; encode it: kit.preprocessing.text.Tokenizer for words",
    ),
    "string labels": (
        lambda s: softmax_model().fit(s.X, ["cat"] * 96),
        "y holds text, 'cat'; encode classes: classes, y = numpy.unique",
    ),
    "objects": (
        lambda s: softmax_model().fit(s.X.astype(str).astype(object), s.Y),
        "X is an array of objects and holds",
    ),
    "ragged": (lambda s: softmax_model().fit([[1, 2], [3]], s.Y[:2]), "X cannot be made one array"),
    "a number": (lambda s: softmax_model().fit(3, s.Y), "X is the number 3, not an array of samples"),
    "one axis": (
        lambda s: softmax_model().fit(s.X[:, 0], s.Y),
        "but (n,) came; give an axis for the samples too: X[None] for one sample, X[:, None] for samples of one number",
    ),
    "integers for one-hot": (
        lambda s: softmax_model().fit(s.X, s.classes),
        "use loss='sparse_categorical_crossentropy', or make them one-hot with kit.utils.np_utils.to_categorical(y)",
    ),
    "integers outside the classes": (
        lambda s: softmax_model().fit(s.X, s.classes * 9),
        "it holds class 9, outside 0 to 1: give the last layer more units or correct the labels",
    ),
    "sparse outside": (
        lambda s: softmax_model("sparse_categorical_crossentropy").fit(s.X, s.classes * 9),
        "y holds class 9, but the model's last layer has 2 outputs, for classes 0 to 1; give it more units",
    ),
    "sparse negative": (
        lambda s: softmax_model("sparse_categorical_crossentropy").fit(s.X, s.classes - 1),
        "y holds class -1, but",
    ),
    "sparse fractions": (
        lambda s: softmax_model("sparse_categorical_crossentropy").fit(s.X, s.classes + 0.5),
        "y holds fractions",
    ),
    "sparse one-hot": (
        lambda s: softmax_model("sparse_categorical_crossentropy").fit(s.X, s.Y),
        "for one-hot rows use loss='categorical_crossentropy'",
    ),
    "another width": (lambda s: softmax_model(units=3).fit(s.X, s.Y), "give the last layer 2 units, or change y"),
    "another rank": (
        lambda s: softmax_model().fit(s.X[:, None], s.Y),
        "change the last layer (Flatten, Reshape) or y so that they are the same",
    ),
    "batch_size": (
        lambda s: softmax_model().fit(s.X, s.Y, batch_size=0),
        "fit(batch_size=0): batch_size takes a whole number of 1",
    ),
    "epochs": (
        lambda s: softmax_model().fit(s.X, s.Y, epochs=0),
        "fit(epochs=0): epochs takes a whole number of 1 or more",
    ),
    "half epochs": (
        lambda s: softmax_model().fit(s.X, s.Y, epochs=1.5),
        "fit(epochs=1.5): epochs takes a whole number",
    ),
    "evaluate": (
        lambda s: softmax_model().evaluate(s.X, s.Y, batch_size=0),
        "evaluate(batch_size=0): batch_size takes",
    ),
    "predict": (lambda s: softmax_model().predict(s.X, batch_size=0), "predict(batch_size=0): batch_size takes"),
    "all validation": (
        lambda s: softmax_model().fit(s.X, s.Y, validation_split=1.0),
        "validation_split=1.0 of 96 samples leaves 0 to train on and 96 to validate with; choose a fraction",
    ),
    "no validation": (
        lambda s: softmax_model().fit(s.X, s.Y, validation_split=0.001),
        "leaves 96 to train on and 0 to validate with",
    ),
    "negative split": (
        lambda s: softmax_model().fit(s.X, s.Y, validation_split=-0.5),
        "fit(validation_split=-0.5): validation_split takes a number from 0 to 1",
    ),
    "one for two": (
        lambda s: two_inputs().fit(s.X, s.Y),
        "the model has 2 inputs, but one ndarray came; give a list of 2",
    ),
    "three for two": (
        lambda s: two_inputs().fit([s.X] * 3, s.Y),
        "the model has 2 inputs, but 3 came; give a list of 2 arrays",
    ),
    "of two lengths": (
        lambda s: two_inputs().fit([s.X, s.X[:9, :5]], s.Y),
        "the inputs have 96, 9 samples; give as many of each",
    ),
    "of the wrong width": (
        lambda s: two_inputs().fit([s.X, s.X], s.Y),
        "dense_1: Dense(2) has weights for another input",
    ),
    "stated size": (
        lambda s: trained_on(Dense(20, 2), s.X[:, :7], s.Y),
        "expects input_dim=20 but its input has 7; change it",
    ),
    "no layers": (lambda s: trained_on(Flatten(), s.X, s.X), "the model has no weights to train; add a layer"),
    "all fixed": (
        lambda s: trained_on(Dense(2, trainable=False), s.X, s.Y),
        "all weights of the model are frozen",
    ),
    "validation data": (
        lambda s: softmax_model().fit(s.X, s.Y, validation_data=(s.X, s.Y[:3])),
        "X has 96 samples but y has 3",
    ),
    "loss": (lambda s: softmax_model("categorical_crosentropy"), "did you mean 'categorical_crossentropy'?"),
    "optimizer": (lambda s: Sequential().compile("adma", "mse"), "optimizer 'adma' is not known; did you mean 'adam'?"),
    "activation": (lambda s: Dense(3, "rellu"), "activation 'rellu' is not known; did you mean 'relu'?"),
    "class_mode": (
        lambda s: Sequential().compile("sgd", "mse", class_mode="multi"),
        "it takes 'categorical' or 'binary'",
    ),
}


def trained_on(layer, X: np.ndarray, Y: np.ndarray) -> None:
    model = Sequential([layer])
    model.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)


@pytest.mark.parametrize(("call", "message"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_work_is_refused_in_a_sentence_that_says_what_to_do(call, message: str, blobs) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        call(blobs)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("method", ["fit", "evaluate", "train", "test"])
def test_before_compile_it_says_to_compile(method: str, blobs) -> None:
    with pytest.raises(RuntimeError, match=r"call compile first, for example model.compile"):
        getattr(Sequential([Dense(2)]), method)(blobs.X, blobs.Y)


def test_compile_without_a_loss_says_which_there_are() -> None:
    with pytest.raises(TypeError, match="compile needs a loss; known are categorical_crossentropy"):
        Sequential([Dense(2)]).compile("sgd")


@pytest.mark.parametrize(
    "dtype", ["float64", "float32", "float16", "int64", "uint8", "uint16", "bool", ">f4", ">i2", "longdouble"]
)
def test_numbers_of_any_type_are_taken(dtype: str) -> None:
    X = np.arange(12).reshape(4, 3).astype(dtype)
    assert Sequential([Dense(2)]).predict(X).dtype == np.float32


def test_lists_tensors_and_read_only_or_backward_arrays_are_taken() -> None:
    model = Sequential([Dense(3, 2)])
    X = np.arange(12, dtype="float32").reshape(4, 3)
    frozen = X.copy()
    frozen.flags.writeable = False
    whole = model.predict(X)
    for same in (X.tolist(), torch.from_numpy(X), frozen, X[::-1][::-1], np.asfortranarray(X)):
        np.testing.assert_array_equal(model.predict(same), whole)


def test_targets_of_one_axis_are_one_column(blobs) -> None:
    losses = []
    for y in (blobs.classes, blobs.classes[:, None]):
        model = Sequential([Dense(20, 1, init="zero")])
        model.compile("sgd", "mse")
        losses.append(model.fit(blobs.X, y, verbose=0, seed=0)["loss"])
    assert losses[0] == losses[1]


def test_data_are_not_changed_by_training(blobs) -> None:
    X, Y = blobs.X.copy(), blobs.Y.copy()
    softmax_model().fit(X, Y, epochs=2, verbose=0)
    np.testing.assert_array_equal(X, blobs.X)
    np.testing.assert_array_equal(Y, blobs.Y)
