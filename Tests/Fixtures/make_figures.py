"""Makes the figures of this folder: small networks computed by torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN and keras.layers.LSTM in float64, stored as JSON.

Tests only read the JSON. To make it anew, in a virtual environment outside the project:

    pip install torch numpy keras tensorflow-cpu
    python Tests/Fixtures/make_figures.py torch
    python Tests/Fixtures/make_figures.py keras

(two runs, since PyTorch's optimizers and TensorFlow each bring an LLVM, and don't bear the other's in one process.)
The stored figures were made with Python 3.11.7, NumPy 2.4.6, PyTorch 2.15.0 and Keras 3.15.1 on TensorFlow 2.21 (each file says its own).

Every parameter, input, target and initial state is rounded to float32 first, so that a float32 network starts from the very same numbers.
Arrays of parameters and gradients are flat, row after row; `shapes` says each one's shape. Other arrays are nested:
outputs [sequence][row][outputs] (a row a time step, or one row for a target at the end; before any softmax), lastLayerHidden [sequence][time][hidden],
initial and final states [layer][sequence][hidden]. A target token of -1 asks nothing. Losses are means over the targets asked.
"""
import json
import os
import sys
from pathlib import Path

import numpy as np

FRAMEWORK = sys.argv[1] if len(sys.argv) == 2 else None
if FRAMEWORK == "torch":
    import torch
    import torch.nn.functional as F
    from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence
elif FRAMEWORK == "keras":
    os.environ["KERAS_BACKEND"] = "tensorflow"
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    import keras
    import tensorflow as tf
else:
    sys.exit("usage: make_figures.py torch|keras")

FOLDER = Path(__file__).parent


def float32_numbers(random, *shape, scale=1.0):
    """Uniform numbers in ±scale that float32 holds, as float64."""
    return random.uniform(-scale, scale, shape).astype(np.float32).astype(np.float64)


def flat(tensors):
    return {name: np.asarray(value).reshape(-1).tolist() for name, value in tensors.items()}


def shapes(tensors):
    return {name: list(value.shape) for name, value in tensors.items()}


