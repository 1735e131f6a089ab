"""Makes tiny_*.json: a tiny random model of each family with LoRA on every linear layer.

python3 make_tiny_models.py     (PyTorch 1.13.0a0 of Debian, CPU, double precision, seed 20261122)

The models are written out in PyTorch from the families' published definitions, with the names and
the layout of Hugging Face's checkpoints; transformers itself was not at hand. Sequences are run one
by one, without padding. Weights are multiples of 1/64, so that every precision starts from the same
numbers; results are stored to 8 significant digits.
"""

import json
import math

import torch
import torch.nn.functional as F

SEQUENCES = [[3, 17, 5, 9, 2], [11], [7, 4, 19, 0, 6, 13, 8]]
LABELS = [2, 0, 1]
VOCAB, CLASSES, RANK, SCALING = 20, 3, 2, 2.0


def rand(*shape, std=0.5, mean=0.0):
    return torch.round((torch.randn(*shape) * std + mean).double() * 64) / 64


def tensor(t):
    data = [float(f"{v:.8g}") for v in t.detach().reshape(-1).tolist()]
    return {"shape": list(t.shape), "data": data}


def activation(name, x):
    return {
        "gelu": lambda: F.gelu(x),
        "gelu_new": lambda: 0.5 * x * (1 + torch.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))),
        "silu": lambda: x * torch.sigmoid(x),
        "relu": lambda: torch.relu(x),
        "quick_gelu": lambda: x * torch.sigmoid(1.702 * x),
    }[name]()


class Model:
    """Weights by name, and the modules that have an adapter, in the order of the forward pass."""

    def __init__(self, config):
        self.config, self.weights, self.modules, self.transposed = config, {}, [], set()
        self.build()
        self.adapters = {}
        for m in self.modules:
            shape = self.weights[m + ".weight"].shape
            d_out, d_in = reversed(shape) if m in self.transposed else shape
            self.adapters[m] = {"a": rand(RANK, d_in, std=0.3), "b": rand(d_out, RANK, std=0.3)}

    def make_linear(self, name, d_in, d_out, bias, adapted=True, transposed=False):
        self.weights[name + ".weight"] = rand(*((d_in, d_out) if transposed else (d_out, d_in)), std=0.4)
        if bias:
            self.weights[name + ".bias"] = rand(d_out, std=0.2)
        if transposed:
            self.transposed.add(name)
        if adapted:
            self.modules.append(name)

    def make_norm(self, name, size, bias, names=("weight", "bias")):
        self.weights[name + "." + names[0]] = rand(size, std=0.2, mean=1.0)
        if bias:
            self.weights[name + "." + names[1]] = rand(size, std=0.2)

    def linear(self, x, name, lora):
        w = self.weights[name + ".weight"]
        y = x @ (w if name in self.transposed else w.T)
        if name + ".bias" in self.weights:
            y = y + self.weights[name + ".bias"]
        if name in lora:
            y = y + SCALING * (x @ lora[name]["a"].T) @ lora[name]["b"].T
        return y

    def norm(self, x, name, eps):
        w = self.weights
        gamma = w.get(name + ".weight", w.get(name + ".gamma"))
        beta = w.get(name + ".bias", w.get(name + ".beta"))
        if beta is None:
            return gamma * x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + eps)
        return F.layer_norm(x, (x.shape[-1],), gamma, beta, eps)


def attention(q, k, v, heads, key_heads, causal, window=0):
    n = len(q)
    q = q.view(n, heads, -1).transpose(0, 1)
    k = k.view(n, key_heads, -1).transpose(0, 1).repeat_interleave(heads // key_heads, 0)
    v = v.view(n, key_heads, -1).transpose(0, 1).repeat_interleave(heads // key_heads, 0)
    scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])
    i, j = torch.arange(n)[:, None], torch.arange(n)[None, :]
    seen = torch.ones(n, n, dtype=torch.bool)
    if causal:
        seen = j <= i
    if window:
        seen = seen & (i - j < window)
    scores = scores.masked_fill(~seen, -math.inf)
    return (scores.softmax(-1) @ v).transpose(0, 1).reshape(n, -1)


