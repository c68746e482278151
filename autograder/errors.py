"""The errors this package raises on purpose. Everything else is a bug of ours.

AutograderError             one sentence on what happened, one on what to do next
├── CourseError             the course folder is not as it should be
│   ├── StaleFiles          a generated file no longer matches its source
│   ├── UnstrippedSolution  a solution would have been released; nothing was written
│   └── NotProven           `prove` found a claim that does not hold
├── GradingError            a class could not be graded as asked
│   ├── CouldNotGrade       one submission could not be graded; the others go on
│   ├── NotCollected        one student's work is not taken; everybody else's is
│   └── NotReadable         what came back from a student's process is not data
├── CannotConfine           this machine cannot run students' code safely
├── DatasetError            images are missing, damaged, or not what they should be
└── QuestionError           a question was asked in a way it cannot be answered
    ├── UnknownQuestion     no question has this id
    └── ShapeMismatch       two arrays that must agree in shape do not
"""

from __future__ import annotations


class AutograderError(Exception):
    """Base of all errors raised on purpose.

    `what` says what happened and where; `next_step` says what the reader can do about it.
    """

    def __init__(self, what: str, next_step: str = "") -> None:
        self.what = what
        self.next_step = next_step
        super().__init__(f"{what} {next_step}".strip())

    def __reduce__(self) -> tuple:
        return type(self), (self.what, self.next_step)  # both, when it comes from a worker


class CourseError(AutograderError):
    """The course folder is not as it should be."""


class StaleFiles(CourseError):
    """A generated file no longer matches its source."""


class UnstrippedSolution(CourseError):
    """A solution would have been released; nothing was written."""


class NotProven(CourseError):
    """`prove` found a claim that does not hold."""


class GradingError(AutograderError):
    """A class could not be graded as asked."""


class CouldNotGrade(GradingError):
    """One submission could not be graded. Its student keeps every mark already recorded."""


class NotCollected(GradingError):
    """One student's work, or one entry of a download, is not taken. `submitted/` keeps what it had."""


class NotReadable(GradingError):
    """What came back from a student's process is not data in the form of `wire`."""


class CannotConfine(AutograderError):
    """This machine cannot run students' code safely."""


class DatasetError(AutograderError):
    """Images are missing, damaged, or not what they should be."""


class QuestionError(AutograderError):
    """A question was asked in a way it cannot be answered."""


class UnknownQuestion(QuestionError):
    """No question has this id."""


class ShapeMismatch(QuestionError):
    """Two arrays that must agree in shape do not."""