def store(name, figure):
    path = FOLDER / f"{name}.json"
    path.write_text(json.dumps(figure, separators=(",", ":"), allow_nan=False) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes, loss {figure['loss']}")


class WrittenOut(torch.nn.Module if FRAMEWORK == "torch" else object):
    """Layers of a cell that torch.nn lacks, step by step, differentiated by autograd. Parameters are named, shaped and ordered as torch.nn's."""

    gates = 1
    peepholes = ()

    def __init__(self, input_width, hidden, layers):
        super().__init__()
        self.layers = layers
        for layer in range(layers):
            rows = self.gates * hidden
            for name, shape in [*((f"weight_{name}", (hidden,)) for name in self.peepholes), ("weight_ih", (rows, hidden if layer else input_width)), ("weight_hh", (rows, hidden)), ("bias_ih", (rows,)), ("bias_hh", (rows,))]:
                self.register_parameter(f"{name}_l{layer}", torch.nn.Parameter(torch.empty(shape)))

    def forward(self, x, lengths, state):
        hidden = self.weight_hh_l0.shape[1]
        final, ends = [], torch.tensor(lengths)
        for layer in range(self.layers):
            h = torch.zeros(len(lengths), hidden, dtype=torch.double) if state is None else state[layer]
            outputs = []
            for t in range(x.shape[1]):
                h = torch.where((t < ends)[:, None], self.step(x[:, t], h, *(getattr(self, f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))), h)
                outputs.append(h)
            final.append(h)
            x = torch.stack(outputs, 1)
        return x, torch.stack(final)


class ResetFirstGRU(WrittenOut):
    """The reset gate before the product (Cho et al. 2014); the order of the gates is torch.nn.GRU's."""

    gates = 3

    def step(self, x, h, weight_ih, weight_hh, bias_ih, bias_hh):
        r, z, n = (x @ weight_ih.T + bias_ih + bias_hh).chunk(3, 1)
        wr, wz, wn = weight_hh.chunk(3)
        r, z = torch.sigmoid(r + h @ wr.T), torch.sigmoid(z + h @ wz.T)
        return (1 - z) * torch.tanh(n + (r * h) @ wn.T) + z * h


class LSTMForm(WrittenOut):
    """An LSTM with peepholes, coupled gates (i = 1 - f) or Keras 3's hard sigmoid."""

    def __init__(self, form, *sizes):
        # torch's own hardsigmoid has a sixth in float32 as its derivative.
        self.isCoupled, self.gate = "coupled" in form, (lambda x: torch.clamp(x / 6 + 0.5, 0, 1)) if "hard" in form else torch.sigmoid
        self.gates = 3 if self.isCoupled else 4
        self.peepholes = () if "peephole" not in form else ("cf", "co") if self.isCoupled else ("ci", "cf", "co")
        super().__init__(*sizes)

    def forward(self, x, lengths, state):
        hidden = self.weight_hh_l0.shape[1]
        finals, ends = [], torch.tensor(lengths)
        for layer in range(self.layers):
            w = {name: getattr(self, f"{name}_l{layer}") for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh", *(f"weight_{p}" for p in self.peepholes))}
            h, c = (torch.zeros(len(lengths), hidden, dtype=torch.double) if state is None else part[layer] for part in (state or (None, None)))
            outputs = []
            for t in range(x.shape[1]):
                sums = (x[:, t] @ w["weight_ih"].T + w["bias_ih"] + h @ w["weight_hh"].T + w["bias_hh"]).chunk(self.gates, 1)
                f, g, o = sums[-3:]
                f = self.gate(f + w.get("weight_cf", 0) * c)
                i = 1 - f if self.isCoupled else self.gate(sums[0] + w.get("weight_ci", 0) * c)
                cell = f * c + i * torch.tanh(g)
                counts = (t < ends)[:, None]
                h = torch.where(counts, self.gate(o + w.get("weight_co", 0) * cell) * torch.tanh(cell), h)
                c = torch.where(counts, cell, c)
                outputs.append(h)
            finals.append((h, c))
            x = torch.stack(outputs, 1)
        return x, tuple(torch.stack(part) for part in zip(*finals))


if FRAMEWORK == "torch":
    CELLS = {
        "lstm": lambda *sizes: torch.nn.LSTM(*sizes, batch_first=True), "gru": lambda *sizes: torch.nn.GRU(*sizes, batch_first=True),
        "rnn": lambda *sizes: torch.nn.RNN(*sizes, batch_first=True), "rnn-relu": lambda *sizes: torch.nn.RNN(*sizes, nonlinearity="relu", batch_first=True),
        "gru-before": ResetFirstGRU,
        **{form: (lambda *sizes, form=form: LSTMForm(form, *sizes)) for form in ("lstm-peephole", "lstm-coupled-peephole", "lstm-hard")},
    }


def torch_network(cell, input_layer, vocabulary, input_width, hidden, layers, outputs):
    parts = {"embedding": torch.nn.Embedding(vocabulary, input_width)} if input_layer == "embedding" else {}
    parts["rnn"] = CELLS[cell](input_width, hidden, layers)
    parts["head"] = torch.nn.Linear(hidden, outputs)
    return torch.nn.ModuleDict(parts).double()


def torch_hiddens(network, input_layer, vocabulary, x, lengths, states):
    """The last layer's hidden states, padded [sequence, time, hidden], and the final states."""
    if input_layer == "embedding":
        x = network["embedding"](x)
    elif input_layer == "oneHot":
        x = F.one_hot(x, vocabulary).double()
    if isinstance(network["rnn"], WrittenOut):
        return network["rnn"](x, lengths, states)
    packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
    hiddens, final = network["rnn"](packed, states)
    return pad_packed_sequence(hiddens, batch_first=True)[0], final


def padded(sequences, filling):
    """Sequences behind each other in one tensor, `filling` behind their ends."""
    tensors = [torch.tensor(s, dtype=torch.long if isinstance(filling, int) else torch.double) for s in sequences]
    return pad_sequence(tensors, batch_first=True, padding_value=filling)


def torch_figure(name, about, seed, input_layer, vocabulary, input_width, hidden, layers, outputs, lengths, target, with_states=False, adam=None, cell="lstm", label_smoothing=0.0):
    random = np.random.default_rng(seed)
    network = torch_network(cell, input_layer, vocabulary, input_width, hidden, layers, outputs)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(torch.from_numpy(float32_numbers(random, *parameter.shape, scale=0.6)))
    batch = len(lengths)
    figure = dict(about=about, madeWith=f"PyTorch {torch.__version__}, float64", **({} if cell == "lstm" else {"cell": cell}),
                  **({"labelSmoothing": label_smoothing} if label_smoothing else {}), inputLayer=input_layer, vocabulary=vocabulary,
                  inputWidth=input_width, hidden=hidden, layers=layers, outputCount=outputs, lengths=lengths,
                  shapes=shapes(dict(network.named_parameters())),
                  parameters=flat({k: v.detach() for k, v in network.named_parameters()}))
    if input_layer == "vectors":
        figure["inputVectors"] = [float32_numbers(random, n, input_width, scale=2).tolist() for n in lengths]
        x = padded(figure["inputVectors"], 0.0)
    else:
        figure["inputTokens"] = [random.integers(0, vocabulary, n).tolist() for n in lengths]
        x = padded(figure["inputTokens"], 0)
    if target == "tokenEveryStep":
        figure["targetTokens"] = [random.integers(0, outputs, n).tolist() for n in lengths]
        figure["targetTokens"][-1][1] = -1  # a step in the middle that isn't asked
        y = padded(figure["targetTokens"], -1)
    elif target == "classAtEnd":
        figure["targetClasses"] = random.integers(0, outputs, batch).tolist()
        y = torch.tensor(figure["targetClasses"])
    else:
        figure["targetVectors"] = float32_numbers(random, batch, outputs, scale=1.5).tolist()
        y = torch.tensor(figure["targetVectors"], dtype=torch.double)
    states = None
    if with_states:
        figure["initialHidden"] = float32_numbers(random, layers, batch, hidden, scale=0.9).tolist()
        states = torch.tensor(figure["initialHidden"], dtype=torch.double)
        if cell.startswith("lstm"):
            figure["initialCell"] = float32_numbers(random, layers, batch, hidden, scale=1.5).tolist()
            states = (states, torch.tensor(figure["initialCell"], dtype=torch.double))

    def evaluate():
        hiddens, final = torch_hiddens(network, input_layer, vocabulary, x, lengths, states)
        if target == "tokenEveryStep":
            out = network["head"](hiddens)
            loss = F.cross_entropy(out.reshape(-1, outputs), y.reshape(-1), ignore_index=-1, label_smoothing=label_smoothing)
        else:
            out = network["head"](hiddens[torch.arange(batch), torch.tensor(lengths) - 1]).unsqueeze(1)
            loss = F.cross_entropy(out[:, 0], y) if target == "classAtEnd" else F.mse_loss(out[:, 0], y)
        network.zero_grad()
        loss.backward()
        return loss, out, hiddens, final

    loss, out, hiddens, final = evaluate()
    rows = lengths if target == "tokenEveryStep" else [1] * batch
    figure.update(loss=loss.item(),
                  outputs=[out[b, :n].tolist() for b, n in enumerate(rows)],
                  lastLayerHidden=[hiddens[b, :n].tolist() for b, n in enumerate(lengths)],
                  finalHidden=(final[0] if cell.startswith("lstm") else final).tolist(),
                  **({"finalCell": final[1].tolist()} if cell.startswith("lstm") else {}),
                  gradients=flat({k: v.grad for k, v in network.named_parameters()}))
    if adam:
        figure["adam"] = adam_figure(network, evaluate, **adam)
    store(name, figure)


def adam_figure(network, evaluate, learning_rate, maximum_norm, steps):
    optimizer = torch.optim.Adam(network.parameters(), lr=learning_rate, foreach=False)
    losses, norms = [], []
    for _ in range(steps):
        losses.append(evaluate()[0].item())
        norms.append(torch.nn.utils.clip_grad_norm_(network.parameters(), maximum_norm, foreach=False).item())
        optimizer.step()
    print("  norms before clipping:", norms, "clipped to", maximum_norm)
    return dict(learningRate=learning_rate, beta1=0.9, beta2=0.999, epsilon=1e-8, maximumNorm=maximum_norm, stepCount=steps,
                losses=losses, norms=norms, parameters=flat({k: v.detach() for k, v in network.named_parameters()}))


def keras_figure(name, about, seed, width, hidden, outputs, batch, time):
    """Keras's gates stand in the same order (it calls the candidate c: i, f, c, o) and mean the same: sigmoid, tanh, no peepholes.
    Conversion: kernel [input, 4·units] transposed is weight_ih_l0, recurrent_kernel [units, 4·units] transposed is weight_hh_l0,
    the one bias is bias_ih_l0 and bias_hh_l0 is zero (Keras's gradient of its one bias is that of either); Dense kernel transposed is head.weight."""
    random = np.random.default_rng(seed)
    keras.backend.set_floatx("float64")
    lstm = keras.layers.LSTM(hidden, return_sequences=True, return_state=True)
    head = keras.layers.Dense(outputs)
    vectors = float32_numbers(random, batch, time, width, scale=2)
    classes = random.integers(0, outputs, batch)
    head(lstm(vectors)[0][:, -1])
    for variable in lstm.trainable_variables + head.trainable_variables:
        variable.assign(float32_numbers(random, *variable.shape, scale=0.6))
    with tf.GradientTape() as tape:
        hiddens, final_h, final_c = lstm(vectors)
        logits = head(hiddens[:, -1])
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(classes, logits, from_logits=True))
    values = [v.numpy() for v in lstm.trainable_variables + head.trainable_variables]
    slopes = [g.numpy() for g in tape.gradient(loss, [v.value for v in lstm.trainable_variables + head.trainable_variables])]

    def in_torch_layout(kernel, recurrent, bias, head_kernel, head_bias, second_bias):
        return {"rnn.weight_ih_l0": kernel.T, "rnn.weight_hh_l0": recurrent.T, "rnn.bias_ih_l0": bias, "rnn.bias_hh_l0": second_bias,
                "head.weight": head_kernel.T, "head.bias": head_bias}

    parameters = in_torch_layout(*values, second_bias=np.zeros(4 * hidden))
    gradients = in_torch_layout(*slopes, second_bias=slopes[2])
    store(name, dict(about=about, madeWith=f"Keras {keras.__version__} on TensorFlow {tf.__version__}, float64", inputLayer="vectors", vocabulary=None,
                     inputWidth=width, hidden=hidden, layers=1, outputCount=outputs, lengths=[time] * batch,
                     shapes=shapes(parameters), parameters=flat(parameters), inputVectors=vectors.tolist(), targetClasses=classes.tolist(),
                     loss=float(loss), outputs=logits.numpy()[:, None].tolist(), lastLayerHidden=hiddens.numpy().tolist(),
                     finalHidden=final_h.numpy()[None].tolist(), finalCell=final_c.numpy()[None].tolist(), gradients=flat(gradients)))


def plateau_figures():
    """Rates of ReduceLROnPlateau after each of a series of losses that fall, stand and rise; eps is 0, as the minimum of a fall is here."""
    random = np.random.default_rng(8)
    cases = []
    for patience, cooldown, threshold, minimum in [(0, 0, 1e-4, 0.0), (2, 0, 1e-4, 0.0), (1, 3, 1e-4, 0.0), (1, 0, 0.05, 0.0), (0, 1, 0.0, 0.011)]:
        parameter = torch.nn.Parameter(torch.zeros(1))
        optimizer = torch.optim.SGD([parameter], lr=0.7)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
            optimizer, factor=0.3, patience=patience, threshold=threshold, cooldown=cooldown, min_lr=minimum, eps=0)
        losses, rates = [], []
        for index in range(40):
            losses.append(2 * 0.93 ** min(index, 25) + random.uniform(0, 0.2))
            optimizer.step()
            scheduler.step(losses[-1])
            rates.append(optimizer.param_groups[0]["lr"])
        cases.append(dict(learningRate=0.7, factor=0.3, patience=patience, cooldown=cooldown, threshold=threshold, minimumRate=minimum,
                          losses=losses, rates=rates))
    (FOLDER / "schedules" / "torch-plateau.json").write_text(json.dumps(cases, separators=(",", ":"), allow_nan=False) + "\n")


