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


class TemporalBlock(torch.nn.Module):
    """The parameters of a block of two causal convolutions."""

    def __init__(self, layer, width):
        super().__init__()
        self.conv1 = torch.nn.Conv1d(width, layer["channels"], layer["width"], dilation=layer.get("dilation", 1))
        self.conv2 = torch.nn.Conv1d(layer["channels"], layer["channels"], layer["width"], dilation=layer.get("dilation", 1))
        if width != layer["channels"]:
            self.downsample = torch.nn.Conv1d(width, layer["channels"], 1)


class AttentionPool(torch.nn.Module):
    def __init__(self, layer, width):
        super().__init__()
        units = layer.get("units", 0) or width
        self.weight, self.bias = torch.nn.Parameter(torch.zeros(units, width)), torch.nn.Parameter(torch.zeros(units))
        self.query = torch.nn.Parameter(torch.zeros(1, units))


def over_time(layer, module, x):
    """A layer over one sequence, [channels, time]: its outputs, [channels, time]."""
    kind, causal = layer["type"], lambda conv, y: conv(F.pad(y, ((conv.kernel_size[0] - 1) * conv.dilation[0], 0)))
    if kind == "conv1d":
        extent = (layer["width"] - 1) * layer.get("dilation", 1) + 1
        if layer.get("padding") == "causal":
            x = causal(module, x)
        elif layer.get("padding") == "valid":
            x = module(F.pad(x, (0, max(0, extent - x.shape[1]))))
        elif layer.get("stride", 1) == 1:
            x = F.conv1d(x, module.weight, module.bias, padding="same", dilation=module.dilation, groups=module.groups)
        else:
            missing = max(0, (-(-x.shape[1] // layer["stride"]) - 1) * layer["stride"] + extent - x.shape[1])
            x = module(F.pad(x, (missing // 2, missing - missing // 2)))
        return {"linear": lambda y: y, "relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[layer.get("activation", "linear")](x)
    if kind == "tcn":
        inner = torch.relu(causal(module.conv2, torch.relu(causal(module.conv1, x))))
        return torch.relu(inner + (module.downsample(x) if hasattr(module, "downsample") else x))
    if kind == "subsample":
        return x[:, :: layer["factor"]]
    if kind == "stack":
        x = F.pad(x, (0, -x.shape[1] % layer["frames"]))
        return torch.cat([x[:, first :: layer["frames"]] for first in range(layer["frames"])])
    method = layer.get("method", "mean")
    if method == "attention":
        weights = torch.softmax(module.query @ torch.tanh(module.weight @ x + module.bias[:, None]), dim=1)
        return x @ weights.T
    return {"mean": lambda: x.mean(1), "max": lambda: x.amax(1), "last": lambda: x[:, -1]}[method]()[:, None]


OVER_TIME = ("conv1d", "tcn", "subsample", "stack", "pool")


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
        elif layer["type"] == "conv1d":
            made.append(torch.nn.Conv1d(width, layer["channels"], layer["width"], **{k: layer[k] for k in ("stride", "dilation", "groups") if k in layer}))
            width = layer["channels"]
        elif layer["type"] == "tcn":
            made.append(TemporalBlock(layer, width))
            width = layer["channels"]
        elif layer["type"] in OVER_TIME:
            made.append(AttentionPool(layer, width) if layer.get("method") == "attention" else torch.nn.Identity())
            width *= layer.get("frames", 1)
        elif layer["type"] == "layerNorm":
            made.append(torch.nn.LayerNorm(width, eps=layer.get("epsilon", 1e-5)))
        else:
            raise ValueError(layer)
    return made, width


def apply(layer, module, x, lengths):
    """The layer's outputs, padded, and their lengths."""
    if layer["type"] in OVER_TIME:
        rows = [over_time(layer, module, sequence[:length].T).T for sequence, length in zip(x, lengths)]
        return pad_sequence(rows, batch_first=True), [len(row) for row in rows]
    return apply_by_step(layer, module, x, lengths), lengths


def apply_by_step(layer, module, x, lengths):
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
        x, lengths = apply(layer, module, x, lengths)
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
figure("convolutions", "convolutions of each padding, with stride, dilation and groups, under and above a GRU", 5,
       [dict(type="conv1d", channels=6, width=3, dilation=2, padding="causal", activation="tanh"), dict(type="conv1d", channels=4, width=4, groups=2),
        dict(type="conv1d", channels=6, width=3, stride=2, padding="same", activation="sigmoid"), dict(type="gru", hidden=3),
        dict(type="conv1d", channels=5, width=2, padding="valid", activation="relu")], 3, 4, [9, 1, 12, 4])
figure("temporal-blocks", "a temporal convolutional network with its largest values over time", 6,
       [dict(type="tcn", channels=5, width=3), dict(type="tcn", channels=5, width=2, dilation=2), dict(type="pool", method="max")], 3, 4, [5, 1, 7, 3])
figure("pooling", "stacked frames, an LSTM, attention pooling", 7,
       [dict(type="stack", frames=2), dict(type="lstm", hidden=5), dict(type="pool", method="attention", units=3)], 3, 4, [5, 1, 8, 3])
figure("subsampling", "subsampling, a GRU, the mean over time", 8,
       [dict(type="subsample", factor=2), dict(type="gru", hidden=4), dict(type="pool")], 3, 4, [5, 1, 8, 3])
