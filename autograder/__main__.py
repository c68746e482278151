"""The program: `autograder`, or `python -m autograder`."""

import atexit
import os
import sys

from autograder.cli import main


def run() -> None:
    """The commands; then the end at once, without the tenth of a second in which Python takes its modules apart.

    As mypy ends: https://github.com/python/mypy/blob/master/mypy/util.py, `hard_exit`.
    """
    try:
        status = main()
    except SystemExit as end:
        status = end.code
    if isinstance(status, str):
        sys.exit(status)
    try:
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(status)  # Python tries again, and says what it cannot write
    os._exit(status or 0)


if __name__ == "__main__":
    run()
