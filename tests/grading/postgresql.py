"""A PostgreSQL server for a test: its own data, its own socket, no port; from Debian's package `postgresql`."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def pg_ctl() -> Path | None:
    found = shutil.which("pg_ctl")
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
    return Path(found) if found else debian[-1] if debian else None


@contextlib.contextmanager
def postgresql_server() -> Iterator[str]:
    """The URL of its database, as a course's configuration has it."""
    program = pg_ctl()
    if program is None:
        if os.environ.get("REQUIRE_POSTGRESQL"):
            pytest.fail("No PostgreSQL server is installed, and REQUIRE_POSTGRESQL is set.")
        pytest.skip("no PostgreSQL server (Debian: apt install postgresql)")
    # Not below pytest's folder: the server refuses to be root, and only root may look in there.
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    user = "postgres" if os.geteuid() == 0 else os.environ.get("USER", "postgres")
    as_user = (
        [shutil.which("runuser", path="/usr/sbin:/sbin:/usr/bin:/bin"), "-u", user, "--"] if os.geteuid() == 0 else []
    )

    def call(*command: str | Path) -> None:
        done = subprocess.run([*as_user, *command], cwd=folder, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr

    try:
        if as_user:
            shutil.chown(folder, user)
        data, log = folder / "data", folder / "log"
        call(
            program.with_name("initdb"), "--no-sync", "--auth=trust", "--username=grader", "--encoding=UTF8", "-D", data
        )
        options = f"-k {folder} -c listen_addresses= -c fsync=off -c deadlock_timeout=100ms"
        call(program, "-D", data, "-l", log, "-o", options, "-w", "start")
        try:
            yield f"postgresql+psycopg://grader@/postgres?host={folder}"
        finally:
            call(program, "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
