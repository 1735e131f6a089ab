"""Intervals, paired tests and row errors of SciPy and NumPy: python3 make.py > intervals.json"""
import json

import numpy as np
import scipy
from scipy import stats

SEED = 11
rng = np.random.default_rng(SEED)


def sample(name, values):
    values = np.asarray(values, dtype=float)
    low, high = stats.t.interval(0.95, len(values) - 1, loc=values.mean(), scale=stats.sem(values))
    return {
        "name": name,
        "values": values.tolist(),
        "mean": values.mean(),
        "half_width": (high - low) / 2,
        "p_value": stats.ttest_1samp(values, 0).pvalue,
    }


def rows(name, repetitions, count):
    right = (rng.random((repetitions, count)) < 0.8).astype(int)
    other = (rng.random((repetitions, count)) < 0.7).astype(int)
    return {
        "name": name,
        "right": right.tolist(),
        "other": other.tolist(),
        "error": stats.sem(right.mean(axis=0)),
        "paired_error": stats.sem((right - other).mean(axis=0)),
    }


print(
    json.dumps(
        {
            "description": "Student's intervals and tests, and errors over rows of 0/1 scores",
            "tool": f"SciPy {scipy.__version__}, NumPy {np.__version__}",
            "seed": SEED,
            "command": "python3 make.py > intervals.json",
            "samples": [
                sample("two", [0.81, 0.79]),
                sample("three seeds", rng.normal(0.8, 0.01, 3)),
                sample("eighteen differences", rng.normal(0.02, 0.03, 18)),
                sample("far from zero", rng.normal(1, 0.001, 30)),
                sample("about zero", rng.normal(0, 1, 200)),
            ],
            "normal_95": stats.norm.ppf(0.975),
            "rows": [rows("one repetition", 1, 40), rows("three repetitions", 3, 100)],
        }
    )
)
