"""What the first programs of people coming from Keras run into: it works, or one sentence says what to do."""

import numpy as np
import pandas as pd
import pytest
import torch

import kit
from kit.datasets import definitions
from kit.layers import Activation, Dense, Flatten, Input, Lambda, Softmax
from kit.models import Model, Sequential
from kit.preprocessing.image import ImageDataGenerator
from kit.preprocessing.text import Tokenizer

X = np.random.default_rng(0).normal(size=(40, 6)).astype("float32")
Y = np.random.default_rng(1).integers(0, 2, 40)
TEXTS = ["a good film", "a bad film", "so so", "a good one"]


class Sparse:
    """A sparse matrix as far as SciPy's are used: rows by slices and by numbers, and no length."""

    def __init__(self, dense: np.ndarray) -> None:
        self.dense, self.shape, self.dtype = dense, dense.shape, dense.dtype

    def __len__(self) -> int:
        raise TypeError("sparse array length is ambiguous; use getnnz() or shape[0]")

    def __getitem__(self, rows) -> "Sparse":
        return Sparse(self.dense[rows])

    def tocsr(self) -> "Sparse":
        return self

    def toarray(self) -> np.ndarray:
        return self.dense


def model(*layers) -> Sequential:
    made = Sequential([*layers] or [Dense(6, 1, activation="sigmoid", kernel_initializer="zeros")])
    made.compile("adam", "binary_crossentropy")
    return made


