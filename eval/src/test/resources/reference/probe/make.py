"""Makes probes.json: python3 make.py > probes.json"""

import json

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.preprocessing import StandardScaler

rng = np.random.default_rng(5)


def data(n, d, k):
    centres = rng.normal(size=(k, d))
    y = rng.integers(0, k, n)
    x = (centres[y] + 2 * rng.normal(size=(n, d))) @ np.diag(10.0 ** rng.uniform(-2, 2, d))
    return x.astype(np.float32), y


def logistic(name, n, d, k, strength):
    x, y = data(n, d, k)
    z = StandardScaler().fit_transform(x.astype(np.float64))
    m = LogisticRegression(
        C=1 / strength, multi_class="multinomial", solver="newton-cg", tol=1e-12, max_iter=10000
    ).fit(z, y)
    w = m.coef_ if k > 2 else np.vstack([-m.coef_, m.coef_])
    logits = m.decision_function(z)
    if k == 2:
        logits = np.stack([-logits, logits], axis=1)
    top = logits.max(axis=1, keepdims=True)
    logs = logits - top - np.log(np.exp(logits - top).sum(axis=1, keepdims=True))
    loss = -logs[np.arange(n), y].sum() + strength / 2 * (w**2).sum()
    return {
        "name": name,
        "strength": strength,
        "classes": k,
        "x": x.tolist(),
        "y": y.tolist(),
        "weights": w.tolist(),
        "loss": loss,
        "probabilities": np.exp(logs).tolist(),
    }


def ridge(name, n, d, strength):
    x = rng.normal(size=(n, d)).astype(np.float32)
    y = (x @ rng.normal(size=d) + rng.normal(size=n) + 3).astype(np.float32)
    z = StandardScaler().fit_transform(x.astype(np.float64))
    m = Ridge(alpha=strength, solver="cholesky").fit(z, y.astype(np.float64))
    return {
        "name": name,
        "strength": strength,
        "x": x.tolist(),
        "y": y.tolist(),
        "weights": m.coef_.tolist(),
        "intercept": m.intercept_,
    }


print(
    json.dumps(
        {
            "description": "regressions of scikit-learn on standardised random features",
            "tool": f"scikit-learn {sklearn.__version__}, NumPy {np.__version__}",
            "seed": 5,
            "command": "python3 make.py > probes.json",
            "logistic": [
                logistic("two classes", 60, 5, 2, 1.0),
                logistic("four classes, weak penalty", 60, 6, 4, 0.1),
                logistic("three classes, strong penalty, more features than rows", 15, 20, 3, 10.0),
            ],
            "ridge": [ridge("numbers", 40, 6, 2.0)],
        }
    )
)
