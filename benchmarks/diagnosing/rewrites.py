"""Right answers in other words: what other students would have typed. Used by `diagnosis`.

Each rewriting keeps the value; `facts` confirms it, so that a mistake made here is not blamed on the judge.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from benchmarks.diagnosing.mutations import applied

PLAIN = {
    ast.Add: ("{b} + {a}",),
    ast.Mult: ("{b} * {a}", "np.multiply({a}, {b})"),
    ast.Sub: ("-({b} - {a})", "{a} + -1 * ({b})"),
    ast.Div: ("{a} * (1 / ({b}))", "np.divide({a}, {b})"),
    ast.Pow: ("{a} * {a}", "np.square({a})"),
    ast.MatMult: (
        "np.dot({a}, {b})", "{a}.dot({b})", "np.matmul({a}, {b})", "np.einsum('ij,jk->ik', {a}, {b})",
        "(({b}).T @ ({a}).T).T", "np.tensordot({a}, {b}, 1)", "(({a})[:, :, None] * ({b})[None, :, :]).sum(axis=1)",
        "np.array([[u @ v for v in ({b}).T] for u in {a}])",
    ),
}  # fmt: skip


def rewritings(text: str) -> list[tuple[str, str]]:
    """(what was done, the whole text with it), one for each place and each way."""
    tree = ast.parse(text)
    found: dict[str, str] = {}
    for slip, new in applied(text, tree, _ways):
        found.setdefault(new, f"{slip.function}: {slip.before}  →  {slip.after}")
    found.pop(ast.unparse(tree), None)
    return [(says, new) for new, says in found.items()]


def _ways(node: ast.AST, function: ast.FunctionDef | None) -> Iterator[tuple[str, ast.AST | list[ast.AST]]]:
    if function is None:
        return
    for text in _expressions(node):
        yield "rewritten", ast.parse(text, mode="eval").body
    for text in _statements(node):
        yield "rewritten", ast.parse(text).body


def _expressions(node: ast.AST) -> Iterator[str]:
    of = ast.unparse
    match node:
        case ast.BinOp() if type(node.op) in PLAIN:
            a, b = (f"({of(side)})" for side in (node.left, node.right))
            if not (isinstance(node.op, ast.Sub) and "==" in b):  # NumPy's own rule: no minus for booleans
                for way in PLAIN[type(node.op)]:
                    yield way.format(a=a, b=b)
        case ast.Compare(ops=[ast.Gt()], left=left, comparators=[right]):
            yield f"{of(right)} < {of(left)}"
            yield f"np.greater({of(left)}, {of(right)})"
            yield f"np.logical_not({of(left)} <= {of(right)})"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="maximum"), args=[one, other]):
            yield f"np.maximum({of(other)}, {of(one)})"
            yield f"np.where({of(one)} > {of(other)}, {of(one)}, {of(other)})"
            if of(one) == "0":
                yield f"{of(other)} * ({of(other)} > 0)"
                yield f"({of(other)}).clip(0)"
                yield f"({of(other)} + np.abs({of(other)})) / 2"
        case ast.Call(func=ast.Attribute(value=inner, attr=("sum" | "max" | "argmax") as name), keywords=keywords):
            if of(inner) != "np" and not isinstance(inner, ast.Name | ast.Subscript) and not node.args:
                rest = "".join(f", {one.arg}={of(one.value)}" for one in keywords)
                yield f"np.{name}({of(inner)}{rest})"
                if [one.arg for one in keywords] == ["axis"]:
                    yield f"({of(inner)}).{name}({of(keywords[0].value)})"
            elif isinstance(inner, ast.Name) and inner.id != "np" and [one.arg for one in keywords] == ["axis"]:
                yield f"np.{name}({inner.id}, axis={of(keywords[0].value)})"
                yield f"{inner.id}.{name}({of(keywords[0].value)})"
                if name == "sum" and of(keywords[0].value) == "0":
                    yield f"np.einsum('ij->j', {inner.id})"
                    yield f"np.ones(len({inner.id})) @ {inner.id}"
                    yield f"sum(row for row in {inner.id})"
        case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr="mean"), args=[inner]):
            if "predict" not in of(inner):
                yield f"np.sum({of(inner)}) / np.size({of(inner)})"
                yield f"np.average({of(inner)})"
        case ast.Call(func=ast.Name(id="range"), args=[count]):
            if "iters" not in of(count):
                yield f"reversed(range({of(count)}))"
        case ast.Call(func=ast.Name(id="len"), args=[inner]):
            yield f"{of(inner)}.shape[0]"
        case ast.UnaryOp(op=ast.USub(), operand=operand) if not isinstance(operand, ast.Constant):
            yield f"-1 * ({of(operand)})"
            yield f"0 - ({of(operand)})"


def _statements(node: ast.AST) -> Iterator[str]:
    of = ast.unparse
    match node:
        case ast.AugAssign(op=ast.Add() | ast.Sub() | ast.Mult()):
            sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}[type(node.op)]
            yield f"{of(node.target)} = {of(node.target)} {sign} {of(node.value)}"
        case ast.Return(value=ast.Tuple(elts=parts)):
            names = ", ".join(f"part_{place}" for place in range(len(parts)))
            yield f"{names} = {of(node.value)}\nreturn {names}"
            yield f"return [{', '.join(of(part) for part in parts)}]"
        case ast.Return(value=value) if value is not None:
            yield f"answer = {of(value)}\nreturn answer"
            if "bool" not in of(value):
                yield f"return np.asarray({of(value)}) + 0"
        case ast.Assign(targets=[ast.Name() as target], value=ast.BinOp()):
            yield f"{target.id} = np.array({of(node.value)})"
