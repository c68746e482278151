"""Binder, Colab, a JupyterHub, VS Code: what each needs from this repository is there and does what it should."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from click.testing import CliRunner

from autograder.cli import main
from autograder.kit.links import REMOTE

ROOT = Path(__file__).parents[2]
LESSONS = sorted(path.name for path in (ROOT / "release").iterdir() if path.is_dir())


def git(folder: Path, *words: str) -> str:
    """Without anybody's own configuration."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    who = ["-c", "user.name=Ada", "-c", "user.email=ada@example.edu", "-c", "init.defaultBranch=main"]
    done = subprocess.run(
        ["git", *who, *words], cwd=folder, env=environment, check=True, capture_output=True, encoding="utf-8"
    )
    return done.stdout


@pytest.fixture
def clone(tmp_path) -> Path:
    """This repository as it would be cloned, with nothing that lies beside it."""
    copy = tmp_path / "clone"
    for name in (".binder", "release", "source", "notebooks", "autograder", "sample_class"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in (*ROOT.glob("requirements*"), *(ROOT / name for name in ("pyproject.toml", "README.md", "LICENSE"))):
        shutil.copy(path, copy)
    git(copy, "init", "--quiet")
    git(copy, "add", "--all")
    git(copy, "commit", "--quiet", "--message", "The course")
    return copy


def post_build(folder: Path, **variables: str) -> subprocess.CompletedProcess:
    """Binder's last step, with a `pip` that writes down what it is asked. `test_repository` packs in earnest."""
    tools = folder.parent / "tools"
    tools.mkdir()
    (tools / "pip").write_text(f'#!/bin/sh\necho "$@" > "{tools}/asked"\n')
    (tools / "pip").chmod(0o755)
    environment = {"PATH": f"{tools}{os.pathsep}{os.environ['PATH']}", **variables}
    return subprocess.run([".binder/postBuild"], cwd=folder, env=environment, capture_output=True, encoding="utf-8")


def test_a_home_on_binder_holds_the_lessons_and_no_solution(clone):
    """What is released, byte for byte, at the top; neither source/ nor the history from which it could be had."""
    (clone / ".cache").mkdir()

    done = post_build(clone, REPO_DIR=str(clone))

    assert done.returncode == 0, done.stderr
    assert (clone.parent / "tools" / "asked").read_text() == "install --quiet --no-deps .\n"
    assert sorted(path.name for path in clone.iterdir()) == [".cache", *LESSONS]
    for path in (ROOT / "release").rglob("*"):
        if path.is_file():
            assert (clone / path.relative_to(ROOT / "release")).read_bytes() == path.read_bytes()


def test_binders_last_step_does_nothing_to_a_clone(clone):
    """Run by hand, it would remove everything that is not committed."""
    done = post_build(clone)

    assert done.returncode == 1
    assert "nowhere else" in done.stderr
    assert git(clone, "status", "--porcelain") == ""


def test_binder_installs_what_a_kit_installs():
    """The students' lock, by a path that pip finds from the file it stands in."""
    (line,) = [line for line in (ROOT / ".binder/requirements.txt").read_text().splitlines() if line[0] != "#"]

    assert (ROOT / ".binder" / line.removeprefix("-r ")).resolve() == ROOT / "requirements-student.lock"
    assert (ROOT / ".binder/runtime.txt").read_text() == "python-3.11\n"


def test_the_students_branch_holds_the_lessons_alone(clone):
    """The command of docs/ways_in.md: what nbgitpuller and Colab read has no solution, in no commit of its history."""
    (shown,) = re.findall(r"^git (subtree split .*)$", (ROOT / "docs/ways_in.md").read_text(), re.MULTILINE)
    if not (Path(git(clone, "--exec-path").strip()) / "git-subtree").exists():
        pytest.skip("This git comes without `git subtree`.")

    git(clone, *shown.split())

    everything = git(clone, "log", "--all", "--format=%T", "students", "--not", "main").split()
    files = {line.split("\t")[1] for tree in everything for line in git(clone, "ls-tree", "-r", tree).splitlines()}
    assert {name.split("/")[0] for name in files} == set(LESSONS)


def test_the_links_lead_to_the_released_notebooks(tmp_path):
    """Each of them, on each of three places, and without the folder `release/`, which is nobody's home."""
    result = CliRunner().invoke(main, [
        "links", "--course", str(ROOT), "--repository", "git@github.com:ada/course.git", "--hub", "https://hub.edu/",
    ])  # fmt: skip

    rows = [line.strip("| ").split(" | ") for line in result.output.splitlines()[2:]]
    assert [row[0] for row in rows] == LESSONS
    for lesson, *cells in rows:
        colab, binder, hub = (urlsplit(re.fullmatch(r"\[open\]\((.*)\)", cell)[1]) for cell in cells)
        paths = [
            colab.path.removeprefix("/github/ada/course/blob/students/"),
            parse_qs(binder.query)["urlpath"][0].removeprefix("lab/tree/"),
            parse_qs(hub.query)["urlpath"][0].removeprefix("lab/tree/course/"),
        ]
        assert len(set(paths)) == 1
        assert paths[0].startswith(f"{lesson}/")
        assert (ROOT / "release" / paths[0]).is_file()
        assert binder.path == "/v2/gh/ada/course/main"
        assert parse_qs(hub.query)["repo"] == ["https://github.com/ada/course"]
        assert parse_qs(hub.query)["branch"] == ["students"]


def test_links_are_made_from_where_the_course_was_cloned(clone):
    """And where it was cloned from nowhere, the address is asked for."""
    shutil.copy(ROOT / "nbgrader_config.py", clone)

    nowhere = CliRunner().invoke(main, ["links", "--course", str(clone)])
    git(clone, "remote", "add", "origin", "https://gitlab.com/group/sub/course.git")
    cloned = CliRunner().invoke(main, ["links", "--course", str(clone)])

    assert nowhere.exit_code == 1
    assert "--repository" in nowhere.output
    assert "mybinder.org/v2/gl/group%2Fsub%2Fcourse/main?" in cloned.output
    assert "colab" not in cloned.output  # it reads GitHub only


@pytest.mark.parametrize(
    ("url", "host", "path"),
    [
        ("https://github.com/ada/course", "github.com", "ada/course"),
        ("https://token@github.com/ada/course.git", "github.com", "ada/course"),
        ("ssh://git@git.example.edu:2222/ada/course.git", "git.example.edu", "ada/course"),
        ("git@gitlab.com:group/sub/course.git/", "gitlab.com", "group/sub/course"),
    ],
)
def test_addresses_of_repositories(url, host, path):
    """As git has them; a password in one goes nowhere."""
    assert REMOTE.fullmatch(url).groupdict() == {"host": host, "path": path}


def test_the_devcontainer_installs_as_make_does():
    """Its last step is a target of the Makefile, and its Python is the one that this makes."""
    container = json.loads((ROOT / ".devcontainer/devcontainer.json").read_text())
    command = container["postCreateCommand"].split()

    planned = subprocess.run([*command, "--dry-run", "--always-make"], cwd=ROOT, capture_output=True, encoding="utf-8")

    assert planned.returncode == 0, planned.stderr
    assert "requirements-dev.txt" in planned.stdout
    python = container["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert python == "${containerWorkspaceFolder}/.venv/bin/python"
