"""How much memory training will take: what is held from step to step, and the most that is held within one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kit.analysis.cost import Cost, update_cost
from kit.analysis.training import Training
from kit.optimizers import OPTIMIZERS

BYTES = 4  # of a number
LOSS = 5  # outputs' sizes that the loss takes: what was wanted, what came of it, their gradients


@dataclass
class Call:
    """One layer at its place in a model. name: of its value. reads: the names of the values it reads."""

    name: str
    reads: list[str]
    cost: Cost


def forecast(
    inputs: dict[str, int], calls: list[Call], outputs: list[str], weights: int, trained: int, training: Training
) -> dict[str, Any] | None:
    """The bytes that training holds at its peak, by what they are for; None where the optimizer is not known.

    inputs: bytes of a batch of each. weights: how many numbers there are, running statistics too; trained: how many
    of them change.
    """
    if training.optimizer not in {cls.__name__ for cls in OPTIMIZERS.values()}:
        return None
    kept_by_optimizer, of_update = update_cost(training.optimizer)
    steady = {
        "weights": BYTES * weights,
        "gradients": BYTES * trained,
        "state": int(BYTES * trained * kept_by_optimizer),
    }
    kept = dict(inputs)  # bytes of what is kept until the way back, by the memory it lies in
    sizes, memory = dict(inputs), {name: name for name in inputs}  # of each value: its bytes, and whose memory it is
    given = total = sum(inputs.values())  # bytes of all values; and of what is kept
    way_back = forward = 0
    for call in calls:
        cost = call.cost
        memory[call.name] = memory[call.reads[cost.alias]] if cost.alias is not None else call.name
        sizes.setdefault(memory[call.name], cost.output)
        given += cost.output
        for place in [memory[call.reads[i]] for i in cost.inputs] + [memory[call.name]] * cost.keeps_output:
            total += sizes[place] if place not in kept else 0
            kept[place] = sizes[place]
        total += cost.own
        given += cost.own
        way_back = max(way_back, total + cost.backward)
        forward = max(forward, given + cost.forward)
    loss = LOSS * sum(sizes[memory[output]] for output in outputs)
    update = sum(inputs.values()) + int(BYTES * trained * of_update)
    peak = max(forward, given, total + loss, way_back + loss // LOSS, update)
    parts = {**steady, "activations": total, "workspace": peak - total}
    return {"batch_size": training.batch_size, "optimizer": training.optimizer, **parts, "total": sum(parts.values())}
