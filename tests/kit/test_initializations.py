"""How weights start: bounds, deviations and orthogonality."""

import math

import pytest
import torch

from kit import initializations

SHAPES = [((300, 200), 300, 200), ((40, 30, 5, 6), 30 * 5 * 6, 40 * 5 * 6)]  # shape, fan_in, fan_out


def drawn(name: str, shape: tuple, seed: int = 0) -> torch.Tensor:
    weight = torch.full(shape, math.nan)
    initializations.get(name)(weight, torch.Generator().manual_seed(seed))
    return weight


BOUNDS = {
    "uniform": lambda i, o: 0.05,
    "random_uniform": lambda i, o: 0.05,
    "lecun_uniform": lambda i, o: math.sqrt(3 / i),
    "glorot_uniform": lambda i, o: math.sqrt(6 / (i + o)),
    "he_uniform": lambda i, o: math.sqrt(6 / i),
}
DEVIATIONS = {
    "normal": lambda i, o: 0.05,
    "random_normal": lambda i, o: 0.05,
    "lecun_normal": lambda i, o: math.sqrt(1 / i),
    "glorot_normal": lambda i, o: math.sqrt(2 / (i + o)),
    "he_normal": lambda i, o: math.sqrt(2 / i),
}


@pytest.mark.parametrize(("shape", "fan_in", "fan_out"), SHAPES)
@pytest.mark.parametrize("name", BOUNDS)
def test_a_uniform_fills_its_bounds_evenly(name: str, shape, fan_in, fan_out) -> None:
    weight, bound = drawn(name, shape), BOUNDS[name](fan_in, fan_out)
    assert weight.abs().max() <= bound
    assert weight.abs().max() > 0.999 * bound
    assert float(weight.std()) == pytest.approx(bound / math.sqrt(3), rel=0.02)
    assert abs(float(weight.mean())) < 0.02 * bound


@pytest.mark.parametrize(("shape", "fan_in", "fan_out"), SHAPES)
@pytest.mark.parametrize("name", DEVIATIONS)
def test_a_normal_has_its_deviation(name: str, shape, fan_in, fan_out) -> None:
    weight, deviation = drawn(name, shape), DEVIATIONS[name](fan_in, fan_out)
    assert float(weight.std()) == pytest.approx(deviation, rel=0.02)
    assert abs(float(weight.mean())) < 0.02 * deviation


@pytest.mark.parametrize("shape", [(6, 4), (4, 6), (5, 5), (3, 2, 4, 4), (7,)])
def test_orthogonal_has_orthonormal_rows_or_columns_times_its_scale(shape: tuple) -> None:
    matrix = drawn("orthogonal", shape).reshape(shape[0], -1) / 1.1
    gram = matrix @ matrix.T if matrix.shape[0] <= matrix.shape[1] else matrix.T @ matrix
    torch.testing.assert_close(gram, torch.eye(len(gram)), atol=1e-5, rtol=0)


@pytest.mark.parametrize(("name", "value"), [("zeros", 0), ("zero", 0), ("ones", 1), ("one", 1)])
def test_constants(name: str, value: int) -> None:
    assert torch.equal(drawn(name, (3, 4)), torch.full((3, 4), float(value)))


@pytest.mark.parametrize("name", initializations.INITIALIZATIONS)
def test_the_generator_decides_and_the_global_one_is_not_touched(name: str) -> None:
    before = torch.get_rng_state()
    assert torch.equal(drawn(name, (4, 4), 1), drawn(name, (4, 4), 1))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", initializations.INITIALIZATIONS)
def test_every_initialization_takes_a_vector(name: str) -> None:
    assert torch.isfinite(drawn(name, (5,))).all()
