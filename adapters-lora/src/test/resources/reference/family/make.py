"""Makes the goldens of this folder with PyTorch's autograd and linalg.

The formulas are those of huggingface/peft at 5d602fd (lora/layer.py, lora/dora.py, lora/corda.py,
vera/layer.py) and, for LoRA-XS, of its paper, written out here: PEFT itself was not run. Usage: python3 make.py
"""

import json
import os

import torch

SEED = 20261122
RANK = 2
ALPHA = 6.0
SCALING = ALPHA / RANK
FOLDER = os.path.dirname(os.path.abspath(__file__))


def draw(*shape):
    """Multiples of 2^-10, so that single precision holds them exactly."""
    return torch.round(torch.randn(*shape, dtype=torch.float64) * 1024) / 1024


def single(tensor):
    """The nearest values of single precision."""
    return tensor.detach().float().double()


def stored(tensor):
    tensor = tensor.detach().double()
    return {"shape": list(tensor.shape), "data": tensor.flatten().tolist()}


def write(name, formula, inputs, outputs, start):
    golden = {
        "source": {
            "repository": "https://github.com/huggingface/peft",
            "commit": "5d602fd",
            "file": "the formulas of src/peft/tuners/lora, written out in make.py",
            "tool": "PyTorch " + torch.__version__ + ", double precision",
            "seed": SEED,
            "command": "python3 make.py",
        },
        "note": formula,
        "params": {"r": RANK, "lora_alpha": ALPHA},
        "inputs": {key: stored(value) for key, value in inputs.items()},
        "outputs": {key: stored(value) for key, value in outputs.items()},
        "start": {key: stored(value) for key, value in start.items()},
    }
    with open(os.path.join(FOLDER, name + ".json"), "w") as file:
        json.dump(golden, file)
        file.write("\n")


def layer():
    return {"x": draw(12, 6), "W": draw(5, 6), "b": draw(5), "Gy": draw(12, 5)}


def gradients(loss, leaves):
    loss.backward()
    return {"d" + name: leaf.grad for name, leaf in leaves.items()}


def residual(name, formula, given, first_a, first_b, start):
    """LoRA on a base from which the product that the factors start at was taken."""
    first_a, first_b = single(first_a), single(first_b)
    a = single(first_a + 0.25 * draw(RANK, 6)).requires_grad_()
    b = single(first_b + 0.25 * draw(5, RANK)).requires_grad_()
    x = given["x"].clone().requires_grad_()
    base = given["W"] - SCALING * first_b @ first_a
    y = x @ base.T + given["b"] + SCALING * ((x @ a.T) @ b.T)
    found = gradients((y * given["Gy"]).sum(), {"x": x, "A": a, "B": b})
    write(
        name,
        formula,
        {**given, "A": a, "B": b, "A0": first_a, "B0": first_b},
        {"y": y, "merged_W": base + SCALING * b @ a, **found},
        start,
    )


def pissa():
    given = layer()
    u, s, vh = torch.linalg.svd(given["W"], full_matrices=False)
    root = torch.sqrt(s[:RANK] / SCALING)
    a, b = torch.diag(root) @ vh[:RANK], u[:, :RANK] @ torch.diag(root)
    note = "A = diag(sqrt(S/s)) Vh[:r], B = U[:,:r] diag(sqrt(S/s)), base = W - s B A"
    residual("pissa", note, given, a, b, {"A": a, "B": b})


def olora():
    given = layer()
    q, r = torch.linalg.qr(given["W"])
    a, b = r[:RANK], q[:, :RANK]
    note = "Q R = W, A = R[:r], B = Q[:,:r], base = W - s B A"
    residual("olora", note, given, a, b, {"A": a, "B": b})