class Encoder(Model):
    """BERT and RoBERTa with the output of a masked language model."""

    def build(self):
        c = self.config
        d, inner = c["hidden_size"], c["intermediate_size"]
        self.roberta = c["model_type"] == "roberta"
        self.p = "roberta." if self.roberta else "bert."
        for kind, rows in (
            ("word", VOCAB),
            ("position", c["max_position_embeddings"]),
            ("token_type", c["type_vocab_size"]),
        ):
            self.weights[f"{self.p}embeddings.{kind}_embeddings.weight"] = rand(rows, d)
        names = ("weight", "bias") if self.roberta else ("gamma", "beta")
        self.make_norm(self.p + "embeddings.LayerNorm", d, True, names)
        for i in range(c["num_hidden_layers"]):
            p = f"{self.p}encoder.layer.{i}."
            for s in ("query", "key", "value"):
                self.make_linear(p + "attention.self." + s, d, d, True)
            self.make_linear(p + "attention.output.dense", d, d, True)
            self.make_norm(p + "attention.output.LayerNorm", d, True, names)
            self.make_linear(p + "intermediate.dense", d, inner, True)
            self.make_linear(p + "output.dense", inner, d, True)
            self.make_norm(p + "output.LayerNorm", d, True, names)
        if self.roberta:
            self.make_linear("lm_head.dense", d, d, True, adapted=False)
            self.make_norm("lm_head.layer_norm", d, True)
            self.weights["lm_head.bias"] = rand(VOCAB, std=0.2)
            self.head = {
                "dense.weight": rand(d, d),
                "dense.bias": rand(d, std=0.2),
                "out_proj.weight": rand(CLASSES, d),
                "out_proj.bias": rand(CLASSES, std=0.2),
            }
            self.head_name = "cls-dense"
        else:
            self.make_linear("bert.pooler.dense", d, d, True, adapted=False)
            self.make_linear("cls.predictions.transform.dense", d, d, True, adapted=False)
            self.make_norm("cls.predictions.transform.LayerNorm", d, True, names)
            self.weights["cls.predictions.bias"] = rand(VOCAB, std=0.2)
            self.head = {"weight": rand(CLASSES, d), "bias": rand(CLASSES, std=0.2)}
            self.head_name = "cls-pooler"

    def encode(self, ids, lora):
        c, w, p = self.config, self.weights, self.p
        eps = c["layer_norm_eps"]
        first = c["pad_token_id"] + 1 if self.roberta else 0
        positions = torch.arange(first, first + len(ids))
        x = (
            w[p + "embeddings.word_embeddings.weight"][ids]
            + w[p + "embeddings.position_embeddings.weight"][positions]
            + w[p + "embeddings.token_type_embeddings.weight"][0]
        )
        x = self.norm(x, p + "embeddings.LayerNorm", eps)
        for i in range(c["num_hidden_layers"]):
            p = f"{self.p}encoder.layer.{i}."
            q, k, v = (self.linear(x, p + "attention.self." + s, lora) for s in ("query", "key", "value"))
            heads = c["num_attention_heads"]
            context = attention(q, k, v, heads, heads, False)
            h = x + self.linear(context, p + "attention.output.dense", lora)
            h = self.norm(h, p + "attention.output.LayerNorm", eps)
            inner = activation(c["hidden_act"], self.linear(h, p + "intermediate.dense", lora))
            x = self.norm(h + self.linear(inner, p + "output.dense", lora), p + "output.LayerNorm", eps)
        return x

    def scores(self, x):
        c, eps = self.config, self.config["layer_norm_eps"]
        words = self.weights[self.p + "embeddings.word_embeddings.weight"]
        if self.roberta:  # always the exact GELU
            t = self.norm(F.gelu(self.linear(x, "lm_head.dense", {})), "lm_head.layer_norm", eps)
            return t @ words.T + self.weights["lm_head.bias"]
        t = activation(c["hidden_act"], self.linear(x, "cls.predictions.transform.dense", {}))
        t = self.norm(t, "cls.predictions.transform.LayerNorm", eps)
        return t @ words.T + self.weights["cls.predictions.bias"]

    def classify(self, ids, x):
        h = self.head
        if self.roberta:
            t = torch.tanh(h["dense.weight"] @ x[0] + h["dense.bias"])
            return h["out_proj.weight"] @ t + h["out_proj.bias"]
        t = torch.tanh(self.linear(x[0], "bert.pooler.dense", {}))
        return h["weight"] @ t + h["bias"]


