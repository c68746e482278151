"""Figures drawn faster are the same figures: the oracle is matplotlib left alone."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

GALLERY = Path(__file__).with_name("gallery.py")


def python(*arguments: object) -> str:
    done = subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def drawn(tmp_path_factory) -> dict[str, dict[str, np.ndarray]]:
    folder = tmp_path_factory.mktemp("figures")
    for which in ("stock", "faster"):
        python(GALLERY, which, folder / f"{which}.npz")
    return {which: dict(np.load(folder / f"{which}.npz")) for which in ("stock", "faster")}


def test_every_pixel_is_the_same(drawn):
    """Forty kinds of figures: text, formulas, ticks, pictures, colour bars, layouts, 3D, changed settings."""
    assert len(drawn["stock"]) > 35
    assert drawn["stock"].keys() == drawn["faster"].keys()

    different = [name for name, stock in drawn["stock"].items() if not np.array_equal(stock, drawn["faster"][name])]

    assert different == []


COUNTING = """
import matplotlib
matplotlib.use("agg")
from matplotlib import _mathtext, ft2font
from matplotlib.figure import Figure
from matplotlib.backends.backend_agg import FigureCanvasAgg
from IPython.core.pylabtools import print_figure
from autograder.confined import figures
import os, sys

if sys.argv[1] == "faster":
    figures.install()
    figures.warm_up()
parsed = []
original = _mathtext.Parser.parse
_mathtext.Parser.parse = lambda *a: parsed.append(a[1]) or original(*a)

def draw():
    figure = Figure()
    FigureCanvasAgg(figure)
    figure.subplots().loglog([1e-9, 1], [1e-6, 1])
    return print_figure(figure)

if os.fork() == 0:
    draw()
    print(len(parsed))
    sys.stdout.flush()
    os._exit(0)
os.wait()
"""


def test_a_fork_finds_the_labels_of_a_logarithmic_axis_parsed():
    """Parsing them, once for each label and each pass, costs more than the rest of such a figure."""
    stock, faster = (int(python("-c", COUNTING, which)) for which in ("stock", "faster"))

    assert stock > 10
    assert faster == 0


def test_a_saved_file_is_compressed_as_ever(tmp_path):
    """Only what goes into outputs is packed less eagerly; files that a student saves are byte for byte the same."""
    code = (
        "import sys, matplotlib; matplotlib.use('agg'); from matplotlib.figure import Figure\n"
        "from autograder.confined import figures\n"
        "sys.argv[1] == 'faster' and figures.install()\n"
        "f = Figure(); f.subplots().plot([1, 2]); f.savefig(sys.argv[2])"
    )
    for which in ("stock", "faster"):
        python("-c", code, which, tmp_path / f"{which}.png")

    assert (tmp_path / "stock.png").read_bytes() == (tmp_path / "faster.png").read_bytes()


def test_a_matplotlib_with_other_names_is_left_alone(monkeypatch):
    """A future version that renamed what is replaced here draws as it always did."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    from autograder.confined import figures

    before = FigureCanvasAgg._print_pil
    monkeypatch.setattr(figures, "NEEDED", [(FigureCanvasAgg, "renamed")])

    assert not figures.install()
    assert FigureCanvasAgg._print_pil is before
