"""Entry of `scalebar study`; the folder itself is run: python3 jobscripts STUDY.ini."""
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from jobscripts.command import main  # noqa: E402  (the path comes first)

sys.exit(main(sys.argv[1:]))
