"""How weights start: bounds, deviations and orthogonality."""

import math

import pytest
import torch

from kit import initializations
from kit.layers import Dense

SHAPES = [((300, 200), 300, 200), ((40, 30, 5, 6), 30 * 5 * 6, 40 * 5 * 6)]  # shape, fan_in, fan_out


def drawn(name: str, shape: tuple, seed: int = 0) -> torch.Tensor:
    weight = torch.full(shape, math.nan)
    initializations.get(name)(weight, torch.Generator().manual_seed(seed))
    return weight


WITHIN_TWO = 0.8796  # deviation of a standard normal within ±2: sqrt(1 - 4 phi(2) / (2 Phi(2) - 1))
BOUNDS = {
    "uniform": lambda i, o: 0.05,
    "random_uniform": lambda i, o: 0.05,
    "lecun_uniform": lambda i, o: math.sqrt(3 / i),
    "glorot_uniform": lambda i, o: math.sqrt(6 / (i + o)),
    "he_uniform": lambda i, o: math.sqrt(6 / i),
    "uniform(0.2)": lambda i, o: 0.2,
    "random_uniform(-0.3, 0.3)": lambda i, o: 0.3,
    'variance_scaling(2.0, "fan_out", "uniform")': lambda i, o: math.sqrt(6 / o),
}
DEVIATIONS = {
    "normal": lambda i, o: 0.05,
    "random_normal": lambda i, o: 0.05,
    "lecun_normal": lambda i, o: math.sqrt(1 / i),
    "glorot_normal": lambda i, o: math.sqrt(2 / (i + o)),
    "he_normal": lambda i, o: math.sqrt(2 / i),
    "normal(0.2)": lambda i, o: 0.2,
    "truncated_normal": lambda i, o: 0.05 * WITHIN_TWO,
    "truncated_normal(0.02)": lambda i, o: 0.02 * WITHIN_TWO,
    "variance_scaling": lambda i, o: math.sqrt(1 / i),
    'variance_scaling(2.0, mode="fan_avg")': lambda i, o: math.sqrt(4 / (i + o)),
    'variance_scaling(distribution="untruncated_normal")': lambda i, o: math.sqrt(1 / i),
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


def test_a_truncated_normal_ends_two_deviations_from_its_mean() -> None:
    away = (drawn("truncated_normal(0.1, mean=3.0)", (300, 200)) - 3).abs()
    assert 0.199 < float(away.max()) <= 0.2001


def test_a_mean_is_said_by_name() -> None:
    """Keras 3 has the mean first: without a name the two could be mixed up."""
    with pytest.raises(TypeError, match="too many positional arguments; it takes stddev, mean"):
        Dense(3, kernel_initializer="truncated_normal(0.0, 0.02)")
    assert drawn("random_normal(stddev=0.0, mean=2.0)", (3,)).tolist() == [2, 2, 2]


def test_a_scaling_that_there_is_not_is_refused() -> None:
    with pytest.raises(
        ValueError, match=r"variance_scaling\(mode='fan_up'.*mode takes 'fan_in', 'fan_out' or 'fan_avg'"
    ):
        drawn("variance_scaling(mode='fan_up')", (3, 3))


def test_orthogonal_takes_its_gain() -> None:
    matrix = drawn("orthogonal(0.5)", (4, 4))
    torch.testing.assert_close(matrix @ matrix.T, torch.eye(4) / 4, atol=1e-6, rtol=0)


def test_identity_lets_everything_through() -> None:
    assert torch.equal(drawn("identity", (3, 3)), torch.eye(3))
    assert drawn("identity(gain=2)", (2, 3)).tolist() == [[2, 0, 0], [0, 2, 0]]


def test_identity_of_a_vector_is_refused() -> None:
    with pytest.raises(ValueError, match=r"identity fills a matrix, not a weight of shape \(5,\)"):
        drawn("identity", (5,))


def test_none_is_no_initialization() -> None:
    with pytest.raises(
        TypeError, match=r"kernel_initializer=None\): initialization takes a name or a function, not None"
    ):
        Dense(3, kernel_initializer=None)


def test_a_function_of_one_s_own_fills_the_weight() -> None:
    def stairs(weight: torch.Tensor, generator: torch.Generator | None) -> None:
        weight.copy_(torch.arange(weight.numel()).reshape(weight.shape))

    layer = Dense(2, kernel_initializer=stairs, input_dim=2)
    layer.build_stated()
    assert layer.get_weights()[0].tolist() == [[0, 1], [2, 3]]


CONSTANTS = [("zeros", 0), ("zero", 0), ("ones", 1), ("one", 1), ("constant", 0), ("constant(-2)", -2)]


@pytest.mark.parametrize(("name", "value"), CONSTANTS)
def test_constants(name: str, value: int) -> None:
    assert torch.equal(drawn(name, (3, 4)), torch.full((3, 4), float(value)))


@pytest.mark.parametrize("name", initializations.INITIALIZATIONS)
def test_the_generator_decides_and_the_global_one_is_not_touched(name: str) -> None:
    before = torch.get_rng_state()
    assert torch.equal(drawn(name, (4, 4), 1), drawn(name, (4, 4), 1))
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("name", sorted(initializations.INITIALIZATIONS.keys() - {"identity"}))
def test_every_initialization_takes_a_vector(name: str) -> None:
    assert torch.isfinite(drawn(name, (5,))).all()
