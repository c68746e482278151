"""`autograder doctor` sees for itself what a student's code can reach, and would see a hole."""

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.confined import doctor
from autograder.confined.policy import Limits
from autograder.confined.warm import warm_server


@pytest.fixture
def course(tmp_path):
    (tmp_path / "nbgrader_config.py").write_text("c = get_config()\n")
    return tmp_path


def test_everything_that_is_promised_holds_on_this_machine(course):
    """Sixteen probes in sixteen confined processes."""
    result = CliRunner().invoke(main, ["doctor", "--course", str(course)])

    assert result.exit_code == 0, result.output
    assert result.output.count("✓") == 16
    assert "✗" not in result.output


def test_a_machine_that_does_not_confine_is_found_out(course, monkeypatch):
    """The same probes in processes that are not confined: each that should fail succeeds, and has its fix."""
    monkeypatch.setattr(doctor, "warm_server", lambda limits: warm_server(Limits(), confined=False))
    dangerous = ("allocate", "raise its limits")  # harmless to try, but not worth 4 GiB
    kept = [probe for probe in doctor.probes(course, course / "secret") if not probe.what.startswith(dangerous)]
    monkeypatch.setattr(doctor, "probes", lambda course, secret: [p for p in PROBES(course, secret) if p.what in names])
    names = {probe.what for probe in kept}

    result = CliRunner().invoke(main, ["doctor", "--course", str(course)])

    assert result.exit_code == 1
    assert result.output.count("✗") == len(kept) - 2 + 1  # all but what is allowed, and the sentence at the end
    assert "Do not grade here" in result.output


PROBES = doctor.probes
