"""Small helpers under the names of 2015, those of every day also flat: from kit.utils import to_categorical."""

from typing import TYPE_CHECKING

from kit.names_of_keras import absent
from kit.preprocessing.sequence import pad_sequences
from kit.utils.generic_utils import Progbar
from kit.utils.np_utils import normalize, to_categorical

if not TYPE_CHECKING:
    __getattr__ = absent(__name__)

__all__ = ["Progbar", "normalize", "pad_sequences", "to_categorical"]
