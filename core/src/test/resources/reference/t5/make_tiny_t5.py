"""Makes tiny_t5.json: two tiny random T5 encoder-decoders, what they compute, and what they write.

python3 make_tiny_t5.py > tiny_t5.json     (PyTorch 1.13.0a0 of Debian, CPU, double precision, seed 7)

The transformers library was not at hand: the model is written out here from the public definition of
T5 (arXiv:1910.10683, and 2002.05202 for the gated form). Sequences are run one by one, without padding.

original: ReLU, one table of embeddings for input and output, so that the decoder's states are multiplied
by d_model^-0.5 before it. gated: gated GELU in its tanh form, an output matrix of its own.
Sequences are long enough for every kind of bucket of relative positions, the last one included.

hidden, loss, logits, gradients: with LoRA (scaling * B A) at every linear layer; the loss is the sum of
the cross-entropies over all label tokens but those of -100, divided by their number. The decoder reads
the labels shifted right, with the start token in front and -100 read as padding.
classified: the last hidden states when the decoder reads the source shifted right, as a model with a
classification head does.
greedy, beams: what is generated from each source without adapters, by computing everything again at each
step; beam search as in transformers 4.40 (early_stopping false, 2 * beams candidates a step, the sum of
the log-probabilities divided by the number of tokens generated, EOS included, to the length penalty).
"""

import json
import math

import torch

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)

SCALING = 2.0
RANK = 2
PAD, EOS = 0, 1
SOURCES = [
    [5, 9, 3, 14, 8, 2, 17, 4, 11, 6, 19, 7, 13, 12, 10, 18, 5, 1],
    [16, 3, 1],
    [20, 21, 4, 15, 9, 9, 2, 1],
]
LABELS = [
    [7, 3, 12, 12, 4, 19, 8, 6, 2, 15, 1],
    [9, -100, 14, 1],
    [5, 1],
]
COMMON = dict(
    model_type="t5", d_model=8, d_kv=3, num_heads=2, d_ff=12, vocab_size=22,
    relative_attention_num_buckets=8, relative_attention_max_distance=12,
    layer_norm_epsilon=1e-6, pad_token_id=PAD, eos_token_id=EOS, decoder_start_token_id=PAD,
)
CONFIGS = {
    "original": dict(COMMON, num_layers=2, num_decoder_layers=2, feed_forward_proj="relu",
                     tie_word_embeddings=True),
    "gated": dict(COMMON, num_layers=1, num_decoder_layers=2, feed_forward_proj="gated-gelu",
                  tie_word_embeddings=False),
}


def tensor(t):
    return {"shape": list(t.shape), "data": [float(f"{v:.9g}") for v in t.detach().reshape(-1).tolist()]}


