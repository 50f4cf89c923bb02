"""The memory that training does take on a CPU: the most that torch's allocator holds at once, as its profiler logs it.

What a library takes behind torch's back (the scratch space of oneDNN, say) is not in it, nor the data set and the part
of it that is gathered to be shuffled.
"""

import gc

from torch.profiler import ProfilerActivity, profile

import kit


def peak_of_training(document, X, y, loss: str, optimizer: str, batch_size: int, steps: int = 3) -> int:
    """Bytes: those of weights, gradients and the optimizer's state, and the most beside them while it trains."""
    X, y = X[: steps * batch_size], y[: steps * batch_size]
    model = kit.graph.from_document(document, seed=1)
    model.compile(optimizer, loss)
    records = kit.training.steps(model, X, y, batch_size=batch_size, shuffle=False, seed=1)
    weights, states = model.update.weights, [vector for state in model.update.states for vector in state.values()]
    frozen = [p for p in model.module.parameters() if not p.requires_grad]
    steady = sum(tensor.nbytes for each in weights for tensor in (each.w, each.g))
    steady += sum(tensor.nbytes for tensor in [*states, *frozen, *model.module.buffers()])
    gc.collect()  # what an earlier model held is not to be given back under the profiler
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as log:
        for record in records:
            del record
    events = [event for event in log.profiler.kineto_results.events() if event.name() == "[memory]"]
    alive = peak = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        alive += event.nbytes()
        peak = max(peak, alive)
    return steady + peak
