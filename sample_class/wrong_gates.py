"""Wrong examples for `01_gates`, as a student would type them. Merged into the table in `wrong_answers`."""

WRONG_GATES: dict[tuple[str, str], str] = {
    ("add_gate", "one_gradient_for_all_inputs"): """
def add_gate(x, y, up):
    return up
""",
    ("max_gate", "local_not_spread"): """
def max_gate(x, y, up):
    dx = up * (x > y)
    return dx, 0
""",
    ("add_gate", "add_splits"): """
def add_gate(x, y, up):
    return up / 2, up / 2
""",
    ("add_gate", "add_like_multiply"): """
def add_gate(x, y, up):
    return y * up, x * up
""",
    ("add_gate", "add_returns_inputs"): """
def add_gate(x, y, up):
    return x * up, y * up
""",
    ("add_gate", "second_input_gets_nothing"): """
def add_gate(x, y, up):
    return up, 0 * up
""",
    ("multiply_gate", "multiply_not_swapped"): """
def multiply_gate(x, y, up):
    return x * up, y * up
""",
    ("multiply_gate", "multiply_like_add"): """
def multiply_gate(x, y, up):
    return up, up
""",
    ("multiply_gate", "output_for_local"): """
def multiply_gate(x, y, up):
    out = x * y
    return out * up, out * up
""",
    ("multiply_gate", "gate_upstream_dropped"): """
def multiply_gate(x, y, up):
    return y, x
""",
    ("multiply_gate", "upstream_squared"): """
def multiply_gate(x, y, up):
    dout = up * up
    return y * dout, x * dout
""",
    ("add_gate", "gate_sign_flipped"): """
def add_gate(x, y, up):
    return -up, -up
""",
    ("max_gate", "max_gives_both"): """
def max_gate(x, y, up):
    return up, up
""",
    ("max_gate", "max_wrong_branch"): """
def max_gate(x, y, up):
    return up * (x < y), up * (x >= y)
""",
    ("max_gate", "max_scaled_by_input"): """
def max_gate(x, y, up):
    return x * (x > y) * up, y * (y > x) * up
""",
    ("max_gate", "max_one_branch_for_all"): """
def max_gate(x, y, up):
    if x.max() > y.max():
        return up, 0 * up
    return 0 * up, up
""",
    ("max_gate", "tie_counted_twice"): """
def max_gate(x, y, up):
    return up * (x >= y), up * (y >= x)
""",
    ("max_gate", "tie_lost"): """
def max_gate(x, y, up):
    return up * (x > y), up * (y > x)
""",
    ("sigmoid_gate", "sigmoid_of_input"): """
def sigmoid_gate(x, up):
    s = 1 / (1 + np.exp(-x))
    return (1 - x) * x * up
""",
    ("sigmoid_gate", "sigmoid_forward_again"): """
def sigmoid_gate(x, up):
    s = 1 / (1 + np.exp(-x))
    return s * up
""",
    ("sigmoid_gate", "sigmoid_one_minus_only"): """
def sigmoid_gate(x, up):
    s = 1 / (1 + np.exp(-x))
    return (1 - s) * up
""",
    ("sigmoid_gate", "sigmoid_like_tanh"): """
def sigmoid_gate(x, up):
    s = 1 / (1 + np.exp(-x))
    return (1 - s**2) * up
""",
    ("sigmoid_gate", "sigmoid_left_out"): """
def sigmoid_gate(x, up):
    s = 1 / (1 + np.exp(-x))
    return up.copy()
""",
    ("sigmoid_gate", "sigmoid_squashed_twice"): """
def sigmoid_gate(x, up):
    s = 1 / (1 + np.exp(-x))
    t = 1 / (1 + np.exp(-s))
    return (1 - t) * t * up
""",
    ("max_gate", "max_value_for_mask"): """
def max_gate(x, y, up):
    return up * x, up * x
""",
    ("max_gate", "max_input_gets_nothing"): """
def max_gate(x, y, up):
    return up * (x > y), up * (y > y)
""",
    ("sigmoid_gate", "sigmoid_forward_wrong"): """
def sigmoid_gate(x, up):
    s = 1 / (1 - np.exp(-x))
    return (1 - s) * s * up
""",
    ("sigmoid_gate", "sigmoid_other_factor"): """
def sigmoid_gate(x, up):
    s = 1 / (1 + np.exp(-x))
    return (1 + s) * s * up
""",
    ("sigmoid_gate", "sigmoid_factor_twice"): """
def sigmoid_gate(x, up):
    s = 1 / (1 + np.exp(-x))
    return (1 - s) * s * s * up
""",
    ("shared_factor", "shared_local_twice"): """
def shared_factor(s, V, up):
    return np.sum(V**2 * up, axis=0)
""",
    ("circuit", "circuit_sigmoid_one_minus_only"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "circuit_forward_changed"): """
def circuit(x, y, z, up):
    a = x - y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "circuit_product_left_out"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = dc, dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "circuit_arriving_dropped"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "circuit_arriving_twice"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "circuit_value_for_mask"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x > z)
    dz = db * z
    return dx, dy, dz
""",
    ("circuit", "circuit_other_comparison"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x > y)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "circuit_wires_mixed_up"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = db.copy(), da.copy()
    dx += db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "fork_difference"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx -= db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "fork_last_road_only"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx = db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "fork_first_road_only"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "fork_averaged"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx = (da + db * (x > z)) / 2
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "circuit_sigmoid_left_out"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "circuit_sigmoid_of_input"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - c) * c * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "circuit_not_swapped"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = a * dc, b * dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "circuit_max_gives_both"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db
    dz = db
    return dx, dy, dz
