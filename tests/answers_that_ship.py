"""Everything callable that a student receives, tried as an answer. Used by `test_no_answer_ships`.

What is found: functions, methods and classes of the installed package, those that stand in its tables, and every
function or lambda that is written anywhere in its sources or in a release folder, however deeply nested.
"""

from __future__ import annotations

import ast
import contextlib
import dataclasses
import importlib
import inspect
import json
import os
import pickle
import pkgutil
import signal
import socket
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import numpy as np

from autograder.live import ask_live
from autograder.questions import Part, Probe, Question

DEEPEST = 4
"""Levels of tables in tables that are looked into."""

BATCH, BATCH_SECONDS = 100, 60.0
"""Candidates that are tried in one process, and how long it may take."""

SECONDS = 0.5
"""For one call: an answer to a small array takes a thousandth of it."""


def modules_of(package: ModuleType) -> list[ModuleType]:
    """All of them, recursively; not those that run when imported, or that need what is not installed."""
    modules = [package]
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        if not found.name.endswith("__main__"):
            with contextlib.suppress(ImportError):
                modules.append(importlib.import_module(found.name))
    return modules


def in_module(module: ModuleType) -> Iterator[tuple[str, Callable]]:
    """What can be called by who imports the module, and what is written in its source."""
    for name, value in list(vars(module).items()):
        if not name.startswith("__"):
            yield from _callables(f"{module.__name__}.{name}", value, module.__name__.partition(".")[0], 0)
    with contextlib.suppress(OSError, TypeError):
        yield from written_in(inspect.getsource(module), vars(module), module.__name__, nested=True)


def _callables(name: str, value: Any, package: str, depth: int) -> Iterator[tuple[str, Callable]]:
    if depth > DEEPEST or isinstance(value, ModuleType):
        return
    if isinstance(value, type):
        if value.__module__.partition(".")[0] == package:
            yield name, value
            yield from _methods(name, value)
    elif isinstance(value, Mapping):
        for key, entry in value.items():
            yield from _callables(f"{name}[{key!r}]", entry, package, depth + 1)
    elif isinstance(value, tuple | list | set | frozenset):
        for number, entry in enumerate(value):
            yield from _callables(f"{name}[{number}]", entry, package, depth + 1)
    elif dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from _callables(f"{name}.{field.name}", getattr(value, field.name), package, depth + 1)
    elif callable(value) and _written_by(value).partition(".")[0] == package:
        yield name, value


def _written_by(value: Any) -> str:
    while isinstance(value, partial):
        value = value.func
    return getattr(inspect.unwrap(value), "__module__", None) or ""


def _methods(name: str, kind: type) -> Iterator[tuple[str, Callable]]:
    """Bound to an object where one can be made from nothing, and to None, for a method that does not need its self."""
    made = None
    with contextlib.suppress(Exception):
        made = kind()
    for attribute, value in vars(kind).items():
        if isinstance(value, staticmethod | classmethod):
            yield f"{name}.{attribute}", getattr(kind, attribute)
        elif isinstance(value, FunctionType) and not attribute.startswith("__"):
            yield f"{name}.{attribute}", partial(value, made)


def written_in(
    source: str, names: Mapping[str, Any], where: str, nested: bool = False
) -> Iterator[tuple[str, Callable]]:
    """Each function, lambda and class of a source text, made alone in its module's names: also what only exists while
    another function runs. One that needs a variable of that other function fails when it is called.

    `nested`: without those at the top, which are there as they are.
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if nested and node in tree.body:
            continue
        space = dict(names)
        with contextlib.suppress(Exception):
            if isinstance(node, ast.Lambda):
                yield f"{where}, line {node.lineno}: lambda", eval(ast.unparse(node), space)
            elif isinstance(node, ast.FunctionDef | ast.ClassDef):
                node = ast.parse(ast.unparse(node)).body[0]
                node.decorator_list = []
                exec(compile(ast.Module([node], []), where, "exec"), space)
                yield f"{where}: {node.name}", space[node.name]


def data_in_module(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The tables of a module that could be handed in as they are, where a question is answered with data."""
    for name, value in list(vars(module).items()):
        if not name.startswith("__") and isinstance(value, Mapping | tuple | list | set | frozenset | str):
            yield f"{module.__name__}.{name}", value


