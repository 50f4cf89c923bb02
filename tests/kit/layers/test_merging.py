"""Layers on several inputs."""

import numpy as np
import pytest
import torch

from kit import Input
from kit.layers import Add, Concatenate, ShapeError, add, concatenate


@pytest.mark.parametrize("count", [2, 3, 5])
def test_add_is_the_sum(count: int, rng, float64: None) -> None:
    xs = rng.normal(size=(count, 4, 3))
    np.testing.assert_allclose(Add()(*map(torch.from_numpy, xs)), xs.sum(0))


@pytest.mark.parametrize("axis", [1, 2, -1, -2])
def test_concatenate_is_side_by_side(axis: int, rng, float64: None) -> None:
    xs = rng.normal(size=(3, 4, 3, 2))
    np.testing.assert_array_equal(Concatenate(axis=axis)(*map(torch.from_numpy, xs)), np.concatenate(xs, axis))


def test_a_list_of_tensors_is_as_good_as_several() -> None:
    x = torch.ones(2, 3)
    assert torch.equal(Add()([x, x]), Add()(x, x))


def test_the_gradient_of_a_sum_goes_to_each(float64: None) -> None:
    xs = [torch.ones(2, 3, requires_grad=True) for _ in range(3)]
    Add()(*xs).backward(torch.full((2, 3), 7.0))
    assert all(torch.equal(x.grad, torch.full((2, 3), 7.0)) for x in xs)


def test_add_refuses_inputs_of_two_shapes() -> None:
    with pytest.raises(ShapeError, match=r"adds inputs of one shape, but \(3,\) and \(4,\) came; give the branches"):
        Add()(Input(3), Input(4))


def test_concatenate_refuses_what_differs_elsewhere() -> None:
    with pytest.raises(ShapeError, match="joins along axis -1, where all else must be equal"):
        Concatenate()(Input((2, 3)), Input((3, 3)))


@pytest.mark.parametrize("axis", [0, 3, -3])
def test_concatenate_refuses_an_axis_that_is_not_there(axis: int) -> None:
    with pytest.raises(ShapeError, match=f"has no axis {axis} in"):
        Concatenate(axis=axis)(Input((2, 3)), Input((2, 3)))


@pytest.mark.parametrize("layer", [Add(), Concatenate()], ids=repr)
def test_one_input_is_too_few(layer) -> None:
    with pytest.raises(ShapeError, match="merges two inputs or more, but 1 came; connect another"):
        layer(Input(3))


def test_the_functions_are_the_layers() -> None:
    a, b = Input(3), Input(3)
    assert repr(add([a, b]).layer) == "Add()"
    assert repr(concatenate([a, b], axis=1).layer) == "Concatenate(axis=1)"
    assert concatenate([a, b]).shape == (6,)
