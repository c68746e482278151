"""Wrong examples for `04_gradient_check`, as a student would type them. The checkers are a right checker with one slip;
they bring their own numeric gradient, as a notebook would."""

from __future__ import annotations

MEASURE = """
def measure(f, x, h=1e-6):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        before = x[index]
        x[index] = before + h
        right = f(x)
        x[index] = before - h
        left = f(x)
        x[index] = before
        gradient[index] = (right - left) / (2 * h)
    return gradient
"""

CHECK = """
def gradient_check(f, x, analytic):
    if analytic.shape != x.shape:
        return False
    numeric = measure(f, x)
    difference = np.max(np.abs(analytic - numeric))
    size = np.max(np.abs(analytic) + np.abs(numeric))
    return bool(difference <= 1e-5 * size)
"""

RIGHT_CHECKER = MEASURE + CHECK + "\nbug_hunt = gradient_check\n"


def _slip(right: str, wrong: str) -> str:
    """The right checker with one thing in another's place."""
    assert right in RIGHT_CHECKER, right
    return RIGHT_CHECKER.replace(right, wrong)


DIFFERENCE = "np.max(np.abs(analytic - numeric))"
WITH_ERROR = "    return bool(difference <= 1e-5 * size)\n"

CHECKERS = {
    ("gradient_check", "error_returned"): _slip(WITH_ERROR, "    return difference / size\n"),
    ("gradient_check", "no_answer_returned"): _slip(WITH_ERROR, "    print(difference <= 1e-5 * size)\n"),
    ("gradient_check", "asserts_inside"): _slip(WITH_ERROR, "    assert difference <= 1e-5 * size\n    return True\n"),
    ("gradient_check", "nothing_measured"): "def gradient_check(f, x, analytic):\n    return True\n",
    ("gradient_check", "verdict_inverted"): _slip("difference <= 1e-5", "difference > 1e-5"),
    ("bug_hunt", "original_asked_again"): """
def bug_hunt(f, x, analytic):
    if analytic.shape != x.shape:
        return False
    numeric = np.zeros(x.size)
    for i in range(x.size):
        moved = x.copy().ravel()
        moved[i] += 1e-6
        right = f(x)
        moved[i] -= 2e-6
        numeric[i] = (right - f(x)) / 2e-6
    return bool(np.max(np.abs(analytic.ravel() - numeric)) <= 1e-5 * np.max(np.abs(analytic)))
""",
    ("bug_hunt", "some_entries_unchecked"): """
def bug_hunt(f, x, analytic):
    if analytic.shape != x.shape:
        return False
    moved = x.copy()
    moved.flat[0] += 1e-6
    right = f(moved)
    moved.flat[0] -= 2e-6
    numeric = (right - f(moved)) / 2e-6
    return bool(abs(analytic.flat[0] - numeric) <= 1e-5 * (abs(numeric) + 1e-12))
""",
    ("bug_hunt", "step_too_wide"): _slip("h=1e-6", "h=0.1"),
    ("bug_hunt", "step_too_narrow"): _slip("h=1e-6", "h=1e-12"),
    ("bug_hunt", "one_sided_check"): _slip("before - h", "before").replace("(2 * h)", "h").replace("h=1e-6", "h=1e-4"),
    ("bug_hunt", "kink_crossed"): _slip("h=1e-6", "h=1e-5"),
    ("bug_hunt", "zero_over_zero"): _slip(WITH_ERROR, "    return bool(difference / size <= 1e-5)\n"),
    ("bug_hunt", "entry_by_entry"): _slip(
        "    size = np.max(np.abs(analytic) + np.abs(numeric))\n" + WITH_ERROR,
        "    size = np.abs(analytic) + np.abs(numeric)\n"
        "    return bool(np.all(np.abs(analytic - numeric) <= 1e-5 * size))\n",
    ),
    ("bug_hunt", "absolute_tolerance"): _slip("1e-5 * size", "1e-5"),
    ("bug_hunt", "sign_blind"): _slip("np.abs(analytic - numeric)", "np.abs(np.abs(analytic) - np.abs(numeric))"),
    ("bug_hunt", "sums_compared"): _slip(DIFFERENCE, "abs(np.sum(analytic) - np.sum(numeric))"),
    ("bug_hunt", "signed_difference"): _slip(DIFFERENCE, "np.max(analytic - numeric)"),
    ("bug_hunt", "nan_passes"): _slip("bool(difference <= 1e-5 * size)", "not (difference > 1e-5 * size)"),
    ("bug_hunt", "shape_not_compared"): _slip("    if analytic.shape != x.shape:\n        return False\n", ""),
    ("bug_hunt", "tolerance_too_loose"): _slip("1e-5 * size", "1e-2 * size"),
    ("bug_hunt", "right_called_wrong"): _slip("1e-5 * size", "1e-13 * size"),
    ("bug_hunt", "wrong_called_right"): _slip(
        WITH_ERROR,
        "    both = np.linalg.norm(analytic) * np.linalg.norm(numeric)\n"
        "    return bool(np.sum(analytic * numeric) >= (1 - 1e-10) * both)\n",
    ),
    ("bug_hunt", "single_entry_missed"): _slip(DIFFERENCE, "np.median(np.abs(analytic - numeric))"),
    ("bug_hunt", "added_not_subtracted"): _slip("analytic - numeric", "analytic + numeric"),
    ("bug_hunt", "numeric_not_subtracted"): _slip("np.abs(analytic - numeric)", "np.abs(analytic)"),
    ("bug_hunt", "smallest_difference"): _slip(DIFFERENCE, "np.min(np.abs(analytic - numeric))"),
    ("bug_hunt", "smallest_size"): _slip("size = np.max", "size = np.min"),
    ("bug_hunt", "signed_size"): _slip("np.abs(analytic) + np.abs(numeric)", "analytic + np.abs(numeric)"),
    ("bug_hunt", "difference_for_verdict"): _slip("bool(difference <= 1e-5 * size)", "bool(difference)"),
    ("gradient_check", "measured_by_the_package"): _slip("measure(f, x)", "numeric_gradient(f, x)"),
}  # fmt: skip

