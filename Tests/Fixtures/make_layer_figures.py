"""Figures of lists of layers, computed by PyTorch in float64: loss, outputs and every gradient of a small model over sequences of unequal lengths.

    python Tests/Fixtures/make_layer_figures.py        # writes layers/*.json

"layers" in a figure is what `model.layers` has in a configuration. Parameters and inputs are numbers that float32 can hold.
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F
from torch.nn.utils.parametrizations import weight_norm
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
        if layer.get("weightNorm"):
            weight_norm(self.conv1), weight_norm(self.conv2)
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
class Recurrent(torch.nn.Module):
    """A layer that torch.nn doesn't have, from zero or a learned state: parameters have this project's names, and `step` a time step's formulas."""

    gates = 4

    def __init__(self, width, layer):
        super().__init__()
        self.layer, self.hidden = layer, layer["hidden"]
        rows = self.gates * self.hidden
        self.add("weight_ih", rows, width)
        self.add("weight_hh", rows, self.hidden)
        self.add("bias_ih", rows)
        self.add("bias_hh", rows)
        for name, count in self.others():
            self.add(name, count)

    def add(self, name, *shape):
        self.register_parameter(name + "_l0", torch.nn.Parameter(torch.zeros(shape)))

    def others(self):
        return []

    def get(self, name):
        return getattr(self, name + "_l0")

    def product(self, name, vector):
        return vector @ self.get(name).T

    def sums(self, x, h):
        return self.product("weight_ih", x) + self.get("bias_ih") + self.product("weight_hh", h) + self.get("bias_hh")

    def forward(self, x):
        """[batch, time, width]; what stands behind a sequence's end doesn't come before it."""
        zeros = x.new_zeros(len(x), self.hidden)
        state, outputs = self.begin(zeros), []
        for t in range(x.shape[1]):
            state = self.step(x[:, t], state)
            outputs.append(state[0])
        return torch.stack(outputs, 1)

    def begin(self, zeros):
        return zeros, zeros


class LayerNormLSTM(Recurrent):
    """PyTorch's LayerNormLSTMCell of benchmarks/fastrnns, or sketch-rnn's (Ha & Eck 2017) with a norm for each gate."""

    def others(self):
        sums = [("gain_ih", 4 * self.hidden), ("gain_hh", 4 * self.hidden)] if self.layer["layerNorm"] == "products" else [("gain_gates", 4 * self.hidden)]
        return [*sums, ("gain_cell", self.hidden), ("bias_cell", self.hidden)]

    def step(self, x, state):
        h, c = state
        of_products = self.layer["layerNorm"] == "products"
        eps = 1e-5 if of_products else 1e-3
        wide, narrow = (4 * self.hidden,), (self.hidden,)
        fx, fh = self.product("weight_ih", x), self.product("weight_hh", h)
        if of_products:
            sums = F.layer_norm(fx, wide, self.get("gain_ih"), self.get("bias_ih"), eps) + F.layer_norm(fh, wide, self.get("gain_hh"), self.get("bias_hh"), eps)
        else:
            parts = [F.layer_norm(part, narrow, eps=eps) for part in (fx + fh).chunk(4, 1)]
            sums = torch.cat(parts, 1) * self.get("gain_gates") + self.get("bias_ih") + self.get("bias_hh")
        i, f, g, o = sums.chunk(4, 1)
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        normed = F.layer_norm(c, narrow, self.get("gain_cell"), self.get("bias_cell"), eps)
        return torch.sigmoid(o) * torch.tanh(normed), normed if of_products else c


class SLSTM(Recurrent):
    """xLSTM's (Beck et al. 2024) with one head, with its stabilizer, through which autograd goes too."""

    def begin(self, zeros):
        return zeros, zeros, zeros, zeros

    def step(self, x, state):
        h, c, n, m = state
        i, f, z, o = self.sums(x, h).chunk(4, 1)
        kept = m + (f if self.layer.get("forgetGate") == "exponential" else F.logsigmoid(f))
        m = i if bool((n == 0).all()) else torch.maximum(i, kept)
        i, f = torch.exp(i - m), torch.exp(kept - m)
        c, n = f * c + i * torch.tanh(z), f * n + i
        return torch.sigmoid(o) * c / n, c, n, m


