"""`once_written`: cells of a lesson that use what students write wait for it, instead of ending "Run All" in a
traceback."""

from __future__ import annotations

import dis
import traceback
from types import CodeType, FrameType, TracebackType

_waiting: set[str] = set()
"""Variables that were not made because their cell waits. A cell that reads one waits, too."""


class once_written:
    """`with once_written():` runs the lines in it, unless something that they call still raises NotImplementedError.
    Then it says what is not written yet, and the notebook goes on.

    Any other error is raised as ever; only a variable that a waiting block would have made is waited for as well.
    """

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if trace is None:
            return False
        made = _made_by(trace.tb_frame)
        if isinstance(error, NotImplementedError):
            says = f"`{_raised_in(trace)}` is not written yet"
        elif isinstance(error, NameError) and error.name in _waiting:
            says = f"`{error.name}` is not there yet: a cell above waits as well"
        else:
            return False
        _waiting.update(made)
        print(f"Waiting: {says}. Run this cell again afterwards.")
        return True


def _raised_in(trace: TracebackType) -> str:
    """The innermost function, as `dW` or `TwoLayerNet.forward`."""
    (*_, (frame, _)) = traceback.walk_tb(trace)
    code: CodeType = frame.f_code
    # A class that is made in a function carries it in its name: Net, not make.<locals>.Net.
    return code.co_qualname.rpartition("<locals>.")[2]


def _made_by(frame: FrameType) -> set[str]:
    """The variables that the cell of this frame gives values to."""
    return {line.argval for line in dis.get_instructions(frame.f_code) if line.opname in ("STORE_NAME", "STORE_GLOBAL")}
