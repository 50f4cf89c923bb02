"""A download that goes on where it broke off."""

import os
from pathlib import Path
from typing import Any

TIMEOUT = 60  # seconds in which a server must say something
CHUNK = 1 << 16  # bytes


class Continued:
    """A downloader for pooch: what came so far is kept in a file beside the wanted one, and the rest is asked for.

    part: the file of what came so far. A server that cannot give the rest alone gives all, and it starts anew.
    Whether the whole is the right file is for whoever knows its checksum; the part is gone by then.
    """

    def __init__(self, part: Path) -> None:
        self.part = part

    def __call__(self, url: str, output_file: Any, pooch: Any) -> None:
        """Puts what is at the address into output_file. Raises requests' errors, which are OSErrors."""
        have = self.part.stat().st_size if self.part.exists() else 0
        if have and not self.receive(url, have):
            have = 0
        if not have:
            self.receive(url, 0)
        os.replace(self.part, output_file)

    def receive(self, url: str, have: int) -> bool:
        """Appends what follows the first `have` bytes to the part; False where they do not belong to this file."""
        import requests
        from tqdm import tqdm

        asked = {"Accept-Encoding": "identity", **({"Range": f"bytes={have}-"} if have else {})}
        with requests.get(url, headers=asked, stream=True, timeout=TIMEOUT) as response:
            if have and response.status_code == requests.codes.requested_range_not_satisfiable:
                return response.headers.get("Content-Range") == f"bytes */{have}"  # nothing is missing
            response.raise_for_status()
            continues = response.headers.get("Content-Range", "").startswith(f"bytes {have}-")
            if not (response.status_code == requests.codes.partial_content and continues):
                have = 0
            length = response.headers.get("Content-Length", "")
            total = have + int(length) if length.isdigit() else None
            bar = tqdm(total=total, initial=have, unit="B", unit_scale=True, desc=self.part.stem, dynamic_ncols=True)
            with bar, open(self.part, "ab" if have else "wb") as file:
                for data in response.iter_content(CHUNK):
                    file.write(data)
                    bar.update(len(data))
        return True
