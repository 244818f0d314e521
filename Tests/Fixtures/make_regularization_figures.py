"""Figures of regularised recurrent layers, computed by PyTorch's autograd in float64 from formulas written plainly, with masks from a Philox of this file.

    python Tests/Fixtures/make_regularization_figures.py        # writes regularization/*.json

"layers" in a figure is what `model.layers` has in a configuration, all recurrent and read forward. "loss" doesn't contain the penalties on outputs; the
gradients do. Parameters and inputs are numbers that float32 can hold.
"""

import json
import pathlib

import numpy as np
import torch
import torch.nn.functional as F

FOLDER = pathlib.Path(__file__).parent / "regularization"
GATES = {"lstm": 4, "gru": 3, "rnn": 1}
USES = {"weightDrop": 1, "recurrentDropout": 2, "candidateDropout": 3, "zoneout": 4, "zoneoutCell": 5}
MASKS = 6


def philox(counter, key):
    """Philox4x32-10 (Salmon et al. 2011)."""
    a, b, c, d = counter
    low, high = key
    for _ in range(10):
        even, odd = a * 0xD2511F53, c * 0xCD9E8D57
        a, b, c, d = (odd >> 32) ^ b ^ low, odd & 0xFFFFFFFF, (even >> 32) ^ d ^ high, even & 0xFFFFFFFF
        low, high = (low + 0x9E3779B9) & 0xFFFFFFFF, (high + 0xBB67AE85) & 0xFFFFFFFF
    return a, b, c, d


