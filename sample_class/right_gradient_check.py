"""Right answers to `04_gradient_check` in several styles: none of them may hear of a mistake."""

from __future__ import annotations

from sample_class.wrong_gradient_check import GRADIENT, RIGHT_CHECKER

ON_COPIES = """
def slopes(f, x, h):
    for i in range(x.size):
        up, down = x.copy(), x.copy()
        up.flat[i] += h
        down.flat[i] -= h
        yield (f(up) - f(down)) / (2 * h)


def gradient_check(f, x, analytic):
    if np.shape(analytic) != np.shape(x):
        return False
    numeric = np.array(list(slopes(f, x, 2e-6))).reshape(x.shape)
    apart = np.linalg.norm(analytic - numeric)
    return bool(apart <= 1e-6 * (np.linalg.norm(analytic) + np.linalg.norm(numeric)))


bug_hunt = gradient_check
"""

WITH_ASSERT_ALLCLOSE = """
def gradient_check(f, x, analytic):
    numeric = np.zeros_like(x)
    with np.nditer(x, flags=["multi_index"]) as entries:
        while not entries.finished:
            ix = entries.multi_index
            old = x[ix]
            x[ix] = old + 1e-6
            up = f(x)
            x[ix] = old - 1e-6
            down = f(x)
            x[ix] = old
            numeric[ix] = (up - down) / 2e-6
            entries.iternext()
    assert analytic.shape == x.shape, "the shapes differ"
    try:
        np.testing.assert_allclose(analytic, numeric, rtol=1e-5, atol=1e-5 * np.abs(numeric).max())
    except AssertionError:
        return False
    return True


bug_hunt = gradient_check
"""

TWO_STEPS = """
def gradient_check(f, x, analytic):
    if analytic.shape != x.shape or not np.isfinite(analytic).all():
        return False
    apart, size = 0, 1e-300
    for i in np.ndindex(*x.shape):
        kept, slopes = x[i], []
        for h in (1e-5, 1e-6):
            x[i] = kept + h; right = f(x)
            x[i] = kept - h; left = f(x)
            x[i] = kept
            slopes.append((right - left) / 2 / h)
        apart = max(apart, min(abs(analytic[i] - slope) for slope in slopes))
        size = max(size, abs(analytic[i]), abs(slopes[1]))
    return apart / size < 1e-4


bug_hunt = gradient_check
"""

CS231N = """
def numeric_gradient(f, x, h=1e-5):
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=['multi_index'], op_flags=['readwrite'])
    while not it.finished:
        ix = it.multi_index
        oldval = x[ix]
        x[ix] = oldval + h
        fxph = f(x)
        x[ix] = oldval - h
        fxmh = f(x)
        x[ix] = oldval
        grad[ix] = (fxph - fxmh) / (2 * h)
        it.iternext()
    return grad
"""

RIGHT_CHECKS: list[tuple[str, str]] = [
    ("centred_slope", "def centred_slope(f, x, h):\n    return (f(x + h) - f(x - h)) / (2 * h)\n"),
    ("centred_slope", "centred_slope = lambda f, x, h: 0.5 * ((f(x + h) - f(x)) / h + (f(x) - f(x - h)) / h)"),
    ("numeric_gradient", GRADIENT),
    ("numeric_gradient", CS231N),
    ("relative_errors", "def relative_errors(a, b):\n    return abs(a - b) / np.maximum(1e-8, abs(a) + abs(b))\n"),
    ("relative_errors", "def relative_errors(a, b):\n    return np.abs(a - b) / (np.abs(a) + np.abs(b) + 1e-12)\n"),
    ("relative_errors", """
def relative_errors(a, b):
    with np.errstate(invalid="ignore"):
        return np.nan_to_num(np.abs(a - b) / (np.abs(a) + np.abs(b)))
"""),
    ("telling_setting", """
def telling_setting():
    return dict(N=6, D=3, C=2, weights=0.5, biases=0.7, reg=0.2, labels=np.array([0, 1, 1, 0, 1, 0]))
"""),
    *((question, checker) for question in ("gradient_check", "bug_hunt")
      for checker in (RIGHT_CHECKER, ON_COPIES, WITH_ASSERT_ALLCLOSE, TWO_STEPS)),
]  # fmt: skip
"""(question, the cell as typed)."""
