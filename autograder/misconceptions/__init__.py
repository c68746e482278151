"""Named mistakes, each with a prediction of what it produces, and their recognition."""

from autograder.misconceptions.catalogue import catalogue
from autograder.misconceptions.misconception import Misconception
from autograder.misconceptions.recognise import recognise
from autograder.misconceptions.together import Asked, together

__all__ = ["Asked", "Misconception", "catalogue", "recognise", "together"]
