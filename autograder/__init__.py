"""What the notebooks import: `from autograder import check, numeric_gradient, …`.

Names are loaded when first used, so that `autograder --help` does not wait for NumPy.
"""

import lazy_loader

from autograder._version import __version__ as __version__

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "checking": ["check"],
        "gradients": ["numeric_gradient", "relative_error", "report"],
        "reloading": ["reload_when_saved"],
        "datasets": ["load_images"],
        "experiments": [
            "accuracy", "draw_examples", "draw_weights", "plot_gap", "plot_search", "plot_training", "search", "vary",
        ],
        "circuit_drawing": ["draw_circuit"],
        "scales": ["best_rate", "descend", "gradient_sizes", "plot_descents", "plot_gradient_sizes"],
        "softmax_pictures": ["plot_exp", "plot_losses", "plot_row_sums", "plot_slopes"],
        "pitfalls": ["plot_hiding", "plot_kink", "plot_step_sizes"],
        "drawing": ["draw_touched", "measure_times", "plot_times", "touched_by"],
        "waiting": ["once_written"],
    },
)  # fmt: skip
