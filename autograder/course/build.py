"""`autograder build`: source/*.md → source/*.ipynb → release/ and notebooks/. Called by the CLI.

Everything is made in a throw-away copy first and compared with what is there; only then are files written, only those
that changed, each in one step. A build that fails half-way has written nothing.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import nbformat

from autograder.course import executed, ownership, pairing
from autograder.course.preprocessors import refuse_leftover, refuse_loose_ends
from autograder.course.throwaway import ThrowawayCourse, throwaway_course
from autograder.errors import CourseError, StaleFiles

SAME_MOMENT_SECONDS = 2.0
"""A git checkout writes a pair in any order within this time; an edit comes later."""


@dataclass(frozen=True)
class Built:
    """What a build changed; paths relative to the course."""

    written: tuple[Path, ...] = ()
    removed: tuple[Path, ...] = ()
    executed: tuple[str, ...] = ()
    """Assignments whose solution was run again."""


@dataclass
class _Plan:
    wanted: dict[Path, bytes]
    """Relative path → the bytes it must have."""
    stale: list[Path]
    """Executed notebooks that must be run again."""
    executed: list[str]


def build(
    course: Path,
    assignments: Iterable[str] | None = None,
    *,
    check: bool = False,
    force: bool = False,
    progress: Callable[[str], None] = lambda line: None,
) -> Built:
    """Makes every generated file of `assignments` (all by default) match its source. Returns what changed.

    `check`: write nothing, run nothing, raise `StaleFiles` if anything would change.
    `force`: run every solution again, and take the Markdown where a notebook was edited later.
    Raises `CourseError` if the sources are not fit to build, `UnstrippedSolution` if students would see a solution.
    """
    course = Path(course).resolve()
    names = ownership.chosen(course, assignments)
    if not check:
        for name in names:
            _refuse_orphans(course / "source" / name)
            if not force:
                _refuse_newer_notebooks(course / "source" / name)

    with throwaway_course(course, names) as copy:
        plan = _plan(course, copy, names, check=check, force=force, progress=progress)

    changed = [path for path, data in plan.wanted.items() if not _holds(course / path, data)]
    superfluous = _superfluous(course, names, plan, everything=assignments is None)
    if check:
        stale = sorted({*changed, *superfluous, *plan.stale})
        if stale:
            raise StaleFiles(
                f"{_counted(stale)} no longer match source/: {', '.join(path.as_posix() for path in stale)}.",
                "Run `autograder build` and commit the result.",
            )
        return Built()
    for path in changed:
        progress(f"write {path.as_posix()}")
        _replace(course / path, plan.wanted[path])
    for path in superfluous:
        progress(f"remove {path.as_posix()}")
        _remove(course, path)
    return Built(tuple(changed), tuple(superfluous), tuple(plan.executed))


def _plan(
    course: Path,
    copy: ThrowawayCourse,
    names: list[str],
    *,
    check: bool,
    force: bool,
    progress: Callable[[str], None],
) -> _Plan:
    plan = _Plan({}, [], [])
    # Every notebook of every assignment first: nbgrader's configuration looks at the whole of source/.
    for name in names:
        for text in ownership.lesson_texts(copy.root / "source" / name):
            data = pairing.as_bytes(pairing.notebook_from(text))
            typed = text.read_text(encoding="utf-8")
            if (authored := pairing.as_authored(typed)) != typed:
                # Before its notebook, which is to be as old as its text.
                plan.wanted[text.relative_to(copy.root)] = authored.encode()
            text.with_suffix(".ipynb").write_bytes(data)
            plan.wanted[text.relative_to(copy.root).with_suffix(".ipynb")] = data
        _refuse_unfit(copy.root / "source" / name)
    for name in names:
        progress(f"release {name}")
        released = copy.generate_assignment(name)
        for path in ownership.files(released):
            # Again, though RefuseLeftovers looked: a course may have lost its nbgrader_config.py.
            refuse_leftover(path.read_bytes(), path.relative_to(copy.root).as_posix())
        _take(plan, copy.root, released)
    for name in names:
        solution = copy.generate_solution(name, execute=False)
        stale = [path.relative_to(copy.root) for path in executed.stale(solution, course / "notebooks" / name)]
        if not check and (stale or force):
            progress(f"run the solution of {name}")
            solution = copy.generate_solution(name)
            executed.refuse_errors(solution)
            executed.forget_the_machine(solution)
            plan.executed.append(name)
            _take(plan, copy.root, solution)
        else:
            plan.stale += stale
            # What is there is as good as new: same cells, outputs of an earlier run.
            for path in ownership.files(solution):
                relative = path.relative_to(copy.root)
                there = course / relative
                plan.wanted[relative] = there.read_bytes() if there.exists() else path.read_bytes()
    return plan


def _take(plan: _Plan, root: Path, folder: Path) -> None:
    plan.wanted.update({path.relative_to(root): path.read_bytes() for path in ownership.files(folder)})


def _refuse_unfit(folder: Path) -> None:
    """Says what nbgrader would say in a traceback, or not at all."""
    for path in sorted(folder.glob("*.ipynb")):
        try:
            nb = nbformat.read(path, as_version=4)
        except Exception as error:
            raise CourseError(f"{path.name} is not a notebook: {error}", "Restore it from git.") from error
        refuse_loose_ends(nb, path.name)


def _refuse_orphans(folder: Path) -> None:
    for path in sorted(folder.glob("*.ipynb")):
        if not path.with_suffix(".md").exists() and pairing.is_paired(path):
            raise CourseError(
                f"{path.name} in {folder} says it is made from {path.stem}.md, which is not there.",
                f"Delete it, or bring the text back with `jupytext --to md:myst {path.name}`.",
            )


def _refuse_newer_notebooks(folder: Path) -> None:
    """An instructor's edit that never reached the Markdown must not be lost to it."""
    for text in ownership.lesson_texts(folder):
        notebook = text.with_suffix(".ipynb")
        if not notebook.exists() or notebook.stat().st_mtime <= text.stat().st_mtime + SAME_MOMENT_SECONDS:
            continue
        if not pairing.same_lesson(nbformat.read(notebook, as_version=4), pairing.notebook_from(text)):
            raise CourseError(
                f"{notebook} was edited after {text.name}, and they differ.",
                f"Keep the notebook's text with `jupytext --to md:myst {notebook}`, "
                "or the Markdown's with `autograder build --force`.",
            )


