"""Circuits of gates: an expression read, run forward, its gradients measured wire by wire.

For students' own expressions. Nothing here knows a derivative: each wire is moved a little, and the output watched.
The picture is in `circuit_drawing`.
"""

from __future__ import annotations

import ast
import math
from dataclasses import dataclass, field

import numpy as np

from autograder.errors import QuestionError
from autograder.gradients import numeric_gradient

OPERATORS = {
    ast.Add: ("+", lambda x, y: x + y),
    ast.Sub: ("−", lambda x, y: x - y),
    ast.Mult: ("×", lambda x, y: x * y),
    ast.Div: ("/", lambda x, y: x / y),
    ast.Pow: ("^", lambda x, y: x**y),
}
FUNCTIONS = {
    "max": ("max", max),
    "min": ("min", min),
    "sigmoid": ("σ", lambda x: 1 / (1 + math.exp(-x)) if x > 0 else math.exp(x) / (1 + math.exp(x))),
    "tanh": ("tanh", math.tanh),
    "exp": ("exp", math.exp),
    "log": ("log", math.log),
    "sqrt": ("√", math.sqrt),
}
SEVERAL = {"max", "min"}
"""These take two inputs or more, the other functions one."""

GATES_AT_MOST = 60
"""Beyond it nobody reads the picture, and deep nesting would exhaust Python's own stack."""

EXAMPLE = 'For example: draw_circuit("(x + y) * max(z, w)", x=2, y=-1, z=3, w=-4).'


@dataclass
class Circuit:
    """Gates in an order in which each comes after what it reads; the last one is the output."""

    symbols: list[str] = field(default_factory=list)
    """A name, a number, or the sign of an operation."""
    operations: list = field(default_factory=list)
    """What a gate computes of its inputs; None for a name or a number."""
    inputs: list[tuple[int, ...]] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, symbol: str, operation, inputs: tuple[int, ...], value: float) -> int:
        if len(self.symbols) == GATES_AT_MOST:
            raise QuestionError(
                f"The expression has more than {GATES_AT_MOST} gates.", "Draw a part of it: name it, and draw the rest."
            )
        self.symbols.append(symbol)
        self.operations.append(operation)
        self.inputs.append(inputs)
        self.values.append(value)
        return len(self.symbols) - 1

    def uses(self, gate: int) -> list[tuple[int, int]]:
        """(reader, number of its input) for every wire that leaves `gate`."""
        return [(r, n) for r, reads in enumerate(self.inputs) for n, source in enumerate(reads) if source == gate]

    def output_when(self, value: float, gate: int, wire: tuple[int, int] | None = None) -> float:
        """The output with `gate` at another value, for all its readers or at one `wire` (reader, number) only."""
        values = list(self.values)
        if wire is None:
            values[gate] = value
        for reader, operation in enumerate(self.operations):
            if operation is None or (wire is None and reader <= gate):
                continue
            arguments = [values[source] for source in self.inputs[reader]]
            if wire is not None and reader == wire[0]:
                arguments[wire[1]] = value
            values[reader] = operation(*arguments)
        return values[-1]

    def gradient(self, gate: int, wire: tuple[int, int] | None = None) -> float:
        """How the output changes with `gate`, or with what one of its wires carries. Measured; see `CENTRED_STEP`."""
        here = np.array(self.values[gate])
        try:
            return float(numeric_gradient(lambda moved: self.output_when(float(moved), gate, wire), here))
        except (ValueError, ArithmeticError, TypeError):
            raise QuestionError(
                f"{self.symbols[gate]} = {self.values[gate]:g} cannot be moved both ways: the function ends there.",
                "Choose inputs a little away from the edge.",
            ) from None


