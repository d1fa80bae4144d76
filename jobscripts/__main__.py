"""Entry of `scalebar study`; the folder itself is run: python3 jobscripts STUDY.ini."""
import signal
import sys
from pathlib import Path

if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing has begun: Ctrl-C ends it without a word

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from jobscripts.command import main  # noqa: E402  (the path comes first)

sys.exit(main(sys.argv[1:]))