class HardGRU(Recurrent):
    """Keras's GRU with recurrent_activation "hard_sigmoid", for both values of reset_after."""

    gates = 3

    def begin(self, zeros):
        return (zeros,)

    def step(self, x, state):
        (h,) = state
        gate = lambda y: torch.clamp(y / 6 + 0.5, 0, 1)
        fx, fh = self.product("weight_ih", x) + self.get("bias_ih"), self.product("weight_hh", h) + self.get("bias_hh")
        (rx, zx, nx), (rh, zh, nh) = fx.chunk(3, 1), fh.chunk(3, 1)
        r, z = gate(rx + rh), gate(zx + zh)
        inner = r * nh
        if self.layer.get("reset") == "before":
            inner = (r * h) @ self.get("weight_hh")[2 * self.hidden:].T + self.get("bias_hh")[2 * self.hidden:]
        return ((1 - z) * torch.tanh(nx + inner) + z * h,)


class Learned(torch.nn.Module):
    """A layer of torch.nn that begins with learned states."""

    def __init__(self, inner, states):
        super().__init__()
        self.inner, self.names = inner, states
        for name in states:
            size = inner.proj_size or inner.hidden_size if name == "h0" else inner.hidden_size
            self.register_parameter(name + "_l0", torch.nn.Parameter(torch.zeros(size)))

    def forward(self, packed):
        count = int(packed.batch_sizes[0])
        states = [getattr(self, name + "_l0").expand(1, count, -1).contiguous() for name in self.names]
        return self.inner(packed, tuple(states) if len(states) > 1 else states[0])


def own_module(layer):
    """The class of a layer that torch.nn doesn't have; None for the others."""
    if layer["type"] == "slstm":
        return SLSTM
    if layer.get("layerNorm"):
        return LayerNormLSTM
    return HardGRU if layer.get("gateActivation") == "hardSigmoid" else None


def modules(layers, width):
    """Each layer's module, and the width of the last one's outputs."""
    made = []
    for layer in layers:
        if own_module(layer):
            made.append(own_module(layer)(width, layer))
            width = layer["hidden"]
        elif layer["type"] in ("lstm", "gru"):
            kind = {"lstm": torch.nn.LSTM, "gru": torch.nn.GRU}[layer["type"]]
            both = layer.get("bidirectional", False)
            options = dict(proj_size=layer["projection"]) if "projection" in layer else {}
            inner = kind(width, layer["hidden"], batch_first=True, bidirectional=both, **options)
            states = ["h0", "c0"] if layer["type"] == "lstm" else ["h0"]
            made.append(Learned(inner, states) if layer.get("initialState") == "learned" else inner)
            own = layer.get("projection", layer["hidden"]) * (2 if both and layer.get("merge", "concatenate") == "concatenate" else 1)
            width = own + (width if layer.get("connection") == "concatenate" else 0)
        elif layer["type"] == "dense":
            made.append(torch.nn.Linear(width, layer["units"]))
            width = layer["units"]
        elif layer["type"] == "transformer":
            made.append(torch.nn.TransformerEncoderLayer(
                width, layer["heads"], layer["feedForward"], dropout=0, activation=layer["activation"], batch_first=True, norm_first=layer["norm"] == "pre"))
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
    """The layer's outputs, padded, and their lengths."""
    if layer["type"] in OVER_TIME:
        rows = [over_time(layer, module, sequence[:length].T).T for sequence, length in zip(x, lengths)]
        return pad_sequence(rows, batch_first=True), [len(row) for row in rows]
    return apply_by_step(layer, module, x, lengths), lengths