def corda():
    given = layer()
    features = draw(40, 6) * torch.tensor([4.0, 2.0, 1.0, 1.0, 0.5, 0.25], dtype=torch.float64)
    c = features.T @ features / features.shape[0]
    c = c + 0.01 * c.diag().mean() * torch.eye(6, dtype=torch.float64)
    u, s, vh = torch.linalg.svd(given["W"] @ c, full_matrices=False)
    v = (vh @ torch.linalg.inv(c)).T
    start = {"features": features}
    pairs = {"ipm": (u[:, :RANK], s[:RANK], v[:, :RANK])}
    pairs["kpm"] = (u[:, -RANK:], s[-RANK:], v[:, -RANK:])
    for mode, (left, values, right) in pairs.items():
        root = torch.sqrt(values / SCALING)
        start["A_" + mode] = right.T * root.reshape(-1, 1)
        start["B_" + mode] = left * root
    note = "C = X'X/n + 0.01 mean(diag), svd(W C), A = sqrt(S/s) Vh C^-1, B = U sqrt(S/s)"
    residual("corda", note, given, start["A_ipm"], start["B_ipm"], start)


def dora():
    given = layer()
    a = draw(RANK, 6).requires_grad_()
    b = draw(5, RANK).requires_grad_()
    norms = torch.linalg.norm(given["W"], dim=1)
    m = single(norms * (1 + 0.25 * draw(5))).requires_grad_()
    x = given["x"].clone().requires_grad_()
    n = torch.linalg.norm(given["W"] + SCALING * b @ a, dim=1).detach()
    scale = (m / n).reshape(1, -1)
    product = x @ given["W"].T
    y = product + given["b"] + (scale - 1) * product + scale * SCALING * ((x @ a.T) @ b.T)
    found = gradients((y * given["Gy"]).sum(), {"x": x, "A": a, "B": b, "M": m})
    merged = scale.T * (given["W"] + SCALING * b @ a)
    write(
        "dora",
        "n = row norms of W + s B A, detached; y = xW' + b + (m/n - 1) xW' + (m/n) s (xA')B'",
        {**given, "A": a, "B": b, "M": m},
        {"y": y, "merged_W": merged, **found},
        {"M": norms},
    )


def lora_xs():
    given = layer()
    u, s, vh = torch.linalg.svd(given["W"], full_matrices=False)
    a, b = single(torch.diag(s[:RANK]) @ vh[:RANK]), single(u[:, :RANK])
    r = draw(RANK, RANK).requires_grad_()
    x = given["x"].clone().requires_grad_()
    y = x @ given["W"].T + given["b"] + SCALING * (((x @ a.T) @ r.T) @ b.T)
    found = gradients((y * given["Gy"]).sum(), {"x": x, "R": r})
    merged = given["W"] + SCALING * b @ r @ a
    note = "A = diag(S) Vh[:r], B = U[:,:r], y = xW' + b + s ((xA')R')B'"
    inputs = {**given, "A": a, "B": b, "R": r}
    write("lora-xs", note, inputs, {"y": y, "merged_W": merged, **found}, {"A": a, "B": b})


def vera():
    given = layer()
    a, b = draw(RANK, 6), draw(5, RANK)
    scale_d = draw(RANK).requires_grad_()
    scale_b = draw(5).requires_grad_()
    x = given["x"].clone().requires_grad_()
    y = x @ given["W"].T + given["b"] + scale_b * ((scale_d * (x @ a.T)) @ b.T)
    leaves = {"x": x, "Lambda_d": scale_d, "Lambda_b": scale_b}
    found = gradients((y * given["Gy"]).sum(), leaves)
    merged = given["W"] + scale_b.reshape(-1, 1) * b @ (scale_d.reshape(-1, 1) * a)
    note = "y = xW' + b + lambda_b * (lambda_d * (xA'))B'"
    inputs = {**given, "A": a, "B": b, "lambda_d": scale_d, "lambda_b": scale_b}
    write("vera", note, inputs, {"y": y, "merged_W": merged, **found}, {})


torch.manual_seed(SEED)
pissa()
olora()
corda()
dora()
lora_xs()
vera()
