"""Writes adapter_model.bin and adapter_model.json: what PEFT before 0.7 saved, by torch.save.

Made with Debian's python3-torch 1.13.1: /usr/bin/python3 make_adapter_bin.py
PEFT itself was not at hand; the keys are those of its LoRA of that time.
"""
import collections
import json

import torch

torch.manual_seed(0)
prefix = "base_model.model.encoder.layer.0.attention.self."
state = collections.OrderedDict()
state[prefix + "query.lora_A.weight"] = torch.nn.Parameter(torch.randn(2, 3))
state[prefix + "query.lora_B.weight"] = torch.randn(4, 2).half()
both = torch.randn(6, 3)  # one storage, two tensors
state[prefix + "value.lora_A.weight"] = both[:2]
state[prefix + "value.lora_B.weight"] = torch.randn(4, 2).bfloat16()
state["base_model.model.classifier.weight"] = both[2:5].double()
state["base_model.model.classifier.bias"] = torch.zeros(300000)[:3] + 0.5
state._metadata = collections.OrderedDict({"": {"version": 1}})
torch.save(state, "adapter_model.bin")
with open("adapter_model.json", "w") as out:
    json.dump(
        {
            "source": "torch %s, torch.save; script make_adapter_bin.py" % torch.__version__,
            "tensors": {k: v.detach().float().tolist() for k, v in state.items()},
        },
        out,
        indent=1,
    )
