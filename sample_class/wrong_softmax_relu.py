"""Wrong examples for `03_softmax_relu`, as a student would type them: mostly a right answer with one slip."""

from __future__ import annotations


def _slipping(right: str):
    """What makes a wrong answer of a right one: pairs of (right, wrong) pieces of it."""

    def slip(*pieces: str) -> str:
        code = right
        for one, other in zip(pieces[::2], pieces[1::2], strict=True):
            assert one in code, one
            code = code.replace(one, other)
        return code

    return slip


_naive = _slipping("""
def naive_loss(S, y):
    N = len(y)
    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(N), y]))
""")

_stable = _slipping("""
def stable_loss(S, y):
    N = len(y)
    Z = S - S.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(N), y])
""")

_regularised = _slipping("""
def regularised_loss(losses, W1, b1, W2, b2, reg):
    return np.mean(losses) + reg * (np.sum(W1 * W1) + np.sum(W2 * W2))
""")

PENALTY = "def penalty_gradient(W, reg):\n    return {}\n"

_loop = _slipping("""
def dscores_loop(S, y):
    N, C = S.shape
    dS = np.zeros((N, C))
    for i in range(N):
        e = np.exp(S[i] - S[i].max())
        for k in range(C):
            dS[i, k] = e[k] / e.sum()
            if k == y[i]:
                dS[i, k] -= 1
    return dS / N
""")

_lines = _slipping("""
def dscores(S, y):
    N = len(y)
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    P[np.arange(N), y] -= 1
    return P / N
""")

_hidden = _slipping("""
def hidden_layer(X, W, b):
    A = X @ W + b
    H = np.maximum(0, A)
    return A, H
""")

DRELU = "def drelu(dH, A):\n    return {}\n"

SHIFTED = "S - S.max(axis=1, keepdims=True)"
ONE_HOT = "    P[np.arange(N), y] -= 1\n"
ONE_HOT_IN_LOOP = "            if k == y[i]:\n                dS[i, k] -= 1\n"
SQUARES = "reg * (np.sum(W1 * W1) + np.sum(W2 * W2))"
BOTH = "np.mean(losses) + " + SQUARES

