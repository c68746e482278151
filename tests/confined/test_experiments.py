"""The experiments of `05_two_layer_net` run where submissions are graded: no network, no /proc, little memory."""

from pathlib import Path

import pytest

from autograder.confined.policy import Limits
from autograder.confined.process import StudentProcess
from autograder.confined.warm import warm_server

NETS = Path(__file__).parents[1] / "experiments" / "published_nets.py"

CELLS = (
    NETS.read_text(encoding="utf-8"),
    "from autograder import accuracy, draw_examples, load_images, plot_gap, search, vary\n"
    "images = load_images()\n"
    "draw_examples(images);",
    "print(search(Plain, images, learning_rates=[0.3], regs=[0]))",
    "sweep = vary(Plain, units=[2, 50])\nprint(sweep)\nplot_gap(sweep);",
)


@pytest.fixture
def process(tmp_path):
    with warm_server(Limits()) as server:
        process = StudentProcess(server, tmp_path, {})
        yield process
        process.close()


def test_images_are_read_and_nets_trained_in_a_students_process(process):
    """Every cell shows what it should, and nothing on stderr."""
    outputs = []

    for source in CELLS:
        process.run(source, None, 60.0, lambda kind, content: outputs.append((kind, content)))

    assert [content for kind, content in outputs if kind == "error" or content.get("name") == "stderr"] == []
    printed = "".join(content["text"] for kind, content in outputs if kind == "stream")
    assert "learning rate 0.3" in printed
    assert "units" in printed
    assert len([kind for kind, _ in outputs if kind == "display_data"]) == 2
