"""Small helpers under the names of 2015, those of every day also flat: from kit.utils import to_categorical."""

from kit.preprocessing.sequence import pad_sequences
from kit.utils.generic_utils import Progbar
from kit.utils.np_utils import normalize, to_categorical

__all__ = ["Progbar", "normalize", "pad_sequences", "to_categorical"]
