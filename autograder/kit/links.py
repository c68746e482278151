"""Addresses that open a lesson somewhere else: on Colab, on Binder, on a JupyterHub. Called by `command`.

Sources: the address forms are those that Colab, mybinder.org and nbgitpuller document.
"""

from __future__ import annotations

import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlencode

from autograder.course import ownership
from autograder.errors import CourseError

REMOTE = re.compile(
    r"(?:https?://(?:[^@/]+@)?|ssh://(?:[^@/]+@)?|[^@/:]+@)(?P<host>[^/:]+)(?::\d+)?[/:](?P<path>.+?)(?:\.git)?/?"
)
"""`https://github.com/ada/course.git` and `git@github.com:ada/course.git`."""


@dataclass(frozen=True)
class Repository:
    host: str
    path: str
    """`owner/name`; on GitLab there may be more parts."""

    @property
    def url(self) -> str:
        return f"https://{self.host}/{self.path}"

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


@dataclass(frozen=True)
class Links:
    """Where one lesson can be opened; None where that place does not know the repository's host."""

    assignment: str
    colab: str | None
    binder: str
    hub: str | None
    """Through nbgitpuller, for a hub that was named."""


def repository(course: Path, url: str | None) -> Repository:
    """The one at `url`, by default the one that the course was cloned from. Raises `CourseError` without one."""
    if url is None:
        asked = subprocess.run(
            ["git", "-C", str(course), "remote", "get-url", "origin"], capture_output=True, encoding="utf-8"
        )
        url = asked.stdout.strip()
    match = REMOTE.fullmatch(url)
    if not match:
        raise CourseError(
            f"{url} is no address of a repository." if url else f"{course} was not cloned from anywhere.",
            "Give the address with --repository, as in https://github.com/ada/course.",
        )
    return Repository(match["host"], match["path"])


def links(course: Path, place: Repository, branch: str, students: str, hub: str | None) -> list[Links]:
    """For every lesson. `branch` holds `.binder/`, `students` only what is in `release/`."""
    found = []
    for assignment in ownership.assignments(course):
        notebook = min((course / "release" / assignment).glob("*.ipynb"), default=None)
        if notebook is None:
            raise CourseError(f"release/{assignment} holds no notebook.", "Run `autograder build`.")
        lesson = quote(f"{assignment}/{notebook.name}")
        colab = f"https://colab.research.google.com/github/{place.path}/blob/{quote(students)}/{lesson}"
        found.append(
            Links(
                assignment,
                colab if place.host == "github.com" else None,
                f"https://mybinder.org/v2/{_provider(place)}/{quote(branch, safe='')}?urlpath=lab/tree/{lesson}",
                hub and _through_hub(hub, place, students, f"lab/tree/{place.name}/{assignment}/{notebook.name}"),
            )
        )
    return found


def _provider(place: Repository) -> str:
    if place.host == "github.com":
        return f"gh/{place.path}"
    if place.host == "gitlab.com":
        return f"gl/{quote(place.path, safe='')}"
    return f"git/{quote(place.url, safe='')}"


def _through_hub(hub: str, place: Repository, branch: str, path: str) -> str:
    asked = urlencode({"repo": place.url, "branch": branch, "urlpath": path})
    return f"{hub.rstrip('/')}/hub/user-redirect/git-pull?{asked}"
