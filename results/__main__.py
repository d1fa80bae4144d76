"""Entry of `scalebar report`; the folder itself is run: python3 results DIR."""
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from results.command import main  # noqa: E402  (the path comes first)

sys.exit(main(sys.argv[1:]))