def read_circuit(expression: str, **inputs: float) -> Circuit:
    """The circuit of an expression of + - * / **, max, min, sigmoid, tanh, exp, log and sqrt.

    Lines such as `q = x + y` may come first, separated by newlines or semicolons; a name that is used twice forks.
    The text is parsed, never executed.
    Raises `QuestionError` for anything else, for inputs that are missing or not used, and for values that are not
    finite.
    """
    if not isinstance(expression, str):
        raise QuestionError("The expression is not a text.", EXAMPLE)
    lines = [part.strip() for part in expression.replace(";", "\n").splitlines()]
    try:
        statements = ast.parse("\n".join(lines)).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        where = f" near column {error.offset}" if isinstance(error, SyntaxError) and error.offset else ""
        raise QuestionError(f"The expression cannot be read{where}: {expression!r:.80}.", EXAMPLE) from None
    if not statements:
        raise QuestionError("The expression is empty.", EXAMPLE)
    circuit, names = Circuit(), {}
    for statement in statements[:-1]:
        _define(statement, circuit, names, inputs)
    if isinstance(statements[-1], ast.Assign):
        _define(statements[-1], circuit, names, inputs)
    elif isinstance(statements[-1], ast.Expr):
        _read(statements[-1].value, circuit, names, inputs)
    else:
        raise _not_an_expression(statements[-1])
    if unused := sorted(inputs.keys() - names.keys()):
        raise QuestionError(f"{', '.join(unused)} is not in the expression.", "Leave it out of the call, or use it.")
    if loose := [i for i in range(len(circuit.symbols) - 1) if not circuit.uses(i)]:
        raise QuestionError(
            f"{circuit.symbols[loose[0]]} does not reach the last line.", "Use it there, or leave its line out."
        )
    return circuit


def _define(statement, circuit: Circuit, names: dict[str, int], inputs) -> None:
    if not (isinstance(statement, ast.Assign) and len(statement.targets) == 1) or not isinstance(
        statement.targets[0], ast.Name
    ):
        raise _not_an_expression(statement)
    name = statement.targets[0].id
    if name in names or name in inputs:
        raise QuestionError(f"{name} is defined twice.", "Give each stage a name of its own.")
    names[name] = _read(statement.value, circuit, names, inputs)


def _read(node: ast.expr, circuit: Circuit, names: dict[str, int], inputs) -> int:
    """Append the gates of `node`; returns the number of the last."""
    if isinstance(node, ast.Name):
        return _name(node.id, circuit, names, inputs)
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return circuit.add(f"{node.value:g}", None, (), float(node.value))
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        if isinstance(node.operand, ast.Constant) and type(node.operand.value) in (int, float):
            return circuit.add(f"−{node.operand.value:g}", None, (), -float(node.operand.value))
        return _gate("−", lambda x: -x, (node.operand,), circuit, names, inputs)
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        return _gate(*OPERATORS[type(node.op)], (node.left, node.right), circuit, names, inputs)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        if node.func.id not in FUNCTIONS:
            raise QuestionError(f"There is no gate {node.func.id!r}.", f"The functions are {', '.join(FUNCTIONS)}.")
        several = node.func.id in SEVERAL
        if len(node.args) < 2 if several else len(node.args) != 1:
            wanted = "two inputs or more" if several else "one input"
            raise QuestionError(f"{node.func.id} takes {wanted}, and has {len(node.args)} here.", EXAMPLE)
        return _gate(*FUNCTIONS[node.func.id], tuple(node.args), circuit, names, inputs)
    raise _not_an_expression(node)


def _name(name: str, circuit: Circuit, names: dict[str, int], inputs) -> int:
    if name not in names:
        if name not in inputs:
            raise QuestionError(f"{name} has no value.", f"Give it one: draw_circuit(…, {name}=2).")
        try:
            value = float(inputs[name])
        except (TypeError, ValueError):
            raise QuestionError(f"{name} is not a number.", "A wire carries one number here.") from None
        if not math.isfinite(value):
            raise QuestionError(f"{name} = {value} is not finite.", "Choose another number.")
        names[name] = circuit.add(name, None, (), value)
    return names[name]


def _gate(symbol: str, operation, operands, circuit: Circuit, names, inputs) -> int:
    reads = tuple(_read(operand, circuit, names, inputs) for operand in operands)
    arguments = [circuit.values[source] for source in reads]
    try:
        value = float(operation(*arguments))
    except (ValueError, ArithmeticError, TypeError):
        value = math.nan
    if not math.isfinite(value):
        shown = ", ".join(f"{argument:g}" for argument in arguments)
        raise QuestionError(f"The gate {symbol} has no finite value at {shown}.", "Choose other inputs.")
    return circuit.add(symbol, operation, reads, value)


def _not_an_expression(node: ast.AST) -> QuestionError:
    return QuestionError(
        f"{ast.unparse(node)!r:.60} is not made of gates.",
        f"Use numbers, names, + - * / ** and {', '.join(FUNCTIONS)}.",
    )