class Decoder(Model):
    """What decoders have in common: a classifier on the last token that is not padding."""

    def make_head(self, d):
        self.head = {"weight": rand(CLASSES, d)}
        self.head_name = "last-token"

    def classify(self, ids, x):
        last = max([i for i, t in enumerate(ids) if t != self.config.get("pad_token_id")], default=0)
        return self.head["weight"] @ x[last]


class Gpt2(Decoder):
    def build(self):
        c = self.config
        d = c["n_embd"]
        self.weights["wte.weight"] = rand(VOCAB, d)
        self.weights["wpe.weight"] = rand(c["n_positions"], d)
        for i in range(c["n_layer"]):
            p = f"h.{i}."
            self.make_norm(p + "ln_1", d, True)
            self.make_linear(p + "attn.c_attn", d, 3 * d, True, transposed=True)
            self.make_linear(p + "attn.c_proj", d, d, True, transposed=True)
            self.make_norm(p + "ln_2", d, True)
            self.make_linear(p + "mlp.c_fc", d, 4 * d, True, transposed=True)
            self.make_linear(p + "mlp.c_proj", 4 * d, d, True, transposed=True)
        self.make_norm("ln_f", d, True)
        self.make_head(d)

    def encode(self, ids, lora):
        c = self.config
        eps = c["layer_norm_epsilon"]
        x = self.weights["wte.weight"][ids] + self.weights["wpe.weight"][: len(ids)]
        for i in range(c["n_layer"]):
            p = f"h.{i}."
            qkv = self.linear(self.norm(x, p + "ln_1", eps), p + "attn.c_attn", lora)
            q, k, v = qkv.split(c["n_embd"], dim=1)
            context = attention(q, k, v, c["n_head"], c["n_head"], True)
            x = x + self.linear(context, p + "attn.c_proj", lora)
            inner = self.linear(self.norm(x, p + "ln_2", eps), p + "mlp.c_fc", lora)
            x = x + self.linear(activation(c["activation_function"], inner), p + "mlp.c_proj", lora)
        return self.norm(x, "ln_f", eps)

    def scores(self, x):
        return x @ self.weights["wte.weight"].T


def frequencies(c, width):
    s = c.get("rope_parameters", c.get("rope_scaling")) or {}
    theta = s.get("rope_theta", c.get("rope_theta", 10000.0))
    f = theta ** (-torch.arange(0, width, 2).double() / width)
    kind = s.get("rope_type", "default")
    if kind == "linear":
        return f / s["factor"]
    if kind == "llama3":
        old, low, high = s["original_max_position_embeddings"], s["low_freq_factor"], s["high_freq_factor"]
        length = 2 * math.pi / f
        smooth = (old / length - low) / (high - low)
        between = (1 - smooth) * f / s["factor"] + smooth * f
        return torch.where(length > old / low, f / s["factor"], torch.where(length < old / high, f, between))
    return f


