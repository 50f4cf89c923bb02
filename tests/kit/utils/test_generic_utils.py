"""The bar of 2015, on tqdm."""

import pytest

from kit.utils.generic_utils import Progbar


def test_values_are_means_weighted_by_their_samples(capsys):
    bar = Progbar(10)
    bar.add(2, values=[("loss", 1.0)])
    bar.add(6, values=[("loss", 2.0), ("accuracy", 0.5)])
    assert bar.means == {"loss": (2 * 1 + 6 * 2) / 8, "accuracy": 0.5}
    bar.update(10, [("loss", 0.0)])
    assert bar.means["loss"] == 1.4
    shown = capsys.readouterr().err
    assert "10/10" in shown
    assert "loss 1.4, accuracy 0.5" in shown


def test_a_silent_bar_counts_but_prints_nothing(capsys):
    with Progbar(4, verbose=0) as bar:
        bar.update(3, [("loss", 2.0)])
        assert bar.means == {"loss": 2.0}
    assert capsys.readouterr() == ("", "")


def test_a_bar_only_goes_forward():
    with Progbar(4, verbose=0) as bar:
        bar.update(3)
        with pytest.raises(ValueError, match="3 samples are done already"):
            bar.update(2)
    with pytest.raises(ValueError, match="target=-1"):
        Progbar(-1)
