"""`once_written`: what it waits for, and what it lets through."""

import pytest

from autograder import waiting
from autograder.waiting import once_written

STUBS = """
def dW(X):
    raise NotImplementedError

class Net:
    def loss(self):
        return self.forward()

    def forward(self):
        raise NotImplementedError
"""


@pytest.fixture
def notebook(monkeypatch):
    """Runs cells one after the other: each compiled alone, in the variables of those before it."""
    monkeypatch.setattr(waiting, "_waiting", set())
    variables = {"once_written": once_written}

    def run(cell: str) -> dict:
        exec(compile(cell, "cell", "exec"), variables)
        return variables

    run(STUBS)
    return run


@pytest.mark.parametrize(("line", "name"), [("dW(1)", "dW"), ("Net().loss()", "Net.forward")])
def test_the_stub_that_is_missing_is_named(notebook, capsys, line, name):
    """The one that raised, not the one that was called."""
    notebook(f"with once_written():\n    print('before')\n    {line}\n    print('after')")

    assert capsys.readouterr().out == f"before\nWaiting: `{name}` is not written yet. Run this cell again afterwards.\n"


def test_what_is_written_runs_as_if_nothing_were_there(notebook, capsys):
    variables = notebook("with once_written():\n    net = 3\n    print(net)")

    assert variables["net"] == 3
    assert capsys.readouterr().out == "3\n"


def test_a_variable_that_was_not_made_is_waited_for(notebook, capsys):
    """In a later cell, and in one that waits for that."""
    notebook("with once_written():\n    net = dW(1)")
    notebook("with once_written():\n    history = net.train()")
    notebook("with once_written():\n    print(history)")

    assert capsys.readouterr().out.splitlines()[1:] == [
        "Waiting: `net` is not there yet: a cell above waits as well. Run this cell again afterwards.",
        "Waiting: `history` is not there yet: a cell above waits as well. Run this cell again afterwards.",
    ]


def test_a_misspelt_name_is_not_waited_for(notebook):
    """Nobody will make it."""
    notebook("with once_written():\n    net = dW(1)")

    with pytest.raises(NameError, match="nte"):
        notebook("with once_written():\n    nte.train()")


@pytest.mark.parametrize("line", ["1 / 0", "[][0]", "raise KeyboardInterrupt"])
def test_other_errors_are_raised_as_ever(notebook, line):
    with pytest.raises((ArithmeticError, LookupError, KeyboardInterrupt)):
        notebook(f"with once_written():\n    {line}")
