"""A real JupyterLab in a folder of its own, and a real Chromium that looks at it."""

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def browser():
    """Debian's Chromium, for one file: while Playwright is open, its event loop runs in the tests' thread, and whoever
    wants one of their own there (nbclient does) gets none.

    Without one the tests are skipped, except where REQUIRE_BROWSER says that they must not be.
    """
    executable = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if executable is None:
        if os.environ.get("REQUIRE_BROWSER"):
            pytest.fail("No Chromium found, and REQUIRE_BROWSER is set.")
        pytest.skip("No Chromium found. On Debian: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=executable,
            # No sandbox: CI runs as root. No background networking: nothing here talks to anyone but JupyterLab.
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-quic"],
        )
        yield chromium
        chromium.close()


@pytest.fixture
def lab(tmp_path):
    """JupyterLab on a fresh copy of release/; yields its address."""
    work = Path(shutil.copytree(ROOT / "release", tmp_path / "work"))
    with jupyterlab(work, tmp_path) as address:
        yield address


@contextlib.contextmanager
def jupyterlab(work: Path, tmp_path: Path) -> Iterator[str]:
    """JupyterLab on `work`; yields its address. Its settings and runtime files stay in `tmp_path`."""
    settings = tmp_path / "settings" / "@jupyterlab" / "notebook-extension"
    settings.mkdir(parents=True)
    # All cells in the page at once, so that the browser finds them without scrolling.
    (settings / "tracker.jupyterlab-settings").write_text(json.dumps({"windowingMode": "none"}))
    news = tmp_path / "settings" / "@jupyterlab" / "apputils-extension"
    news.mkdir()
    (news / "notification.jupyterlab-settings").write_text(json.dumps({"fetchNews": "false", "checkForUpdates": False}))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "JUPYTERLAB_SETTINGS_DIR": str(tmp_path / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(tmp_path / "workspaces"),
        "JUPYTER_CONFIG_DIR": str(tmp_path / "config"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    log = (tmp_path / "lab.log").open("w")
    server = subprocess.Popen(
        [
            sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--ServerApp.port={port}",
            "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=", f"--ServerApp.root_dir={work}",
        ],
        env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=work,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_up(address, server, tmp_path / "lab.log")
        yield address
    finally:
        server.terminate()
        server.wait(timeout=30)
        log.close()


def _wait_until_up(address: str, server: subprocess.Popen, log: Path) -> None:
    for _ in range(240):
        try:
            urllib.request.urlopen(f"{address}/api", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            if server.poll() is not None:
                break
            time.sleep(0.25)
    pytest.fail(f"JupyterLab did not start:\n{log.read_text()[-2000:]}")


@pytest.fixture(scope="session")
def keep_picture():
    """Saves a screenshot in docs/images when UPDATE_SCREENSHOTS is set: the documentation's pictures are these."""

    def keep(page, name: str, **how) -> bytes:
        picture = page.screenshot(**how)
        if os.environ.get("UPDATE_SCREENSHOTS"):
            (ROOT / "docs" / "images" / f"{name}.png").write_bytes(picture)
        return picture

    return keep
