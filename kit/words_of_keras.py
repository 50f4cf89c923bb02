"""Words of Keras that nothing here goes by: what to write instead, where they are arguments."""

from dataclasses import dataclass
from typing import Any

ANY: Any = type("Any", (), {"__repr__": lambda self: "ANY"})()


@dataclass(frozen=True)
class Word:
    """An argument of Keras's.

    advice: what to do here. idle: the values under which it changes nothing, in Keras and here; or ANY.
    """

    advice: str
    idle: Any = (None,)

    def means_nothing(self, value: Any) -> bool:
        """Whether leaving it out comes to the same."""
        return self.idle is ANY or any(
            value is idle or (type(value) is type(idle) and value == idle) for idle in self.idle
        )


SEED = Word("a training's randomness is its own: fit(seed=1)")
CHANNELS = Word(
    "images are (n, channels, rows, columns) here, so leave it out and move the axis: numpy.moveaxis(X, -1, 1)",
    (None, "channels_first"),
)
FEEDING = "leave it out; a torch DataLoader, which fit takes, has num_workers"
STEP = "leave it out; how a step is computed is chosen by what is fast"
AVERAGES = "averages of the weights are not kept here"
VARIED = "vary images otherwise than turned, moved and flipped by a function: fit(augment=function)"
AT_ONCE = "leave it out; a recurrent layer reads its times in the fastest way it knows"

ARGUMENTS = {
    # fit, evaluate, predict
    "validation_freq": Word("validation comes after each epoch; validation_steps=1 makes it short", (1, None)),
    "validation_batch_size": Word("leave it out; it is batch_size"),
    "workers": Word(FEEDING, (1, 0)),
    "use_multiprocessing": Word(FEEDING, (False,)),
    "max_queue_size": Word(FEEDING, ANY),
    # compile
    "run_eagerly": Word(STEP, (None, False)),
    "jit_compile": Word(STEP, (None, False, "auto")),
    "steps_per_execution": Word(STEP, (None, 1)),
    "auto_scale_loss": Word("leave it out; precision='mixed_float16' scales the loss by itself", (True, False)),
    "reduction": Word("the mean over a batch is lowered", (None, "auto", "sum_over_batch_size", "mean")),
    # summary
    "line_length": Word("leave it out; it is 100 wide", ANY),
    "positions": Word("leave it out", ANY),
    "expand_nested": Word("leave it out; layers of models inside are layers of the model", ANY),
    "show_trainable": Word("leave it out; the last line counts what is trained", ANY),
    "layer_range": Word("leave it out"),
    # layers
    "activity_regularizer": Word("add a layer behind it: ActivityRegularization(l1=0.01)"),
    "batch_input_shape": Word("give input_shape, without the axis of the samples"),
    "batch_shape": Word("give shape, without the axis of the samples"),
    "batch_size": Word("leave it out; any number of samples is taken"),
    "dtype": Word(
        "numbers are 32 bits wide, or all as torch.set_default_dtype says", (None, "float32", "int32", "int64")
    ),
    "data_format": CHANNELS,
    "input_length": Word("leave it out; any length is taken", ANY),
    "input_tensor": Word("call the layers on Input(shape)"),
    "sparse": Word("make the rows dense: X.toarray()", (None, False)),
    "ragged": Word("pad the rows to one length: kit.utils.pad_sequences(X)", (None, False)),
    "seed": SEED,
    "noise_shape": Word("SpatialDropout1D and SpatialDropout2D drop whole channels"),
    "implementation": Word(AT_ONCE, ANY),
    "unroll": Word(AT_ONCE, ANY),
    "use_cudnn": Word(AT_ONCE, ANY),
    "time_major": Word("sequences are (n, time, features)", (False,)),
    "zero_output_for_mask": Word("leave it out; what a mask leaves out is left out of the loss too", (False,)),
    "backward_layer": Word("leave it out; the layer backwards is one like the layer given"),
    "output_shape": Word("leave it out; it is found by running the function", ANY),
    "arguments": Word("set them with functools.partial(function, ...)", (None, {})),
    "attention_axes": Word("it looks along the time of (n, time, features)"),
    "synchronized": Word("leave it out; a model is on one device", (False,)),
    "virtual_batch_size": Word("leave it out"),
    "renorm": Word("leave it out", (False,)),
    "fused": Word("leave it out", ANY),
    # calls of layers
    "training": Word(
        "leave it out: fit trains, predict does not, and what is frozen (trainable = False) keeps its statistics",
        (None,),
    ),
    "mask": Word("masks travel with the values from Masking and Embedding(mask_zero=True); leave it out"),
    "use_causal_mask": Word("say causal=True where the layer is made", (False,)),
    "attention_mask": Word("masks travel with the values from Masking and Embedding(mask_zero=True); leave it out"),
    "return_attention_scores": Word("they are not given here; leave it out", (False,)),
    # ImageDataGenerator
    "validation_split": Word(
        "split the images before, or say fit(X, y, validation_split=0.2, augment=generator)", (0, 0.0)
    ),
    "rescale": Word("scale the images before: X / 255"),
    "zoom_range": Word(VARIED, (0, 0.0)),
    "shear_range": Word(VARIED, (0, 0.0)),
    "brightness_range": Word(VARIED),
    "channel_shift_range": Word(VARIED, (0, 0.0)),
    "preprocessing_function": Word("call it on the images before"),
    "fill_mode": Word("what comes in at an edge repeats the edge; leave it out", ("nearest",)),
    "cval": Word("what comes in at an edge repeats the edge; leave it out", ANY),
    # files
    "compile": Word("leave it out; a model comes compiled as it was saved", ANY),
    "safe_mode": Word("leave it out; nothing in a file is run", ANY),
    "save_format": Word("the format is HDF5 whatever the name; model.export writes others", ("h5", "keras", None)),
    "include_optimizer": Word("save_weights(path) keeps the weights alone", (True,)),
    "by_name": Word("set them layer by layer: model.get_layer(name).set_weights(weights)", (False,)),
    "skip_mismatch": Word("set them layer by layer: model.get_layer(name).set_weights(weights)", (False,)),
    # optimizers and callbacks
    "use_ema": Word(AVERAGES, (False,)),
    "ema_momentum": Word(AVERAGES, ANY),
    "ema_overwrite_frequency": Word(AVERAGES),
    "loss_scale_factor": Word("leave it out; compile(precision='mixed_float16') scales the loss by itself"),
    "gradient_accumulation_steps": Word("leave it out; a larger batch_size comes to the same"),
    "save_freq": Word("models are saved after epochs; fit(autosave=path, autosave_every=60) saves by time", ("epoch",)),
    "period": Word("leave it out; {epoch} in the path keeps one file an epoch", (1,)),
    "baseline": Word("stop in a function of yours: callbacks=[lambda record: ...], model.stop_training = True"),
    "start_from_epoch": Word("give more patience", (0,)),
    "histogram_freq": Word("losses and metrics are written; leave it out", (0,)),
    "write_graph": Word("losses and metrics are written; leave it out", ANY),
    "num_classes": Word("leave it out; it is read from the outputs", ANY),
    "update_freq": Word("each batch and each epoch is written; leave it out", ANY),
    "options": Word("leave it out"),
}
NAMED = Word("leave it out; it goes by its class", ANY)  # the name of what has none here


def about(word: str) -> Word | None:
    """What to say of an argument of Keras's; None for any other."""
    return NAMED if word == "name" else ARGUMENTS.get(word)