class Masks:
    """Factors of one training step, or of evaluation if `step` is None."""

    def __init__(self, seed, step):
        self.seed, self.step = seed, step

    def row(self, layer, index, use, sequence, time, count, scaled=True):
        rate = layer.get(use, 0)
        if rate == 0 or self.step is None:
            return torch.ones(count, dtype=torch.float64)
        number = index | USES[use] << 16
        key = philox((self.step & 0xFFFFFFFF, self.step >> 32, number, MASKS), (self.seed & 0xFFFFFFFF, self.seed >> 32))[:2]
        words = [philox((sequence, time, unit // 64 * 16 + unit % 16, MASKS), key)[unit % 64 // 16] for unit in range(count)]
        kept = 1 / (1 - rate) if scaled else 1
        return torch.tensor([0 if word < rate * 2**32 else kept for word in words], dtype=torch.float64)

    def share(self, layer, index, use, sequence, time, count):
        """The new state's part: drawn in training, its mean in evaluation."""
        if self.step is None:
            return torch.full((count,), 1 - layer.get(use, 0), dtype=torch.float64)
        return self.row(layer, index, use, sequence, time, count, scaled=False)


def recurrence(layer, index, weights, x, sequence, masks):
    """Outputs [time, hidden] of one sequence [time, input]."""
    hidden = layer["hidden"]
    w_ih, w_hh, b_ih, b_hh = weights
    blocks = -(-w_hh.numel() // 4096)
    drop = torch.cat([masks.row(layer, index, "weightDrop", block, 0, 4096) for block in range(blocks)])[: w_hh.numel()]
    w_hh = w_hh * drop.view_as(w_hh)
    seen_mask = masks.row(layer, index, "recurrentDropout", sequence, 0, hidden)
    h = c = torch.zeros(hidden, dtype=torch.float64)
    outputs = []
    for time in range(len(x)):
        candidate_mask = masks.row(layer, index, "candidateDropout", sequence, time, hidden)
        read, seen, new_c = w_ih @ x[time] + b_ih, h * seen_mask, c
        if layer["type"] == "lstm":
            i, f, g, o = (read + w_hh @ seen + b_hh).chunk(4)
            new_c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g) * candidate_mask
            new_h = torch.sigmoid(o) * torch.tanh(new_c)
        elif layer["type"] == "gru":
            xr, xz, xn = read.chunk(3)
            ur, uz, un = w_hh.chunk(3)
            br, bz, bn = b_hh.chunk(3)
            r, z = torch.sigmoid(xr + ur @ seen + br), torch.sigmoid(xz + uz @ seen + bz)
            n = torch.tanh(xn + un @ (r * seen) + bn) if layer.get("reset") == "before" else torch.tanh(xn + r * (un @ seen + bn))
            new_h = (1 - z) * n * candidate_mask + z * h
        else:
            new_h = torch.tanh(read + w_hh @ seen + b_hh)
        kept_h, kept_c = (masks.share(layer, index, use, sequence, time, hidden) for use in ("zoneout", "zoneoutCell"))
        h, c = kept_h * new_h + (1 - kept_h) * h, kept_c * new_c + (1 - kept_c) * c
        outputs.append(h)
    return torch.stack(outputs)


def figure(name, about, seed, layers, width, outputs, lengths, step=None):
    random = np.random.default_rng(seed)
    masks = Masks(seed, step)

    def numbers(*shape, scale):
        return torch.from_numpy(random.uniform(-scale, scale, shape).astype(np.float32).astype(np.float64))

    named, read = {}, width
    for index, layer in enumerate(layers):
        rows = GATES[layer["type"]] * layer["hidden"]
        for part, shape in (("weight_ih", (rows, read)), ("weight_hh", (rows, layer["hidden"])), ("bias_ih", (rows,)), ("bias_hh", (rows,))):
            named[f"rnn.{part}_l{index}"] = numbers(*shape, scale=0.6).requires_grad_()
        read = layer["hidden"]
    named["head.weight"], named["head.bias"] = numbers(outputs, read, scale=0.6).requires_grad_(), numbers(outputs, scale=0.6).requires_grad_()
    vectors = [numbers(length, width, scale=2) for length in lengths]
    classes = random.integers(0, outputs, len(lengths)).tolist()
    rows, penalty = vectors, 0
    for index, layer in enumerate(layers):
        weights = [named[f"rnn.{part}_l{index}"] for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")]
        rows = [recurrence(layer, index, weights, x, sequence, masks) for sequence, x in enumerate(rows)]
        penalty += layer.get("activationL2", 0) * torch.cat(rows).pow(2).mean()
        penalty += layer.get("temporalL2", 0) * torch.cat([x[1:] - x[:-1] for x in rows]).pow(2).mean()
    scores = torch.stack([x[-1] for x in rows]) @ named["head.weight"].T + named["head.bias"]
    loss = F.cross_entropy(scores, torch.tensor(classes))
    (loss + penalty).backward()
    text = json.dumps(dict(
        about=about, madeWith=f"PyTorch {torch.__version__}, float64", seed=seed, step=step, layers=layers, inputWidth=width, outputs=scores.tolist(),
        classes=classes, inputs=[v.tolist() for v in vectors], loss=loss.item(), parameters={k: v.detach().flatten().tolist() for k, v in named.items()},
        gradients={k: v.grad.flatten().tolist() for k, v in named.items()}))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{name}.json").write_text(text + "\n")
    print(name, loss.item(), float(penalty), len(text))


torch.set_num_threads(1)
figure("lstm", "an LSTM with all masks under one with penalties on its outputs, in training", 1,
       [dict(type="lstm", hidden=5, weightDrop=0.5, recurrentDropout=0.3, candidateDropout=0.25, zoneout=0.2, zoneoutCell=0.3),
        dict(type="lstm", hidden=3, activationL2=2, temporalL2=1)], 2, 4, [5, 1, 7, 3], step=77)
figure("gru", "GRUs of both forms and an RNN, in training", 2,
       [dict(type="gru", hidden=18, recurrentDropout=0.4, candidateDropout=0.3, zoneout=0.2, weightDrop=0.3),
        dict(type="gru", hidden=4, reset="before", recurrentDropout=0.4, weightDrop=0.2),
        dict(type="rnn", hidden=3, recurrentDropout=0.2, zoneout=0.3, temporalL2=3)], 3, 3, [4, 6, 2], step=3)
figure("evaluation", "zoneout's expected states, and no masks, in evaluation", 3,
       [dict(type="lstm", hidden=4, zoneout=0.2, zoneoutCell=0.4, weightDrop=0.5), dict(type="gru", hidden=3, zoneout=0.3, candidateDropout=0.5),
        dict(type="rnn", hidden=5, zoneout=0.5, recurrentDropout=0.5)], 3, 4, [5, 1, 7, 3])