GRADIENT = MEASURE.replace("def measure", "def numeric_gradient").replace("h=1e-6", "h=1e-5")


def _gradient(right: str, wrong: str) -> str:
    assert right in GRADIENT, right
    return GRADIENT.replace(right, wrong)


SLOPE = "def centred_slope(f, x, h):\n    return {}\n"
ERRORS = "def relative_errors(a, b):\n    size = {1}\n    return {0} / np.where(size != 0, size, 1)\n"
SETTING = {"N": 5, "D": 4, "C": 3, "weights": 1.0, "biases": 1.0, "reg": 0.1, "labels": [0, 1, 2, 1, 0]}


def _setting(**changes: object) -> str:
    return f"def telling_setting():\n    return { ({**SETTING, **changes})!r}\n"


OTHERS = {
    ("centred_slope", "one_sided_slope"): SLOPE.format("(f(x + h) - f(x)) / h"),
    ("centred_slope", "two_steps_apart"): SLOPE.format("(f(x + h) - f(x - h)) / h"),
    ("centred_slope", "asked_elsewhere"): SLOPE.format("(f(x + h) - f(h - x)) / (2 * h)"),
    ("centred_slope", "not_divided_by_the_step"): SLOPE.format("(f(x + h) - f(x - h)) / 2"),
    ("centred_slope", "multiplied_by_the_step"): SLOPE.format("(f(x + h) - f(x - h)) / 2 * h"),
    ("centred_slope", "sides_exchanged"): SLOPE.format("(f(x - h) - f(x + h)) / (2 * h)"),
    ("numeric_gradient", "two_steps_apart"): _gradient("/ (2 * h)", "/ h"),
    ("numeric_gradient", "multiplied_by_the_step"): _gradient("/ (2 * h)", "/ 2 * h"),
    ("numeric_gradient", "not_divided_by_the_step"): _gradient(" / (2 * h)", ""),
    ("numeric_gradient", "sides_exchanged"): _gradient("(right - left)", "(left - right)"),
    ("numeric_gradient", "x_not_restored"): _gradient("        x[index] = before\n", ""),
    ("numeric_gradient", "restored_by_adding_back"): """
def numeric_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        x[index] += h
        right = f(x)
        x[index] -= 2 * h
        left = f(x)
        x[index] += h
        gradient[index] = (right - left) / (2 * h)
    return gradient
""",
    ("numeric_gradient", "copy_moved_original_asked"): """
def numeric_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += h
        down[index] -= h
        gradient[index] = (f(x) - f(x)) / (2 * h)
    return gradient
""",
    ("numeric_gradient", "closure_sees_no_change"): _gradient("    gradient =", "    x = x.copy()\n    gradient ="),
    ("numeric_gradient", "rows_moved_together"): """
def numeric_gradient(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        before = np.copy(x[i])
        x[i] = before + h
        right = f(x)
        x[i] = before - h
        left = f(x)
        x[i] = before
        gradient[i] = (right - left) / (2 * h)
    return gradient
""",
    ("numeric_gradient", "entries_never_moved"): _gradient("    return gradient", "        return gradient"),
    ("numeric_gradient", "one_sided_gradient"): _gradient("before - h", "before").replace("(2 * h)", "h"),
    ("centred_slope", "divided_by_the_step_again"): SLOPE.format("(f(x + h) - f(x - h)) / (2 * h * h)"),
    ("centred_slope", "values_added"): SLOPE.format("(f(x + h) + f(x - h)) / (2 * h)"),
    ("relative_errors", "errors_multiplied"): "def relative_errors(a, b):\n"
    "    return np.abs(a - b) * (np.abs(a) + np.abs(b))\n",
    ("relative_errors", "errors_of_the_sum"): ERRORS.format("np.abs(a + b)", "np.abs(a) + np.abs(b)"),
    ("numeric_gradient", "unequal_steps"): _gradient("before + h", "h"),
    ("numeric_gradient", "step_ignored"): _gradient("    gradient =", "    h = 1e-5\n    gradient ="),
    ("numeric_gradient", "gradient_flattened"): _gradient("return gradient", "return gradient.ravel()"),
    ("relative_errors", "errors_without_abs"): ERRORS.format("(a - b)", "np.abs(a) + np.abs(b)"),
    ("relative_errors", "size_without_abs"): ERRORS.format("np.abs(a - b)", "np.abs(a + b)"),
    ("relative_errors", "relative_to_one_of_them"): ERRORS.format("np.abs(a - b)", "np.abs(b)"),
    ("relative_errors", "relative_to_the_larger"): ERRORS.format("np.abs(a - b)", "np.maximum(np.abs(a), np.abs(b))"),
    ("centred_slope", "one_value_alone"): SLOPE.format("f(x + h) / (2 * h)"),
    ("centred_slope", "run_of_another_length"): SLOPE.format("(f(x + h) - f(x - h)) / (4 * h)"),
    ("numeric_gradient", "run_of_another_length"): _gradient("/ (2 * h)", "/ (3 * h)"),
    ("relative_errors", "errors_of_one_alone"): ERRORS.format("np.abs(a)", "np.abs(a) + np.abs(b)"),
    ("relative_errors", "sizes_subtracted"): """
def relative_errors(a, b):
    size = np.abs(a) - np.abs(b)
    return np.abs(a - b) / np.where(size > 0, size, 1)
""",
    ("relative_errors", "errors_divided_twice"): """
def relative_errors(a, b):
    size = np.maximum(np.abs(a) + np.abs(b), 1e-12)
    return np.abs(a - b) / size / size
""",
    ("relative_errors", "errors_negated"): ERRORS.format("-np.abs(a - b)", "np.abs(a) + np.abs(b)"),
    ("relative_errors", "absolute_errors"): "def relative_errors(a, b):\n    return np.abs(a - b)\n",
    ("relative_errors", "errors_undefined_at_zero"): """
def relative_errors(a, b):
    return np.abs(a - b) / (np.abs(a) + np.abs(b))
""",
    ("relative_errors", "one_error_for_all"): """
def relative_errors(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.abs(a) + np.abs(b)))
""",
    ("telling_setting", "square_setting"): _setting(D=3),
    ("telling_setting", "zero_biases"): _setting(biases=0.0),
    ("telling_setting", "scores_near_zero"): _setting(weights=1e-6, biases=1e-6),
    ("telling_setting", "one_class"): _setting(labels=[0] * 5),
    ("telling_setting", "penalty_swamps_data"): _setting(reg=1e5),
    ("telling_setting", "no_penalty"): _setting(reg=0.0),
}  # fmt: skip

WRONG_CHECKS: dict[tuple[str, str], str] = {**OTHERS, **CHECKERS}
"""(question, slug of the misconception) → the cell as typed."""
