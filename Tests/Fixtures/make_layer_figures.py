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
        elif layer["type"] == "transformer":
            made.append(torch.nn.TransformerEncoderLayer(
                width, layer["heads"], layer["feedForward"], dropout=0, activation=layer["activation"], batch_first=True, norm_first=layer["norm"] == "pre"))
        elif layer["type"] == "layerNorm":
            made.append(torch.nn.LayerNorm(width, eps=layer.get("epsilon", 1e-5)))
        else:
            raise ValueError(layer)
    return made, width


def transformed(layer, module, x, lengths):
    """PyTorch's own block; with rotary positions its parts, and attention with queries and keys turned by their positions."""
    time, width = x.shape[1], x.shape[2]
    position = torch.arange(time, dtype=torch.float64)
    blocked = torch.arange(time)[None, :] >= torch.tensor(lengths)[:, None]
    later = torch.ones(time, time, dtype=torch.bool).triu(1) if layer["causal"] else torch.zeros(time, time, dtype=torch.bool)
    if layer["positions"] == "sinusoidal":
        angles = position[:, None] * 10000.0 ** (-torch.arange(0, width, 2, dtype=torch.float64) / width)
        table = torch.zeros(time, width, dtype=torch.float64)
        table[:, 0::2], table[:, 1::2] = angles.sin(), angles.cos()[:, :width // 2]
        x = x + table
    if layer["positions"] != "rotary":
        return module(x, src_mask=later, src_key_padding_mask=blocked)

    def turned(y):
        half = y.shape[-1] // 2
        angles = position[:, None] * 10000.0 ** (-2 * torch.arange(half, dtype=torch.float64) / y.shape[-1])
        first, second = y[..., :half], y[..., half:]
        return torch.cat([first * angles.cos() - second * angles.sin(), first * angles.sin() + second * angles.cos()], dim=-1)

    def attention(y):
        own = module.self_attn
        heads = F.linear(y, own.in_proj_weight, own.in_proj_bias).reshape(len(lengths), time, 3, layer["heads"], -1).permute(2, 0, 3, 1, 4)
        scores = turned(heads[0]) @ turned(heads[1]).transpose(-1, -2) / heads.shape[-1] ** 0.5
        scores = scores.masked_fill(later | blocked[:, None, None, :], float("-inf"))
        return own.out_proj((scores.softmax(-1) @ heads[2]).transpose(1, 2).reshape(x.shape))

    def network(y):
        return module.linear2({"relu": F.relu, "gelu": F.gelu}[layer["activation"]](module.linear1(y)))

    if layer["norm"] == "pre":
        x = x + attention(module.norm1(x))
        return x + network(module.norm2(x))
    x = module.norm1(x + attention(x))
    return module.norm2(x + network(x))


def apply(layer, module, x, lengths):
    if layer["type"] == "transformer":
        return transformed(layer, module, x, lengths)
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
figure("transformer-pre", "two Transformer blocks with the norm before, causal and not", 5,
       [dict(type="transformer", heads=3, feedForward=7, causal=True, norm="pre", positions="none", activation="gelu"),
        dict(type="transformer", heads=2, feedForward=5, causal=False, norm="pre", positions="none", activation="relu")], 6, 4, [5, 1, 7, 3])
figure("transformer-post", "two Transformer blocks with the norm after, causal and not, under an LSTM", 6,
       [dict(type="transformer", heads=2, feedForward=7, causal=True, norm="post", positions="none", activation="relu"),
        dict(type="transformer", heads=1, feedForward=9, causal=False, norm="post", positions="none", activation="gelu"), dict(type="lstm", hidden=3)],
       4, 3, [4, 6, 2])
figure("transformer-positions", "Transformer blocks with sinusoidal and rotary positions", 7,
       [dict(type="transformer", heads=1, feedForward=5, causal=True, norm="post", positions="sinusoidal", activation="gelu"),
        dict(type="transformer", heads=2, feedForward=6, causal=True, norm="pre", positions="rotary", activation="gelu"),
        dict(type="transformer", heads=2, feedForward=7, causal=False, norm="post", positions="rotary", activation="relu")], 8, 4, [5, 1, 7, 3])
