"""What stock `nbgrader autograde` makes of the hostile class, one attacker at a time, and what this engine makes of it.

    python benchmarks/hostile_stock.py                  both halves, as a Markdown table
    python benchmarks/hostile_stock.py --only own_check memory_bomb
    python benchmarks/hostile_stock.py --keep results.json    and again from there, without grading

Each attacker has a throw-away course and a cage: a process namespace of its own, 3 GB of address space, files of
300 MB, a time limit, and the end of everything that is left. Do not run it on a machine without process namespaces.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from hostile import watch  # noqa: E402
from hostile.attack import Attack  # noqa: E402
from hostile.attacks import ATTACKS  # noqa: E402
from hostile.class_run import grade_hostile_class  # noqa: E402
from hostile.hostile_course import ASSIGNMENT, canaries, desk, hand_in_honestly, write_course  # noqa: E402
from hostile.scripts import SCRIPTS  # noqa: E402
from nbgrader.api import Gradebook, MissingEntry  # noqa: E402

SECONDS = 75
"""For one submission. nbgrader needs five to ten; one that hangs has hung by then."""

CAGE = ["prlimit", "--as=3000000000", "--fsize=300000000", "--core=0", "--"]

HUNGRY_MEGABYTES = 1_000
"""An nbgrader with a kernel takes 250."""

BIN = Path(sys.executable).parent

LEFT_OUT = {"configurations"}
"""Run by nbgrader in the folder it starts in only; it starts in the course."""


@contextlib.contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder that is gone afterwards, whatever lies in it: some attackers leave what Python cannot delete."""
    folder = Path(tempfile.mkdtemp(prefix="hostile-"))
    try:
        yield folder
    finally:
        subprocess.run(["rm", "-rf", "--", str(folder)], check=False)


def template(root: Path, known: dict[str, str]) -> dict:
    """The course as it is before each attacker."""
    # Ten seconds: a kernel of stock nbgrader imports everything in its first cell.
    released = write_course(root, known, seconds_a_cell=10)
    hand_in_honestly(root, released, known)
    return released


def stock(attack: Attack, course: Path, released: dict, known: dict[str, str], home: Path) -> dict:
    """What became of `attack` under stock nbgrader."""
    token, key = secrets.token_hex(6), secrets.randbelow(2**30) + 1
    home.mkdir()
    (home / ".netrc").write_text(known["at_home"])
    (home / ".bashrc").write_text("# mine\n")
    temporary = home.with_name("tmp")
    temporary.mkdir()
    with watch.listeners(token) as (doors, came):
        knows = {"course": str(course), "home": str(home), "token": token, "shmkey": str(key), **doors}
        attack.hand_in(desk(course, attack.name, released, knows))
        (course / "autograded").mkdir(exist_ok=True)
        written = ("feedback", "gradebook.db")
        before = watch.snapshot(course, written), watch.snapshot(home, (".cache", ".local", ".ipython", ".jupyter"))
        name = _first_name(course)
        report = home.with_name("report.json")
        environment = {**os.environ, "HOME": str(home), "TMPDIR": str(temporary),
                       "COURSE_SECRET": known["in_environment"],
                       "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}", "PYTHONDONTWRITEBYTECODE": "1"}  # fmt: skip
        supervisor = [sys.executable, str(ROOT / "tests/hostile/supervisor.py"), str(report), str(SECONDS)]
        command = [str(BIN / "nbgrader"), "autograde", ASSIGNMENT, f"--student={attack.name}"]
        log = home.with_name("log.txt")
        with log.open("w") as file:
            subprocess.run([*watch.cage(), *supervisor, *CAGE, *command], cwd=course, env=environment, stdout=file,
                           stderr=file, timeout=SECONDS + 60, check=False)  # fmt: skip
        if attack in SCRIPTS:
            again = [str(BIN / "nbgrader"), "generate_feedback", ASSIGNMENT, f"--student={attack.name}"]
            subprocess.run([*watch.cage(), *again], cwd=course, env=environment, capture_output=True, timeout=120,
                           check=False)  # fmt: skip
    seen = json.loads(report.read_text())
    mine = (f"autograded/{attack.name}/", f"autograded/{attack.name}")
    changed = watch.differences(before[0], watch.snapshot(course, written))
    changed = [path for path in changed if not path.startswith(mine)]
    changed += [f"~/{path}" for path in watch.differences(
        before[1], watch.snapshot(home, (".cache", ".local", ".ipython", ".jupyter")))]  # fmt: skip
    changed += [f"~/{name}" for place, _, names in os.walk(home) for name in names if token in name]
    shared = watch.left_in_shared_places(token)
    changed += [path.replace(token, "…") for path in shared]
    package = list((ROOT / "autograder").rglob(f"*{token}*"))
    changed += [path.name.replace(token, "…") for path in package]
    for path in [*map(Path, shared), *package]:
        path.unlink(missing_ok=True)
    segment = watch.shared_memory(key)
    if segment:
        subprocess.run(["ipcrm", "-M", str(key)], check=False)
    if name != _first_name(course):
        changed.append("the gradebook")
    folder = course / "autograded" / attack.name / ASSIGNMENT
    page = course / "feedback" / attack.name / ASSIGNMENT / "layer.html"
    return {
        "score": _score(course, attack.name),
        "exit": seen["code"],
        "seconds": seen["seconds"],
        "megabytes": seen["peak_megabytes"],
        "left": len(seen["left"]) + segment,
        "leaks": watch.leaks(folder / "layer.ipynb", known) if folder.is_dir() else [],
        "changed": changed,
        "came": came,
        "script": runs_script(page) if page.is_file() else False,
        "said": log.read_text(errors="replace")[-300:],
        "disk": megabytes(folder),
    }


