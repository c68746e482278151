"""Slips, made by machine: every place of a right answer, times every operator that applies there.

Nothing in here knows the judge or the catalogue. A slip says where it was made and what was done; what it may be
called is decided from that alone, in `true_names`.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass

CONFUSED = (
    ("A", "H"), ("W1", "W2"), ("b1", "b2"), ("dH", "dA"), ("X", "X_batch"), ("y", "y_batch"),
    ("Drelu_out", "Dlayer1_out"), ("relu_out", "layer1_out"), ("x", "y"), ("y", "z"), ("a", "b"), ("da", "db"),
    ("dh", "ds"),
)  # fmt: skip
"""Names that stand beside each other in one function and hold arrays of like meaning."""

OTHER_FUNCTIONS = {
    "maximum": ("max", "minimum"), "sum": ("mean", "max"), "mean": ("sum",), "argmax": ("max", "argmin"),
    "log": ("log2", "log10"), "max": ("min",), "randn": ("rand",), "zeros": ("ones",),
}  # fmt: skip

Ways = Callable[[ast.AST, ast.FunctionDef | None], Iterator[tuple[str, ast.AST | list[ast.AST]]]]
"""What may stand in place of a node, and what doing so is called."""

LEFT_ALONE = ("verbose", "print")
"""What a statement is about whose slips nobody is marked for."""


@dataclass(frozen=True)
class Slip:
    """One operator at one place."""

    place: int
    """Of the node, in the order of `ast.walk` on the parsed text."""
    variant: int
    function: str
    """In which `def` it stands."""
    operator: str
    before: str
    after: str
    line: str = ""
    """The statement around it; of a statement with others in it, its head."""

    @property
    def says(self) -> str:
        return f"{self.function}: {self.operator}: {self.before}  →  {self.after}"


def slips(text: str) -> list[Slip]:
    """All of them, in the order of the text's syntax tree; those that write the same text are one."""
    found: dict[str, Slip] = {}
    tree = ast.parse(text)
    for slip, new in applied(text, tree, _variants):
        found.setdefault(new, slip)
    found.pop(ast.unparse(tree), None)
    return list(found.values())


