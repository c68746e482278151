"""`.ci/sanitize.cfg` through nbval itself: noise passes, a wrong output does not."""

import os
import subprocess
import sys

import nbformat
import pytest
from line_course import REPOSITORY


def compare(tmp_path, source, stored):
    """Runs a one-cell notebook against a stored output, the way CI does."""
    cell = nbformat.v4.new_code_cell(source, execution_count=1, id="only")
    cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=stored)]
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata={"kernelspec": kernel}), tmp_path / "line.ipynb")
    options = ["--nbval", "--nbval-current-env", "--nbval-cell-timeout=60", "-p", "no:cacheprovider", "-q"]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, "--nbval-sanitize-with", REPOSITORY / ".ci" / "sanitize.cfg", "."],
        cwd=tmp_path,
        env=os.environ | {"PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_noise_is_not_compared(tmp_path):
    """Rounding, clocks and addresses differ on every machine."""
    source = "print('dW  ok  relative error 3.1e-16, 12.5 ms, 812 µs', object(), 'loss 2.302')"

    run = compare(
        tmp_path, source, "dW  ok  relative error 8e-10, 9 ms, 1.25 µs <object object at 0x7f0123456789> loss 2.302\n"
    )

    assert run.returncode == 0, run.stdout
    assert "1 passed" in run.stdout


@pytest.mark.parametrize(
    ("source", "stored"),
    [
        ("print('loss 2.302')", "loss 2.303\n"),
        ("print('relative error 0.86')", "relative error 0.87\n"),
        ("print('relative error 1e-02')", "relative error 3e-16\n"),
    ],
    ids=["a loss", "a finding", "a gradient gone wrong"],
)
def test_a_wrong_stored_output_fails(tmp_path, source, stored):
    """If the sanitizer ate real numbers, CI would pass anything."""
    run = compare(tmp_path, source, stored)

    assert run.returncode == 1, run.stdout
    assert "1 failed" in run.stdout
