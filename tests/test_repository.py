"""What holds of this repository as it is committed: fresh, proven, and documented truthfully."""

import json
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.questions import all_questions

ROOT = Path(__file__).parents[1]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def shown_commands() -> list[tuple[str, list[str]]]:
    """(document, words after `autograder`) for each command line in the documents' code blocks."""
    commands = []
    for document in DOCS:
        for block in re.findall(r"^```\n(.*?)^```", document.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
            for line in block.splitlines():
                if match := re.match(r"\.venv[/\\](?:bin|Scripts)[/\\]autograder (.*)", line):
                    commands.append((document.name, shlex.split(match[1], comments=True)))
    return commands


def test_generated_files_match_their_sources():
    """`autograder build --check` on this repository."""
    result = CliRunner().invoke(main, ["build", "--check", "--course", str(ROOT)])

    assert result.exit_code == 0, result.output


def test_every_claim_about_the_course_is_proven():
    """`autograder prove`: solutions earn all, stubs none, nothing leaks, everything was executed."""
    result = CliRunner().invoke(main, ["prove", "--course", str(ROOT)])

    assert result.exit_code == 0, result.output


@pytest.mark.parametrize(("document", "words"), shown_commands())
def test_a_documented_command_exists_with_its_options(document, words):
    """Each `autograder …` line of the documents parses, down to the options."""
    command = main.commands[words[0]]

    command.make_context(words[0], list(words[1:]), parent=main.make_context("autograder", [words[0]]))


def test_the_readme_names_the_two_commands_that_ci_runs():
    """`.ci/run` calls the README's test command, and the Makefile has both."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")

    for target in ("demo", "test"):
        assert f"make {target}" in readme
        assert re.search(rf"^{target}:", makefile, re.MULTILINE)
    assert "make test" in (ROOT / ".ci/run").read_text(encoding="utf-8")


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.name)
def test_every_link_between_documents_leads_somewhere(document):
    """Relative links and pictures exist."""
    for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_the_points_in_the_readme_are_those_of_the_questions():
    """The table of lessons is not a promise."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    for assignment, points in re.findall(r"^\| `(\w+)` \|.*\| (\d+) \|$", readme, re.MULTILINE):
        asked = sum(q.points for q in all_questions().values() if q.assignment == assignment)
        assert asked + points_by_hand(assignment) == int(points)


def points_by_hand(assignment: str) -> float:
    """Of the task cells in its source: a person gives them, no question does."""
    notebooks = [
        json.loads(path.read_text(encoding="utf-8")) for path in (ROOT / "source" / assignment).glob("*.ipynb")
    ]
    entries = [cell["metadata"].get("nbgrader", {}) for notebook in notebooks for cell in notebook["cells"]]
    return sum(entry["points"] for entry in entries if entry.get("task"))


def test_what_students_install_holds_no_wrong_and_no_right_answers(tmp_path):
    """The wheel has the package and nothing of sample_class, source or tests; and it has the templates."""
    # From a copy: a build leaves folders behind, and takes up those of an earlier one.
    copy = tmp_path / "copy"
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".git", ".venv", "build", "demo", "*.egg-info"))
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(copy)],
        check=True, capture_output=True, timeout=300,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")

    names = zipfile.ZipFile(wheel).namelist()

    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"autograder"}
    for file in (
        "templates/card.html.j2",
        "datasets/fashion_mnist_subset.npz",
        "datasets/README.md",
        "questions/overfitting_bands.json",
    ):
        assert f"autograder/{file}" in names
