"""Files that are there as a whole, or as they were before."""
from __future__ import annotations

import os
from pathlib import Path

from jobscripts.errors import Refused


def write_whole(path: Path, text: str) -> None:
    if not path.parent.is_dir():
        raise Refused(f"{path}: there is no folder {path.parent}")
    temporary = path.with_name(path.name + ".tmp")
    temporary.write_text(text, encoding="utf-8")
    os.replace(temporary, path)
