"""One wrong example for each misconception, as a student would type it.

The sample class is made of them, and a test holds each against its entry in the catalogue. They stand here and not
beside the catalogue because some are right but for one slip, and students receive the package.
"""

from sample_class.wrong_gates import WRONG_GATES
from sample_class.wrong_gradient_check import WRONG_CHECKS
from sample_class.wrong_overfitting import WRONG_OVERFITTING
from sample_class.wrong_softmax_relu import WRONG_SOFTMAX
from sample_class.wrong_two_layer_net import WRONG_NETS

WRONG_ANSWERS: dict[tuple[str, str], str] = {
    **WRONG_GATES,
    ("db", "db_wrong_axis"): """
def db(dY):
    return dY.sum(axis=1)
""",
    ("db", "db_over_everything"): """
def db(dY):
    return np.sum(dY)
""",
    ("db", "db_keeps_two_dimensions"): """
def db(dY):
    return dY.sum(axis=0, keepdims=True)
""",
    ("db", "max_for_sum"): """
def db(dY):
    return dY.max(axis=0)
""",
    ("db", "mean_for_sum"): """
def db(dY):
    return dY.mean(axis=0)
""",
    ("db_loop", "changed_in_place"): """
def db_loop(dY):
    total = dY[0]
    for i in range(1, len(dY)):
        total += dY[i]
    return total
""",
    ("db_loop", "assigned_not_added"): """
def db_loop(dY):
    N, C = dY.shape
    db = np.zeros(C)
    for j in range(C):
        for i in range(N):
            db[j] = dY[i, j]
    return db
""",
    ("db_loop", "last_example_left_out"): """
def db_loop(dY):
    N, C = dY.shape
    db = np.zeros(C)
    for j in range(C):
        for i in range(N - 1):
            db[j] += dY[i, j]
    return db
""",
    ("db_loop", "first_example_left_out"): """
def db_loop(dY):
    N, C = dY.shape
    db = np.zeros(C)
    for j in range(C):
        for i in range(1, N):
            db[j] += dY[i, j]
    return db
""",
    ("db_loop", "first_example_only"): """
def db_loop(dY):
    N, C = dY.shape
    db = np.zeros(C)
    for i in range(N):
        for j in range(C):
            db[j] += dY[i, j]
        return db
""",
    ("db_loop", "returned_nothing"): """
def db_loop(dY):
    N, C = dY.shape
    db = np.zeros(C)
    for j in range(C):
        for i in range(N):
            db[j] += dY[i, j]
    print(db)
""",
    ("db_loop", "returned_list"): """
def db_loop(dY):
    N, C = dY.shape
    db = [0.0] * C
    for j in range(C):
        for i in range(N):
            db[j] += dY[i, j]
    return db
""",
    ("db_loop", "whole_number_buffer"): """
def db_loop(dY):
    N, C = dY.shape
    db = np.array([0] * C)
    for j in range(C):
        for i in range(N):
            db[j] += dY[i, j]
    return db
""",
    ("dX_loop", "edge_left_empty"): """
def dX_loop(dY, W):
    N, C = dY.shape
    D, C = W.shape
    dX = np.zeros((N, D))
    for i in range(N):
        for k in range(D - 1):
            for j in range(C):
                dX[i, k] += dY[i, j] * W[k, j]
    return dX
""",
    ("db_loop", "buffer_of_ones"): """
def db_loop(dY):
    db = np.ones(dY.shape[1])
    for row in dY:
        db += row
    return db
""",
    ("db_loop", "nothing_added"): """
def db_loop(dY):
    N, C = dY.shape
    db = np.ones(C)
    for j in range(C):
        for i in range(N):
            db_j = db[j] + dY[i, j]
    return db
""",
    ("dX_loop", "factor_twice"): """
def dX_loop(dY, W):
    N, C = dY.shape
    D, C = W.shape
    dX = np.zeros((N, D))
    for i in range(N):
        for k in range(D):
            for j in range(C):
                dX[i, k] += W[k, j] * dY[i, j] * W[k, j]
    return dX
""",
    ("dW_loop", "inputs_left_out_of_dW"): """
def dW_loop(X, dY):
    N, D = X.shape
    N, C = dY.shape
    dW = np.zeros((D, C))
    for k in range(D):
        for j in range(C):
            for i in range(N):
                dW[k, j] += dY[i, j]
    return dW
""",
    ("dX_loop", "weights_left_out_of_dX"): """
def dX_loop(dY, W):
    N, C = dY.shape
    dX = np.zeros((N, len(W)))
    for i in range(N):
        dX[i] = dY[i].sum()
    return dX
""",
    ("dW_loop", "assigned_not_added"): """
def dW_loop(X, dY):
    N, D = X.shape
    N, C = dY.shape
    dW = np.zeros((D, C))
    for k in range(D):
        for j in range(C):
            for i in range(N):
                dW[k, j] = X[i, k] * dY[i, j]
    return dW
""",
    ("dW_loop", "all_zeros"): """
def dW_loop(X, dY):
    N, D = X.shape
    N, C = dY.shape
    dW = np.zeros((D, C))
    for k in range(D):
        for j in range(C):
            for i in range(N):
                dW_kj = dW[k, j] + X[i, k] * dY[i, j]
    return dW
""",
    ("dW_loop", "transposed"): """
def dW_loop(X, dY):
    N, D = X.shape
    N, C = dY.shape
    dW = np.zeros((C, D))
    for k in range(D):
        for j in range(C):
            for i in range(N):
                dW[j, k] += X[i, k] * dY[i, j]
    return dW
""",
    ("dW_loop", "upstream_ignored"): """
def dW_loop(X, dY):
    N, D = X.shape
    N, C = dY.shape
    dW = np.zeros((D, C))
    for k in range(D):
        for j in range(C):
            for i in range(N):
                dW[k, j] += X[i, k]
    return dW
""",
    ("dW", "transposed"): """
def dW(X, dY):
    return dY.T @ X
""",
    ("dW", "sizes_do_not_fit"): """
def dW(X, dY):
    return X @ dY
""",
    ("dW", "mean_for_sum"): """
def dW(X, dY):
    return X.T @ dY / len(X)
""",
    ("dW", "doubled"): """
def dW(X, dY):
    return 2 * X.T @ dY
""",
    ("dW", "constant_factor"): """
def dW(X, dY):
    return 0.5 * X.T.dot(dY)
""",
    ("dW", "single_precision"): """
def dW(X, dY):
    return X.T.astype(np.float32) @ dY.astype(np.float32)
""",
    ("dW", "slow_at_real_size"): """
def dW(X, dY):
    N, D = X.shape
    N, C = dY.shape
    dW = np.zeros((D, C))
    for k in range(D):
        for j in range(C):
            for i in range(N):
                dW[k, j] += X[i, k] * dY[i, j]
    return dW
""",
    ("dW", "numeric_instead_of_analytic"): """
def dW(X, dY):
    W = np.zeros((X.shape[1], dY.shape[1]))
    return numeric_gradient(lambda W: np.sum(dY * (X @ W)), W)
""",
    ("dW", "finite_difference"): """
def dW(X, dY):
    W = np.ones((X.shape[1], dY.shape[1]))
    h = 1e-5
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
""",
    ("dW", "not_finite"): """
def dW(X, dY):
    dW = np.full((X.shape[1], dY.shape[1]), np.nan)
    for i in range(len(X)):
        dW += np.outer(X[i], dY[i])
    return dW
""",
    ("dX_loop", "assigned_not_added_over_classes"): """
def dX_loop(dY, W):
    N, C = dY.shape
    D, C = W.shape
    dX = np.zeros((N, D))
    for i in range(N):
        for k in range(D):
            for j in range(C):
                dX[i, k] = dY[i, j] * W[k, j]
    return dX
""",
    ("dX_loop", "last_class_left_out"): """
def dX_loop(dY, W):
    N, C = dY.shape
    D, C = W.shape
    dX = np.zeros((N, D))
    for i in range(N):
        for k in range(D):
            for j in range(C - 1):
                dX[i, k] += dY[i, j] * W[k, j]
    return dX
""",
    ("dX_loop", "first_class_left_out"): """
def dX_loop(dY, W):
    N, C = dY.shape
    D, C = W.shape
    dX = np.zeros((N, D))
    for i in range(N):
        for k in range(D):
            for j in range(1, C):
                dX[i, k] += dY[i, j] * W[k, j]
    return dX
""",
    ("dX_loop", "endless_loop"): """
def dX_loop(dY, W):
    N, C = dY.shape
    D, C = W.shape
    dX = np.zeros((N, D))
    i = 0
    while i < N:
        for k in range(D):
            for j in range(C):
                dX[i, k] += dY[i, j] * W[k, j]
    return dX
""",
    ("dX", "sign_flipped"): """
def dX(dY, W):
    return -dY @ W.T
""",
    ("dX", "mean_over_classes"): """
def dX(dY, W):
    return np.mean(dY[:, None, :] * W[None, :, :], axis=2)
""",
    ("dX", "transposed"): """
def dX(dY, W):
    return W @ dY.T
""",
    ("dX", "not_written_yet"): """
def dX(dY, W):
    raise NotImplementedError
""",
    ("drill_counter_example", "symmetric_counter_example"): """
def drill_counter_example():
    return np.eye(3), np.ones((3, 2))
""",
}
"""(question, slug of the misconception) → the cell as typed."""

WRONG_ANSWERS |= WRONG_SOFTMAX | WRONG_CHECKS | WRONG_NETS | WRONG_OVERFITTING