def rotate(x, heads, f):
    n = len(x)
    x = x.view(n, heads, -1)
    angle = torch.arange(n).double()[:, None] * f[None, :]
    cos, sin = (torch.cat((t, t), -1)[:, None, :] for t in (angle.cos(), angle.sin()))
    half = x.shape[-1] // 2
    turned = torch.cat((-x[..., half:], x[..., :half]), -1)
    return (x * cos + turned * sin).reshape(n, -1)


class Llama(Decoder):
    """Llama, Mistral, Qwen2 and Qwen3."""

    def build(self):
        c = self.config
        d, inner = c["hidden_size"], c["intermediate_size"]
        kind = c["model_type"]
        self.width = c.get("head_dim", d // c["num_attention_heads"])
        bias = kind == "qwen2" or c.get("attention_bias", False)
        out_bias = kind != "qwen2" and c.get("attention_bias", False)
        mlp_bias = c.get("mlp_bias", False)
        self.weights["model.embed_tokens.weight"] = rand(VOCAB, d)
        for i in range(c["num_hidden_layers"]):
            p = f"model.layers.{i}."
            self.make_norm(p + "input_layernorm", d, False)
            self.make_linear(p + "self_attn.q_proj", d, c["num_attention_heads"] * self.width, bias)
            self.make_linear(p + "self_attn.k_proj", d, c["num_key_value_heads"] * self.width, bias)
            self.make_linear(p + "self_attn.v_proj", d, c["num_key_value_heads"] * self.width, bias)
            self.make_linear(p + "self_attn.o_proj", c["num_attention_heads"] * self.width, d, out_bias)
            if kind == "qwen3":
                self.make_norm(p + "self_attn.q_norm", self.width, False)
                self.make_norm(p + "self_attn.k_norm", self.width, False)
            self.make_norm(p + "post_attention_layernorm", d, False)
            self.make_linear(p + "mlp.gate_proj", d, inner, mlp_bias)
            self.make_linear(p + "mlp.up_proj", d, inner, mlp_bias)
            self.make_linear(p + "mlp.down_proj", inner, d, mlp_bias)
        self.make_norm("model.norm", d, False)
        if not c.get("tie_word_embeddings", False):
            self.weights["lm_head.weight"] = rand(VOCAB, d)
        self.make_head(d)

    def heads_norm(self, x, name, eps):
        return self.norm(x.view(-1, self.width), name, eps).view(len(x), -1)

    def encode(self, ids, lora):
        c = self.config
        eps, heads, key_heads = c["rms_norm_eps"], c["num_attention_heads"], c["num_key_value_heads"]
        f = frequencies(c, self.width)
        x = self.weights["model.embed_tokens.weight"][ids]
        for i in range(c["num_hidden_layers"]):
            p = f"model.layers.{i}."
            h = self.norm(x, p + "input_layernorm", eps)
            q, k, v = (self.linear(h, p + f"self_attn.{s}_proj", lora) for s in "qkv")
            if c["model_type"] == "qwen3":
                q = self.heads_norm(q, p + "self_attn.q_norm", eps)
                k = self.heads_norm(k, p + "self_attn.k_norm", eps)
            q, k = rotate(q, heads, f), rotate(k, key_heads, f)
            window = c.get("sliding_window") or 0 if c["model_type"] == "mistral" else 0
            x = x + self.linear(attention(q, k, v, heads, key_heads, True, window), p + "self_attn.o_proj", lora)
            h = self.norm(x, p + "post_attention_layernorm", eps)
            gate = activation(c["hidden_act"], self.linear(h, p + "mlp.gate_proj", lora))
            x = x + self.linear(gate * self.linear(h, p + "mlp.up_proj", lora), p + "mlp.down_proj", lora)
        return self.norm(x, "model.norm", eps)

    def scores(self, x):
        table = self.weights.get("lm_head.weight", self.weights["model.embed_tokens.weight"])
        return x @ table.T


def run(model, lora, loss_of):
    trained = [t for a in lora.values() for t in a.values()] + list(model.head.values())
    for t in trained:
        t.requires_grad_(True)
        t.grad = None
    states = [model.encode(ids, lora) for ids in SEQUENCES]
    outputs, loss = loss_of(states)
    loss.backward()
    out = {
        "hidden": tensor(torch.cat(states)),
        "outputs": tensor(outputs),
        "loss": loss.item(),
        "gradients": {m: {n: tensor(t.grad) for n, t in a.items()} for m, a in lora.items()},
        "head_gradients": {n: tensor(t.grad) for n, t in model.head.items() if t.grad is not None},
    }
    for t in trained:
        t.requires_grad_(False)
    return out


def golden(name, model_class, config):
    torch.manual_seed(20261122)
    model = model_class(dict(config, vocab_size=VOCAB))
    next_tokens = torch.tensor([(3 * t + 1) % VOCAB for ids in SEQUENCES for t in ids])

    def classes(states):
        logits = torch.stack([model.classify(ids, x) for ids, x in zip(SEQUENCES, states)])
        return logits, F.cross_entropy(logits, torch.tensor(LABELS))

    def tokens(states):
        logits = model.scores(torch.cat(states))
        return logits, F.cross_entropy(logits, next_tokens)

    data = {
        "source": "make_tiny_models.py beside this file, PyTorch " + torch.__version__,
        "config": model.config,
        "scaling": SCALING,
        "token_ids": SEQUENCES,
        "labels": LABELS,
        "next_tokens": next_tokens.tolist(),
        "weights": {n: tensor(t) for n, t in model.weights.items()},
        "adapters": {m: {n: tensor(t) for n, t in a.items()} for m, a in model.adapters.items()},
        "head_name": model.head_name,
        "head": {n: tensor(t) for n, t in model.head.items()},
        "classes": run(model, model.adapters, classes),
        "tokens": run(model, model.adapters, tokens),
    }
    with open(f"tiny_{name}.json", "w") as f:
        json.dump(data, f, separators=(",", ":"))
        f.write("\n")


encoder = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 16}
golden("bert_mlm", Encoder, dict(encoder, model_type="bert", hidden_act="gelu_new", max_position_embeddings=9,
    type_vocab_size=2, layer_norm_eps=1e-12))
