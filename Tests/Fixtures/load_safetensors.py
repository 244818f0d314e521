"""Loads a network that lstm-train wrote into torch.nn, and holds its outputs against those in the file.

    python load_safetensors.py FILE COPY

FILE has the network's parameters, `input` [batch, time, width] or `tokens` [batch, time], and `outputs` [batch, time, outputs].
Prints the largest difference, relative to the largest output. Writes what it read to COPY, as Python's safetensors does.
"""
import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

tensors = load_file(sys.argv[1])
with safe_open(sys.argv[1], "pt") as file:
    assert file.metadata() == {"format": "pt"}, file.metadata()


def parameters(prefix):
    return {name.removeprefix(prefix): value for name, value in tensors.items() if name.startswith(prefix)}


layers = sum(name.startswith("rnn.weight_ih_l") for name in tensors)
width, hidden = tensors["rnn.weight_ih_l0"].shape[1], tensors["rnn.weight_hh_l0"].shape[1]
rnn = torch.nn.LSTM(width, hidden, layers, batch_first=True)
rnn.load_state_dict(parameters("rnn."))
head = torch.nn.Linear(hidden, tensors["head.weight"].shape[0])
head.load_state_dict(parameters("head."))
if "embedding.weight" in tensors:
    embedding = torch.nn.Embedding(*tensors["embedding.weight"].shape)
    embedding.load_state_dict(parameters("embedding."))
    x = embedding(tensors["tokens"].long())
else:
    x = tensors["input"]
with torch.no_grad():
    outputs = head(rnn(x)[0])
wanted = tensors["outputs"]
assert outputs.shape == wanted.shape, (outputs.shape, wanted.shape)
save_file(tensors, sys.argv[2], metadata={"format": "pt"})
print(((outputs - wanted).abs().max() / outputs.abs().max()).item())
