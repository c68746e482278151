"""Experiments with the student's own `TwoLayerNet`, for `05_two_layer_net`: what they run, and the pictures of it.

There is no network in here. Each function takes the class that the student wrote, with CS231n's signature
(`train(X, y, X_val, y_val, learning_rate, learning_rate_decay, reg, num_iters, batch_size, verbose)`).
"""

from autograder.experiments.overfitting import TABLE_ROWS, Setting, Sweep, vary
from autograder.experiments.pictures import draw_examples, draw_weights, plot_gap, plot_search, plot_training
from autograder.experiments.search import SearchTable, search
from autograder.experiments.training import accuracy

__all__ = [
    "TABLE_ROWS", "SearchTable", "Setting", "Sweep", "accuracy", "draw_examples", "draw_weights", "plot_gap",
    "plot_search", "plot_training", "search", "vary",
]  # fmt: skip