golden("roberta", Encoder, dict(encoder, model_type="roberta", hidden_act="gelu", max_position_embeddings=12,
    type_vocab_size=1, layer_norm_eps=1e-5, pad_token_id=1))
golden("gpt2", Gpt2, {"model_type": "gpt2", "n_embd": 8, "n_layer": 2, "n_head": 2, "n_inner": None,
    "n_positions": 9, "layer_norm_epsilon": 1e-5, "activation_function": "gelu_new", "pad_token_id": 2})
decoder = {"hidden_size": 8, "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
    "intermediate_size": 12, "max_position_embeddings": 16, "hidden_act": "silu", "rms_norm_eps": 1e-5}
golden("llama3", Llama, dict(decoder, model_type="llama", head_dim=6, attention_bias=True, mlp_bias=True,
    rope_theta=100.0, tie_word_embeddings=False, rope_scaling={"rope_type": "llama3", "factor": 8.0,
    "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 60}))
golden("llama2", Llama, dict(decoder, model_type="llama", num_key_value_heads=4, tie_word_embeddings=True,
    rope_parameters={"rope_type": "linear", "factor": 2.0, "rope_theta": 1000.0}, hidden_act="gelu_new"))
golden("mistral", Llama, dict(decoder, model_type="mistral", sliding_window=3, rope_theta=10000.0,
    num_key_value_heads=1, tie_word_embeddings=False))
golden("qwen2", Llama, dict(decoder, model_type="qwen2", rope_theta=1e6, tie_word_embeddings=True,
    use_sliding_window=False, sliding_window=4, max_window_layers=2))
golden("qwen3", Llama, dict(decoder, model_type="qwen3", head_dim=6, rope_theta=1e6, tie_word_embeddings=False,
    attention_bias=False, pad_token_id=8))
