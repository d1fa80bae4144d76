"""Runs one file of unittest cases for CTest: run_file.py FILE [OPTION OF unittest ...]

unittest calls a file a success also when it skipped each of its tests, or has none. With an exit code of
its own CTest shows the first as skipped, not as passed; the second is a failure.
"""
from __future__ import annotations

import sys
import unittest
from pathlib import Path


SKIPPED = 77  # tests/CMakeLists.txt


class Result(unittest.TextTestResult):
    """Knows which tests began, and which of them were skipped as a whole. A test that skipped some of
    its subtests, or has failed ones, did something."""

    def __init__(self, *arguments: object, **named: object) -> None:
        super().__init__(*arguments, **named)
        self.unskipped: set[str] = set()

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.unskipped.add(test.id())

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self.unskipped.discard(test.id())  # of a subtest the id is another one

    def why_nothing_ran(self) -> str:
        """"" when something ran."""
        if self.unskipped or not self.wasSuccessful():
            return ""
        return "; ".join(sorted({reason for _, reason in self.skipped}))


def main() -> int:
    file = Path(sys.argv[1]).resolve()
    sys.path[0] = str(file.parent)  # as if it were run by itself
    runner = unittest.TextTestRunner(resultclass=Result)
    program = unittest.main(file.stem, argv=[str(file), *sys.argv[2:]], testRunner=runner, exit=False)
    why = program.result.why_nothing_ran()
    if why:
        print(f"SKIPPED: {why}", flush=True)
        return SKIPPED
    if not program.result.testsRun and program.result.wasSuccessful():
        print("there are no tests", flush=True)
        return 1
    return 0 if program.result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
