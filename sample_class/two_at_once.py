"""Answers with two mistakes in them, as a student would type them: (question, cell as typed, slugs of both)."""

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
)  # fmt: skip
