"""Measures where the table of the inline question lies for a right net: `autograder/questions/overfitting_bands.json`.

    python tools/measure_overfitting_bands.py

Re-runs every row of the table with the course's own solution: the lab's five choices of training images, and for each
twelve other draws of initial weights and batches, because a student's net may draw its numbers in another order.
Rows with regularisation are also run at half of it: that is what the convention ½·reg·ΣW² makes of the same number.
About a minute and a half on one core.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
from dataclasses import replace
from pathlib import Path

import numpy as np

from autograder.experiments.overfitting import SEEDS, TABLE_ROWS, Setting, run

ROOT = Path(__file__).parents[1]
NET = ROOT / "source" / "05_two_layer_net" / "neural_net.py"
BANDS = ROOT / "autograder" / "questions" / "overfitting_bands.json"

DRAWS = 12

WIDER = 4
"""Standard deviations of a mean of five on either side: a right net falls outside once in tens of thousands."""

ROUNDING = 0.015
"""0.005 for a table typed with two decimals, 0.01 for batches drawn another way (without replacement, say)."""


def means(TwoLayerNet: type, setting: Setting) -> np.ndarray:
    """(DRAWS, 2): mean training and test accuracy over the lab's seeds, for each draw."""
    runs = [
        [run(TwoLayerNet, setting, seed, net_seed=1000 * (draw + 1) + seed) for seed in range(SEEDS)]
        for draw in range(DRAWS)
    ]
    return np.mean(runs, axis=1)


def band(measured: np.ndarray) -> dict[str, list[float]]:
    """Lowest and highest believable mean of each column of `measured`, between 0 and 1."""
    centre, reach = measured.mean(axis=0), WIDER * measured.std(axis=0, ddof=1) + ROUNDING
    edges = np.clip(np.stack([centre - reach, centre + reach], axis=1), 0, 1).round(4)
    return dict(zip(("train", "test"), edges.tolist(), strict=True))


def bands(TwoLayerNet: type) -> dict[str, list[dict[str, list[float]]]]:
    """Row → one band for each convention of regularisation under which the row differs."""
    measured = {}
    for row, setting in TABLE_ROWS.items():
        conventions = [setting] if setting.reg == 0 else [setting, replace(setting, reg=setting.reg / 2)]
        measured[row] = [band(means(TwoLayerNet, convention)) for convention in conventions]
    return measured


def load_net(path: Path) -> type:
    """`TwoLayerNet` from a file."""
    spec = importlib.util.spec_from_file_location("measured_net", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.TwoLayerNet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--net", type=Path, default=NET, help="a file with a right TwoLayerNet")
    parser.add_argument("--into", type=Path, default=BANDS, help="the file to write")
    chosen = parser.parse_args()
    text = json.dumps(bands(load_net(chosen.net)), indent=1)
    chosen.into.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
