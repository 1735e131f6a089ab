"""Makes the reference files whose "tool" is this script.

Written from the definitions of the rules, in double precision, with operations that share nothing
with ours: whole arrays, sorting, scipy.special. Run with Python 3, NumPy and SciPy (versions are
written into the files):

    python3 more-merge-rules.py
"""

import json
import os

import numpy as np
import scipy
from scipy.special import rel_entr, softmax

HERE = os.path.dirname(os.path.abspath(__file__))
SEED = 20251
rng = np.random.default_rng(SEED)


def grid(*shape):
    """Multiples of 2^-10, so that single precision holds them and their differences exactly."""
    return np.round(rng.normal(0, 0.3, shape) * 1024) / 1024


def tensor(x):
    return {"shape": list(x.shape), "data": [float(np.float32(v)) for v in x.ravel()]}


def write(folder, name, params, note, inputs, outputs):
    golden = {
        "name": name,
        "tool": "more-merge-rules.py, NumPy %s, SciPy %s" % (np.__version__, scipy.__version__),
        "seed": SEED,
        "params": params,
        "note": note,
        "inputs": {k: tensor(v) for k, v in inputs.items()},
        "outputs": {k: tensor(v) for k, v in outputs.items()},
    }
    os.makedirs(os.path.join(HERE, folder), exist_ok=True)
    with open(os.path.join(HERE, folder, name + ".json"), "w") as out:
        lines = []
        for key, value in golden.items():
            if key in ("inputs", "outputs"):
                entries = ",\n".join('  %s: %s' % (json.dumps(k), json.dumps(v)) for k, v in value.items())
                lines.append(' "%s": {\n%s\n }' % (key, entries))
            else:
                lines.append(" %s: %s" % (json.dumps(key), json.dumps(value)))
        out.write("{\n" + ",\n".join(lines) + "\n}\n")


base = {"w": grid(8, 6), "v": grid(6)}
ft = [{"w": base["w"] + grid(8, 6) / 4, "v": base["v"] + grid(6) / 4} for _ in range(3)]
weights = [0.7, 0.3]


def inputs(count, with_base=True):
    out = {"base.w": base["w"], "base.v": base["v"]} if with_base else {}
    for i in range(count):
        out["ft%d.w" % i] = ft[i]["w"]
        out["ft%d.v" % i] = ft[i]["v"]
    return out


def slerp(t, a, b, axis):
    dot = (a * b).sum(axis=axis, keepdims=True)
    norms = np.sqrt((a * a).sum(axis=axis, keepdims=True) * (b * b).sum(axis=axis, keepdims=True))
    theta = np.arccos(dot / norms)
    return (np.sin((1 - t) * theta) * a + np.sin(t * theta) * b) / np.sin(theta)


for name, axis in (("nuslerp_rows", -1), ("nuslerp_columns", 0)):
    write(
        "nuslerp", name, {"weights": weights}, "slerp of each slice along axis %d, no base" % axis,
        inputs(2, False),
        {k: slerp(0.3, ft[0][k], ft[1][k], axis) for k in ("w", "v")})

taus = {k: np.stack([f[k] - base[k] for f in ft]) for k in ("w", "v")}
rows = {}
for k in ("w", "v"):
    tau = np.atleast_2d(taus[k].transpose(*range(1, taus[k].ndim), 0)).reshape(-1, base[k].shape[-1], 3)
    result = []
    for r in range(tau.shape[0]):
        norms = np.linalg.norm(tau[r], axis=0)
        cos = tau[r].T @ tau[r] / np.outer(norms, norms)
        c = cos[np.triu_indices(3, 1)].mean()
        t = 3 * c / (1 + 2 * c)
        result.append(t * tau[r].mean(axis=1))
    rows[k] = base[k] + np.array(result).reshape(base[k].shape)
write("model-stock", "model_stock_rows", {"filter_wise": True}, "one angle a row, mean cosine of pairs",
      inputs(3), rows)

write("nearswap", "nearswap", {"t": 0.05}, "a + clip(t / |b - a|, 0, 1) * (b - a)", inputs(2, False),
      {k: ft[0][k] + np.clip(0.05 / np.abs(ft[1][k] - ft[0][k]), 0, 1) * (ft[1][k] - ft[0][k])
       for k in ("w", "v")})

eps = 0.05
ram, plus = {}, {}
for k in ("w", "v"):
    active = np.abs(taus[k]) > eps
    count = active.sum(axis=0)
    masked = np.where(active, taus[k], 0)
    ram[k] = base[k] + masked.sum(axis=0) / np.maximum(count, 1)
    axes = tuple(range(1, taus[k].ndim))
    shared = (active & (count > 1)).sum(axis=axes)
    unique = (active & (count == 1)).sum(axis=axes)
    factor = 1 + 0.1 * np.minimum(shared / np.maximum(unique, 1e-5), 1.5)
    factor = factor.reshape((3,) + (1,) * len(axes))
    plus[k] = base[k] + np.where(count == 1, masked * factor, masked / np.maximum(count, 1)).sum(axis=0)
write("ram", "ram", {"epsilon": eps}, "sum of |tau| > epsilon over their number", inputs(3), ram)
write("ramplus-tl", "ramplus_tl", {"epsilon": eps, "r": 0.1, "alpha": 1.5},
      "unique elements times 1 + r min(shared / unique, alpha)", inputs(3), plus)

fused = {}
for k in ("w", "v"):
    p = softmax(ft[0][k], axis=-1) + 1e-8
    q = softmax(base[k], axis=-1) + 1e-8
    importance = np.abs(taus[k][0]) * rel_entr(p, q).sum(axis=-1, keepdims=True)
    lower, median, upper = np.quantile(importance, [0.25, 0.5, 0.75], method="lower")
    fused[k] = base[k] + np.where(importance >= median + 1.5 * (upper - lower), taus[k][0], 0)
write("arcee-fusion", "arcee_fusion", {}, "quantiles of place floor(q (n - 1))", inputs(1), fused)
