"""What whoever waits for a class is shown."""

from __future__ import annotations

from types import SimpleNamespace

from autograder.reports.terminal import Progress


def test_a_log_gets_a_line_for_each_submission_whatever_its_colours(monkeypatch, capsys):
    """CI services and kernels set FORCE_COLOR; that asks for colours, and a file is no terminal for it."""
    monkeypatch.setenv("FORCE_COLOR", "1")

    with Progress("02_linear_layer") as progress:
        progress.submission_done(SimpleNamespace(student="ada"), 1, 2)
        progress.submission_done(SimpleNamespace(student="blaise"), 2, 2)

    assert capsys.readouterr().err == "1/2 ada\n2/2 blaise\n"
