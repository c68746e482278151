"""Attackers who return zeros for dW and then work on the verdict: the card, IPython, Python, the channel, the judge.

Each is typed between a wrong dW and the cell that asks it, and would earn its points if the verdict were made in the
student's process.
"""

from __future__ import annotations

from hostile.attack import DB, DX, NOT_FOR_DW, WRONG_DW, Attack

SAYS = "all zeros"
"""What the card says of WRONG_DW, whatever the attacker drew over it."""


def below_zeros(code: str) -> dict[str, str]:
    return {"dW": WRONG_DW + code}


CARD = (
    Attack("own_check", "Brings a `check` of its own that shows full marks.", NOT_FOR_DW, SAYS, below_zeros("""
class Full:
    def __repr__(self): return "3.0"
def check(question, answer): return Full()
""")),
    Attack("own_check_in_builtins", "Puts a forged `check` and `float` into builtins and sys.modules.", NOT_FOR_DW, "",
           below_zeros("""
import builtins, sys, types
class Full(float):
    def __repr__(self): return "3.0"
builtins.check = builtins.float = lambda *a, **k: Full(3)
fake = types.ModuleType("autograder")
fake.check = builtins.check
sys.modules["autograder"] = sys.modules["autograder.checking"] = sys.modules["autograder.card"] = fake
check = fake.check
"""), or_less=True),
    Attack("patched_card", "Rewrites the card, the judge and the code object of `check`.", NOT_FOR_DW, SAYS, below_zeros("""
import autograder.card, autograder.verdicts, autograder.checking
autograder.card.Card.__repr__ = lambda self: "3.0"
autograder.checking.judge = autograder.verdicts.judge = lambda question, ask, seed: None
autograder.checking.check.__code__ = (lambda question, answer, seed=None: 3.0).__code__
""")),
    Attack("patched_yardstick", "Makes `relative_error`, `numpy.allclose` and `numpy.testing` agree with everything.",
           NOT_FOR_DW, SAYS, below_zeros("""
import numpy.testing, autograder.gradients, autograder.questions.examine as examine
np.allclose = np.isclose = np.array_equal = lambda *a, **k: True
for name in ("assert_allclose", "assert_array_equal", "assert_equal"):
    setattr(numpy.testing, name, lambda *a, **k: None)
autograder.gradients.relative_error = examine.relative_error = lambda *a: 0.0
examine._close = lambda *a: True
examine._constant = lambda *a: False
for name in ("same_numbers", "left_alone", "not_an_array"):
    getattr(examine, name).__code__ = (lambda *a: examine.Seen(True, "")).__code__ if name != "not_an_array" else (
        lambda *a: None).__code__
""")),
    Attack("forged_float", "Prints and returns 3.0 from every later cell.", NOT_FOR_DW, SAYS, below_zeros("""
from IPython import get_ipython
shell = get_ipython()
shell.ast_node_interactivity = "last_expr"
shell.input_transformers_post.append(lambda lines: ["3.0\\n"] if "check(" in "".join(lines) else lines)
""")),
    Attack("forged_verdict", "Displays a card with the grader's own verdict beside it.", NOT_FOR_DW, SAYS, below_zeros("""
from IPython import get_ipython
def forge(*_):
    from IPython.display import publish_display_data
    verdict = {"question": "dW", "outcome": "passed", "score": 3.0, "max_score": 3.0, "findings": []}
    publish_display_data({"text/plain": "3.0", "text/html": "<b>dW: 3 of 3 points</b>",
                          "application/vnd.autograder.verdict+json": verdict})
class Full:
    def __repr__(self): return "3.0"
    def _repr_mimebundle_(self, **kw):
        return {"text/plain": "3.0", "application/vnd.autograder.verdict+json": {"score": 3.0, "outcome": "passed"}}
check = lambda *a: Full()
get_ipython().events.register("pre_run_cell", forge)
""")),
)  # fmt: skip

