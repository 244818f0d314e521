"""Figures of lists of layers, computed by PyTorch in float64: loss, outputs and every gradient of a small model over sequences of unequal lengths.

    python Tests/Fixtures/make_layer_figures.py        # writes layers/*.json

"layers" in a figure is what `model.layers` has in a configuration. Parameters and inputs are numbers that float32 can hold.
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

FOLDER = pathlib.Path(__file__).parent / "layers"


def float32_numbers(random, *shape, scale):
    return random.uniform(-scale, scale, shape).astype(np.float32).astype(np.float64)


def modules(layers, width):
    """Each layer's module, and the width of the last one's outputs."""
    made = []
    for layer in layers:
        if layer["type"] in ("lstm", "gru"):
            kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[layer["type"]]
            both = layer.get("bidirectional", False)
            made.append(kind(width, layer["hidden"], batch_first=True, bidirectional=both))
            own = layer["hidden"] * (2 if both and layer.get("merge", "concatenate") == "concatenate" else 1)
            width = own + (width if layer.get("connection") == "concatenate" else 0)
        elif layer["type"] == "dense":
            made.append(torch.nn.Linear(width, layer["units"]))
            width = layer["units"]
        elif layer["type"] == "layerNorm":
            made.append(torch.nn.LayerNorm(width, eps=layer.get("epsilon", 1e-5)))
        else:
            raise ValueError(layer)
    return made, width


def apply(layer, module, x, lengths):
    if layer["type"] in ("dense", "layerNorm"):
        activation = {"linear": lambda y: y, "relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[layer.get("activation", "linear")]
        return activation(module(x))
    read = x
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    x = pad_packed_sequence(module(packed)[0], batch_first=True)[0]
    merge = layer.get("merge", "concatenate")
    if merge != "concatenate":
        ahead, behind = x.chunk(2, dim=2)
        x = ahead + behind if merge == "sum" else (ahead + behind) / 2
    connection = layer.get("connection", "none")
    return x if connection == "none" else read + x if connection == "residual" else torch.cat([read, x], dim=2)


def parameters(made, head):
    """By the names of this project: recurrent layers are counted by themselves, the others by their place in the list."""
    named, count = {}, 0
    for index, module in enumerate(made):
        recurrent = isinstance(module, torch.nn.RNNBase)
        for name, value in module.named_parameters():
            named["rnn." + name.replace("_l0", f"_l{count}") if recurrent else f"layers.{index}.{name}"] = value
        count += recurrent
    named["head.weight"], named["head.bias"] = head.weight, head.bias
    return named


def figure(name, about, seed, layers, width, outputs, lengths):
    random = np.random.default_rng(seed)
    made, top = modules(layers, width)
    head = torch.nn.Linear(top, outputs)
    for module in [*made, head]:
        module.double()
    named = parameters(made, head)
    with torch.no_grad():
        for value in named.values():
            value.copy_(torch.from_numpy(float32_numbers(random, *value.shape, scale=0.6)))
    vectors = [float32_numbers(random, n, width, scale=2) for n in lengths]
    classes = random.integers(0, outputs, len(lengths)).tolist()
    x = pad_sequence([torch.from_numpy(v) for v in vectors], batch_first=True)
    for layer, module in zip(layers, made):
        x = apply(layer, module, x, lengths)
    last = x[torch.arange(len(lengths)), torch.tensor(lengths) - 1]
    scores = head(last)
    loss = F.cross_entropy(scores, torch.tensor(classes))
    loss.backward()
    text = json.dumps(dict(
        about=about, madeWith=f"PyTorch {torch.__version__}, float64", layers=layers, inputWidth=width, outputs=scores.tolist(), classes=classes,
        inputs=[v.tolist() for v in vectors], loss=loss.item(), parameters={k: v.detach().flatten().tolist() for k, v in named.items()},
        gradients={k: v.grad.flatten().tolist() for k, v in named.items()}))
    (FOLDER / f"{name}.json").write_text(text + "\n")
    print(name, loss.item(), len(text))


torch.set_num_threads(1)
figure("bidirectional-lstm", "a bidirectional LSTM under an LSTM", 1,
       [dict(type="lstm", hidden=5, bidirectional=True), dict(type="lstm", hidden=3)], 2, 4, [5, 1, 7, 3])
figure("bidirectional-gru", "bidirectional GRUs, their directions concatenated, added, averaged", 2,
       [dict(type="gru", hidden=3, bidirectional=True), dict(type="gru", hidden=4, bidirectional=True, merge="sum"),
        dict(type="gru", hidden=3, bidirectional=True, merge="average")], 9, 3, [4, 6, 2])
figure("dense-norm", "dense layers of each activation and layer normalisation around an LSTM", 3,
       [dict(type="dense", units=5, activation="tanh"), dict(type="lstm", hidden=4), dict(type="layerNorm"),
        dict(type="dense", units=6, activation="sigmoid"), dict(type="layerNorm", epsilon=0.01), dict(type="dense", units=5, activation="relu"),
        dict(type="dense", units=3)], 3, 4, [5, 1, 7, 3])
figure("connections", "residual and concatenating connections around LSTM and GRU", 4,
       [dict(type="lstm", hidden=4), dict(type="gru", hidden=3, connection="concatenate"),
        dict(type="lstm", hidden=7, connection="residual")], 3, 4, [5, 1, 7, 3])
