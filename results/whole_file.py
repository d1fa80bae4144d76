"""Files that are there as a whole, or as they were before."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Sequence

from jobscripts.errors import Refused


OWN_FILES = ("study.json", "study.ini", "summary.csv", "extrap.json")
OWN_FOLDERS = ("runs", "figures")


def refuse_unfit(path: Path, studies: Sequence[Path]) -> None:
    """Before any work: what has no folder, is a folder, or belongs to one of the `studies`."""
    if not path.parent.is_dir():
        raise Refused(f"{path}: there is no folder {path.parent}")
    if path.is_dir():
        raise Refused(f"{path} is a folder")
    where = path.resolve()
    for study in studies:
        own = {(study / name).resolve() for name in OWN_FILES}
        if where in own or {(study / name).resolve() for name in OWN_FOLDERS} & {*where.parents}:
            raise Refused(f"{path} is the study's own")


def write_whole(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".tmp")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except BaseException:  # a full disk, or Ctrl-C
        temporary.unlink(missing_ok=True)
        raise