def _first_name(course: Path) -> set:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        return {student.first_name for student in gradebook.students}


def megabytes(folder: Path) -> float:
    """What lies below `folder`, on disk."""
    sizes = (os.lstat(os.path.join(place, name)).st_blocks for place, _, names in os.walk(folder) for name in names)
    return sum(sizes) * 512 / 1e6


def _score(course: Path, student: str) -> float | None:
    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        try:
            return gradebook.find_submission(ASSIGNMENT, student).score
        except MissingEntry:
            return None


def runs_script(page: Path) -> bool:
    """Whether a browser that opens this page runs what a student wrote."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        window = browser.new_page()
        window.goto(page.as_uri(), wait_until="domcontentloaded")
        window.wait_for_timeout(500)
        ran = window.evaluate("window.pwned === true")
        browser.close()
    return bool(ran)


def in_words(attack: Attack, seen: dict) -> str:
    """One cell of the table: what was earned, harmed and lost."""
    words = []
    honest = attack.earns or 0.0
    if isinstance(seen["exit"], int) and seen["exit"] < 0:
        words.append("**ended nbgrader**, and with it the class")
    elif seen["exit"] != 0:
        words.append("hung until it was ended" if seen["exit"] == "did not end" else "submission lost, exported as 0")
    elif seen["score"] is not None:
        more = seen["score"] - honest
        words.append(f"**{seen['score']:g}**, {more:+g}" if more > 0.01 else f"{seen['score']:g}")
    if seen["leaks"]:
        words.append("**read**: " + ", ".join(place.replace("_", " ") for place in seen["leaks"]))
    if seen["changed"]:
        words.append("**changed**: " + ", ".join(sorted(set(seen["changed"]))[:3]))
    if seen["left"]:
        words.append(f"**left** {seen['left']} process{'es' if seen['left'] > 1 else ''}")
    if seen["came"]:
        words.append(f"**reached** {', '.join(sorted(set(seen['came'])))}")
    if seen["script"]:
        words.append("**its script ran** in the feedback")
    if seen["megabytes"] > HUNGRY_MEGABYTES:
        words.append(f"took {seen['megabytes'] / 1000:.1f} GB")
    if seen["disk"] > HUNGRY_MEGABYTES:
        words.append(f"left {seen['disk'] / 1000:.1f} GB on disk")
    return "; ".join(words) or "nothing"


def ours(hostile, attack: Attack) -> str:
    submission = hostile.submissions[attack.name]
    leaked = watch.leaks(hostile.notebook(attack.name), hostile.known)
    words = ["not graded, with the reason" if submission["score"] is None else f"{submission['score']:g}"]
    return "; ".join(words + (["**read**: " + ", ".join(leaked)] if leaked else []))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="*", default=list(ATTACKS), metavar="NAME")
    parser.add_argument("--keep", type=Path, help="where results are kept, and taken from when they are there")
    parser.add_argument("--stock-only", action="store_true")
    options = parser.parse_args()
    if not watch.cage():
        sys.exit("This machine has no process namespaces: stock nbgrader would run these attacks on your own session.")
    kept = json.loads(options.keep.read_text()) if options.keep and options.keep.is_file() else {}
    os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    for name in options.only:
        if name in kept or name in LEFT_OUT:
            continue
        with scratch_folder() as scratch:
            known = canaries()
            released = template(scratch / "course", known)
            kept[name] = stock(ATTACKS[name], scratch / "course", released, known, scratch / "home")
        print(f"{name}: {in_words(ATTACKS[name], kept[name])}", file=sys.stderr, flush=True)
        if options.keep:
            options.keep.write_text(json.dumps(kept, indent=1))
    hostile = None
    if not options.stock_only:
        with scratch_folder() as scratch:
            hostile = grade_hostile_class(scratch)
            print_table(options.only, kept, hostile)
    else:
        print_table(options.only, kept, None)


def print_table(names: list[str], kept: dict, hostile) -> None:
    print("| What the attacker does | Stock nbgrader | This engine |\n|---|---|---|")
    for name in names:
        attack = ATTACKS[name]
        here = ours(hostile, attack) if hostile is not None else "–"
        print(f"| {attack.does} | {in_words(attack, kept[name]) if name in kept else '–'} | {here} |")


if __name__ == "__main__":
    main()
