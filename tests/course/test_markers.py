import pytest

from autograder.course import markers
from autograder.errors import UnstrippedSolution


def test_a_solution_becomes_the_stub_at_the_same_indent():
    """What a student opens is valid Python with the stub where the solution was."""
    text = "def f(x):\n    ### BEGIN SOLUTION\n    return x\n    ### END SOLUTION\n\n\ndef g(): ...\n"

    stripped = markers.cut(text, "# Yours.\nraise NotImplementedError", "f.py")

    assert stripped == "def f(x):\n    # Yours.\n    raise NotImplementedError\n\n\ndef g(): ...\n"


def test_windows_line_ends_stay():
    """A file saved on Windows is not half converted."""
    text = "### BEGIN SOLUTION\r\nx = 1\r\n### END SOLUTION\r\ny = 2\r\n"

    assert markers.cut(text, "pass", "f.py") == "pass\r\ny = 2\r\n"


def test_hidden_tests_vanish_without_a_stub():
    """Students see neither the hidden tests nor where they were."""
    text = "a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc"

    assert markers.cut(text, "stub", "f.py") == "a\nc"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("### BEGIN SOLUTION\nx", "line 1: BEGIN SOLUTION has no END"),
        ("x\n### END SOLUTION", "line 2: END SOLUTION has no BEGIN"),
        ("### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION", "line 2: BEGIN SOLUTION stands inside"),
        ("### BEGIN SOLUTION\n### BEGIN HIDDEN TESTS\n### END HIDDEN TESTS\n### END SOLUTION", "stands inside"),
        ("### BEGIN SOLUTION\nx\n### END HIDDEN TESTS", "END HIDDEN TESTS has no BEGIN"),
        ("### begin solution\nx\n### end solution", "almost a marker"),
        ("#BEGIN_SOLUTION\nx\n#END_SOLUTION", "almost a marker"),
        ("### BEGIN SOLUTION x ### END SOLUTION", "two markers"),
    ],
)
def test_a_loose_marker_is_refused(text, complaint):
    """nbgrader would drop a lone END and release the lines above it; here nothing is guessed."""
    with pytest.raises(UnstrippedSolution, match=complaint):
        markers.regions(text, "neural_net.py")


def test_prose_about_solutions_is_no_marker():
    """A lesson may say `in the end solutions differ`."""
    assert markers.regions("In the end solution is a matter of taste. Begin, solution in hand.", "line.md") == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_a_marker_is_seen_in_any_encoding(encoding):
    """A file does not escape by being saved in another encoding."""
    assert markers.marks_in("é\n### BEGIN SOLUTION\n".encode(encoding))