def in_release(folder: Path) -> Iterator[tuple[str, Callable]]:
    """What the notebooks and modules of a release folder define. Only definitions and imports are run."""
    for path in sorted(folder.rglob("*.py")):
        yield from _defined_in(path.read_text(encoding="utf-8"), str(path.relative_to(folder)))
    for path in sorted(folder.rglob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        yield from _defined_in("\n".join(text for text in code if _is_python(text)), str(path.relative_to(folder)))


def _is_python(text: str) -> bool:
    """Not a cell with `%` lines or with a stub that is no program yet."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _defined_in(source: str, where: str) -> Iterator[tuple[str, Callable]]:
    names: dict[str, Any] = {"np": np, "__name__": "released"}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef):
            with contextlib.suppress(Exception):
                exec(compile(ast.Module([node], []), where, "exec"), names)
    yield from written_in(source, names, where)


Called = tuple[int, tuple[str, ...]]

NOTHING: Called = (0, ())
"""How a drill or a table is asked."""


@dataclasses.dataclass(frozen=True)
class Asked:
    """A question with its inputs drawn once for all candidates."""

    question: Question
    parts: tuple[tuple[Part, Probe], ...]
    called_with: Called

    @classmethod
    def of(cls, question: Question) -> Asked:
        rng = np.random.default_rng(7)
        parts = tuple((part, part.draw(rng)) for part in question.parts)
        return cls(question, parts, how_called(*parts[0]))

    def earned_by(self, candidate: Callable) -> dict[str, float]:
        """Part → share of its points."""
        earned = {}
        for number, (part, probe) in enumerate(self.parts):
            answer = self._handed_in(candidate, part)
            reply = ask_live(answer, probe.arguments, min(part.timeout_seconds, SECONDS), part.through)
            if reply.used_numeric_gradient or reply.unfinished:
                return {}
            if reply.error is None and not reply.timed_out:
                with contextlib.suppress(Exception):
                    seen = part.examine(reply, probe)
                    share = float(seen.passed) if seen.share is None else seen.share
                    if share:
                        earned[part.name] = share
            elif number == 0 and part.through is not None:
                return earned  # what cannot be called at all
        return earned

    def _handed_in(self, candidate: Callable, part: Part) -> Any:
        """What is answered with data through an adapter is answered with several things at once."""
        return (candidate, candidate) if self.called_with == NOTHING and part.through else candidate


def how_called(part: Part, probe: Probe) -> Called:
    """How many positional arguments an answer to this part is called with, and the names of the others. Where the call
    is made by an adapter of the question, it is made on a spy."""
    if not probe.arguments:
        return NOTHING
    seen: list[Called] = []

    class Spy:
        def __init__(self, *positional, **named):
            seen.append((len(positional), tuple(named)))
            raise NotImplementedError

    ask_live(Spy, probe.arguments, part.timeout_seconds, part.through)
    return seen[0]


def takes(candidate: Callable, called: Called) -> bool:
    """It can be called like that. Data are their own answer, where nothing is given."""
    count, names = called
    if not callable(candidate):
        return called == NOTHING
    try:
        inspect.signature(candidate).bind(*[None] * count, **dict.fromkeys(names))
    except (TypeError, ValueError):
        return False
    return True


def has_a_right_answer(question: Question) -> bool:
    """Not one that only asks whether something was written down."""
    return question.id != "predictions"


def what_they_earn(candidates: Mapping[str, Callable], questions: list[Question]) -> dict[tuple[str, str], dict]:
    """(name of the candidate, question) → what it earned, for all that earned anything.

    They are tried in forked processes, in an empty folder: among them are functions that confine, kill or write. One
    that ends its process has given no answer.
    """
    asked = [Asked.of(question) for question in questions]
    earned = {}
    # A table's functions are often a module's as well; what cannot be called as any question calls it is no answer.
    calls = {each.called_with for each in asked}
    once = {id(candidate): (name, candidate) for name, candidate in reversed(candidates.items())}
    tried = [pair for pair in once.values() if any(takes(pair[1], called) for called in calls)]
    waiting = [tried[start : start + BATCH] for start in range(0, len(tried), BATCH)]
    while waiting:
        batch = waiting.pop()
        found = _in_a_fork(batch, asked)
        if found is not None:
            earned.update(found)
        elif len(batch) > 1:
            half = len(batch) // 2
            waiting += [batch[:half], batch[half:]]
    return earned


def _in_a_fork(batch: list[tuple[str, Callable]], asked: list[Asked]) -> dict[tuple[str, str], dict] | None:
    """What the batch earned, or None when its process did not live to tell."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder, "earned")
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                os.chdir(folder)
                socket.getaddrinfo = _no_network  # some functions fetch data
                nowhere = os.open(os.devnull, os.O_RDWR)
                for stream in range(3):
                    os.dup2(nowhere, stream)
                told.write_bytes(pickle.dumps(_all_earned(batch, asked)))
                os._exit(0)
            finally:
                os._exit(1)
        patience = time.monotonic() + BATCH_SECONDS
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if time.monotonic() > patience:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                return None
            time.sleep(0.01)
        try:
            return pickle.loads(told.read_bytes())
        except (OSError, EOFError, pickle.UnpicklingError):
            return None


def _no_network(*arguments: Any) -> Any:
    raise OSError("no answer needs the network")


def _all_earned(batch: list[tuple[str, Callable]], asked: list[Asked]) -> dict[tuple[str, str], dict]:
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return {
            (name, each.question.id): parts
            for name, candidate in batch
            for each in asked
            if takes(candidate, each.called_with) and (parts := each.earned_by(candidate))
        }
