"""Puts a question to a student's process, for `verdicts.judge`. Called by `grading` and `judging`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autograder.confined.process import Packed, ProcessEnded, StudentProcess
from autograder.questions import Probe
from autograder.records import Reply


@dataclass
class Drawn:
    """What questions drew from the seed: the same for every submission of a run, so made once in each worker."""

    probes: dict[tuple[str, int, int], Probe] = field(default_factory=dict)
    _packed: dict[int, tuple[Mapping[str, Any], Packed]] = field(default_factory=dict)

    def packed(self, arguments: Mapping[str, Any]) -> Packed:
        """`arguments` belong to one of the probes, which live as long as this does."""
        if id(arguments) not in self._packed:
            self._packed[id(arguments)] = arguments, Packed.of(arguments)
        return self._packed[id(arguments)][1]


class Asking:
    """Asks one expression of a process. When the process ends, what is still to be asked is answered by that."""

    def __init__(self, process: StudentProcess, expression: str, drawn: Drawn) -> None:
        self.process, self.expression, self.drawn = process, expression, drawn
        self.ended: ProcessEnded | None = None

    def __call__(self, arguments: Mapping[str, Any], timeout_seconds: float, through: str | None) -> Reply:
        if self.ended is None:
            try:
                packed = self.drawn.packed(arguments)
                return self.process.ask(self.expression, packed, timeout_seconds, through)
            except ProcessEnded as error:
                self.ended = error
        if self.ended.late:
            return Reply(timed_out=True)
        return Reply(error=f"ProcessEnded: the call {self.ended}")