def test_a_sparse_matrix_trains_as_the_same_numbers_do() -> None:
    one, other = model(), model()
    options = {"epochs": 2, "shuffle": False, "validation_split": 0.25, "verbose": 0}
    assert one.fit(Sparse(X), Y, **options).history == other.fit(X, Y, **options).history
    np.testing.assert_array_equal(one.predict(Sparse(X)), other.predict(X))
    assert one.train_on_batch(Sparse(X), Y) == other.train_on_batch(X, Y)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (TEXTS, Y[:4], "X holds text, 'a good film'; encode it: kit.preprocessing.text.Tokenizer for words"),
        (
            pd.Series(TEXTS),
            Y[:4],
            "holds 'a good film', no number; encode it: kit.preprocessing.text.Tokenizer for words",
        ),
        (
            X[:4],
            ["no", "yes", "no", "no"],
            r"y holds text, 'no'; encode classes: classes, y = numpy.unique\(y, return_inv",
        ),
    ],
)
def test_text_is_told_how_it_becomes_numbers(X, y, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        model(Dense(1)).fit(X, y)


def test_a_tokenizer_has_an_index_for_the_words_it_leaves_out() -> None:
    tokenizer = Tokenizer(num_words=4, oov_token="<OOV>")
    tokenizer.fit_on_texts(TEXTS)
    assert list(tokenizer.word_index)[:3] == ["<OOV>", "a", "good"]
    assert tokenizer.texts_to_sequences(["a new good film"]) == [[2, 1, 3, 1]]
    plain = Tokenizer(nb_words=3)
    plain.fit_on_texts(TEXTS)
    assert plain.texts_to_sequences(["a new good film"]) == [[1, 2]]


def test_data_sets_of_words_take_today_s_word_for_how_many() -> None:
    (new, _), _ = definitions.load_data(num_words=100)
    (old, _), _ = definitions.load_data(nb_words=100)
    np.testing.assert_array_equal(new, old)


def test_a_model_is_built_for_a_shape_with_or_without_the_axis_of_samples() -> None:
    one, other, third = (Sequential([Dense(3)]) for _ in range(3))
    one.build((None, 6))
    other.build((6,))
    third.build(input_shape=(None, 6))
    assert one.input_shape == other.input_shape == third.input_shape == (None, 6)


def test_weights_that_a_model_has_no_place_for_yet_are_told_to_wait(tmp_path) -> None:
    model().save_weights(tmp_path / "w.h5")
    later = Sequential([Dense(1, activation="sigmoid")])
    with pytest.raises(ValueError, match=r"the model has no weights yet, .* or by model.build\(\(64,\)\)"):
        later.load_weights(tmp_path / "w.h5")
    with pytest.raises(ValueError, match=r"0 weights, but 2 came; make them first, by Input"):
        later.set_weights(model().get_weights())


def test_a_lambda_may_take_its_inputs_as_a_list() -> None:
    a, b = Input(6), Input(6)
    listed = Model([a, b], Lambda(lambda x: x[0] - 2 * x[1])([a, b]))
    apart = Model([a, b], Lambda(lambda x, y: x - 2 * y)([a, b]))
    np.testing.assert_array_equal(listed.predict([X, X]), apart.predict([X, X]))
    assert Lambda(torch.add)(a, b).shape == (6,)


def test_a_layer_is_found_by_its_number() -> None:
    made = Sequential([Dense(4), Dense(3)])
    assert made.get_layer(index=1) is made.layers[1]
    assert made.get_layer("dense_1") is made.layers[0]
    with pytest.raises(ValueError, match="the model has no layer 2; they are 0 to 1"):
        made.get_layer(index=2)


def test_a_summary_goes_where_it_is_wanted() -> None:
    lines: list[str] = []
    model().summary(line_length=80, print_fn=lines.append)
    assert "7 parameters" in lines[0]


def test_the_rate_may_be_set_as_in_2015() -> None:
    made = model()
    made.optimizer.lr = 0.5
    assert (made.optimizer.learning_rate, made.optimizer.lr) == (0.5, 0.5)


def test_a_penalty_has_keras_s_word_for_its_weight() -> None:
    assert repr(Dense(3, kernel_regularizer=kit.regularizers.L2(l2=0.5))) == 'Dense(3, kernel_regularizer="l2(l=0.5)")'


def test_words_of_a_loss_that_change_nothing_are_left_out_and_others_refused() -> None:
    found = kit.losses.MeanSquaredError(reduction="sum_over_batch_size", name="mine")
    assert found is kit.objectives.mean_squared_error
    with pytest.raises(
        TypeError, match="MeanSquaredError has no argument 'reduction': the mean over a batch is lowered"
    ):
        kit.losses.MeanSquaredError(reduction="sum")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: model().compile("adam", "MSE"), "did you mean 'mse'"),
        (lambda: Dense(3, activation="Relu"), "did you mean 'relu'"),
    ],
)
def test_a_name_in_other_letters_is_told_first(call, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize(
    "last", [[Dense(1, activation="softmax")], [Dense(1), Softmax()], [Dense(1), Activation("softmax")]]
)
def test_a_softmax_over_one_output_is_warned_of(last) -> None:
    with pytest.warns(UserWarning, match="softmax is over one output, and so always 1; set its activation='sigmoid'"):
        model(*last).fit(X, Y, verbose=0)


def test_a_flow_of_images_is_passed_over_in_each_epoch_and_has_no_end_by_next() -> None:
    images, classes = np.random.default_rng(0).normal(size=(20, 1, 8, 8)), np.arange(20) % 2
    flow = ImageDataGenerator(horizontal_flip=True).flow(images, classes, batch_size=8, seed=1)
    made = model(Flatten(), Dense(1, activation="sigmoid"))
    made.fit(flow, epochs=3, verbose=0)
    made.fit(flow, epochs=2, steps_per_epoch=2, verbose=0)
    assert (len(flow), made.history.steps) == (3, 4)
    assert sorted(np.concatenate([y for _, y in flow])) == sorted(classes)
    assert [len(next(flow)[1]) for _ in range(4)] == [8, 8, 4, 8]


def test_columns_of_a_table_are_inputs_of_one_number() -> None:
    table = pd.DataFrame({"age": X[:, 0], "size": X[:, 1], "sold": Y})
    age, size = Input((1,), name="age"), Input((1,), name="size")
    made = Model([age, size], Dense(1)(age + size))
    made.compile("sgd", "mse")
    by_name = made.predict({"age": table["age"], "size": table["size"]})
    np.testing.assert_array_equal(by_name, made.predict([X[:, :1], X[:, 1:2]]))
    assert made.fit([table["age"].values, table["size"].values], table["sold"], verbose=0)["loss"]


def test_a_model_that_is_frozen_for_another_is_told_to_be_thawed() -> None:
    judge = model()
    judge.trainable = False
    with pytest.raises(
        ValueError, match=r"all weights of the model are frozen; set trainable = True .* in every model"
    ):
        judge.train_on_batch(X, Y)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda path: ImageDataGenerator(rescale=1 / 255), "scale the images before: X / 255"),
        (lambda path: ImageDataGenerator(validation_split=0.2), "augment=generator"),
        (lambda path: ImageDataGenerator(zoom_range=0.1), "by a function: fit.augment=function."),
        (lambda path: model().save(path, save_format="tf"), "the format is HDF5 whatever the name"),
        (lambda path: model().save(path, include_optimizer=False), "save_weights.path. keeps the weights alone"),
        (lambda path: model().load_weights(path, by_name=True), "set them layer by layer"),
        (lambda path: kit.metrics.MeanIoU(name="iou", classes=2), "has no argument 'classes'"),
    ],
)
def test_words_for_images_and_files_are_told(call, message: str, tmp_path) -> None:
    with pytest.raises(TypeError, match=message):
        call(tmp_path / "a.h5")


def test_a_model_is_loaded_whatever_is_said_of_its_compiling(tmp_path) -> None:
    model().save(tmp_path / "a.h5", save_format="h5", include_optimizer=True)
    assert kit.models.load_model(tmp_path / "a.h5", compile=False).predict(X).shape == (40, 1)


@pytest.mark.parametrize("loss", ["binary_crossentropy", "sparse_categorical_crossentropy"])
def test_a_loss_of_probabilities_behind_a_linear_layer_is_warned_of_at_once(loss: str) -> None:
    made = Sequential([Dense(1 if loss == "binary_crossentropy" else 2)])
    made.compile("sgd", loss)
    with pytest.warns(UserWarning, match=rf"{loss} takes probabilities, which the last layer does not give"):
        made.fit(X, Y, verbose=0)


def test_what_keras_has_as_none_is_what_is_usual() -> None:
    made = model()
    assert len(made.fit(X, Y, batch_size=None, callbacks=None, validation_split=0.0, verbose=0).epoch) == 1
    assert made.evaluate(X, Y, batch_size=None) == made.evaluate(X, Y)
    np.testing.assert_array_equal(made.predict(X, batch_size=None), made.predict(X))


def test_axes_of_an_input_are_one_tuple() -> None:
    with pytest.raises(TypeError, match=r"name takes a string; a shape is one tuple, such as Input\(\(28, 28\)\)"):
        Input(28, 28)