def average_figures():
    """AveragedModel's moving average and mean of some parameters after each of 12 steps."""
    random = np.random.default_rng(10)
    model = torch.nn.Linear(5, 1, bias=False).double()
    moving = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.8))
    mean = torch.optim.swa_utils.AveragedModel(model)
    figure = dict(decay=0.8, parameters=[], moving=[], mean=[])
    for _ in range(12):
        with torch.no_grad():
            model.weight.copy_(torch.from_numpy(float32_numbers(random, 1, 5, scale=2)))
        figure["parameters"].append(model.weight[0].tolist())
        for name, average in [("moving", moving), ("mean", mean)]:
            average.update_parameters(model)
            figure[name].append(average.module.weight[0].tolist())
    (FOLDER / "schedules" / "torch-average.json").write_text(json.dumps(figure, separators=(",", ":"), allow_nan=False) + "\n")


if FRAMEWORK == "torch":
    torch.set_num_threads(1)
    plateau_figures()
    average_figures()
    torch_figure("torch-class-at-end", "2 layers on real vectors of ragged lengths, a class at each sequence's end", 1,
                 "vectors", None, 3, 5, 2, 4, [6, 2, 5], "classAtEnd")
    torch_figure("torch-one-hot-every-step", "1 layer on one-hot tokens, the next token at every step, from given states", 2,
                 "oneHot", 6, 6, 7, 1, 6, [6, 6, 6, 6], "tokenEveryStep", with_states=True)
    torch_figure("torch-embedding-every-step", "3 layers on an embedding, ragged lengths, a token at every step but one, from given states", 3,
                 "embedding", 5, 4, 3, 3, 5, [4, 7, 1, 5], "tokenEveryStep", with_states=True)
    torch_figure("torch-regression-at-end", "1 layer on real vectors of ragged lengths, 2 numbers at each sequence's end, then clipping and Adam", 4,
                 "vectors", None, 2, 9, 1, 2, [8, 3, 5], "vectorAtEnd", adam=dict(learning_rate=0.0625, maximum_norm=0.375, steps=3))
    torch_figure("torch-smoothed-every-step", "1 layer on one-hot tokens, ragged lengths, a token at every step but one, with smoothed labels", 9,
                 "oneHot", 5, 5, 6, 1, 5, [5, 3, 4], "tokenEveryStep", label_smoothing=0.15)
    torch_figure("torch-gru-class-at-end", "2 GRU layers on real vectors of ragged lengths, a class at each sequence's end, from given states", 6,
                 "vectors", None, 3, 5, 2, 4, [6, 2, 5], "classAtEnd", with_states=True, cell="gru")
    torch_figure("torch-gru-embedding-every-step", "3 GRU layers on an embedding, ragged lengths, a token at every step but one", 7,
                 "embedding", 5, 4, 3, 3, 5, [4, 7, 1, 5], "tokenEveryStep", cell="gru")
    torch_figure("torch-gru-one-hot-every-step", "1 GRU layer on one-hot tokens, the next token at every step, from given states", 8,
                 "oneHot", 6, 6, 7, 1, 6, [6, 6, 6, 6], "tokenEveryStep", with_states=True, cell="gru")
    torch_figure("torch-rnn-class-at-end", "2 RNN layers on real vectors of ragged lengths, a class at each sequence's end, from given states", 9,
                 "vectors", None, 3, 5, 2, 4, [6, 2, 5], "classAtEnd", with_states=True, cell="rnn")
    torch_figure("torch-rnn-embedding-every-step", "3 RNN layers on an embedding, ragged lengths, a token at every step but one", 10,
                 "embedding", 5, 4, 3, 3, 5, [4, 7, 1, 5], "tokenEveryStep", cell="rnn")
    torch_figure("torch-rnn-one-hot-every-step", "1 RNN layer on one-hot tokens, the next token at every step, from given states", 11,
                 "oneHot", 6, 6, 7, 1, 6, [6, 6, 6, 6], "tokenEveryStep", with_states=True, cell="rnn")
    torch_figure("torch-rnn-relu-class-at-end", "2 RNN layers with relu on real vectors of ragged lengths, a class at each sequence's end, from given states", 12,
                 "vectors", None, 3, 5, 2, 4, [6, 2, 5], "classAtEnd", with_states=True, cell="rnn-relu")
    torch_figure("torch-gru-before-class-at-end", "2 GRU layers, reset gate before the product, on real vectors of ragged lengths, a class at each sequence's end, from given states", 13,
                 "vectors", None, 3, 5, 2, 4, [6, 2, 5], "classAtEnd", with_states=True, cell="gru-before")
    torch_figure("torch-gru-before-embedding-every-step", "3 GRU layers, reset gate before the product, on an embedding, ragged lengths, a token at every step but one", 14,
                 "embedding", 5, 4, 3, 3, 5, [4, 7, 1, 5], "tokenEveryStep", cell="gru-before")
    torch_figure("torch-lstm-peephole-class-at-end", "2 LSTM layers with peepholes on real vectors of ragged lengths, a class at each sequence's end, from given states", 15,
                 "vectors", None, 3, 5, 2, 4, [6, 2, 5], "classAtEnd", with_states=True, cell="lstm-peephole")
    torch_figure("torch-lstm-coupled-peephole-embedding", "2 LSTM layers with coupled gates and peepholes on an embedding, ragged lengths, a token at every step but one", 16,
                 "embedding", 5, 4, 3, 2, 5, [4, 7, 1, 5], "tokenEveryStep", cell="lstm-coupled-peephole")
    torch_figure("torch-lstm-hard-class-at-end", "2 LSTM layers with a hard sigmoid on real vectors of ragged lengths, a class at each sequence's end, from given states", 17,
                 "vectors", None, 3, 5, 2, 4, [6, 2, 5], "classAtEnd", with_states=True, cell="lstm-hard")
else:
    keras_figure("keras-class-at-end", "1 Keras layer on real vectors, a class at each sequence's end", 5, 3, 6, 4, 3, 5)
