"""What each graded cell asks. One module an assignment; a question is found by its id.

A question never knows where the student's code runs: it draws arguments and examines replies, no more.
"""

from autograder.questions.question import Part, Probe, Question, Seen
from autograder.questions.registry import all_questions, find

__all__ = ["Part", "Probe", "Question", "Seen", "all_questions", "find"]