""",
    ("circuit", "circuit_max_wrong_branch"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x < z)
    dz = db * (x >= z)
    return dx, dy, dz
""",
    ("circuit", "fork_aliased"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da, da
    dx += db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("circuit", "circuit_order"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = (1 - s) * s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x > z)
    dz = db * (x <= z)
    return dx, dz, dy
""",
    ("circuit", "circuit_sigmoid_forward_again"): """
def circuit(x, y, z, up):
    a = x + y
    b = np.maximum(x, z)
    c = a * b
    s = 1 / (1 + np.exp(-c))
    dc = s * up
    da, db = b * dc, a * dc
    dx, dy = da.copy(), da.copy()
    dx += db * (x > z)
    dz = db * (x <= z)
    return dx, dy, dz
""",
    ("max_gate", "max_splits"): """
def max_gate(x, y, up):
    return up / 2, up / 2
""",
    ("shared_factor", "shared_not_summed"): """
def shared_factor(s, V, up):
    return V * up
""",
    ("shared_factor", "shared_wrong_axis"): """
def shared_factor(s, V, up):
    return np.sum(V * up, axis=1)
""",
    ("shared_factor", "shared_keeps_two_dimensions"): """
def shared_factor(s, V, up):
    return np.sum(V * up, axis=0, keepdims=True)
""",
    ("shared_factor", "shared_mean"): """
def shared_factor(s, V, up):
    return np.mean(V * up, axis=0)
""",
    ("shared_factor", "shared_last_row_only"): """
def shared_factor(s, V, up):
    ds = np.zeros_like(s)
    for i in range(len(V)):
        ds = V[i] * up[i]
    return ds
""",
    ("shared_factor", "shared_local_left_out"): """
def shared_factor(s, V, up):
    return up.sum(axis=0)
""",
    ("shared_factor", "shared_not_swapped"): """
def shared_factor(s, V, up):
    return (s * up).sum(axis=0)
""",
    ("scaled_rate", "rate_divided_once"): """
def scaled_rate(rate, alpha):
    return rate / alpha
""",
    ("scaled_rate", "rate_unchanged"): """
def scaled_rate(rate, alpha):
    return rate
""",
    ("scaled_rate", "rate_multiplied"): """
def scaled_rate(rate, alpha):
    return rate * alpha**2
""",
}
