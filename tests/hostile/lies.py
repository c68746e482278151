"""Attackers whose answers lie about themselves, and who behave differently when they believe to be judged."""

from __future__ import annotations

from hostile.attack import ALL, DB, DX, LOSS, NOT_FOR_DW, Attack

AGREEABLE = """
class Agreeable(np.ndarray):
    def __eq__(self, other): return np.True_
    def __sub__(self, other): return np.zeros(self.shape)
    __rsub__ = __sub__
    def __array_function__(self, *arguments): return True
    def __array_ufunc__(self, *arguments, **more): return np.zeros(self.shape)
def dW(X, dY): return np.zeros((X.shape[1], dY.shape[1])).view(Agreeable)
"""

SPOKESMAN = """
class Spokesman:
    shape, dtype, ndim, size = (4, 3), np.dtype(float), 2, 12
    __class__ = np.ndarray
    def __array__(self, dtype=None, copy=None):
        import sys
        frame = sys._getframe()
        while frame is not None:
            for value in frame.f_locals.values():
                truth = getattr(value, "truth", None)
                if isinstance(truth, np.ndarray): return truth
            frame = frame.f_back
        return np.zeros((4, 3))
    def __eq__(self, other): return True
    def __getattr__(self, name): return lambda *a, **k: self
def dW(X, dY): return Spokesman()
"""

MASKED = "def dW(X, dY):\n    return np.ma.array(np.zeros((X.shape[1], dY.shape[1])), mask=True)\n"

OBJECTS = """
class Any:
    def __eq__(self, other): return True
    def __sub__(self, other): return 0.0
    def __rsub__(self, other): return 0.0
    def __add__(self, other): return 0.0
    def __abs__(self): return 0.0
    def __float__(self): return 0.0
    def __lt__(self, other): return True
def dW(X, dY): return np.array([[Any()] * dY.shape[1]] * X.shape[1], dtype=object)
"""

FLOAT_THAT_LIES = """
class Mark(float):
    def __repr__(self): return "3.0"
    def __eq__(self, other): return True
    def __float__(self): return 3.0
    __hash__ = float.__hash__
def dW(X, dY): return Mark(0)
def check(question, answer): return Mark(0)
"""

COUNTS_CALLS = """
calls = []
def dW(X, dY):
    calls.append(1)
    return X.T @ dY if len(calls) == 1 else np.full((X.shape[1], dY.shape[1]), 7.0)
"""

KNOWS_THE_GRADER = """
import os, sys
judged = "NBGRADER_EXECUTION" in os.environ or "autograder.answering" in sys.modules
def dW(X, dY):
    return np.zeros((X.shape[1], dY.shape[1])) if judged or X.shape == (5, 4) or len(X) == 400 else X.T @ dY
"""

CLOCK = """
import time
def dW(X, dY):
    started = time.perf_counter()
    X @ np.ones((X.shape[1], 50))
    return X.T @ dY if time.perf_counter() < started else np.zeros((X.shape[1], dY.shape[1]))
"""

CHANGES_ARGUMENTS = """
def dW(X, dY):
    X[...] = 0
    dY[...] = 0
    return X.T @ dY
"""

SEEDS = """
np.random.default_rng = lambda *a: np.random.Generator(np.random.PCG64(0))
np.random.seed(0)
import random
random.seed(0)
X0 = np.random.default_rng().normal(size=(5, 4))
dY0 = np.random.default_rng().normal(size=(5, 3))
def dW(X, dY):
    return X0.T @ dY0
"""

FINITE_DIFFERENCES = """
def dW(X, dY):
    W, h = np.ones((X.shape[1], dY.shape[1])), 1e-5
    grad = np.zeros_like(W)
    for k in range(W.shape[0]):
        for j in range(W.shape[1]):
            W[k, j] += h
            up = np.sum(dY * (X @ W))
            W[k, j] -= 2 * h
            down = np.sum(dY * (X @ W))
            W[k, j] += h
            grad[k, j] = (up - down) / (2 * h)
    return grad
"""

ASKS_THE_YARDSTICK = """
def dW(X, dY):
    return numeric_gradient(lambda W: X @ W, np.zeros((X.shape[1], dY.shape[1])), dY, method="complex")
"""

