"""Right answers to `01_gates` in styles other than the reference's, as (question, cell as typed)."""

RIGHT_GATES: tuple[tuple[str, str], ...] = (
    ("add_gate", "add_gate = lambda x, y, up: [up, up]\n"),
    ("add_gate", "def add_gate(a, b, g):\n    return np.array([1.0 * g, 1.0 * g])\n"),
    ("multiply_gate", "def multiply_gate(x, y, up):\n    return np.array([y, x]) * up\n"),
    ("max_gate", "def max_gate(x, y, up):\n    return np.where(x > y, up, 0), np.where(x > y, 0, up)\n"),
    ("max_gate", "def max_gate(x, y, up):\n    t = 0.5 * (np.sign(x - y) + 1)\n    return t * up, (1 - t) * up\n"),
    (
        "max_gate",
        """
def max_gate(x, y, up):
    dx, dy = np.zeros_like(x), np.zeros_like(y)
    for i in range(len(x)):
        if x[i] < y[i]:
            dy[i] = up[i]
        else:
            dx[i] = up[i]
    return dx, dy
""",
    ),
    ("sigmoid_gate", "def sigmoid_gate(x, up):\n    return up * np.exp(-x) / (1 + np.exp(-x)) ** 2\n"),
    ("sigmoid_gate", "def sigmoid_gate(x, up):\n    return up / (2 + np.exp(x) + np.exp(-x))\n"),
    ("sigmoid_gate", "def sigmoid_gate(x, up):\n    t = np.tanh(x / 2)\n    return up * (1 - t * t) / 4\n"),
    (
        "circuit",
        """
def circuit(x, y, z, up):
    m = x >= z
    c = (x + y) * np.where(m, x, z)
    s = 1 / (1 + np.exp(-c))
    g = up * s * (1 - s)
    return g * (np.where(m, x, z) + m * (x + y)), g * np.where(m, x, z), g * (x + y) * ~m
""",
    ),
    ("shared_factor", "def shared_factor(s, V, up):\n    return np.einsum('ij,ij->j', V, up)\n"),
    (
        "shared_factor",
        """
def shared_factor(s, V, up):
    ds = np.zeros(len(s))
    for i in range(len(V)):
        for j in range(len(s)):
            ds[j] += V[i, j] * up[i, j]
    return ds
""",
    ),
    ("scaled_rate", "scaled_rate = lambda rate, alpha: rate * alpha**-2\n"),
)
