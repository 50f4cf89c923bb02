"""Merging number by number, and Dot, against NumPy."""

import numpy as np
import pytest
import torch

from kit.layers import (
    Average,
    Dot,
    Input,
    Maximum,
    Minimum,
    Multiply,
    ShapeError,
    Subtract,
    average,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)

pytestmark = pytest.mark.usefixtures("float64")


@pytest.mark.parametrize(("layer", "function"), [
    (Multiply(), lambda a, b, c: a * b * c),
    (Average(), lambda a, b, c: (a + b + c) / 3),
    (Maximum(), lambda a, b, c: np.maximum(np.maximum(a, b), c)),
    (Minimum(), lambda a, b, c: np.minimum(np.minimum(a, b), c)),
], ids=repr)  # fmt: skip
def test_it_merges_number_by_number(layer, function, rng) -> None:
    x = rng.normal(size=(3, 2, 4, 5))
    np.testing.assert_allclose(layer(*map(torch.from_numpy, x)), function(*x))


def test_subtract_is_the_first_less_the_second(rng) -> None:
    x = rng.normal(size=(2, 4, 5))
    np.testing.assert_allclose(Subtract()(*map(torch.from_numpy, x)), x[0] - x[1])


@pytest.mark.parametrize(("layer", "count", "message"), [
    (Subtract(), 3, "takes two inputs, but 3 came"), (Dot(), 3, "takes two inputs, but 3 came"),
    (Multiply(), 1, "merges two inputs or more, but 1 came"),
], ids=repr)  # fmt: skip
def test_too_many_or_too_few_inputs_are_refused(layer, count, message) -> None:
    with pytest.raises(ShapeError, match=message):
        layer(*[Input(3)] * count)


@pytest.mark.parametrize("layer", [Multiply(), Average(), Maximum(), Minimum(), Subtract()], ids=repr)
def test_inputs_of_different_shapes_are_refused(layer) -> None:
    with pytest.raises(ShapeError, match=r"inputs of one shape, but \(3,\) and \(4,\) came"):
        layer(Input(3), Input(4))


@pytest.mark.parametrize(("axes", "shapes", "formula"), [
    (-1, [(5,), (5,)], "ni,ni->n"),
    (1, [(4, 5), (4, 6)], "nij,nik->njk"),
    ((2, 1), [(4, 5), (5, 6)], "nij,njk->nik"),
    ((1, -1), [(4, 2, 3), (5, 4)], "nijk,nli->njkl"),
])  # fmt: skip
def test_dot_is_einsum(axes, shapes, formula, rng) -> None:
    a, b = (rng.normal(size=(3, *shape)) for shape in shapes)
    y = Dot(axes)(torch.from_numpy(a), torch.from_numpy(b))
    np.testing.assert_allclose(y, np.einsum(formula, a, b).reshape(y.shape), atol=1e-12)


def test_dot_of_normalized_vectors_is_the_cosine(rng) -> None:
    a, b = rng.normal(size=(2, 3, 5))
    cosine = (a * b).sum(1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    y = Dot(normalize=True)(torch.from_numpy(a), torch.from_numpy(b))
    np.testing.assert_allclose(y[:, 0], cosine)


@pytest.mark.parametrize(
    ("axes", "message"), [(1, "axes of one size, but 4 and 5"), (3, "has no axis 3"), (0, "axis 0")]
)
def test_dot_along_axes_that_do_not_fit_is_refused(axes, message) -> None:
    with pytest.raises(ShapeError, match=message):
        Dot(axes)(Input((4, 3)), Input((5, 3)))


def test_the_functions_are_the_layers() -> None:
    a, b = Input((2, 3)), Input((2, 3))
    made = [function([a, b]) for function in (average, maximum, minimum, multiply, subtract, dot)]
    names = ["Average()", "Maximum()", "Minimum()", "Multiply()", "Subtract()", "Dot()"]
    assert [repr(symbol.layer) for symbol in made] == names
    assert dot([a, b], axes=1, normalize=True).shape == (3, 3)
