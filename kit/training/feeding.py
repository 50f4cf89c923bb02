"""What a user gives a model becomes its batches: from arrays, rows of files, loaders or generators."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from kit.layers.layer import ShapeError
from kit.summary import shape_text
from kit.training import checks
from kit.training.data import Batch, Data, Source
from kit.training.sources import Columns, columns, dense_by_row, is_read_by_row
from kit.training.streams import is_stream, streamed

if TYPE_CHECKING:
    from kit.training.trainable import Trainable


def source_for(
    model: Trainable,
    X: Any,
    y: Any = None,
    weights: Any = None,
    class_weight: Mapping[Any, float] | None = None,
    each: int | None = None,
    targets: bool = True,
) -> Source:
    """Where the batches of these data come from, the model built for them. ValueError where they do not suit it.

    each: batches an epoch, where the data have no end. targets: whether there have to be some.
    """

    def conform(X: Any, y: Any = None, weights: Any = None) -> Batch:
        return batch_for(model, X, y, weights, class_weight) if targets else Batch(inputs_for(model, X))

    found: Source
    X, y = dense_by_row(X), dense_by_row(y)
    if is_stream(X):
        if y is not None or weights is not None:
            raise ValueError(f"a {type(X).__name__} gives its targets and weights itself; leave y out")
        found = streamed(X, conform, each)
    elif any(is_read_by_row(column) for column in [*columns(X), *columns(y)]):
        found = Columns(X, y, weights, conform)
    else:
        return Data(**vars(conform(X, y, weights)))
    if not model.module.built:
        found.first()
    return found


def batch_for(
    model: Trainable, X: Any, y: Any, weights: Any = None, class_weight: Mapping[Any, float] | None = None
) -> Batch:
    """Samples as tensors that suit the model."""
    inputs = inputs_for(model, X)
    shapes, names = model.module.build(*(tuple(x.shape[1:]) for x in inputs)), model.module.output_names
    if y is None:
        raise ValueError("there are samples X but no targets y; give both, or a Dataset or generator of both")
    if len(names) == 1 and isinstance(y, (list, tuple)) and len(y) == 1 and np.ndim(y[0]) and len(inputs[0]) > 1:
        y = y[0]  # [y], as several outputs have it
    one = len(names) == 1 and not isinstance(y, Mapping)
    ys = [y] if one else checks.each(y, names, "y", "output")
    per = [weights] * len(names) if one or weights is None else checks.each(weights, names, "weights", "output")
    ends, labels = model.goal().ends, ["y"] if one else [f"y for {name}" for name in names]
    targets, counts = [], []
    for values, weight, shape, end, label in zip(ys, per, shapes, ends, labels, strict=True):
        targets.append(checks.target(values, len(inputs[0]), shape, end.loss, label))
        counts.append(checks.weight(weight, class_weight, targets[-1], shape))
    return Batch(inputs, targets, counts if any(count is not None for count in counts) else [])


def inputs_for(model: Trainable, X: Any) -> list[Tensor]:
    """X as tensors that suit the model's inputs; its weights are made where they are missing."""
    if not model.module.steps:
        raise ValueError("the model has no layer yet; add one, for example model.add(Dense(10))")
    found = checks.inputs(X, model.module.integer_inputs(), model.module.input_labels)
    declared = list(model.module.shapes)
    found = [x[:, None] if x.ndim == 1 and shape == (1,) else x for x, shape in zip(found, declared, strict=True)]
    came = [tuple(x.shape[1:]) for x in found]
    try:
        model.build(*came)
    except ShapeError as error:
        if None in declared or came == declared:
            raise
        wanted, given = (", ".join(map(shape_text, shapes)) for shapes in (declared, came))
        raise ShapeError(f"the model takes {wanted}, but X is {given}: {error}") from error
    return found
