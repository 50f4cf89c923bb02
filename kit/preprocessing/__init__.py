"""From raw data to arrays that a model takes: sequences, texts and images."""

from kit.preprocessing import image, sequence, text

__all__ = ["image", "sequence", "text"]
