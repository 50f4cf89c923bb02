"""Where the files of a data set are: in a folder of yours, in the cache, or at their official address.

HORNBOOK_DATA: a folder that has a folder for each data set ("mnist", or "fashion-mnist"), with its files.
HORNBOOK_CACHE: where downloads are kept, instead of the system's folder for caches.
HORNBOOK_MIRROR: an address that stands in for the official ones; it has <data set>/<file>.
What is downloaded must have the SHA-256 that was published, or it is not kept. Files of yours only have to be of the
right form. A download that breaks off goes on where it was the next time.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kit.datasets.downloading import Continued


@dataclass(frozen=True)
class Source:
    """A file of a data set: its name, its official address, and the SHA-256 that was published for it."""

    name: str
    url: str
    sha256: str


def find(dataset: str, source: Source, path: Any = None) -> Path:
    """The file on this machine, downloaded if it must be.

    path: the file, or a folder that has it; nothing else is looked at then.
    Raises FileNotFoundError where it is nowhere, and says where to put it; ValueError where a download is another file.
    """
    if path is not None:
        given = Path(path) / source.name if os.path.isdir(path) else Path(path)
        if not given.is_file():
            raise FileNotFoundError(
                f"{dataset}.load_data(path={str(path)!r}): there is no file {str(given)!r}; "
                f"give {source.name} (from {source.url}), or a folder that has it"
            )
        return given
    if os.environ.get("HORNBOOK_DATA"):
        for folder in (dataset, dataset.replace("_", "-")):
            local = Path(os.environ["HORNBOOK_DATA"]) / folder / source.name
            if local.is_file():
                return local
    return downloaded(dataset, source)


def downloaded(dataset: str, source: Source) -> Path:
    """The file in the cache, whole and as it was published; it is downloaded where it is not there."""
    try:
        import pooch
    except ImportError:
        raise FileNotFoundError(
            f"{dataset} needs {source.name} (from {source.url}); name its folder with path= or HORNBOOK_DATA, "
            "or install pooch to have it downloaded"
        ) from None
    folder = Path(os.environ.get("HORNBOOK_CACHE") or pooch.os_cache("hornbook")) / dataset
    mirror = os.environ.get("HORNBOOK_MIRROR")
    url = f"{mirror.rstrip('/')}/{dataset}/{source.name}" if mirror else source.url
    rest = Continued(folder / f"{source.name}.part")
    try:
        found = pooch.retrieve(url, f"sha256:{source.sha256}", source.name, folder, downloader=rest)
    except OSError as error:  # requests' errors are OSErrors too
        raise FileNotFoundError(
            f"{dataset} needs {source.name}, which could not be downloaded from {url} ({reason(error)}); try again, "
            f"get it in another way and put it into {str(folder)!r}, or name its folder with path= or HORNBOOK_DATA"
        ) from None
    except ValueError:  # the SHA-256 differs, and pooch has thrown the download away
        raise ValueError(
            f"{dataset}: what came from {url} is not the {source.name} that was published (its SHA-256 differs), "
            f"so it was not kept; try again, or put the right file into {str(folder)!r}"
        ) from None
    return Path(found)


def reason(error: OSError) -> str:
    """Why a download failed, in a few words; what is left of a server's answer is let go."""
    response = getattr(error, "response", None)
    if response is None:
        return type(error).__name__
    response.close()
    return f"{type(error).__name__} {response.status_code}"
