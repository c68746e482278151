"""Wrong examples for the inline question of `05_two_layer_net`. Merged into the table in `wrong_answers`."""

MEASURED = """
        "start": (1.0, 0.71),
        "more data": (0.88, 0.8),
        "more units": (1.0, 0.7),
        "stronger regularisation": (0.84, 0.71),
        "far too strong": (0.28, 0.24),
        "tiny net": (0.62, 0.49),
"""
"""What a right net gave, seeds 0 to 4."""


def _table(rows: str = MEASURED) -> str:
    return f"def inline_table():\n    return {{{rows}    }}\n"


def _ticks(ticks: str, rows: str = MEASURED) -> str:
    """As the graded cell asks it: the answer beside the table."""
    return f"""
def ticks():
    return {ticks}

{_table(rows)}
inline_answer = (ticks, inline_table)
"""


WRONG_OVERFITTING: dict[tuple[str, str], str] = {
    ("inline_table", "table_in_percent"): """
def inline_table():
    return {
        "start": (100, 70.7),
        "more data": (87.8, 80.2),
        "more units": (100, 69.7),
        "stronger regularisation": (84.0, 71.2),
        "far too strong": (28.3, 23.9),
        "tiny net": (62.5, 48.6),
    }
""",
    ("inline_table", "table_columns_swapped"): """
def inline_table():
    return {
        "start": (0.71, 1.0),
        "more data": (0.8, 0.88),
        "more units": (0.7, 1.0),
        "stronger regularisation": (0.71, 0.84),
        "far too strong": (0.24, 0.28),
        "tiny net": (0.49, 0.62),
    }
""",
    ("inline_table", "table_gap_for_test"): """
def inline_table():
    return {
        "start": (1.0, 0.29),
        "more data": (0.88, 0.08),
        "more units": (1.0, 0.3),
        "stronger regularisation": (0.84, 0.13),
        "far too strong": (0.28, 0.04),
        "tiny net": (0.62, 0.14),
    }
""",
    ("inline_table", "table_of_another_row"): """
def inline_table():
    return {
        "start": (1.0, 0.71),
        "more data": (1.0, 0.71),
        "more units": (1.0, 0.7),
        "stronger regularisation": (1.0, 0.71),
        "far too strong": (0.28, 0.24),
        "tiny net": (0.62, 0.49),
    }
""",
    ("inline_table", "table_like_a_guess"): """
def inline_table():
    return {
        "start": (0.11, 0.1),
        "more data": (0.1, 0.1),
        "more units": (0.1, 0.1),
        "stronger regularisation": (0.11, 0.1),
        "far too strong": (0.1, 0.1),
        "tiny net": (0.11, 0.1),
    }
""",
    ("inline_answer", "ticks_counted_from_zero"): _ticks("[0, 2]"),
    ("inline_answer", "ticks_none_and_more"): _ticks("[1, 3, 4]"),
    ("inline_answer", "ticks_none"): _ticks("[4]"),
    ("inline_answer", "ticks_everything"): _ticks("[1, 2, 3]"),
    ("inline_answer", "ticks_more_units"): _ticks("[1, 2]"),
    ("inline_answer", "ticks_data_left_out"): _ticks("[3]"),
    ("inline_answer", "ticks_regularisation_left_out"): _ticks("[1]"),
    ("inline_answer", "ticked_against_own_table"): _ticks(
        "[1, 3]",
        MEASURED.replace('"more data": (0.88, 0.8)', '"more data": (0.99, 0.65)'),
    ),
    ("inline_answer", "left_out_against_own_table"): _ticks(
        "[1, 3]",
        MEASURED.replace('"more units": (1.0, 0.7)', '"more units": (0.95, 0.8)'),
    ),
}
"""(question, misconception) → code. Each is recognised as itself."""
