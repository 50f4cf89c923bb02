"""Several outputs with their own losses and metrics; weights of samples and classes; masks; mixed precision."""

import numpy as np
import pytest
import torch

import kit
from kit import Input, Model, Sequential
from kit.layers import Activation, Dense, Dropout


def two_headed(**words) -> Model:
    x = Input(20)
    h = Dense(8, activation="tanh")(x)
    kind, size = Dense(2, activation="softmax", name="kind")(h), Dense(1, name="size")(h)
    model = Model(x, [kind, size])
    numbers = np.random.default_rng(3)
    model.set_weights([numbers.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
    options = {"loss": ["categorical_crossentropy", "mse"], "loss_weights": [1.0, 0.5], "metrics": [["accuracy"], []]}
    model.compile("sgd(0.1)", **{**options, **words})
    return model


def one_headed(loss="categorical_crossentropy", **words) -> Sequential:
    model = Sequential([Dense(20, 8, activation="tanh"), Dense(8, 2, activation="softmax")])
    numbers = np.random.default_rng(3)
    model.set_weights([numbers.uniform(-0.5, 0.5, w.shape) for w in model.get_weights()])
    model.compile("sgd(0.1)", loss, **words)
    return model


def test_the_objective_is_the_weighted_sum_of_the_outputs_losses(blobs) -> None:
    model, sizes = two_headed(), blobs.X[:, :1]
    kind, size = model.predict(blobs.X)
    values = model.evaluate(blobs.X, [blobs.Y, sizes], return_dict=True)
    cross, square = -np.log((kind * blobs.Y).sum(1)).mean(), ((size - sizes) ** 2).mean()
    assert list(values) == ["loss", "kind_loss", "size_loss", "kind_accuracy"]
    assert values["kind_loss"] == pytest.approx(cross, rel=1e-5)
    assert values["size_loss"] == pytest.approx(square, rel=1e-5)
    assert values["loss"] == pytest.approx(cross + 0.5 * square, rel=1e-5)


def test_one_step_of_two_outputs_is_the_one_torch_makes(blobs) -> None:
    model, sizes = two_headed(), torch.as_tensor(blobs.X[:, :1])
    twin = two_headed()
    kind, size = twin.module(torch.as_tensor(blobs.X))
    loss = -(torch.as_tensor(blobs.Y) * kind.log()).sum(1).mean() + 0.5 * (size - sizes).square().mean()
    loss.backward()
    expected = [p.detach() - 0.1 * p.grad for p in twin.module.parameters()]
    assert model.train(blobs.X, [blobs.Y, sizes]) == pytest.approx(float(loss.detach()), rel=1e-5)
    for ours, theirs in zip(model.module.parameters(), expected, strict=True):
        torch.testing.assert_close(ours.detach(), theirs)


def test_losses_metrics_and_targets_can_be_given_by_the_outputs_names(blobs) -> None:
    sizes = blobs.X[:, :1]
    named = two_headed(
        loss={"size": "mse", "kind": "categorical_crossentropy"},
        loss_weights={"kind": 1, "size": 0.5},
        metrics={"kind": "accuracy"},
    )
    listed = two_headed()
    first = named.fit(blobs.X, {"size": sizes, "kind": blobs.Y}, epochs=2, verbose=0, seed=1)
    second = listed.fit(blobs.X, [blobs.Y, sizes], epochs=2, verbose=0, seed=1)
    assert dict(first) == dict(second)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"loss": ["mse"]}, "the model has 2 outputs; give one for each"),
        ({"loss": {"kind": "mse", "weight": "mse"}}, "outputs are 'kind', 'size'; 'weight' is none of them"),
        ({"loss_weights": {"kind": 1}}, "'size' is missing"),
        ({"loss_weights": "much"}, "it takes a number for each output"),
        ({"metrics": {"weight": "mse"}}, "'weight' is no output"),
        ({"metrics": [["mse"]]}, "give a list for each"),
    ],
)
def test_settings_that_do_not_suit_the_outputs_are_refused(words, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        two_headed(**words)


def test_targets_of_one_output_alone_are_refused(blobs) -> None:
    with pytest.raises(ValueError, match="the model has 2 outputs, but one ndarray came; give a list of 2"):
        two_headed().fit(blobs.X, blobs.Y)


def test_a_model_of_two_outputs_is_saved_and_resumed(blobs, tmp_path) -> None:
    model, targets = two_headed(metrics=[["accuracy", "precision"], "rmse"]), [blobs.Y, blobs.X[:, :1]]
    saving = [lambda record: record.step == 4 and model.save(tmp_path / "a.h5")]
    whole = model.fit(blobs.X, targets, epochs=3, seed=2, callbacks=saving, background=True).wait()
    loaded = kit.load(tmp_path / "a.h5")
    assert (loaded.loss, loaded.loss_weights, loaded.metrics) == (model.loss, model.loss_weights, model.metrics)
    resumed = kit.resume(tmp_path / "a.h5", blobs.X, targets).wait()
    assert resumed.history.epochs == whole.history.epochs


def test_a_counted_metric_is_counted_over_the_epoch(blobs) -> None:
    model = one_headed(metrics=["precision", "accuracy"])
    history = model.fit(blobs.X, blobs.Y, epochs=1, batch_size=7, verbose=0, validation_data=(blobs.X, blobs.Y))
    said, wanted = model.predict(blobs.X).argmax(1), blobs.classes
    precision = np.mean([(wanted[said == k] == k).mean() for k in (0, 1)])
    assert history["val_precision"][-1] == pytest.approx(precision, rel=1e-6)
    assert model.history.batch_names() == ["loss", "accuracy"]


def test_a_sample_of_weight_two_is_a_sample_that_comes_twice(blobs) -> None:
    weighted, doubled = one_headed(), one_headed()
    weights = np.ones(96)
    weights[:32] = 2
    weighted.fit(blobs.X, blobs.Y, sample_weight=weights / weights.mean(), batch_size=96, verbose=0, shuffle=False)
    X, Y = (np.concatenate([values, values[:32]]) for values in (blobs.X, blobs.Y))
    doubled.fit(X, Y, batch_size=128, verbose=0, shuffle=False)
    for ours, theirs in zip(weighted.get_weights(), doubled.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("loss", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_a_class_weight_is_the_weight_of_its_samples(loss: str, blobs) -> None:
    y = blobs.Y if loss == "categorical_crossentropy" else blobs.classes
    by_class, by_sample = one_headed(loss), one_headed(loss)
    by_class.fit(blobs.X, y, class_weight={1: 5.0}, verbose=0, seed=1)
    by_sample.fit(blobs.X, y, sample_weight=np.where(blobs.classes == 1, 5.0, 1.0), verbose=0, seed=1)
    assert all(np.array_equal(a, b) for a, b in zip(by_class.get_weights(), by_sample.get_weights(), strict=True))


def test_class_weights_are_for_the_samples_that_are_trained_on_alone(blobs) -> None:
    model, weights = one_headed(), {"class_weight": {0: 10.0, 1: 7.0}}
    kept, rest = slice(None, 72), slice(72, None)
    split = model.fit(blobs.X, blobs.Y, **weights, validation_split=0.25, verbose=0)
    assert split["val_loss"][-1] == pytest.approx(model.evaluate(blobs.X[rest], blobs.Y[rest]), rel=1e-5)
    pair = (blobs.X[rest], blobs.Y[rest])
    other = one_headed()
    other.fit(blobs.X[kept], blobs.Y[kept], **weights, validation_data=pair, verbose=0)
    assert other.history["val_loss"][-1] == pytest.approx(other.evaluate(*pair), rel=1e-5)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ({"sample_weight": np.ones(5)}, r"sample_weight has shape \(5,\) for 96 samples"),
        ({"sample_weight": -np.ones(96)}, "sample_weight holds -1; a weight is 0 or more"),
        ({"class_weight": {7: 1.0}}, "it takes class numbers from 0 to 1"),
        ({"class_weight": {0: -1.0}}, "weights of 0 or more"),
    ],
)
def test_weights_that_cannot_be_are_refused(words, message: str, blobs) -> None:
    with pytest.raises(ValueError, match=message):
        one_headed().fit(blobs.X, blobs.Y, **words)


def test_validation_data_can_have_weights(blobs) -> None:
    weights = np.where(blobs.classes == 1, 3.0, 0.0)
    model = one_headed()
    history = model.fit(blobs.X, blobs.Y, verbose=0, validation_data=(blobs.X, blobs.Y, weights))
    assert history["val_loss"][-1] == pytest.approx(model.evaluate(blobs.X, blobs.Y, sample_weight=weights))


def test_times_that_a_mask_leaves_out_do_not_count(rng) -> None:
    from kit.training.goal import mean

    losses, output = torch.as_tensor(rng.normal(size=(3, 4))), torch.zeros(3, 4, 2)
    output.mask = torch.tensor([[1, 1, 0, 0], [1, 1, 1, 1], [0, 0, 0, 0]]).bool()
    assert float(mean(losses, output, None)) == pytest.approx(float(losses[output.mask].mean()))


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_learns_and_keeps_weights_in_32_bits(precision: str, blobs, tmp_path) -> None:
    model = Sequential([Dense(20, 16, activation="relu"), Dropout(0.1), Dense(2), Activation("softmax")])
    model.compile("adam(0.01)", "categorical_crossentropy", metrics=["accuracy"], precision=precision)
    seen = []
    model.module.layers["dense_1"].register_forward_hook(lambda _, __, output: seen.append(output.dtype))
    history = model.fit(blobs.X, blobs.Y, epochs=40, verbose=0, seed=1)
    assert set(seen) == {torch.bfloat16 if precision == "mixed_bfloat16" else torch.float16}
    assert history["accuracy"][-1] > 0.95
    assert {parameter.dtype for parameter in model.module.parameters()} == {torch.float32}
    assert model.predict(blobs.X).dtype == np.float32
    model.save(tmp_path / "a.h5")
    assert kit.load(tmp_path / "a.h5").precision == precision


def test_an_update_that_overflows_in_16_bits_is_left_out(blobs) -> None:
    model = one_headed("mse", precision="mixed_float16")
    model.update.scale.scale = 2.0**40
    before = model.get_weights()
    model.train(blobs.X, 100 * blobs.Y)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    assert model.update.scale.scale == 2.0**39
    for _ in range(40):
        model.train(blobs.X, 100 * blobs.Y)
    assert not np.array_equal(before[0], model.get_weights()[0])


def test_an_unknown_precision_is_refused() -> None:
    with pytest.raises(ValueError, match="it takes 'float32', 'mixed_bfloat16', 'mixed_float16'"):
        one_headed(precision="half")


def test_augmentation_is_drawn_from_the_runs_own_generator(pictures) -> None:
    from kit.layers import Conv2D, Flatten

    def noisy(x, generator):
        return x + torch.empty_like(x).normal_(generator=generator)

    def trained(seed: int) -> list[np.ndarray]:
        torch.manual_seed(7)
        model = Sequential([Conv2D(2, 3), Flatten(), Dense(3, activation="softmax")])
        model.build(pictures.X.shape[1:])
        model.compile("sgd", "categorical_crossentropy")
        model.fit(pictures.X, pictures.Y, verbose=0, seed=seed, shuffle=False, augment=noisy)
        return model.get_weights()

    first, again, other = trained(1), trained(1), trained(2)
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
    assert not np.array_equal(first[0], other[0])


@pytest.mark.parametrize("place", ["loss", "metrics"])
def test_a_function_that_gives_no_tensor_is_named(place, blobs) -> None:
    def as_text(y_true, y_pred):
        return "0.5"

    model = one_headed(**{place: as_text})
    with pytest.raises(TypeError, match=r"as_text gives '0.5'; it has to give a tensor"):
        model.fit(blobs.X, blobs.Y, verbose=0)


def test_a_loss_that_does_not_depend_on_the_outputs_is_named(blobs) -> None:
    def forgetful(y_true, y_pred):
        return y_true.float().mean(-1)

    with pytest.raises(ValueError, match="the loss forgetful does not depend on the outputs"):
        one_headed(forgetful).fit(blobs.X, blobs.Y, verbose=0)


def test_a_loss_of_one_number_for_all_samples_cannot_be_weighed(blobs) -> None:
    model = one_headed(torch.nn.MSELoss())
    model.fit(blobs.X, blobs.Y, verbose=0)
    with pytest.raises(ValueError, match="MSELoss gives one number for all samples, so they cannot be weighed"):
        model.fit(blobs.X, blobs.Y, sample_weight=np.ones(len(blobs.X)), verbose=0)
    one_headed(torch.nn.MSELoss(reduction="none")).fit(blobs.X, blobs.Y, sample_weight=np.ones(len(blobs.X)), verbose=0)


@pytest.mark.parametrize(
    "layer", [kit.layers.ActivityRegularization(0.02, 0.01), Activation("sigmoid", target=0.3)], ids=repr
)
def test_what_layers_add_for_their_outputs_is_in_every_loss(layer, blobs) -> None:
    model = Sequential([Dense(20, 8), layer.twin(), Dense(8, 2, activation="softmax")])
    model.compile("sgd(0.1)", "categorical_crossentropy")
    plain = -np.log((model.predict(blobs.X) * blobs.Y).sum(1)).mean()
    measured, trained = model.evaluate(blobs.X, blobs.Y), model.train(blobs.X, blobs.Y)
    assert measured == pytest.approx(trained, rel=1e-5)
    assert measured > plain * 1.001


@pytest.mark.parametrize("weights", ["balanced", [1.0, 2.0]])
def test_class_weights_are_a_dict(weights, blobs) -> None:
    with pytest.raises(TypeError, match=r"class_weight=.*: it takes a dict of class numbers and weights"):
        one_headed().fit(blobs.X, blobs.Y, class_weight=weights)