SHELL = (
    Attack("syntax_tree", "An AST transformer turns `check(…)` into 3.0 and deletes asserts.", NOT_FOR_DW, SAYS, below_zeros("""
import ast
from IPython import get_ipython
class Rewrite(ast.NodeTransformer):
    def visit_Call(self, node):
        if getattr(node.func, "id", "") == "check":
            return ast.copy_location(ast.Constant(3.0), node)
        return self.generic_visit(node)
get_ipython().ast_transformers.append(Rewrite())
""")),
    Attack("display_formatter", "Registers a formatter under which every number and card reads 3.0.", NOT_FOR_DW, SAYS,
           below_zeros("""
from IPython import get_ipython
text = get_ipython().display_formatter.formatters["text/plain"]
from autograder.card import Card
for kind in (int, float, Card):
    text.for_type(kind, lambda value, printer, cycle: printer.text("3.0"))
get_ipython().display_formatter.format = lambda *a, **k: ({"text/plain": "3.0"}, {})
""")),
    Attack("display_hook", "Replaces IPython's display hook and `sys.displayhook`.", NOT_FOR_DW, SAYS, below_zeros("""
import sys
from IPython import get_ipython
hook = type(get_ipython().displayhook)
hook.compute_format_data = lambda self, result: ({"text/plain": "3.0"}, {})
sys.displayhook = lambda value: print("3.0")
""")),
    Attack("own_run_cell", "Replaces `run_cell`, `run_cell_async` and `run_code` of the shell.", NOT_FOR_DW, "", below_zeros("""
from IPython import get_ipython
shell = type(get_ipython())
true_run, true_async = shell.run_cell, shell.run_cell_async
def run_cell(self, raw_cell, *a, **k):
    return true_run(self, "3.0" if "check(" in raw_cell else raw_cell, *a, **k)
async def run_cell_async(self, raw_cell, *a, transformed_cell=None, **k):
    if "check(" in raw_cell:
        raw_cell = transformed_cell = "3.0\n"
    return await true_async(self, raw_cell, *a, transformed_cell=transformed_cell, **k)
shell.run_cell, shell.run_cell_async = run_cell, run_cell_async
shell.should_run_async = lambda *a, **k: True
"""), or_less=True),
    Attack("no_tracebacks", "Replaces `showtraceback`, so that no error is ever shown.", NOT_FOR_DW, SAYS, below_zeros("""
from IPython import get_ipython
shell = type(get_ipython())
shell.showtraceback = shell._showtraceback = shell.showsyntaxerror = lambda *a, **k: None
def check(*a): raise AssertionError
""")),
    Attack("message_loop", "Rewrites each message that leaves the kernel, signed with the kernel's own key.", NOT_FOR_DW,
           SAYS, below_zeros("""
from IPython import get_ipython
from jupyter_client.session import Session
true_send = Session.send
def send(self, stream, msg_or_type, content=None, *a, **k):
    kind = msg_or_type if isinstance(msg_or_type, str) else msg_or_type.get("msg_type", "")
    told = content if content is not None else getattr(msg_or_type, "get", lambda *a: None)("content")
    if kind in ("execute_result", "display_data") and isinstance(told, dict):
        told["data"] = {"text/plain": "3.0"}
    return true_send(self, stream, msg_or_type, content, *a, **k)
Session.send = send
kernel = getattr(get_ipython(), "kernel", None)
print("key", getattr(getattr(kernel, "session", None), "key", None))
""")),
    Attack("user_expressions", "Answers for the kernel what is asked of it between two cells.", NOT_FOR_DW, SAYS, below_zeros("""
from IPython import get_ipython
type(get_ipython()).user_expressions = lambda self, asked: {
    name: {"status": "ok", "data": {"text/plain": "3.0"}} for name in asked}
def check(*a): return 3.0
""")),
)  # fmt: skip

