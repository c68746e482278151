"""Who is in the sample class, and what each of them typed. Their expected marks stand in the tests."""

from __future__ import annotations

from sample_class.wrong_answers import WRONG_ANSWERS

UNTOUCHED = None
"""The stub as it was released."""


def _wrong(*names: tuple[str, str]) -> dict[str, str]:
    return {question: WRONG_ANSWERS[question, slug] for question, slug in names}


EINSUM = {
    "db_loop": "db_loop = lambda dY: np.einsum('ij->j', dY)",
    "db": "db = lambda dY: np.einsum('ij->j', dY)",
    "dW_loop": "dW_loop = lambda X, dY: np.einsum('ik,ij->kj', X, dY)",
    "dW": "dW = lambda X, dY: np.einsum('ik,ij->kj', X, dY)",
    "dX_loop": "dX_loop = lambda dY, W: np.einsum('ij,kj->ik', dY, W)",
    "dX": "dX = lambda dY, W: np.einsum('ij,kj->ik', dY, W)",
}

BROADCAST = {
    "db_loop": """
def db_loop(upstream):
    total = np.zeros(upstream.shape[1])
    for row in upstream:
        total += row
    return total
""",
    "db": "def db(dY):\n    return np.ones(len(dY)) @ dY\n",
    "dW_loop": "def dW_loop(X, dY):\n    return sum(np.outer(x, dy) for x, dy in zip(X, dY))\n",
    "dW": "def dW(X, dY):\n    return np.dot(dY.T, X).T\n",
    "dX_loop": """
def dX_loop(dY, W):
    rows = []
    for dy in dY:
        rows.append([sum(w * d for w, d in zip(w_k, dy)) for w_k in W])
    return np.array(rows)
""",
    "dX": "def dX(dY, W):\n    print('dY', dY.shape)\n    return np.tensordot(dY, W, axes=(1, 1))\n",
}

EVERYTHING = (
    "db_loop", "db", "dW_loop", "dW", "dX_loop", "dX", "drill_fits", "drill_counter_example", "drill_blind_spots",
)  # fmt: skip

STUDENTS: dict[str, dict[str, str | None]] = {
    "ada": {},
    "blaise": dict.fromkeys(EVERYTHING, UNTOUCHED),
    "carl": EINSUM,
    "dorothy": _wrong(("db", "db_wrong_axis")),
    "emmy": _wrong(("dW_loop", "transposed"), ("dW", "transposed"), ("dX", "transposed")),
    "felix": _wrong(
        ("db_loop", "assigned_not_added"),
        ("dW_loop", "assigned_not_added"),
        ("dX_loop", "assigned_not_added_over_classes"),
    ),
    "grace": _wrong(("db", "mean_for_sum"), ("dW", "mean_for_sum")),
    "henri": {
        "dX": "def dX(dY, W):\n    return dy @ W.T\n",
        "drill_fits": "def drill_fits(:\n    return {}\n",
    },
    "ida": _wrong(("dW", "numeric_instead_of_analytic")),
    "joseph": {
        "dW": "def dW(X, dY):\n    return dW_loop(X, dY)\n",
        "dX": "def dX(dY, W):\n    return dX_loop(dY, W)\n",
    },
    "katherine": _wrong(("db_loop", "changed_in_place")),
    "leonhard": _wrong(("db", "db_keeps_two_dimensions")),
    "maryam": _wrong(("dX_loop", "endless_loop")),
    "niels": dict.fromkeys(EVERYTHING[3:], UNTOUCHED),
    "olga": {
        **_wrong(("drill_counter_example", "symmetric_counter_example")),
        "drill_blind_spots": "def drill_blind_spots():\n    return ['a', 'b', 'c', 'd', 'f']\n",
        "drill_fits": 'def drill_fits():\n    return {"all different": ["X.T @ dY"], "N = D": ["X.T @ dY"]}\n',
    },
    "pierre": _wrong(("db_loop", "returned_nothing"), ("db", "db_over_everything")),
    "quentin": _wrong(("db_loop", "last_example_left_out"), ("dX_loop", "last_class_left_out")),
    "rosalind": _wrong(("dW", "finite_difference"), ("dX", "sign_flipped")),
    "sofia": BROADCAST,
    "tycho": _wrong(("dW", "sizes_do_not_fit")),
}
"""Student → what they typed for each question; what is not named is as in the reference."""

LOST_A_TEST_CELL = "tycho"
"""Deleted the check of db by accident; it is restored, and nothing is lost."""
