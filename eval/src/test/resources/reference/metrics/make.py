"""Makes scores.json: python3 make.py > scores.json"""

import json
import warnings

import numpy as np
import scipy
import sklearn
from scipy.stats import pearsonr, spearmanr
from sklearn.metrics import accuracy_score, f1_score, matthews_corrcoef

warnings.simplefilter("ignore")
rng = np.random.default_rng(11)


def classes(name, actual, predicted, k):
    return {
        "name": name,
        "classes": k,
        "actual": [int(v) for v in actual],
        "predicted": [int(v) for v in predicted],
        "accuracy": accuracy_score(actual, predicted),
        "f1": f1_score(actual, predicted, zero_division=0) if k == 2 else f1_score(actual, predicted, average="macro"),
        "macro-f1": f1_score(actual, predicted, average="macro"),
        "matthews": matthews_corrcoef(actual, predicted),
    }


def numbers(name, actual, predicted):
    p, s = pearsonr(actual, predicted)[0], spearmanr(actual, predicted)[0]
    return {
        "name": name,
        "actual": [float(v) for v in actual],
        "predicted": [float(v) for v in predicted],
        "pearson": None if np.isnan(p) else p,
        "spearman": None if np.isnan(s) else s,
    }


def noisy(actual, k, share):
    other = rng.integers(0, k, len(actual))
    return np.where(rng.random(len(actual)) < share, other, actual)


def random_classes(i):
    k, n = int(rng.integers(2, 12)), int(rng.integers(1, 120))
    actual = rng.integers(0, k, n)
    return classes(f"random {i}", actual, noisy(actual, k, rng.random()), k)


def random_numbers(i):
    n = int(rng.integers(2, 120))
    actual = rng.choice(np.linspace(0, 5, 26), n) if i % 2 else rng.normal(size=n) * 10.0 ** rng.integers(-6, 7)
    return numbers(f"random {i}", actual, actual * rng.normal() + rng.normal(size=n) * np.std(actual))


two = rng.integers(0, 2, 57)
ten = rng.integers(0, 10, 200)
few = rng.choice([0, 2, 5], 40)
x = rng.normal(size=80)
print(
    json.dumps(
        {
            "description": "metrics of scikit-learn and SciPy on random labels",
            "tool": f"scikit-learn {sklearn.__version__}, SciPy {scipy.__version__}, NumPy {np.__version__}",
            "seed": 11,
            "command": "python3 make.py > scores.json",
            "classes": [
                classes("two classes", two, noisy(two, 2, 0.5), 2),
                classes("all right", two, two, 2),
                classes("all wrong", two, 1 - two, 2),
                classes("always 0", two, np.zeros(57), 2),
                classes("always 1", two, np.ones(57), 2),
                classes("no positive at all", np.zeros(9), np.zeros(9), 2),
                classes("ten classes", ten, noisy(ten, 10, 0.4), 10),
                classes("classes that no row has", few, noisy(few, 4, 0.3), 6),
                classes("ten classes, always 3", ten, np.full(200, 3), 10),
                classes("one row", [1], [1], 2),
                classes("one row, wrong", [0], [1], 2),
                classes("classes that only predictions have", [0, 0, 1], [2, 2, 1], 3),
                *[random_classes(i) for i in range(12)],
            ],
            "numbers": [
                numbers("noise", x, x + rng.normal(size=80)),
                numbers("large offset", x + 1e6, 3 * x + rng.normal(size=80)),
                numbers("ties", np.round(x), np.round(x + rng.normal(size=80))),
                numbers("opposite", x, -x),
                numbers("constant predictions", x, np.full(80, 2.5)),
                numbers("constant labels", np.full(80, 2.5), x),
                numbers("all but one equal", np.eye(40)[3], rng.normal(size=40)),
                numbers("two rows", [1, 2], [5, 3]),
                numbers("zeros of both signs", np.where(x > 0, 0.0, -0.0), x),
                numbers("tiny", x * 1e-150, (x + rng.normal(size=80)) * 1e-150),
                numbers("huge", x * 1e150, (x + rng.normal(size=80)) * 1e150),
                numbers("single precision", np.float32(x), np.float32(x + rng.normal(size=80))),
                *[random_numbers(i) for i in range(12)],
            ],
        },
        indent=1,
    )
)
