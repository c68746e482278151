"""Answers with two mistakes in them, as a student would type them: (question, cell as typed, slugs of both)."""

from sample_class.wrong_gradient_check import MEASURE
from sample_class.wrong_two_layer_net import LAYER_2, LOSS, MEAN, ONE_HOT, SCORES, SLOPES, SUMS, TERM, A, instead


def _net(question: str, *changes: tuple[str, str]) -> str:
    return f"{instead(*changes)}\n\n{question} = TwoLayerNet\n"


TWO_AT_ONCE_TYPED: tuple[tuple[str, str, set[str]], ...] = (
    ("db_loop", """
def db_loop(dY):
    db = np.zeros(dY.shape[1])
    for i in range(1, len(dY)):
        db -= dY[i]
    return db
""", {"first_example_left_out", "sign_flipped"}),
    ("dW_loop", """
def dW_loop(X, dY):
    N, D = X.shape
    N, C = dY.shape
    dW = np.ones((D, C))
    for k in range(D):
        for j in range(C - 1):
            for i in range(N):
                dW[k, j] += X[i, k] * dY[i, j]
    return dW
""", {"buffer_of_ones", "edge_left_empty"}),
    ("dX_loop", """
def dX_loop(dY, W):
    N, C = dY.shape
    D, C = W.shape
    dX = np.zeros((N, D))
    for i in range(N):
        for k in range(D):
            for j in range(C):
                dX[i, k] = W[k, j]
    return dX
""", {"assigned_not_added_over_classes", "upstream_ignored"}),
    ("dW", """
def dW(X, dY):
    return -(dY.T @ X)
""", {"sign_flipped", "transposed"}),
    ("db", """
def db(dY):
    return 2 * dY.mean(axis=0)
""", {"doubled", "mean_for_sum"}),
    ("multiply_gate", """
def multiply_gate(x, y, up):
    return x * up, x
""", {"multiply_not_swapped", "gate_upstream_dropped"}),
    ("max_gate", """
def max_gate(x, y, up):
    return up, up * (x < y) * y
""", {"max_gives_both", "max_scaled_by_input"}),
    ("sigmoid_gate", """
def sigmoid_gate(x, up):
    s = 1 / (1 - np.exp(-x))
    return (1 - s) * s
""", {"sigmoid_forward_wrong", "gate_upstream_dropped"}),
    ("shared_factor", """
def shared_factor(s, V, up):
    return -np.mean(V * up, axis=0)
""", {"gate_sign_flipped", "shared_mean"}),
    ("circuit", """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db
    dz = db * (x <= z)
    return dx, dy, dz
""", {"circuit_sigmoid_forward_again", "circuit_max_gives_both"}),
    ("naive_loss", """
def naive_loss(S, y):
    P = np.exp(S) / np.exp(S).sum(axis=0)
    return -np.sum(np.log(P[np.arange(len(y)), y]))
""", {"nll_sum_down_columns", "nll_summed"}),
    ("regularised_loss", """
def regularised_loss(losses, W1, b1, W2, b2, reg):
    return np.mean(losses) + reg * np.sum(W1) - reg * np.sum(W2 * W2)
""", {"price_not_squared", "price_subtracted"}),
    ("dscores", """
def dscores(S, y):
    E = np.exp(S - S.max(axis=1, keepdims=True))
    return -E / E.sum(axis=1, keepdims=True) / len(y)
""", {"probabilities_alone", "downhill_scores"}),
    ("hidden_layer", """
def hidden_layer(X, W, b):
    A = X @ W
    return A, np.abs(A)
""", {"relu_without_bias", "absolute_value"}),
    ("centred_slope", """
def centred_slope(f, x, h):
    return (f(x - h) - f(x + h)) / h
""", {"sides_exchanged", "two_steps_apart"}),
    ("centred_slope", """
def centred_slope(f, x, h):
    return (f(x) + f(x - h)) / (2 * h)
""", {"one_sided_slope", "values_added"}),
    ("numeric_gradient", """
def numeric_gradient(f, x, h=1e-6):
    gradient = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        old = x[index]
        x[index] = h
        right = f(x)
        x[index] = old - h
        left = f(x)
        x[index] = old
        gradient[index] = (right - left) / 2
    return gradient
""", {"unequal_steps", "not_divided_by_the_step"}),
    ("relative_errors", """
def relative_errors(a, b):
    size = np.abs(a)
    return (a - b) / np.where(size > 0, size, 1)
""", {"errors_without_abs", "relative_to_one_of_them"}),
    ("net_scores", _net("net_scores", (A, "A = X @ W1"), (SCORES, "scores = H @ W2 / len(H) + b2\n")),
     {"b1_left_out", "layer_product_scaled"}),
    ("net_loss", _net("net_loss", (SUMS, SUMS.replace(".sum(", ".mean(")), (LOSS, LOSS.replace("mean", "sum"))),
     {"nll_denominator_no_sum", "loss_summed"}),
    ("net_dscores", _net("net_dscores", (ONE_HOT, ONE_HOT.replace("-=", "+=")), (MEAN, "return dscores * len(y)")),
     {"one_hot_added", "multiplied_by_N"}),
    ("net_layer2", _net("net_layer2", (LAYER_2, LAYER_2.replace("H.T @ dscores", "-dscores.T @ H"))),
     {"gradient_downhill", "gradient_transposed"}),
    ("net_penalty", _net("net_penalty", (TERM, "reg * (np.sum(W1) + np.mean(W2**2))")),
     {"reg_not_squared", "reg_root_or_mean"}),
    ("net_penalty", _net("net_penalty", (SLOPES, '{"W1": reg * W1, "W2": 2 * W2}')),
     {"reg_gradient_without_two", "reg_not_in_its_gradient"}),
    ("bug_hunt", f"""{MEASURE}
def bug_hunt(f, x, analytic):
    if analytic.shape != x.shape:
        return False
    return bool(np.max(analytic - measure(f, x)) < 1e-6)
""", {"signed_difference", "absolute_tolerance"}),
    ("bug_hunt", f"""{MEASURE}
def bug_hunt(f, x, analytic):
    numeric = measure(f, x)
    error = np.abs(analytic - numeric) / np.maximum(1e-8, np.abs(analytic) + np.abs(numeric))
    return bool(error.max() < 1e-5)
""", {"entry_by_entry", "shape_not_compared"}),
    ("bug_hunt", f"""{MEASURE}
def bug_hunt(f, x, analytic):
    if analytic.shape != x.shape:
        return False
    numeric = measure(f, x)
    return bool(np.linalg.norm(analytic + numeric) > 1e-6 * np.linalg.norm(numeric))
""", {"added_not_subtracted", "verdict_inverted"}),
)  # fmt: skip
