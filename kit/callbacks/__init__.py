"""Callbacks: what is called after each batch. Any function of a Record is one; these have a state, which files keep."""

from typing import TYPE_CHECKING

from kit.callbacks.callback import Callback, StopTraining
from kit.callbacks.logs import CSVLogger, TensorBoard
from kit.callbacks.marking import Checkpoint
from kit.callbacks.of_keras import LambdaCallback, listed
from kit.callbacks.rates import LearningRateScheduler
from kit.callbacks.watching import EarlyStopping, ModelCheckpoint, ReduceLROnPlateau, TerminateOnNaN, should_rise
from kit.names_of_keras import absent

if not TYPE_CHECKING:
    __getattr__ = absent(__name__)

__all__ = [
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
    "should_rise",
]
