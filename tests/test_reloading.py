"""A file written beside a notebook is loaded again when it was saved; in a real IPython shell."""

import os

import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder import reloading

FIRST = "class Net:\n    says = 1\n"
SECOND = "class Net:\n    says = 2\n"


@pytest.fixture
def shell(tmp_path, monkeypatch):
    """A shell that follows `written_here.py`, with `Net` imported from it."""
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(reloading, "_followed", {})
    (tmp_path / "written_here.py").write_text(FIRST, encoding="utf-8")
    shell = InteractiveShell.instance()
    shell.run_cell("from written_here import Net\nfrom autograder import reload_when_saved", silent=False)
    shell.run_cell('reload_when_saved("written_here")')
    yield shell
    shell.events.unregister("pre_run_cell", reloading._followed["written_here"])
    shell.run_cell("import sys; sys.modules.pop('written_here', None)")
    InteractiveShell.clear_instance()


def save(path, text, second):
    """Written, with a time of its own: a test is faster than a clock."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, (second, second))


def test_the_next_cell_sees_what_was_saved(shell, tmp_path):
    save(tmp_path / "written_here.py", SECOND, 10)

    shell.run_cell("seen = Net().says")

    assert shell.user_ns["seen"] == 2


def test_a_variable_of_the_notebook_keeps_what_it_was_given(shell, tmp_path):
    """Only what was imported is replaced."""
    shell.run_cell("Net = 'mine'")
    save(tmp_path / "written_here.py", SECOND, 10)

    shell.run_cell("seen = Net")

    assert shell.user_ns["seen"] == "mine"


def test_a_file_with_a_slip_is_told_in_one_line_and_the_old_one_stays(shell, tmp_path, capsys):
    save(tmp_path / "written_here.py", "class Net:\n    says = (\n", 10)

    shell.run_cell("seen = Net().says")
    said = capsys.readouterr()

    assert shell.user_ns["seen"] == 1
    assert said.out.startswith("written_here.py could not be loaded, line 2: SyntaxError")
    assert said.err == ""
    save(tmp_path / "written_here.py", SECOND, 20)
    shell.run_cell("seen = Net().says")
    assert shell.user_ns["seen"] == 2


def test_following_twice_loads_once(shell, tmp_path):
    shell.run_cell('reload_when_saved("written_here")')
    save(tmp_path / "written_here.py", "print('loaded')\n" + SECOND, 10)

    shell.run_cell("pass")

    assert len(reloading._followed) == 1


def test_outside_ipython_nothing_happens():
    InteractiveShell.clear_instance()

    assert reloading.reload_when_saved("json") is None
