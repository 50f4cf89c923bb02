"""Callbacks: what is called after each batch. Any function of a Record is one; these have a state, which files keep."""

from kit.callbacks.callback import Callback, StopTraining
from kit.callbacks.logs import CSVLogger, TensorBoard
from kit.callbacks.marking import Checkpoint
from kit.callbacks.of_keras import LambdaCallback, listed
from kit.callbacks.rates import LearningRateScheduler
from kit.callbacks.watching import RISING, EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, TerminateOnNaN

__all__ = [
    "RISING",
    "CSVLogger",
    "Callback",
    "Checkpoint",
    "EarlyStopping",
    "LambdaCallback",
    "LearningRateScheduler",
    "ModelCheckpoint",
    "ReduceLROnPlateau",
    "StopTraining",
    "TensorBoard",
    "TerminateOnNaN",
    "listed",
]