def applied(text: str, tree: ast.AST, ways: Ways) -> Iterator[tuple[Slip, str]]:
    """Everything that `ways` finds to put somewhere in `text`, each with the text that it makes."""
    parents = {id(child): parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for place, (node, function) in enumerate(_nodes(tree)):
        for variant, (operator, other) in enumerate(ways(node, function)):
            where, line = function.name if function else "", _line(node, parents)
            slip = Slip(place, variant, where, operator, _text(node), _text(other), line)
            yield slip, mutated(text, slip, ways=ways)


def mutated(text: str, *made: Slip, ways: Ways | None = None) -> str:
    """`text` with these slips in it. Raises ValueError when one stands within another."""
    tree = ast.parse(text)
    nodes = list(_nodes(tree))
    changed = [nodes[slip.place][0] for slip in made]
    for one in changed:
        if any(one is not other and one in ast.walk(other) for other in changed) or changed.count(one) > 1:
            raise ValueError("one slip stands within another")
    parents = {id(child): parent for parent in ast.walk(tree) for child in ast.iter_child_nodes(parent)}
    for slip in made:
        node, function = nodes[slip.place]
        new = list((ways or _variants)(node, function))[slip.variant][1]
        _put(parents[id(node)], node, new if isinstance(new, list) else [new])
    return ast.unparse(ast.fix_missing_locations(tree))


def held_out(says: str) -> bool:
    """Whether a slip belongs to the half that nobody looks at: by a hash of what it is."""
    return digest(says)[0] % 2 == 1


def digest(says: str) -> bytes:
    """The same on every machine, as `hash` is not."""
    return hashlib.sha256(says.encode()).digest()


def _nodes(tree: ast.AST) -> Iterator[tuple[ast.AST, ast.FunctionDef | None]]:
    """Every node whose slips can count, with the function around it."""
    waiting: list[tuple[ast.AST, ast.FunctionDef | None]] = [(tree, None)]
    while waiting:
        node, function = waiting.pop(0)
        if isinstance(node, ast.If) and any(word in ast.unparse(node.test) for word in LEFT_ALONE):
            continue
        yield node, function
        inner = node if isinstance(node, ast.FunctionDef) else function
        children = node.body if isinstance(node, ast.FunctionDef) else ast.iter_child_nodes(node)
        waiting += [(child, inner) for child in children]


def _put(parent: ast.AST, node: ast.AST, new: list[ast.AST]) -> None:
    for name, value in ast.iter_fields(parent):
        if value is node:
            setattr(parent, name, new[0])
        elif isinstance(value, list) and any(one is node for one in value):
            place = next(i for i, one in enumerate(value) if one is node)
            value[place : place + 1] = new


def _text(node: ast.AST | list[ast.AST]) -> str:
    return "; ".join(
        ast.unparse(ast.fix_missing_locations(one)) for one in (node if isinstance(node, list) else [node])
    )


def _line(node: ast.AST, parents: dict[int, ast.AST]) -> str:
    while not isinstance(node, ast.stmt) and id(node) in parents:
        node = parents[id(node)]
    return _text(node).partition("\n")[0]


def _copy(node: ast.AST) -> ast.AST:
    return ast.parse(ast.unparse(ast.fix_missing_locations(node))).body[0]


def _expr(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _variants(node: ast.AST, function: ast.FunctionDef | None) -> Iterator[tuple[str, ast.AST | list[ast.AST]]]:
    """(operator, what stands there then). The same for equal text, so that a number says which."""
    if function is None:
        return
    match node:
        case ast.BinOp():
            yield from _of_binary(node)
        case ast.UnaryOp(op=ast.USub()):
            yield "minus dropped", node.operand
        case ast.Call():
            yield from _of_call(node)
        case ast.Attribute(attr="T"):
            yield "transpose dropped", node.value
        case ast.Compare(ops=[ast.Gt() | ast.Lt() | ast.GtE() | ast.LtE()]):
            yield from _of_comparison(node)
        case ast.Subscript():
            yield from _of_subscript(node)
        case ast.Constant() if type(node.value) in (int, float) and node.value in (1, 2, 0.5):
            for other in {1: (2,), 2: (1, 3), 0.5: (1,)}[node.value]:
                yield "number changed", ast.Constant(other)
        case ast.Name(ctx=ast.Load()):
            yield from _of_name(node, function)
        case ast.AugAssign():
            yield from _of_augmented(node)
        case ast.Assign():
            yield from _of_assignment(node, function)
        case ast.Return() if node.value is not None:
            if not isinstance(node.value, ast.Tuple | ast.Dict | ast.Name | ast.Constant) and "bool" not in _text(node):
                yield "result negated", _copy(ast.Return(ast.UnaryOp(ast.USub(), node.value)))


def _of_binary(node: ast.BinOp) -> Iterator[tuple[str, ast.AST]]:
    left, op, right = node.left, node.op, node.right
    match op:
        case ast.Add():
            yield "term dropped", left
            yield "term dropped", right
            yield "sign flipped", ast.BinOp(left, ast.Sub(), right)
        case ast.Sub():
            yield "term dropped", left
            yield "sign flipped", ast.BinOp(left, ast.Add(), right)
            yield "operands swapped", ast.BinOp(right, ast.Sub(), left)
        case ast.Mult():
            yield "factor dropped", left
            yield "factor dropped", right
            yield "factor twice", ast.BinOp(node, ast.Mult(), right)
        case ast.Div():
            yield "division dropped", left
            yield "divided twice", ast.BinOp(node, ast.Div(), right)
            yield "multiplied for divided", ast.BinOp(left, ast.Mult(), right)
        case ast.MatMult():
            yield "operands swapped", ast.BinOp(right, ast.MatMult(), left)
            yield "result transposed", ast.Attribute(node, "T", ast.Load())
            yield "averaged again", _expr(f"({_text(node)}) / len({_text(right)})")
            yield "doubled", ast.BinOp(ast.Constant(2), ast.Mult(), node)
        case ast.Pow():
            yield "power dropped", left


def _of_call(node: ast.Call) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node.func, ast.Attribute):
        for other in OTHER_FUNCTIONS.get(node.func.attr, ()):
            func = ast.Attribute(node.func.value, other, ast.Load())
            yield f"{other} for {node.func.attr}", ast.Call(func, node.args, node.keywords)
        of_numpy = _text(node.func.value) == "np"
        if node.func.attr in ("exp", "log", "maximum", "abs") and of_numpy:
            yield f"{node.func.attr} dropped", node.args[-1]
        if node.func.attr == "maximum":
            yield "abs for maximum", _expr(f"np.abs({_text(node.args[-1])})")
        if node.func.attr == "dot" and not of_numpy:
            yield "result transposed", ast.Attribute(node, "T", ast.Load())
            yield "operands swapped", ast.Call(ast.Attribute(node.args[0], "dot", ast.Load()), [node.func.value], [])
            yield "averaged again", _expr(f"({_text(node)}) / len({_text(node.args[0])})")
        if node.func.attr == "sum" and [one.arg for one in node.keywords] == ["axis"]:
            more = [*node.keywords, ast.keyword("keepdims", ast.Constant(True))]
            yield "keepdims added", ast.Call(node.func, node.args, more)
    elif isinstance(node.func, ast.Name):
        if node.func.id == "len":
            yield "columns for rows", _expr(f"{_text(node.args[0])}.shape[-1]")
        if node.func.id == "range" and len(node.args) == 1:
            yield "last left out", _expr(f"range({_text(node.args[0])} - 1)")
            yield "first left out", _expr(f"range(1, {_text(node.args[0])})")
    for place, keyword in enumerate(node.keywords):
        rest = [*node.keywords[:place], *node.keywords[place + 1 :]]
        if keyword.arg == "axis" and isinstance(keyword.value, ast.Constant):
            other = ast.keyword("axis", ast.Constant(1 - keyword.value.value))
            yield "axis changed", ast.Call(node.func, node.args, [other, *rest])
            yield "axis dropped", ast.Call(node.func, node.args, rest)
        if keyword.arg == "keepdims":
            yield "keepdims dropped", ast.Call(node.func, node.args, rest)
    if len(node.args) > 1 and _text(node.func).startswith("self."):
        for place in range(1, len(node.args)):
            if _text(node.args[place]) in ("reg", "learning_rate"):
                yield "argument left behind", ast.Call(node.func, node.args[:place], node.keywords)


def _of_comparison(node: ast.Compare) -> Iterator[tuple[str, ast.AST]]:
    left, op, right = node.left, node.ops[0], node.comparators
    for other in (ast.Lt(), ast.GtE(), ast.Gt(), ast.LtE()):
        if type(other) is not type(op):
            yield "comparison changed", ast.Compare(left, [other], right)
    yield "values for mask", left


def _of_subscript(node: ast.Subscript) -> Iterator[tuple[str, ast.AST]]:
    inner = node.slice
    if isinstance(inner, ast.Tuple) and len(inner.elts) == 2 and _text(inner.elts[0]).startswith("np.arange("):
        every = ast.Tuple([ast.Slice(), inner.elts[1]], ast.Load())
        yield "every row for its own", ast.Subscript(node.value, every, node.ctx)
    elif isinstance(inner, ast.Name) and isinstance(node.ctx, ast.Load) and isinstance(node.value, ast.Name):
        yield "rows not taken", node.value


def _of_name(node: ast.Name, function: ast.FunctionDef) -> Iterator[tuple[str, ast.AST]]:
    known = {one.id for one in ast.walk(function) if isinstance(one, ast.Name)}
    known |= {one.arg for one in function.args.args}
    for pair in CONFUSED:
        if node.id in pair:
            (other,) = set(pair) - {node.id}
            if other in known:
                yield "other array", ast.Name(other, ast.Load())


def _of_augmented(node: ast.AugAssign) -> Iterator[tuple[str, ast.AST]]:
    yield "statement dropped", ast.Pass()
    store = _copy(node)
    store = ast.Assign([store.target], store.value)
    if isinstance(node.op, ast.Add | ast.Sub):
        other = ast.Sub() if isinstance(node.op, ast.Add) else ast.Add()
        yield "sign flipped", ast.AugAssign(node.target, other, node.value)
        yield "assigned for added", store


def _of_assignment(node: ast.Assign, function: ast.FunctionDef) -> Iterator[tuple[str, ast.AST | list[ast.AST]]]:
    """`Z = X - m` written into X, where X came in as an argument."""
    arguments = {one.arg for one in function.args.args}
    value = node.value
    if not isinstance(value, ast.BinOp):
        return
    given = isinstance(value.left, ast.Name) and value.left.id in arguments and function.name != "__init__"
    if given and not isinstance(value.op, ast.MatMult):
        changing = ast.AugAssign(ast.Name(value.left.id, ast.Store()), value.op, value.right)
        yield "in place", [_copy(changing), _copy(ast.Assign(node.targets, value.left))]
    if isinstance(value.left, ast.Subscript) and [_text(value.left)] == [_text(one) for one in node.targets]:
        yield "assigned for added", ast.Assign(node.targets, value.right)
