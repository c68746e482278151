"""What is looked at before and after: files, listeners, what leaked into outputs. For the test and the benchmark."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

SHARED_PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/run")
"""Where other programs write, too: here only names that carry the class's token are looked for."""


def snapshot(folder: Path, leave_out: Iterable[str] = ()) -> dict[str, tuple]:
    """Path → kind, size, time of change and hash of everything below `folder`, but what is below `leave_out`."""
    found: dict[str, tuple] = {}
    for place, folders, files in os.walk(folder):
        inside = Path(place).relative_to(folder)
        if str(inside) == ".":
            folders[:] = [name for name in folders if name not in leave_out]
            files = [name for name in files if name not in leave_out]
        for name in [*folders, *files]:
            path = Path(place, name)
            try:
                about = path.lstat()
            except OSError as error:  # nested so deep that its name is too long
                found[str(inside / name)] = (error.errno,)
                continue
            content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() and not path.is_symlink() else ""
            # The time of a folder changes with what is left out below it; its entries are compared themselves.
            changed = 0 if path.is_dir() else about.st_mtime_ns
            found[str(inside / name)] = (about.st_mode, 0 if path.is_dir() else about.st_size, changed, content)
    return found


def differences(before: Mapping[str, tuple], after: Mapping[str, tuple]) -> list[str]:
    names = sorted(before.keys() | after.keys())
    return [name for name in names if before.get(name) != after.get(name)]


def left_in_shared_places(token: str) -> list[str]:
    """Files whose names carry `token`, directly in a shared folder."""
    found = []
    for place in SHARED_PLACES:
        with contextlib.suppress(OSError):
            found += [entry.path for entry in os.scandir(place) if token in entry.name]
    return found


def shared_memory(key: int) -> bool:
    """Whether a System V segment with this key exists."""
    try:
        lines = Path("/proc/sysvipc/shm").read_text().splitlines()[1:]
    except OSError:
        return False
    return any(int(line.split()[0]) == key for line in lines)


def leaks(notebook: Path, known: Mapping[str, str]) -> list[str]:
    """The places whose word stands in an output of this notebook. Sources are the instructor's; outputs are not."""
    if not notebook.is_file():
        return []
    cells = json.loads(notebook.read_text(errors="replace"))["cells"]
    shown = json.dumps([
        output for cell in cells for output in cell.get("outputs", ()) if output["output_type"] != "error"
    ])  # fmt: skip
    found = [place for place, word in known.items() if word in shown]
    return found + (["the system's users"] if "root:x:0:0" in shown else [])


@contextlib.contextmanager
def listeners(token: str) -> Iterator[tuple[dict[str, str], list[str]]]:
    """Doors that must stay shut: what an attacker has to know to find them, and who came."""
    tcp, udp, abstract = socket.create_server(("127.0.0.1", 0)), socket.socket(type=socket.SOCK_DGRAM), None
    udp.bind(("127.0.0.1", 0))
    abstract = socket.socket(socket.AF_UNIX)
    abstract.bind(f"\0{token}-abstract")
    abstract.listen()
    came: list[str] = []
    ends = threading.Event()

    def wait(name: str, door: socket.socket) -> None:
        door.settimeout(0.2)
        while not ends.is_set():
            try:
                if door.type == socket.SOCK_DGRAM:
                    door.recv(100)
                else:
                    door.accept()[0].close()
            except TimeoutError:
                continue
            came.append(name)

    doors = {"TCP": tcp, "UDP": udp, "an abstract socket": abstract}
    threads = [threading.Thread(target=wait, args=pair) for pair in doors.items()]
    for thread in threads:
        thread.start()
    try:
        knows = {"tcp": str(tcp.getsockname()[1]), "udp": str(udp.getsockname()[1]), "abstract": f"{token}-abstract"}
        yield knows, came
    finally:
        ends.set()
        for thread in threads:
            thread.join()
        for door in doors.values():
            door.close()


def cage() -> list[str]:
    """A command that runs another in a process namespace of its own, where the system has them.

    So that a hole in the grader cannot end the session of whoever runs the tests: `kill(-1)` reaches no further.
    """
    unshare = shutil.which("unshare")
    if unshare is None:
        return []
    plain = [unshare, "--pid", "--fork", "--mount-proc", "--kill-child"]
    for command in (plain, [unshare, "--user", "--map-current-user", *plain[1:]]):
        with contextlib.suppress(OSError):
            if subprocess.run([*command, "true"], capture_output=True, timeout=10, check=False).returncode == 0:
                return command
    return []