def _superfluous(course: Path, names: list[str], plan: _Plan, *, everything: bool) -> list[Path]:
    """Generated files that no source asks for any more."""
    found = []
    for tier in ("release", "notebooks"):
        folders = sorted((course / tier).glob("[!.]*/")) if everything else [course / tier / name for name in names]
        for folder in folders:
            if folder.is_dir():
                found += [path.relative_to(course) for path in ownership.files(folder)]
    return [path for path in found if path not in plan.wanted]


def _holds(path: Path, data: bytes) -> bool:
    return path.is_file() and path.read_bytes() == data


def _replace(path: Path, data: bytes) -> None:
    """Writes beside the file, then over it: a reader sees the old or the new, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(beside, 0o644)
        text = path.with_suffix(".md")
        if path.suffix == ".ipynb" and text.exists():
            # As old as its text: JupyterLab then opens the pair without asking, and a later edit is seen as one.
            age = text.stat()
            os.utime(beside, ns=(age.st_atime_ns, age.st_mtime_ns))
        os.replace(beside, path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


def _remove(course: Path, path: Path) -> None:
    (course / path).unlink()
    folder = (course / path).parent
    while folder.parent != course and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _counted(paths: list[Path]) -> str:
    return "1 generated file" if len(paths) == 1 else f"{len(paths)} generated files"
