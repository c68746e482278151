"""Real images for `05_two_layer_net`: `load_images()`. Nothing is downloaded unless it is asked for by name.

The subset of Fashion-MNIST that is used by default lies in this folder; README.md beside it says where it comes from.
"""

from autograder.datasets.images import Images
from autograder.datasets.load import SOURCES, load_images

__all__ = ["SOURCES", "Images", "load_images"]