class T5:
    def __init__(self, c):
        self.c = c
        self.w = {}
        self.adapters = {}
        d, inner, ff, heads = c["d_model"], c["num_heads"] * c["d_kv"], c["d_ff"], c["num_heads"]
        self.gain = 2.0 if c["tie_word_embeddings"] else 0.9  # or the tied one repeats itself for ever
        self.make("shared.weight", (c["vocab_size"], d), 1.5)
        if not c["tie_word_embeddings"]:
            self.make("lm_head.weight", (c["vocab_size"], d), 1.0)
        for stack, layers in (("encoder", c["num_layers"]), ("decoder", c["num_decoder_layers"])):
            for i in range(layers):
                block = f"{stack}.block.{i}.layer."
                parts = ["0.SelfAttention"] + (["1.EncDecAttention"] if stack == "decoder" else [])
                for part in parts:
                    for name in "qkv":
                        self.linear(block + part + "." + name, inner, d)
                    self.linear(block + part + ".o", d, inner)
                    self.norm(block + part.split(".")[0] + ".layer_norm.weight")
                if i == 0:
                    self.make(block + "0.SelfAttention.relative_attention_bias.weight",
                              (c["relative_attention_num_buckets"], heads), 1.0)
                last = block + str(len(parts))
                for name in ("wi_0", "wi_1") if "gated" in c["feed_forward_proj"] else ("wi",):
                    self.linear(f"{last}.DenseReluDense.{name}", ff, d)
                self.linear(f"{last}.DenseReluDense.wo", d, ff)
                self.norm(last + ".layer_norm.weight")
            self.norm(stack + ".final_layer_norm.weight")

    def make(self, name, shape, scale, shift=0.0):
        # values that single precision has exactly, so that both sides start with the same bits
        self.w[name] = (torch.randn(shape) * scale + shift).float().double()

    def norm(self, name):
        self.make(name, (self.c["d_model"],), 0.2, 1.0)

    def linear(self, module, d_out, d_in):
        self.make(module + ".weight", (d_out, d_in), self.gain / math.sqrt(d_in))
        self.adapters[module] = tuple(
            (torch.randn(shape) * 0.3).float().double().requires_grad_()
            for shape in ((RANK, d_in), (d_out, RANK)))

    def apply(self, module, x, adapted):
        y = x @ self.w[module + ".weight"].T
        if adapted:
            a, b = self.adapters[module]
            y = y + SCALING * (x @ a.T) @ b.T
        return y

    def rms(self, x, name):
        return self.w[name] * x / (x.pow(2).mean(-1, keepdim=True) + self.c["layer_norm_epsilon"]).sqrt()

    def bias(self, stack, n):
        table = self.w[f"{stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"]
        out = torch.empty(self.c["num_heads"], n, n)
        for query in range(n):
            for key in range(n):
                out[:, query, key] = table[self.bucket(key - query, stack == "encoder")]
        return out

    def bucket(self, relative, bidirectional):
        buckets, first = self.c["relative_attention_num_buckets"], 0
        if bidirectional:
            buckets //= 2
            first = buckets if relative > 0 else 0
            distance = abs(relative)
        else:
            distance = max(0, -relative)
        exact = buckets // 2
        if distance < exact:
            return first + distance
        far = math.log(distance / exact) / math.log(self.c["relative_attention_max_distance"] / exact)
        return first + min(buckets - 1, exact + int(far * (buckets - exact)))

    def attention(self, path, x, source, bias, causal, adapted):
        heads = self.c["num_heads"]
        q, k, v = (self.apply(f"{path}.{n}", y, adapted).view(len(y), heads, -1).transpose(0, 1)
                   for n, y in (("q", x), ("k", source), ("v", source)))
        scores = q @ k.transpose(1, 2)
        if bias is not None:
            scores = scores + bias
        if causal:
            scores = scores.masked_fill(torch.ones(len(x), len(x)).triu(1).bool(), -math.inf)
        return self.apply(path + ".o", (scores.softmax(-1) @ v).transpose(0, 1).reshape(len(x), -1), adapted)

    def stack(self, stack, ids, layers, encoded, adapted):
        x = self.w["shared.weight"][ids]
        bias = self.bias(stack, len(ids))
        for i in range(layers):
            b = f"{stack}.block.{i}.layer."
            h = self.rms(x, b + "0.layer_norm.weight")
            x = x + self.attention(b + "0.SelfAttention", h, h, bias, encoded is not None, adapted)
            last = 1
            if encoded is not None:
                h = self.rms(x, b + "1.layer_norm.weight")
                x = x + self.attention(b + "1.EncDecAttention", h, encoded, None, False, adapted)
                last = 2
            h = self.rms(x, f"{b}{last}.layer_norm.weight")
            f = f"{b}{last}.DenseReluDense."
            if "gated" in self.c["feed_forward_proj"]:
                g = self.apply(f + "wi_0", h, adapted)
                g = 0.5 * g * (1 + torch.tanh(math.sqrt(2 / math.pi) * (g + 0.044715 * g ** 3)))
                h = g * self.apply(f + "wi_1", h, adapted)
            else:
                h = self.apply(f + "wi", h, adapted).relu()
            x = x + self.apply(f + "wo", h, adapted)
        return self.rms(x, stack + ".final_layer_norm.weight")

    def hidden(self, source, target, adapted):
        encoded = self.stack("encoder", torch.tensor(source), self.c["num_layers"], None, adapted)
        return self.stack("decoder", torch.tensor(target), self.c["num_decoder_layers"], encoded, adapted)

    def logits(self, hidden):
        if self.c["tie_word_embeddings"]:
            return hidden * self.c["d_model"] ** -0.5 @ self.w["shared.weight"].T
        return hidden @ self.w["lm_head.weight"].T

    def next(self, source, target):
        return self.logits(self.hidden(source, target, False)[-1:])[0].log_softmax(-1)