def apply_by_step(layer, module, x, lengths):
    if layer["type"] == "transformer":
        return transformed(layer, module, x, lengths)
    if layer["type"] in ("dense", "layerNorm"):
        activation = {"linear": lambda y: y, "relu": torch.relu, "tanh": torch.tanh, "sigmoid": torch.sigmoid}[layer.get("activation", "linear")]
        return activation(module(x))
    if isinstance(module, Recurrent):
        return module(x)
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
    renamed = lambda name: name.replace("parametrizations.weight.original0", "weight_g").replace("parametrizations.weight.original1", "weight_v")
    for index, module in enumerate(made):
        recurrent = isinstance(module, (torch.nn.RNNBase, Recurrent, Learned))
        for name, value in module.named_parameters():
            named["rnn." + name.removeprefix("inner.").replace("_l0", f"_l{count}") if recurrent else f"layers.{index}.{renamed(name)}"] = value
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
figure("convolutions", "convolutions of each padding, with stride, dilation and groups, under and above a GRU", 5,
       [dict(type="conv1d", channels=6, width=3, dilation=2, padding="causal", activation="tanh"), dict(type="conv1d", channels=4, width=4, groups=2),
        dict(type="conv1d", channels=6, width=3, stride=2, padding="same", activation="sigmoid"), dict(type="gru", hidden=3),
        dict(type="conv1d", channels=5, width=2, padding="valid", activation="relu")], 3, 4, [9, 1, 12, 4])
figure("temporal-blocks", "a temporal convolutional network with its largest values over time", 6,
       [dict(type="tcn", channels=5, width=3), dict(type="tcn", channels=5, width=2, dilation=2), dict(type="pool", method="max")], 3, 4, [5, 1, 7, 3])
figure("weight-norm", "temporal blocks with weight normalisation, an LSTM", 9,
       [dict(type="tcn", channels=5, width=3, weightNorm=True), dict(type="tcn", channels=5, width=2, dilation=2, weightNorm=True), dict(type="lstm", hidden=3)],
       3, 4, [5, 1, 7, 3])
figure("pooling", "stacked frames, an LSTM, attention pooling", 7,
       [dict(type="stack", frames=2), dict(type="lstm", hidden=5), dict(type="pool", method="attention", units=3)], 3, 4, [5, 1, 8, 3])
figure("subsampling", "subsampling, a GRU, the mean over time", 8,
       [dict(type="subsample", factor=2), dict(type="gru", hidden=4), dict(type="pool")], 3, 4, [5, 1, 8, 3])
figure("layer-norm-lstm", "LSTMs with layer normalisation of the products and of the gates", 5,
       [dict(type="lstm", hidden=5, layerNorm="products"), dict(type="lstm", hidden=4, layerNorm="gates")], 3, 4, [5, 1, 7, 3])
figure("projected-lstm", "LSTMs with projections, one of them bidirectional, one with learned initial states", 6,
       [dict(type="lstm", hidden=5, projection=3), dict(type="lstm", hidden=4, projection=2, bidirectional=True),
        dict(type="lstm", hidden=6, projection=4, initialState="learned")], 2, 3, [4, 6, 2])
figure("slstm", "sLSTMs with sigmoid and exponential forget gate", 7,
       [dict(type="slstm", hidden=5), dict(type="slstm", hidden=4, forgetGate="exponential")], 3, 4, [5, 1, 7, 3])
figure("hard-gru", "GRUs with Keras's hard sigmoid, the reset gate after the product and before it", 8,
       [dict(type="gru", hidden=5, gateActivation="hardSigmoid"), dict(type="gru", hidden=4, gateActivation="hardSigmoid", reset="before")], 3, 4, [5, 1, 7, 3])
figure("learned-states", "LSTM and GRU that begin with learned states", 9,
       [dict(type="lstm", hidden=5, initialState="learned"), dict(type="gru", hidden=4, initialState="learned")], 3, 4, [5, 1, 7, 3])
