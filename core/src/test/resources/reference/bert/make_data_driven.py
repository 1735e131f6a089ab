"""Makes data_driven.json: Fisher information, entropies and features of the BERT in tiny_bert.json.

python3 make_data_driven.py > data_driven.json     (PyTorch 1.13.0a0 of Debian, CPU, double precision)

Everything is taken from PyTorch's automatic derivatives with respect to the whole weights (base plus
adapter), example by example and class by class, on sequences that are run one by one.

fisher: exact, batch-sum (square of the gradient of sum_x sum_y sqrt(p) log p over the three
sequences), and regression (the first output of the head alone).
entropy: of predictions with W0 + l0 tau + l1 tau', where tau = scaling B A and tau' is half of tau
with its elements in reverse order; the mean over the sequences and its derivatives by l0 and l1 of
each module, at l0 = 0.3 + 0.02 k, l1 = 0.4 - 0.01 k for the k-th module.
features: sums of outer products of the inputs of each module, of the model with tau (xx), of that
with tau' (yy), and across (xy).
"""

import json
import math
import os

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
GOLDEN = json.load(open(os.path.join(HERE, "tiny_bert.json")))
CONFIG = GOLDEN["config"]
HIDDEN, LAYERS, HEADS = CONFIG["hidden_size"], CONFIG["num_hidden_layers"], CONFIG["num_attention_heads"]


def load(node):
    return torch.tensor(node["data"]).float().double().reshape(node["shape"])


def tensor(t):
    return {
        "shape": list(t.shape),
        "data": [float(f"{v:.9g}") for v in t.detach().reshape(-1).tolist()],
    }


base = {n: load(t) for n, t in GOLDEN["weights"].items()}
modules = list(GOLDEN["adapters"])
taus = {
    m: GOLDEN["scaling"] * load(a["b"]) @ load(a["a"]) for m, a in GOLDEN["adapters"].items()
}
others = {m: 0.5 * t.flip(0, 1) for m, t in taus.items()}
head_w, head_b = load(GOLDEN["head"]["weight"]), load(GOLDEN["head"]["bias"])
sequences = [
    (torch.tensor(i), torch.tensor(t)) for i, t in zip(GOLDEN["token_ids"], GOLDEN["type_ids"])
]


def logits(ids, types, w, seen=None):
    def linear(x, name):
        if seen is not None:
            seen[name] = x
        return x @ w[name].T + base[name + ".bias"]

    def norm(x, name):
        return torch.nn.functional.layer_norm(
            x, (HIDDEN,), base[name + ".weight"], base[name + ".bias"], CONFIG["layer_norm_eps"]
        )

    x = norm(
        base["embeddings.word_embeddings.weight"][ids]
        + base["embeddings.position_embeddings.weight"][: len(ids)]
        + base["embeddings.token_type_embeddings.weight"][types],
        "embeddings.LayerNorm",
    )
    for i in range(LAYERS):
        p = f"encoder.layer.{i}."
        q, k, v = (
            linear(x, p + "attention.self." + s).view(len(ids), HEADS, -1).transpose(0, 1)
            for s in ("query", "key", "value")
        )
        scores = (q @ k.transpose(1, 2) / math.sqrt(HIDDEN // HEADS)).softmax(-1)
        context = (scores @ v).transpose(0, 1).reshape(len(ids), HIDDEN)
        h = norm(x + linear(context, p + "attention.output.dense"), p + "attention.output.LayerNorm")
        inner = torch.nn.functional.gelu(linear(h, p + "intermediate.dense"))
        x = norm(h + linear(inner, p + "output.dense"), p + "output.LayerNorm")
    return x.mean(0) @ head_w.T + head_b


def weights(deltas):
    return {m: (base[m + ".weight"] + deltas[m]).requires_grad_(True) for m in modules}


def squares(value, w):
    return [g**2 for g in torch.autograd.grad(value, [w[m] for m in modules])]


w = weights(taus)
exact = [torch.zeros_like(t) for t in w.values()]
regression = [torch.zeros_like(t) for t in w.values()]
for ids, types in sequences:
    for label in range(len(head_b)):
        log_p = logits(ids, types, w).log_softmax(0)
        p = log_p[label].exp().item()
        exact = [s + p * g for s, g in zip(exact, squares(log_p[label], w))]
    regression = [s + g for s, g in zip(regression, squares(logits(ids, types, w)[0], w))]
total = 0
for ids, types in sequences:
    log_p = logits(ids, types, w).log_softmax(0)
    total = total + (log_p.exp().detach().sqrt() * log_p).sum()
batch_sum = squares(total, w)
n = len(sequences)


def lambdas(k):
    return torch.tensor([0.3 + 0.02 * k, 0.4 - 0.01 * k], dtype=torch.double, requires_grad=True)


coefficients = {m: lambdas(k) for k, m in enumerate(modules)}
mixed = {
    m: base[m + ".weight"] + coefficients[m][0] * taus[m] + coefficients[m][1] * others[m]
    for m in modules
}
entropy = 0
for ids, types in sequences:
    log_p = logits(ids, types, mixed).log_softmax(0)
    entropy = entropy - (log_p.exp() * log_p).sum() / n
derivatives = torch.autograd.grad(entropy, list(coefficients.values()))

features = {m: {"xx": 0, "xy": 0, "yy": 0} for m in modules}
for ids, types in sequences:
    x, y = {}, {}
    logits(ids, types, weights(taus), x)
    logits(ids, types, weights(others), y)
    for m in modules:
        for key, left, right in (("xx", x, x), ("xy", x, y), ("yy", y, y)):
            features[m][key] = features[m][key] + left[m].T @ right[m]

print(
    json.dumps(
        {
            "source": "make_data_driven.py beside this file, PyTorch " + torch.__version__,
            "fisher": {
                "exact": {m: tensor(s / n) for m, s in zip(modules, exact)},
                "batch-sum": {m: tensor(s / n) for m, s in zip(modules, batch_sum)},
                "regression": {m: tensor(s / n) for m, s in zip(modules, regression)},
            },
            "entropy": {
                "value": entropy.item(),
                "gradients": {m: tensor(g) for m, g in zip(modules, derivatives)},
            },
            "features": {
                m: {key: tensor(t) for key, t in of.items()} for m, of in features.items()
            },
        }
    )
)
