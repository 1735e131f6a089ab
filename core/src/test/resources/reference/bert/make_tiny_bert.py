"""Makes tiny_bert.json: a tiny random BERT with LoRA on every linear layer, written out in PyTorch.

python3 make_tiny_bert.py > tiny_bert.json     (PyTorch 1.13.0a0 of Debian, CPU, double precision, seed 20260301)

Sequences are run one by one, without padding. Everything is stored to 9 significant digits; inputs
are rounded to single precision first, so that a single-precision program starts from the same
numbers.
"""

import json
import math

import torch

torch.manual_seed(20260301)
HIDDEN, LAYERS, HEADS, INNER, VOCAB, POSITIONS, TYPES, EPS = 8, 2, 2, 16, 20, 9, 2, 1e-12
RANK, SCALING, CLASSES = 3, 2.0, 3
LENGTHS = [5, 1, 7]


def rand(*shape, std=0.5, mean=0.0):
    t = (torch.randn(*shape) * std + mean).float().double()
    return t.requires_grad_(False)


weights = {}
for kind, rows in (("word", VOCAB), ("position", POSITIONS), ("token_type", TYPES)):
    weights[f"embeddings.{kind}_embeddings.weight"] = rand(rows, HIDDEN)


def norm_weights(name):
    weights[name + ".weight"] = rand(HIDDEN, std=0.2, mean=1.0)
    weights[name + ".bias"] = rand(HIDDEN, std=0.2)


norm_weights("embeddings.LayerNorm")
modules = []
for i in range(LAYERS):
    p = f"encoder.layer.{i}."
    for name, d_out, d_in in (
        ("attention.self.query", HIDDEN, HIDDEN),
        ("attention.self.key", HIDDEN, HIDDEN),
        ("attention.self.value", HIDDEN, HIDDEN),
        ("attention.output.dense", HIDDEN, HIDDEN),
        ("intermediate.dense", INNER, HIDDEN),
        ("output.dense", HIDDEN, INNER),
    ):
        weights[p + name + ".weight"] = rand(d_out, d_in)
        weights[p + name + ".bias"] = rand(d_out, std=0.2)
        modules.append(p + name)
    norm_weights(p + "attention.output.LayerNorm")
    norm_weights(p + "output.LayerNorm")
weights["pooler.dense.weight"] = rand(HIDDEN, HIDDEN)
weights["pooler.dense.bias"] = rand(HIDDEN, std=0.2)

adapters = {}
for m in modules:
    d_out, d_in = weights[m + ".weight"].shape
    adapters[m] = {"a": rand(RANK, d_in, std=0.3), "b": rand(d_out, RANK, std=0.3)}
head = {"weight": rand(CLASSES, HIDDEN), "bias": rand(CLASSES, std=0.2)}
labels = [2, 0, 1]
sequences = [
    (torch.randint(0, VOCAB, (n,)), (torch.arange(n) > n // 2).long()) for n in LENGTHS
]


def linear(x, module, lora):
    y = x @ weights[module + ".weight"].T + weights[module + ".bias"]
    if lora and module in lora:
        y = y + SCALING * (x @ lora[module]["a"].T) @ lora[module]["b"].T
    return y


def layer_norm(x, module):
    return torch.nn.functional.layer_norm(
        x, (HIDDEN,), weights[module + ".weight"], weights[module + ".bias"], EPS
    )


def encode(ids, types, lora):
    x = (
        weights["embeddings.word_embeddings.weight"][ids]
        + weights["embeddings.position_embeddings.weight"][: len(ids)]
        + weights["embeddings.token_type_embeddings.weight"][types]
    )
    x = layer_norm(x, "embeddings.LayerNorm")
    for i in range(LAYERS):
        p = f"encoder.layer.{i}."
        q, k, v = (
            linear(x, p + "attention.self." + s, lora).view(len(ids), HEADS, -1).transpose(0, 1)
            for s in ("query", "key", "value")
        )
        scores = q @ k.transpose(1, 2) / math.sqrt(HIDDEN // HEADS)
        context = (scores.softmax(-1) @ v).transpose(0, 1).reshape(len(ids), HIDDEN)
        h = layer_norm(
            x + linear(context, p + "attention.output.dense", lora),
            p + "attention.output.LayerNorm",
        )
        inner = torch.nn.functional.gelu(linear(h, p + "intermediate.dense", lora))
        x = layer_norm(h + linear(inner, p + "output.dense", lora), p + "output.LayerNorm")
    return x


def run(pool, lora):
    trained = [t for a in lora.values() for t in a.values()] + list(head.values())
    for t in trained:
        t.requires_grad_(True)
        t.grad = None
    states = [encode(ids, types, lora) for ids, types in sequences]
    if pool == "mean-pool":
        pooled = torch.stack([s.mean(0) for s in states])
    else:
        first = torch.stack([s[0] for s in states])
        pooled = torch.tanh(
            first @ weights["pooler.dense.weight"].T + weights["pooler.dense.bias"]
        )
    logits = pooled @ head["weight"].T + head["bias"]
    loss = torch.nn.functional.cross_entropy(logits, torch.tensor(labels))
    loss.backward()
    out = {
        "hidden": tensor(torch.cat(states)),
        "logits": tensor(logits),
        "loss": loss.item(),
        "gradients": {m: {n: tensor(t.grad) for n, t in a.items()} for m, a in lora.items()},
        "head_gradients": {n: tensor(t.grad) for n, t in head.items()},
    }
    for t in trained:
        t.requires_grad_(False)
    return out


def tensor(t):
    return {
        "shape": list(t.shape),
        "data": [float(f"{v:.9g}") for v in t.detach().reshape(-1).tolist()],
    }


print(
    json.dumps(
        {
            "source": "make_tiny_bert.py beside this file, PyTorch " + torch.__version__,
            "config": {
                "model_type": "bert",
                "hidden_act": "gelu",
                "hidden_size": HIDDEN,
                "num_hidden_layers": LAYERS,
                "num_attention_heads": HEADS,
                "intermediate_size": INNER,
                "vocab_size": VOCAB,
                "max_position_embeddings": POSITIONS,
                "type_vocab_size": TYPES,
                "layer_norm_eps": EPS,
            },
            "scaling": SCALING,
            "token_ids": [ids.tolist() for ids, _ in sequences],
            "type_ids": [types.tolist() for _, types in sequences],
            "labels": labels,
            "weights": {n: tensor(t) for n, t in weights.items()},
            "adapters": {m: {n: tensor(t) for n, t in a.items()} for m, a in adapters.items()},
            "head": {n: tensor(t) for n, t in head.items()},
            "base": run("mean-pool", {}),
            "mean-pool": run("mean-pool", adapters),
            "cls-pooler": run("cls-pooler", adapters),
        },
        indent=None,
    )
)
