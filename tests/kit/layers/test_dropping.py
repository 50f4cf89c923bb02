import pytest
import torch

from kit.layers.dropping import Draw, dropped


@pytest.mark.parametrize("rate", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16])
def test_a_mask_holds_ones_and_at_the_stated_rate_zeros(rate, dtype) -> None:
    mask = Draw(torch.empty(501, 201, dtype=dtype), rate)(torch.Generator().manual_seed(1))
    assert set(mask.unique().tolist()) == {0.0, 1.0}
    zeros = (mask == 0).sum().item()
    assert abs(zeros - mask.numel() * rate) < 4 * (mask.numel() * rate * (1 - rate)) ** 0.5


def test_neighbours_in_a_mask_do_not_know_of_each_other() -> None:
    mask = Draw(torch.empty(200_000), 0.5)(torch.Generator().manual_seed(1))
    for distance in (1, 2, 3, 64):
        alike = (mask[distance:] == mask[:-distance]).float().mean().item()
        assert abs(alike - 0.5) < 0.006  # five standard deviations


def test_a_tiny_rate_drops_next_to_nothing() -> None:
    assert Draw(torch.empty(1000), 1e-12)(torch.Generator().manual_seed(1)).all()


def test_the_same_generator_gives_the_same_mask_in_any_memory_format() -> None:
    straight = torch.ones(2, 3, 5, 7)
    turned = straight.to(memory_format=torch.channels_last)
    one, other = (dropped(x, 0.5, torch.Generator().manual_seed(1)) for x in (straight, turned))
    assert torch.equal(one, other)
    assert other.is_contiguous(memory_format=torch.channels_last)
