"""The package as a wheel, so that a student needs no clone. Called by `kit`.

Built by setuptools from a copy of the clone, without a network, and packed again so that the same sources always give
the same bytes. Its version ends in a digest of those sources: pip only replaces an installed package by another
version, and a kit that was mended in mid-term must not leave the old one in place.
"""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import autograder
from autograder.errors import CourseError
from autograder.kit.archive import zipped

CLONE = Path(autograder.__file__).parents[1]

NEEDED = ("pyproject.toml", "requirements-lessons.txt", "README.md", "LICENSE")
"""What setuptools reads beside the package."""

BUILD = "import sys; from setuptools.build_meta import build_wheel; build_wheel(sys.argv[1])"


def wheel(clone: Path = CLONE) -> tuple[str, bytes]:
    """File name and content. Raises `CourseError` without a clone, or when the package does not build."""
    if not all((clone / name).is_file() for name in NEEDED):
        raise CourseError(
            f"{clone} is not a clone of this repository, from which the students' package could be made.",
            "Run this in a clone: `pip install -r requirements.txt -e .`, then `autograder kit`.",
        )
    with tempfile.TemporaryDirectory(prefix="wheel-") as folder:
        copy = Path(folder)
        for name in NEEDED:
            shutil.copy(clone / name, copy)
        ignored = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        shutil.copytree(clone / "autograder", copy / "autograder", ignore=ignored)
        _mark_version(copy)
        built = subprocess.run(
            [sys.executable, "-c", BUILD, "dist"], cwd=copy, capture_output=True, encoding="utf-8", errors="replace",
        )  # fmt: skip
        if built.returncode:
            last = (built.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise CourseError(
                f"The package could not be packed: {last}", "Run `pip install -r requirements.txt -e .` in the clone."
            )
        (made,) = (copy / "dist").glob("*.whl")
        with zipfile.ZipFile(io.BytesIO(made.read_bytes())) as archive:
            return made.name, zipped({name: archive.read(name) for name in archive.namelist()})


def _mark_version(copy: Path) -> None:
    """`0.1.0` becomes `0.1.0+kit.1f3a5b7c9d`."""
    digest = hashlib.sha256()
    for path in sorted(path for path in copy.rglob("*") if path.is_file()):
        digest.update(path.relative_to(copy).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    file = copy / "autograder" / "_version.py"
    text = file.read_text(encoding="utf-8")
    marked = re.sub(r'(__version__ = "[^"+]+)"', rf'\g<1>+kit.{digest.hexdigest()[:10]}"', text)
    file.write_text(marked, encoding="utf-8", newline="\n")
