"""Makes python.safetensors of this folder: a small network of torch.nn, an input and its outputs, as Python's safetensors writes them.

Tests only read the file. To make it anew, in a virtual environment outside the project:

    pip install torch safetensors numpy
    python Tests/Fixtures/make_safetensors.py

The stored file was made with Python 3.11.7, PyTorch 2.13.0 and safetensors 0.8.0.

The library sorts tensors by alignment and name, not by the order given, and pads the header with blanks. `outputs` are logits [batch, time, outputs]
of `input` [batch, time, 3], computed in float64 and rounded. `step`, `half` and `none` are of types and shapes that no network here has.
"""
from pathlib import Path

import torch
from safetensors.torch import save_file

torch.manual_seed(20)
network = torch.nn.ModuleDict({"rnn": torch.nn.LSTM(3, 5, 2, batch_first=True), "head": torch.nn.Linear(5, 4)})
tensors = {name: value.detach().clone() for name, value in network.state_dict().items()}
tensors["input"] = torch.randn(2, 6, 3)
double = network.double()
tensors["outputs"] = double["head"](double["rnn"](tensors["input"].double())[0]).detach().float().contiguous()
tensors["step"] = torch.tensor([7], dtype=torch.int64)
tensors["half"] = torch.tensor([1.5, -2.0], dtype=torch.bfloat16)
tensors["none"] = torch.zeros(0, 3)
path = Path(__file__).parent / "python.safetensors"
save_file(tensors, path, metadata={"format": "pt", "note": 'größe " \n'})
print(f"{path.name}: {path.stat().st_size} bytes")
