"""Right answers to `03_softmax_relu` in styles other than the reference's, as (question, cell as typed)."""

RIGHT_SOFTMAX: tuple[tuple[str, str], ...] = (
    ("naive_loss", "def naive_loss(S, y):\n    P = np.exp(S)\n    P = P / P.sum(1)[:, None]\n"
                   "    return -sum(np.log(P[i, y[i]]) for i in range(len(y))) / len(y)\n"),
    ("naive_loss", "def naive_loss(S, y):\n    hot = np.eye(S.shape[1])[y]\n"
                   "    P = np.exp(S) / np.exp(S).sum(axis=1, keepdims=True)\n"
                   "    return -(hot * np.log(P + 1e-12)).sum() / len(S)\n"),
    ("stable_loss", "def stable_loss(S, y):\n"
                    "    return np.mean(np.logaddexp.reduce(S, axis=1) - S[range(len(y)), y])\n"),
    ("stable_loss", """
def stable_loss(S, y):
    total = 0.0
    for s, right in zip(S, y):
        m = max(s)
        total += m + np.log(sum(np.exp(s - m))) - s[right]
    return total / len(y)
"""),
    ("stable_loss", """
def stable_loss(S, y):
    Z = S - np.max(S, axis=1).reshape(-1, 1)
    logP = Z - np.log(np.sum(np.exp(Z), axis=1, keepdims=True))
    return -np.take_along_axis(logP, y[:, None], axis=1).mean()
"""),
    ("regularised_loss", "def regularised_loss(losses, W1, b1, W2, b2, reg):\n"
                         "    return losses.sum() / losses.size + reg * (np.vdot(W1, W1) + np.vdot(W2, W2))\n"),
    ("regularised_loss", "def regularised_loss(losses, W1, b1, W2, b2, reg):\n"
                         "    return np.mean(losses) + reg * sum(np.linalg.norm(W) ** 2 for W in (W1, W2))\n"),
    ("penalty_gradient", "def penalty_gradient(W, reg):\n    return reg * W + reg * W\n"),
    ("penalty_gradient", "penalty_gradient = lambda W, lam: W * (lam * 2.0)\n"),
    ("dscores_loop", """
def dscores_loop(S, y):
    dS = np.zeros(S.shape)
    for i in range(S.shape[0]):
        m = S[i].max()
        for k in range(S.shape[1]):
            dS[i, k] = np.exp(S[i, k] - m) / np.sum(np.exp(S[i] - m)) / len(S)
        dS[i, y[i]] -= 1 / len(S)
    return dS
"""),
    ("dscores", """
def dscores(S, y):
    P = np.exp(S - np.logaddexp.reduce(S, axis=1, keepdims=True))
    return (P - np.eye(S.shape[1])[y]) / S.shape[0]
"""),
    ("dscores", """
def dscores(S, y):
    Z = S - S.max(1)[:, np.newaxis]
    P = np.exp(Z) / np.exp(Z).sum(1)[:, np.newaxis]
    return (P - (np.arange(S.shape[1]) == y[:, np.newaxis])) / len(y)
"""),
    ("hidden_layer", "def hidden_layer(X, W, b):\n    A = np.dot(X, W) + b\n    return [A, A * (A > 0)]\n"),
    ("hidden_layer", "def hidden_layer(X, W, b):\n    A = X @ W + b\n    H = A.copy()\n    H[A < 0] = 0\n"
                     "    return A, H\n"),
    ("hidden_layer", "def hidden_layer(X, W, b):\n    A = X @ W + b\n    return np.array([A, np.clip(A, 0, None)])\n"),
    ("drelu", "def drelu(dH, A):\n    return dH * (A >= 0)\n"),
    ("drelu", "def drelu(dH, A):\n    return np.where(A > 0, dH, 0)\n"),
    ("drelu", "def drelu(dH, A):\n    return dH * np.heaviside(A, 0.5)\n"),
    ("drelu", "def drelu(dH, A):\n    return dH * 0.5 * (1 + np.sign(A))\n"),
    ("drelu", "def drelu(dH, A):\n    dA = dH.copy()\n    dA[A <= 0] = 0\n    return dA\n"),
)  # fmt: skip
