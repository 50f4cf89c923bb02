"""Random graphs: document, model and code say the same."""

import json

import numpy as np
import pytest
import torch

from kit.analysis import analyse
from kit.code import folded, from_code, normal, to_code
from kit.graph import document, from_document
from tests.kit.random_documents import random_document, rich_document

SEEDS = range(200)


def executed(text: str):
    names: dict = {}
    exec(text, names)
    return names["model"]


@pytest.mark.parametrize("seed", SEEDS)
def test_document_code_document_is_without_loss(seed: int) -> None:
    made = random_document(seed)
    assert from_code(to_code(made)) == made


@pytest.mark.parametrize("start", range(0, 1000, 50))
def test_all_that_the_code_can_say_comes_back_from_it(start: int) -> None:
    for seed in range(start, start + 50):
        made = rich_document(seed)
        assert from_code(to_code(made)) == made == normal(made), seed


@pytest.mark.parametrize("start", range(0, 1000, 50))
def test_the_code_makes_the_weights_and_outputs_of_the_document(start: int) -> None:
    for seed in range(start, start + 50):
        made = rich_document(seed)
        torch.manual_seed(seed)
        built = from_document(made)
        torch.manual_seed(seed)
        run = executed(to_code(made))
        X = [torch.randn(2, *(shape or (6,))).numpy() for shape in built.module.shapes]
        results = []
        for model in (built, run):
            torch.manual_seed(seed)
            found = model.predict(X if len(X) > 1 else X[0])
            results.append([*(found if isinstance(found, list) else [found]), *model.get_weights()])
        for mine, other in zip(*results, strict=True):
            np.testing.assert_array_equal(mine, other, err_msg=str(seed))


@pytest.mark.parametrize("start", range(0, 300, 50))
def test_groups_found_again_in_what_was_written_out_make_the_same_layers(start: int) -> None:
    found = 0
    for seed in range(start, start + 50):
        written_out = document(from_document(rich_document(seed)))
        again = folded(written_out)
        found += "groups" in again
        ours, theirs = (from_document(made).module.state_dict() for made in (written_out, again))
        assert list(ours) == list(theirs), seed
    assert found > 10


@pytest.mark.parametrize("seed", SEEDS)
def test_document_model_document_is_without_loss(seed: int) -> None:
    made = random_document(seed)
    assert document(from_document(made)) == made


@pytest.mark.parametrize("seed", SEEDS)
def test_the_code_makes_the_model_of_the_document(seed: int) -> None:
    made = random_document(seed)
    built, run = from_document(made), executed(to_code(made))
    assert document(run) == made
    shapes = [{name: tuple(w.shape) for name, w in m.module.state_dict().items()} for m in (built, run)]
    assert list(shapes[0].items()) == list(shapes[1].items())


@pytest.mark.parametrize("seed", SEEDS[:60])
def test_both_models_compute_the_same_with_the_same_weights(seed: int) -> None:
    made = random_document(seed)
    built, run = from_document(made), executed(to_code(made))
    run.set_weights(built.get_weights())
    X = [np.random.default_rng(seed).normal(size=(3, *shape)) for shape in built.module.shapes]
    given = X if len(X) > 1 else X[0]
    results = [m.predict(given) for m in (built, run)]
    for ours, theirs in zip(*(r if isinstance(r, list) else [r] for r in results), strict=True):
        np.testing.assert_array_equal(ours, theirs)


@pytest.mark.parametrize("seed", SEEDS[:60])
def test_the_analysis_gives_the_shapes_of_a_real_forward(seed: int) -> None:
    made = random_document(seed)
    report, network = analyse(made), from_document(made).module.eval()
    assert report["error"] is None
    assert report["parameters"] == sum(p.numel() for p in network.parameters())
    assert all(node["error"] is None for node in report["nodes"].values())
    outputs = network(*(torch.zeros(2, *shape) for shape in network.shapes))
    names = made.get("outputs") or [n for n in report["nodes"] if all(e["source"] != n for e in made["edges"])]
    for name, output in zip(names, outputs if isinstance(outputs, tuple) else [outputs], strict=True):
        assert report["nodes"][name]["output"] == list(output.shape[1:])


@pytest.mark.parametrize("seed", SEEDS[:60])
def test_documents_and_reports_are_plain_json(seed: int) -> None:
    made = random_document(seed)
    assert json.loads(json.dumps(made)) == made
    report = analyse(made)
    assert json.loads(json.dumps(report)) == report
