"""Writes weights of PyTorch's modules as safetensors, for model.initialWeights, and prints as JSON what the program should make of them.

    python make_modules.py FOLDER SYMBOLS

own.safetensors: a module of its own names, an embedding of 5, two layers of 11 units. bare.safetensors: a bare nn.LSTM's state_dict, with a head
beside it, one-hot symbols. half.safetensors: the same in float16. Prints for the first two the SHA-256 of the weights as one flat buffer: embedding,
then of each layer weight_ih, weight_hh, bias_ih, bias_hh, then the head's weight and bias.
"""
import hashlib
import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

folder, symbols = Path(sys.argv[1]), int(sys.argv[2])
torch.manual_seed(7)


class Speller(torch.nn.Module):
    def __init__(self):
        super().__init__()
        # Not in the order in which they are used.
        self.out = torch.nn.Linear(11, symbols)
        self.reader = torch.nn.LSTM(5, 11, num_layers=2, batch_first=True)
        self.lookup = torch.nn.Embedding(symbols, 5)


def sha256(tensors):
    return hashlib.sha256(b"".join(tensor.detach().contiguous().numpy().tobytes() for tensor in tensors)).hexdigest()


def layers(lstm):
    return [weight for layer in lstm.all_weights for weight in layer]


own = Speller()
save_file(own.state_dict(), folder / "own.safetensors")

lstm, head = torch.nn.LSTM(symbols, 11, num_layers=2), torch.nn.Linear(11, symbols)
bare = lstm.state_dict() | {f"decoder.{name}": tensor for name, tensor in head.state_dict().items()}
save_file(bare, folder / "bare.safetensors")
save_file({name: tensor.half() for name, tensor in bare.items()}, folder / "half.safetensors")

print(
    json.dumps(
        {
            "own": sha256([own.lookup.weight, *layers(own.reader), own.out.weight, own.out.bias]),
            "bare": sha256([*layers(lstm), head.weight, head.bias]),
        }
    )
)