ASKS_IN_SECRET = """
import autograder.gradients as gradients
from autograder.questions import linear_layer
def dW(X, dY):
    gradients.numeric_gradient_calls.set(None)
    setting = {"X": X, "W": np.zeros((X.shape[1], dY.shape[1])), "b": np.zeros(dY.shape[1]), "dY": dY}
    return linear_layer.measured(setting, "dW", dY)
"""

LIES = (
    Attack("agreeable_array", "Returns an ndarray subclass that equals everything and differs from nothing by 0.",
           NOT_FOR_DW, "", {"dW": AGREEABLE}),
    Attack("lying_class", "Returns an object that calls itself an ndarray, with an `__array__` that looks for the truth.",
           NOT_FOR_DW, "", {"dW": SPOKESMAN}),
    Attack("masked_array", "Returns an array with every entry masked: comparisons of it are neither true nor false.",
           NOT_FOR_DW, "", {"dW": MASKED}),
    Attack("object_array", "Returns an array of objects that agree with any number.", NOT_FOR_DW, "object",
           {"dW": OBJECTS}),
    Attack("float_that_lies", "Returns a float whose repr, value and equality are made up.", NOT_FOR_DW, "float",
           {"dW": FLOAT_THAT_LIES}),
    Attack("infinite_answer", "Returns nan and inf, with which nothing compares unequal.", NOT_FOR_DW, "nan or inf",
           {"dW": "def dW(X, dY):\n    return np.full((X.shape[1], dY.shape[1]), np.nan)\n"}),
    Attack("empty_answer", "Returns an empty array, which is close to anything.", NOT_FOR_DW, "shape",
           {"dW": "def dW(X, dY):\n    return np.zeros((0, 3))\n"}),
    Attack("broadcasting_answer", "Returns an array of strides 0 that pretends to be large.", NOT_FOR_DW, "",
           {"dW": "def dW(X, dY):\n    return np.broadcast_to(np.zeros(1), (10**6, 10**6))\n"}),
    Attack("text_answer", "Returns the numbers as text.", NOT_FOR_DW, "",
           {"dW": "def dW(X, dY):\n    return (X.T @ dY).astype(str)\n"}),
    Attack("endless_container", "Returns a list that contains itself.", NOT_FOR_DW, "nested",
           {"dW": "def dW(X, dY):\n    loop = []\n    loop.append(loop)\n    return loop\n"}),
    Attack("counts_calls", "Answers the first call rightly and the others at random.", NOT_FOR_DW + 2, "",
           {"dW": COUNTS_CALLS}, or_less=True),
    Attack("knows_the_grader", "Looks for signs of being graded, and answers differently then.", NOT_FOR_DW + 0.25, "",
           {"dW": KNOWS_THE_GRADER}, or_less=True),
    Attack("asks_the_clock", "Behaves by how long things take.", NOT_FOR_DW, "", {"dW": CLOCK}),
    Attack("changes_arguments", "Sets its arguments to zero, so that zeros are right.", NOT_FOR_DW, "",
           {"dW": CHANGES_ARGUMENTS}),
    Attack("sets_the_seed", "Seeds every generator, to know what it will be asked.", NOT_FOR_DW + 0.25, "", {"dW": SEEDS},
           or_less=True),
    Attack("finite_differences", "Uses difference quotients in place of the formula.", NOT_FOR_DW + 0.25,
           "finite difference", {"dW": FINITE_DIFFERENCES}, or_less=True),
    Attack("asks_the_yardstick", "Answers with the course's own `numeric_gradient`.", NOT_FOR_DW, "numeric_gradient",
           {"dW": ASKS_THE_YARDSTICK}),
    Attack("asks_in_secret", "Answers with the judge's own code, and stops the count of its calls.", ALL - 0.5,
           "still running", {"dW": ASKS_IN_SECRET}, or_less=True),
    Attack("answers_are_functions", "Defines the graded names as other things than functions.", DB + LOSS + DX, "",
           {"dW": "dW = 3.0\n"}),
    Attack("answer_with_side_effects", "Defines a name whose mere look-up runs code.", NOT_FOR_DW, "",
           {"dW": "class Trap:\n    def __call__(self, *a): return 3.0\n    def __getattr__(self, name): raise SystemExit\n"
                  "dW = Trap()\n"}),
)  # fmt: skip