WRONG_SOFTMAX: dict[tuple[str, str], str] = {
    ("naive_loss", "nll_denominator_no_sum"): _naive(".sum(", ".mean("),
    ("naive_loss", "nll_denominator_multiplied"): _naive("np.exp(S) / ", "np.exp(S) * "),
    ("naive_loss", "nll_denominator_twice"): _naive("np.log(P[", "np.log((P / np.exp(S).sum(axis=1)[:, None])["),
    ("stable_loss", "nll_right_score_added"): _stable("- Z[np", "+ Z[np"),
    ("dscores", "divided_twice_by_denominator"): _lines(ONE_HOT, "    P = P / E.sum(axis=1)[:, None]\n" + ONE_HOT),
    ("hidden_layer", "hidden_product_left_out"): _hidden("X @ W + b", "b"),
    ("regularised_loss", "price_of_other_power"): _regularised("np.sum(W2 * W2)", "np.sum(W2**3)"),
    ("regularised_loss", "price_of_the_largest"): _regularised("np.sum(W1 * W1)", "np.max(W1 * W1)"),
    ("regularised_loss", "price_without_weights"): _regularised("np.sum(W1 * W1)", "1"),
    ("dscores", "denominator_averaged"): _lines("E.sum(", "E.mean("),
    ("dscores", "multiplied_by_denominator"): _lines("E / E", "E * E"),
    ("dscores", "scores_negated"): _lines(SHIFTED, "S.min(axis=1, keepdims=True) - S"),
    ("dscores", "two_taken_away"): _lines("-= 1", "-= 2"),
    ("dscores", "exp_left_out"): _lines("np.exp(S - S.max(axis=1, keepdims=True))", "S - S.max(axis=1, keepdims=True)"),
    ("dscores_loop", "class_left_out_of_the_sum"): _loop("e.sum()", "e[1:].sum()"),
    ("dscores_loop", "labels_for_scores"): _loop("e[k] /", "np.exp(y[k]) /"),
    ("dscores_loop", "array_for_one_number"): _loop("e[k] /", "e /"),
    ("naive_loss", "nll_not_a_number"): _naive("P = np.exp(S)", "P = S"),
    ("stable_loss", "log_of_sum_left_out"): _stable("np.log(np.exp(Z).sum(axis=1))", "np.exp(Z).sum(axis=1)"),
    ("stable_loss", "scores_negated_in_loss"): _stable(SHIFTED, "S.max(axis=1, keepdims=True) - S"),
    ("regularised_loss", "one_matrix_pays_twice"): _regularised("W2 * W2", "W1 * W1"),
    ("penalty_gradient", "slope_with_square"): PENALTY.format("2 * reg * W ** 2"),
    ("dscores", "multiplied_by_N"): _lines("P / N", "P * N"),
    ("dscores_loop", "first_example_missing"): _loop("range(N)", "range(1, N)"),
    ("dscores_loop", "class_left_empty"): _loop("range(C)", "range(C - 1)"),
    ("hidden_layer", "hidden_product_scaled"): _hidden("X @ W", "X @ W / W.shape[0]"),
    ("naive_loss", "nll_summed"): _naive("np.mean", "np.sum"),
    ("naive_loss", "nll_mean_of_all_entries"): _naive("np.mean(np.log(P[np.arange(N), y]))",
                                                      "np.mean(np.log(P) * (np.arange(P.shape[1]) == y[:, None]))"),
    ("naive_loss", "nll_divided_by_classes"): _naive("-np.mean(np.log(P[np.arange(N), y]))",
                                                     "-np.sum(np.log(P[np.arange(N), y])) / S.shape[1]"),
    ("naive_loss", "nll_without_minus"): _naive("-np.mean", "np.mean"),
    ("naive_loss", "nll_of_all_labels"): _naive("np.arange(N), y", ":, y"),
    ("naive_loss", "nll_sum_down_columns"): _naive("axis=1", "axis=0"),
    ("naive_loss", "nll_sum_over_matrix"): _naive("np.exp(S).sum(axis=1, keepdims=True)", "np.sum(np.exp(S))"),
    ("naive_loss", "nll_without_logarithm"): _naive("np.log(P[np.arange(N), y])", "P[np.arange(N), y]"),
    ("naive_loss", "nll_mean_before_logarithm"): _naive("-np.mean(np.log(P[np.arange(N), y]))",
                                                        "-np.log(np.mean(P[np.arange(N), y]))"),
    ("naive_loss", "nll_other_base"): _naive("np.log(", "np.log2("),
    ("naive_loss", "nll_over_every_class"): _naive("np.mean(np.log(P[np.arange(N), y]))", "np.sum(np.log(P)) / N"),
    ("naive_loss", "nll_not_normalised"): _naive("np.log(P[np.arange(N), y])", "np.log(np.exp(S)[np.arange(N), y])"),
    ("stable_loss", "nll_right_score_left_out"): _stable(" - Z[np.arange(N), y]", ""),
    ("stable_loss", "shift_in_one_place_only"): _stable("- Z[np", "- S[np"),
    ("stable_loss", "maximum_of_each_column"): """
def stable_loss(S, y):
    N = len(y)
    Z = S - S.max(axis=0)
    return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(N), y])
""",
    ("naive_loss", "losses_not_averaged"): _naive("-np.mean(np.log(P[np.arange(N), y]))",
                                                  "-np.log(P[np.arange(N), y])"),
    ("stable_loss", "scores_not_shifted"): _stable(SHIFTED, "S"),
    ("stable_loss", "one_maximum_for_all"): _stable(SHIFTED, "S - S.max()"),
    ("stable_loss", "quotient_before_logarithm"): """
def stable_loss(S, y):
    N = len(y)
    E = np.exp(S - S.max(axis=1, keepdims=True))
    P = E / E.sum(axis=1, keepdims=True)
    return -np.mean(np.log(P[np.arange(N), y]))
""",
    ("regularised_loss", "losses_summed"): _regularised("np.mean(losses)", "np.sum(losses)"),
    ("regularised_loss", "losses_kept_apart"): _regularised("np.mean(losses)", "losses"),
    ("regularised_loss", "price_alone"): """
def regularised_loss(losses, W1, b1, W2, b2, reg):
    np.mean(losses)
    return reg * (np.sum(W1 ** 2) + np.sum(W2 ** 2))
""",
    ("regularised_loss", "price_missing"): _regularised(BOTH, "np.mean(losses)"),
    ("regularised_loss", "price_halved"): _regularised("reg *", "0.5 * reg *"),
    ("regularised_loss", "price_of_biases"): _regularised("np.sum(W2 * W2)",
                                                          "np.sum(W2 * W2) + np.sum(b1**2) + np.sum(b2**2)"),
    ("regularised_loss", "price_divided_by_N"): _regularised(BOTH, "(np.sum(losses) + " + SQUARES + ") / len(losses)"),
    ("regularised_loss", "price_for_each_example"): """
def regularised_loss(losses, W1, b1, W2, b2, reg):
    total = np.mean(losses)
    for loss in losses:
        total += reg * np.sum(W1**2) + reg * np.sum(W2**2)
    return total
""",
    ("regularised_loss", "price_of_one_layer"): _regularised(" + np.sum(W2 * W2)", ""),
    ("regularised_loss", "price_not_squared"): _regularised("np.sum(W1 * W1) + np.sum(W2 * W2)",
                                                            "np.sum(W1) + np.sum(W2)"),
    ("regularised_loss", "price_root_or_mean"): _regularised("np.sum(W1 * W1) + np.sum(W2 * W2)",
                                                             "np.linalg.norm(W1) + np.linalg.norm(W2)"),
    ("regularised_loss", "price_subtracted"): _regularised("np.mean(losses) + ", "np.mean(losses) - "),
    ("regularised_loss", "price_without_reg"): _regularised("reg * ", ""),
    ("penalty_gradient", "slope_of_the_half"): PENALTY.format("reg * W"),
    ("penalty_gradient", "slope_without_reg"): PENALTY.format("2 * W"),
    ("penalty_gradient", "price_for_slope"): PENALTY.format("reg * W**2"),
    ("penalty_gradient", "slope_downhill"): PENALTY.format("-2 * reg * W"),
    ("penalty_gradient", "slope_divided_by_rows"): PENALTY.format("2 * reg * W / len(W)"),
    ("penalty_gradient", "slope_of_absolute_values"): PENALTY.format("reg * np.sign(W)"),
    ("penalty_gradient", "slope_one_number"): PENALTY.format("2 * reg * np.sum(W)"),
    ("dscores", "dscores_too_slow"): _loop("dscores_loop", "dscores", "e = np.exp(S[i] - S[i].max())",
                                           "e = np.array([np.exp(s - max(S[i])) for s in S[i]])"),
    ("dscores", "probabilities_alone"): _lines(ONE_HOT, ""),
    ("dscores_loop", "probabilities_as_gradient"): _loop(ONE_HOT_IN_LOOP, "", "return dS / N", "return dS"),
    ("dscores", "mean_not_in_gradient"): _lines("P / N", "P"),
    ("dscores_loop", "mean_twice_in_gradient"): _loop("e[k] / e.sum()", "e[k] / e.sum() / N", "-= 1", "-= 1 / N"),
    ("dscores", "mean_over_classes_in_gradient"): _lines("P / N", "P / S.shape[1]"),
    ("dscores", "mean_over_all_entries"): _lines("P / N", "P / S.size"),
    ("dscores", "one_not_divided"): _lines("    return P / N", "    return P", "    P[np", "    P = P / N\n    P[np"),
    ("dscores", "probabilities_not_divided"): _lines("-= 1", "-= 1 / N", "P / N", "P"),
    ("dscores", "one_hot_assigned"): _lines("-= 1", "= 1"),
    ("dscores", "one_added"): _lines("-= 1", "+= 1"),
    ("dscores", "downhill_scores"): _lines("return P / N", "return -P / N"),
    ("dscores", "every_label_everywhere"): _lines("np.arange(N), y", ":, y"),
    ("dscores_loop", "one_hot_of_row_number"): _loop("k == y[i]", "k == 0"),
    ("dscores_loop", "right_class_only"): """
def dscores_loop(S, y):
    N, C = S.shape
    dS = np.zeros((N, C))
    for i in range(N):
        e = np.exp(S[i] - S[i].max())
        dS[i, y[i]] = (e[y[i]] / e.sum() - 1) / N
    return dS
""",
    ("dscores_loop", "wrong_classes_only"): _loop("-= 1", "= 0"),
    ("dscores_loop", "one_hot_alone"): _loop("e[k] / e.sum()", "0"),
    ("dscores", "exponentials_not_divided"): _lines("E / E.sum(axis=1, keepdims=True)", "E"),
    ("dscores", "scores_for_probabilities"): _lines("E / E.sum(axis=1, keepdims=True)", "S.astype(float)"),
    ("dscores", "down_columns"): _lines("E.sum(axis=1", "E.sum(axis=0", "S.max(axis=1", "S.max(axis=0"),
    ("dscores", "over_the_whole_matrix"): _lines("E.sum(axis=1, keepdims=True)", "E.sum()", SHIFTED, "S - S.max()"),
    ("dscores", "derivative_of_p"): _lines(ONE_HOT, "", "return P / N", "return P * (1 - P) / N"),
    ("dscores_loop", "first_example_alone"): _loop("    return dS / N", "        return dS / N"),
    ("dscores_loop", "last_example_missing"): _loop("in range(N)", "in range(N - 1)"),
    ("dscores", "dscores_overflow"): _lines(SHIFTED, "S"),
    ("hidden_layer", "max_along_an_array"): _hidden("np.maximum(0, A)", "np.max(0, A)"),
    ("hidden_layer", "relu_returns_H_only"): _hidden("return A, H", "return H"),
    ("hidden_layer", "A_and_H_exchanged"): _hidden("return A, H", "return H, A"),
    ("hidden_layer", "A_overwritten"): _hidden("H = np.maximum(0, A)", "A[A < 0] = 0\n    H = A"),
    ("hidden_layer", "relu_left_out"): _hidden("np.maximum(0, A)", "A"),
    ("hidden_layer", "relu_without_bias"): _hidden(" + b", ""),
    ("hidden_layer", "hidden_bias_subtracted"): _hidden(" + b", " - b"),
    ("hidden_layer", "absolute_value"): _hidden("np.maximum(0, A)", "np.abs(A)"),
    ("hidden_layer", "mask_for_values"): _hidden("np.maximum(0, A)", "(A > 0).astype(float)"),
    ("hidden_layer", "negative_part"): _hidden("np.maximum", "np.minimum"),
    ("drelu", "mask_left_out"): DRELU.format("dH * 1.0"),
    ("drelu", "gradient_rectified"): DRELU.format("np.maximum(0, dH)"),
    ("drelu", "mask_upside_down"): "def drelu(dH, A):\n    dA = dH.copy()\n    dA[A > 0] = 0\n    return dA\n",
    ("drelu", "values_not_mask"): DRELU.format("dH * np.maximum(0, A)"),
    ("drelu", "pre_activation_for_slope"): DRELU.format("dH * A"),
    ("drelu", "mask_alone"): DRELU.format("(A > 0) * 1.0"),
    ("drelu", "forward_again"): DRELU.format("np.maximum(0, A)"),
    ("drelu", "sign_for_mask"): DRELU.format("dH * np.sign(A)"),
    ("drelu", "leaky_mask"): DRELU.format("np.where(A > 0, dH, 0.01 * dH)"),
    ("drelu", "mask_with_tolerance"): DRELU.format("dH * (A > 1e-6)"),
}  # fmt: skip
"""(question, slug of the misconception) → the cell as typed."""
