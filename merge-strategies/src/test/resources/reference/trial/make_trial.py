"""Makes trial.json: rules that are fitted to a model, on a network that is small enough to write out.

python3 make_trial.py > trial.json     (PyTorch 1.13.0a0 and NumPy of Debian, CPU, double precision, seed 20261)

The network is logits = W2 tanh(W1 x) with two tasks of 9 examples each; deltas have rank 2. Gradients
are PyTorch's automatic ones, steps those of torch.optim.Adam; least squares are solved by
numpy.linalg.lstsq on rows, not by normal equations, but for the ridges, which are rows of their own
where they can be and added to the products where the rule says so.
"""

import json

import numpy as np
import torch

torch.manual_seed(20261)
IN, MID, OUT, ROWS, RANK = 4, 5, 3, 9, 2


def rand(*shape, std=0.6):
    return (torch.randn(*shape) * std).float().double()


base = {"l1": rand(MID, IN), "l2": rand(OUT, MID)}
factors = [
    {"l1": (rand(MID, RANK), rand(RANK, IN)), "l2": (rand(OUT, RANK), rand(RANK, MID))}
    for _ in range(2)
]
taus = [{m: b @ a for m, (b, a) in f.items()} for f in factors]
x = [rand(ROWS, IN, std=1.0) + 0.3 * i for i in range(2)]
x = [v.float().double() for v in x]
weights = [1.0, 2.0]
names = ["l1", "l2"]


def tensor(t):
    t = torch.as_tensor(t)
    return {"shape": list(t.shape), "data": [float(f"{v:.10g}") for v in t.reshape(-1).tolist()]}


def entropy(w):
    total = 0
    for rows in x:
        log_p = (torch.tanh(rows @ w["l1"].T) @ w["l2"].T).log_softmax(1)
        total = total - (log_p.exp() * log_p).sum(1).mean()
    return total


def adamerging(vectors, each, initial, lr, steps, clamp):
    raw = torch.full((2 if each else 1, 2), initial, dtype=torch.double)
    raw = (raw * torch.tensor(weights)).requires_grad_(True)
    adam = torch.optim.Adam([raw], lr=lr)

    def merged():
        c = raw.clamp(0, 1) if clamp else raw
        return {
            m: sum(c[k if each else 0, i] * vectors[i][m] for i in range(2))
            for k, m in enumerate(names)
        }

    for _ in range(steps):
        adam.zero_grad()
        delta = merged()
        entropy({m: base[m] + delta[m] for m in names}).backward()
        adam.step()
    return {m: tensor(d.detach()) for m, d in merged().items()}


def ties_split(density):
    kept = []
    for t in taus:
        flat = torch.cat([t[m].reshape(-1) for m in names])
        n = len(flat)
        threshold = flat.abs().kthvalue(n - int(n * density)).values
        kept.append({m: t[m] * (t[m].abs() >= threshold) for m in names})
    votes = {m: sum(w * k[m] for w, k in zip(weights, kept)) for m in names}
    majority = torch.cat([v.sign().reshape(-1) for v in votes.values()]).sum()
    majority = 1.0 if majority > 0 else -1.0
    signs = {m: torch.where(v == 0, torch.tensor(majority, dtype=torch.double), v.sign()) for m, v in votes.items()}
    return [{m: k[m] * (signs[m] * k[m] > 0) for m in names} for k in kept]


def features(rows, delta):
    return {"l1": rows.numpy(), "l2": torch.tanh(rows @ (base["l1"] + delta["l1"]).T).numpy()}


def regmean(inputs, module, ridge):
    """min over tau of sum_i w_i (|X_i (tau_i - tau)'|^2 + rho |tau_i - tau|^2)."""
    w = np.array(weights) / sum(weights)
    d = inputs[0].shape[1]
    rho = ridge * sum(wi * np.trace(v.T @ v) for wi, v in zip(w, inputs)) / d
    rows = np.concatenate(
        [np.sqrt(wi) * np.concatenate([v, np.sqrt(rho) * np.eye(d)]) for wi, v in zip(w, inputs)]
    )
    targets = np.concatenate(
        [
            np.sqrt(wi) * np.concatenate([v, np.sqrt(rho) * np.eye(d)]) @ t[module].numpy().T
            for wi, v, t in zip(w, inputs, taus)
        ]
    )
    return np.linalg.lstsq(rows, targets, rcond=None)[0].T


RIDGE = 1e-3
lower = regmean([features(r, t)["l1"] for r, t in zip(x, taus)], "l1", RIDGE)
merged_below = {"l1": torch.tensor(lower)}
upper = regmean([features(r, merged_below)["l2"] for r in x], "l2", RIDGE)
upper_own = regmean([features(r, t)["l2"] for r, t in zip(x, taus)], "l2", RIDGE)


def iteris(iterations, ridge, mix, balance):
    own = [features(r, t) for r, t in zip(x, taus)]
    now = own
    for _ in range(iterations):
        solved = {}
        for m in names:
            top, bottom = 0, 0
            for i in range(2):
                a = own[i][m]
                b = (1 - mix) * now[i][m] + mix * a
                whole = (base[m] + taus[i][m]).numpy()
                share = weights[i]
                if balance:
                    share *= np.linalg.norm(whole) ** 2 / np.linalg.norm(a @ whole.T) ** 2
                xy, yy = a.T @ b, b.T @ b
                xy = xy + ridge * np.linalg.norm(xy) * np.eye(len(xy))
                yy = yy + ridge * np.linalg.norm(yy) * np.eye(len(yy))
                top = top + share * taus[i][m].numpy() @ xy
                bottom = bottom + share * yy
            solved[m] = torch.tensor(np.linalg.solve(bottom.T, top.T).T)
        now = [features(r, solved) for r in x]
    return {m: tensor(t) for m, t in solved.items()}


print(
    json.dumps(
        {
            "source": "make_trial.py beside this file, PyTorch %s, NumPy %s" % (torch.__version__, np.__version__),
            "weights": weights,
            "base": {m: tensor(t) for m, t in base.items()},
            "factors": {
                i: {m: {"b": tensor(b), "a": tensor(a)} for m, (b, a) in f.items()}
                for i, f in enumerate(factors)
            },
            "x": {i: tensor(v) for i, v in enumerate(x)},
            "adamerging": {
                "tensor": adamerging(taus, True, 0.3, 0.02, 60, True),
                "task": adamerging(taus, False, 0.3, 0.02, 60, True),
                "free": adamerging(taus, True, 0.3, 0.05, 60, False),
            },
            "adamerging-plusplus": adamerging(ties_split(0.4), True, 0.3, 0.02, 60, True),
            "regmean-plusplus": {"apart": {"l1": tensor(lower), "l2": tensor(upper)},
                                 "together": {"l1": tensor(lower), "l2": tensor(upper_own)}},
            "iteris": {
                "balanced": iteris(3, 1e-3, 0.1, True),
                "plain": iteris(2, 1e-7, 0.0, False),
            },
        }
    )
)
