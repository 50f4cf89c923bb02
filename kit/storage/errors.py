"""What storage raises: StorageError for a refusal, the system's own OSError with a sentence for a failure."""

import os


class StorageError(ValueError):
    """A file, an array or a config was refused; the message says which, why, and what to do."""


def explained(error: OSError, what: str, remedy: str) -> OSError:
    """The same kind of OSError with the same errno, in a sentence."""
    reason = os.strerror(error.errno).lower() if error.errno else str(error)
    sentence = f"{what} ({reason}); {remedy}"
    if not error.errno:
        return type(error)(sentence)
    return OSError(error.errno, sentence)  # its class follows from errno
