"""What must hold for every layer of the catalog; a new layer only needs a line in examples.py."""

import json

import pytest
import torch

from kit import CATALOG, Input, Model
from kit.code import from_code, to_code
from kit.forms import entry
from kit.graph import CLASS_SYNONYMS, document, from_document
from kit.layers.measuring import measure, on_meta, without_samples
from tests.kit.layers.examples import ALL, EXAMPLES, Example

OWN = [name for name, cls in CATALOG.items() if cls.__module__.startswith("kit.")]
every_example = pytest.mark.parametrize("example", ALL, ids=[f"{e.call}-{len(e.shapes)}" for e in ALL])
every_layer = pytest.mark.parametrize("name", OWN)


def model_of(example: Example) -> Model:
    inputs = [Input(shape) for shape in example.shapes]
    return Model(inputs, example.make()(*inputs))


@every_layer
def test_it_has_an_example(name: str) -> None:
    assert EXAMPLES.get(name), f"add an example of {name} to tests/kit/layers/examples.py"


@every_layer
def test_its_examples_are_of_its_class(name: str) -> None:
    assert all(type(example.make()) is CATALOG[name] for example in EXAMPLES.get(name, []))


@every_layer
def test_its_docstring_explains_every_field(name: str) -> None:
    assert [field.name for field in CATALOG[name].declaration.values() if not field.help] == []


@every_layer
def test_its_palette_entry_is_plain_json(name: str) -> None:
    form = entry(CATALOG[name])
    assert json.loads(json.dumps(form)) == form


@every_layer
def test_it_can_be_imported_flat(name: str) -> None:
    from kit import layers

    assert getattr(layers, name) is CATALOG[name]
    assert name in layers.__all__


@every_example
def test_its_repr_makes_an_equal_one(example: Example) -> None:
    layer = example.make()
    again = Example(repr(layer), example.shapes).make()
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config()


@every_example
def test_its_config_as_json_makes_an_equal_one(example: Example) -> None:
    layer = example.make()
    config = json.loads(json.dumps(layer.get_config()))
    again = type(layer)(**config)
    assert again.get_config() == layer.get_config()
    assert repr(again) == repr(layer)


@every_example
def test_the_measured_shape_is_that_of_a_real_forward(example: Example) -> None:
    layer = example.make()
    measured, _ = measure(layer, *example.shapes)
    for mode in (True, False):
        assert tuple(layer.train(mode)(*example.samples()).shape[1:]) == measured


@every_example
def test_measuring_without_samples_gives_what_the_meta_device_gives(example: Example) -> None:
    state = torch.get_rng_state()
    found = without_samples(example.make(), example.shapes)
    assert torch.equal(torch.get_rng_state(), state)
    if found is None:  # torch cannot tell what -1 stands for where there are no numbers
        assert "-1" in example.call or example.call.startswith("Dot")
    else:
        assert found[0] == on_meta(example.make(), example.shapes)[0]


@every_example
def test_measuring_makes_no_weights(example: Example) -> None:
    layer = example.make()
    measure(layer, *example.shapes)
    assert not layer.built
    assert not list(layer.parameters())


@every_example
def test_its_gradients_are_those_of_finite_differences(example: Example, float64: None) -> None:
    layer = example.make()
    layer(*example.samples())
    layer.train("rop" not in example.call and "Noise" not in example.call)
    names = [name for name, _ in layer.named_parameters()]
    xs = [x.requires_grad_(x.is_floating_point()) for x in example.samples(4)]
    weights = [weight.detach().clone().requires_grad_() for weight in layer.parameters()]

    def output(*given: torch.Tensor) -> torch.Tensor:
        return torch.func.functional_call(layer, dict(zip(names, given[len(xs) :], strict=True)), given[: len(xs)])

    if any(tensor.requires_grad for tensor in (*xs, *weights)):
        assert torch.autograd.gradcheck(output, (*xs, *weights))


@every_example
def test_it_gives_the_same_twice_when_not_training(example: Example) -> None:
    layer = example.make()
    layer(*example.samples())
    layer.eval()
    assert torch.equal(layer(*example.samples()), layer(*example.samples()))


@every_example
def test_a_sample_is_predicted_alone_as_among_others(example: Example) -> None:
    layer = example.make()
    layer(*example.samples())
    layer.eval()
    alone = torch.cat([layer(*(x[i : i + 1] for x in example.samples())) for i in range(5)])
    torch.testing.assert_close(layer(*example.samples()), alone)


@every_example
def test_document_model_document_is_without_loss(example: Example) -> None:
    made = document(model_of(example))
    assert json.loads(json.dumps(made)) == made
    assert document(from_document(made)) == made


@every_example
def test_the_full_document_describes_the_same_model(example: Example) -> None:
    model = model_of(example)
    again = from_document(json.loads(json.dumps(document(model, full=True))))
    assert document(again) == document(model)
    shapes = [{name: w.shape for name, w in m.module.state_dict().items()} for m in (model, again)]
    assert shapes[0] == shapes[1]


@every_example
def test_document_code_document_is_without_loss(example: Example) -> None:
    made = document(model_of(example))
    assert from_code(to_code(made)) == made


@every_example
def test_its_code_runs_and_makes_the_same_model(example: Example) -> None:
    made = document(model_of(example))
    names: dict = {}
    exec(to_code(made), names)
    assert document(names["model"]) == made


@every_example
def test_get_weights_goes_into_an_equal_layer(example: Example) -> None:
    layer, other = example.make(), example.make()
    layer(*example.samples())
    other(*example.samples())
    other.set_weights(layer.get_weights())
    layer.eval()
    other.eval()
    assert torch.equal(layer(*example.samples()), other(*example.samples()))


@every_example
def test_weights_given_to_the_constructor_are_its_weights(example: Example) -> None:
    layer = example.make()
    layer(*example.samples())
    weights = layer.get_weights()
    other = type(layer)(**layer.get_config(), weights=weights)
    other.build_for(*example.shapes)
    assert all((a == b).all() for a, b in zip(weights, other.get_weights(), strict=True))


@pytest.mark.parametrize(("other", "name"), CLASS_SYNONYMS.items())
def test_another_name_of_a_layer_can_be_imported_and_is_the_same_class(other: str, name: str) -> None:
    from kit import layers

    assert getattr(layers, other) is CATALOG[name]
    assert other in layers.__all__
