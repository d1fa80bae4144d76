"""Entry of `scalebar report`; the folder itself is run: python3 results DIR."""
import signal
import sys
from pathlib import Path

interruptible = signal.getsignal(signal.SIGINT) is signal.default_int_handler
if interruptible:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing has begun: Ctrl-C ends it without a word

sys.path[0] = str(Path(__file__).resolve().parent.parent)

from results.command import main  # noqa: E402  (the path comes first)

if interruptible:
    signal.signal(signal.SIGINT, signal.default_int_handler)
sys.exit(main(sys.argv[1:]))