def shifted(ids):
    return [PAD] + [PAD if i == -100 else i for i in ids[:-1]]


def greedy(model, source, most):
    out = []
    while len(out) < most and (not out or out[-1] != EOS):
        out.append(int(model.next(source, [PAD] + out).argmax()))
    return out


def beams(model, source, width, penalty, most):
    alive = [([], 0.0)] + [([], -1e9)] * (width - 1)
    finished, done = [], False
    for step in range(1, most + 1):
        scores = torch.stack([s + model.next(source, [PAD] + ids) for ids, s in alive])
        best, at = scores.reshape(-1).topk(2 * width)
        following = []
        for rank, (score, place) in enumerate(zip(best.tolist(), at.tolist())):
            ids, token = alive[place // scores.shape[1]][0], place % scores.shape[1]
            if token == EOS:
                if rank < width:
                    finished.append((score / step ** penalty, ids + [EOS]))
                    finished = sorted(finished, key=lambda f: -f[0])[:width]
            else:
                following.append((ids + [token], score))
            if len(following) == width:
                break
        alive = following
        if len(finished) == width and finished[-1][0] >= best[0].item() / step ** penalty:
            done = True
            break
    if not done:
        finished += [(score / len(ids) ** penalty, ids) for ids, score in alive]
    return max(finished, key=lambda f: f[0])


def default_buckets(bidirectional):
    """Of relative positions -150 to 150, for 32 buckets up to distance 128, in single precision."""
    relative = torch.arange(-150, 151)
    buckets, first = 32, torch.zeros_like(relative)
    if bidirectional:
        buckets //= 2
        first = (relative > 0).long() * buckets
        distance = relative.abs()
    else:
        distance = (-relative).clamp(min=0)
    exact = buckets // 2
    far = torch.log(distance.float() / exact) / math.log(128 / exact) * (buckets - exact)
    far = (exact + far.clamp(min=0).long()).clamp(max=buckets - 1)
    return (first + torch.where(distance < exact, distance, far)).tolist()


out = {"tool": "PyTorch " + torch.__version__ + ", make_tiny_t5.py beside this file, seed 7",
       "scaling": SCALING, "sources": SOURCES, "labels": LABELS,
       "buckets": {"bidirectional": default_buckets(True), "causal": default_buckets(False)}}
for name, config in CONFIGS.items():
    model = T5(config)
    hidden = [model.hidden(s, shifted(l), True) for s, l in zip(SOURCES, LABELS)]
    logits = torch.cat([model.logits(h) for h in hidden])
    flat = torch.tensor(sum(LABELS, []))
    loss = torch.nn.functional.cross_entropy(logits, flat, ignore_index=-100)
    loss.backward()
    with torch.no_grad():
        generated = [{
            "source": s,
            "greedy": greedy(model, s, 12),
            "beams": [
                dict(zip(("score", "ids"), beams(model, s, w, p, 10)), width=w, length_penalty=p)
                for w, p in ((3, 1.0), (4, 0.0), (2, 2.0))],
        } for s in SOURCES + [[4, 18, 1], [12, 6, 6, 3, 1]]]
        out[name] = {
            "config": config,
            "weights": {n: tensor(t) for n, t in model.w.items()},
            "adapters": {m: {"a": tensor(a), "b": tensor(b)} for m, (a, b) in model.adapters.items()},
            "hidden": tensor(torch.cat(hidden)),
            "logits": tensor(logits),
            "loss": loss.item(),
            "gradients": {m: {"a": tensor(a.grad), "b": tensor(b.grad)} for m, (a, b) in model.adapters.items()},
            "classified": tensor(torch.cat([model.hidden(s, shifted(s), True) for s in SOURCES])),
            "generated": generated,
        }
print(json.dumps(out))