PYTHON = (
    Attack("rewritten_float", "Writes over the C slot of `float.__repr__` with ctypes.", NOT_FOR_DW, "", below_zeros("""
import ctypes
lie = ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(lambda value: "3.0")
slot = ctypes.c_void_p.from_address(id(float) + 88)  # tp_repr
slot.value = ctypes.cast(lie, ctypes.c_void_p).value
""")),
    Attack("searches_the_heap", "Looks through every object of the process for verdicts, marks and queues.", NOT_FOR_DW, SAYS,
           below_zeros("""
import gc
def everywhere():
    for found in gc.get_objects():
        kind = type(found).__name__
        if kind in ("Verdict", "PartVerdict", "QuestionMark", "Reply", "Executed", "Part", "Question"):
            for name, value in (("score", 3.0), ("outcome", "passed"), ("value", None), ("points", 0.0)):
                if hasattr(found, name):
                    object.__setattr__(found, name, value)
        elif kind == "dict" and "verdicts" in found:
            found["verdicts"] = {"check_dW": 3.0}
everywhere()
def dW(X, dY):
    everywhere()
    return np.zeros((X.shape[1], dY.shape[1]))
class Full:
    def __repr__(self): return "3.0"
for module in [one for one in gc.get_objects() if type(one) is dict and "check" in one]:
    module["check"] = lambda *a: Full()
""")),
    Attack("reads_the_callers_frames", "Looks for the expected array in every frame above its own, and returns it.",
           NOT_FOR_DW, SAYS, below_zeros("""
import sys
def dW(X, dY):
    wanted, frame = (X.shape[1], dY.shape[1]), sys._getframe()
    while frame is not None:
        for value in list(frame.f_locals.values()):
            truth = getattr(value, "truth", value)
            if isinstance(truth, np.ndarray) and truth.shape == wanted and truth.any():
                return truth.copy()
        frame = frame.f_back
    return np.zeros(wanted)
""")),
    Attack("reads_the_heap", "Looks for the expected array among all objects of the process, and returns it.", NOT_FOR_DW,
           SAYS, below_zeros("""
import gc
def dW(X, dY):
    wanted = (X.shape[1], dY.shape[1])
    for found in gc.get_objects():
        if type(found).__name__ == "Probe" and getattr(found.truth, "shape", None) == wanted:
            return found.truth.copy()
        if isinstance(found, dict):
            for value in list(found.values()):
                if isinstance(value, np.ndarray) and value.shape == wanted and value.any():
                    return value.copy()
    return np.zeros(wanted)
""")),
    Attack("tracer", "Traces every call and return, and changes what the judge's functions see.", NOT_FOR_DW, SAYS,
           below_zeros("""
import sys, threading
def trace(frame, event, argument):
    for name in ("score", "finding", "passed", "seen"):
        if name in frame.f_locals and frame.f_code.co_filename.find("autograder") >= 0:
            frame.f_locals[name] = 3.0
            import ctypes
            ctypes.pythonapi.PyFrame_LocalsToFast(ctypes.py_object(frame), 0)
    return trace
sys.settrace(trace)
threading.settrace(trace)
sys.setprofile(trace)
""")),
    Attack("import_hook", "Puts a finder in front of all imports and forgets the grader's modules.", NOT_FOR_DW, SAYS,
           below_zeros("""
import sys, types
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name.startswith("autograder"):
            from importlib.machinery import ModuleSpec
            return ModuleSpec(name, self, is_package=True)
    def create_module(self, spec): return types.ModuleType(spec.name)
    def exec_module(self, module):
        module.check = module.answer = lambda *a, **k: 3.0
        module.__getattr__ = lambda name: (lambda *a, **k: 3.0)
for name in [name for name in sys.modules if name.startswith("autograder")]:
    del sys.modules[name]
sys.meta_path.insert(0, Finder())
check = lambda *a: 3.0
""")),
    Attack("deleted_names", "Deletes `np` and `check` and leaves lookalikes in builtins.", DB + DX, "", below_zeros("""
import builtins, types
yes = types.SimpleNamespace(**{name: (lambda *a, **k: True) for name in dir(np)})
builtins.np, builtins.check = yes, lambda *a: 3.0
del np, check
def dW(X, dY): return X * 0
""")),
)  # fmt: skip

FORGERIES = (*CARD, *SHELL, *PYTHON)
