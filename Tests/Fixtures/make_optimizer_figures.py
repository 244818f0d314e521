"""Makes Tests/Fixtures/optimizers: parameters after 24 steps of torch.optim's and Keras's optimizers in float64, stored as JSON.

Tests only read the JSON. To make it anew, in a virtual environment outside the project:

    pip install torch numpy keras
    python Tests/Fixtures/make_optimizer_figures.py

The stored figures were made with Python 3.11.7, PyTorch 2.15.0 and Keras 3.15.1 on PyTorch. LAMB, which torch.optim lacks, is written out below in NumPy.

There are two tensors, a weight [3, 4] and a bias [5], flat one behind the other. Parameters and gradients are numbers that float32 holds. Some gradients are 0.
`decayed` says which parameters weight decay changes: all, or the weight alone. Settings have the names of lstm-train's configuration.
"""
import json
import os
from pathlib import Path

import numpy as np

os.environ["KERAS_BACKEND"] = "torch"
import keras
import torch

FOLDER = Path(__file__).parent / "optimizers"
WEIGHTS, BIASES, STEPS = 12, 5, 24
keras.backend.set_floatx("float64")
random = np.random.default_rng(16)


def float32_numbers(*shape, scale=1.0):
    return random.uniform(-scale, scale, shape).astype(np.float32).astype(np.float64)


START = float32_numbers(WEIGHTS + BIASES)
GRADIENTS = float32_numbers(STEPS, WEIGHTS + BIASES) * np.exp2(random.integers(-6, 2, (STEPS, WEIGHTS + BIASES)))
GRADIENTS[random.uniform(size=GRADIENTS.shape) < 0.15] = 0
GRADIENTS[:, 3] = 0  # a token that never occurs


def torch_steps(make, settings, decayed):
    parts = [torch.nn.Parameter(torch.tensor(START[:WEIGHTS])), torch.nn.Parameter(torch.tensor(START[WEIGHTS:]))]
    decay = settings.get("weightDecay", 0)
    groups = [{"params": [parts[0]], "weight_decay": decay}, {"params": [parts[1]], "weight_decay": decay if decayed == "all" else 0}]
    optimizer = make(groups)
    for gradient in GRADIENTS:
        parts[0].grad, parts[1].grad = torch.tensor(gradient[:WEIGHTS]), torch.tensor(gradient[WEIGHTS:])
        optimizer.step()
    return torch.cat(parts).tolist()


def keras_steps(make):
    variable = keras.Variable(START, dtype="float64")
    optimizer = make()
    optimizer.build([variable])
    for gradient in GRADIENTS:
        optimizer.apply([keras.ops.convert_to_tensor(gradient)], [variable])
    return np.asarray(keras.ops.convert_to_numpy(variable)).tolist()


def lamb_steps(rate, beta1, beta2, epsilon, weightDecay, decayed):
    tensors = [START[:WEIGHTS].copy(), START[WEIGHTS:].copy()]
    means, squares = [np.zeros_like(t) for t in tensors], [np.zeros_like(t) for t in tensors]
    for step, gradient in enumerate(GRADIENTS, 1):
        for i, slope in enumerate([gradient[:WEIGHTS], gradient[WEIGHTS:]]):
            means[i] = beta1 * means[i] + (1 - beta1) * slope
            squares[i] = beta2 * squares[i] + (1 - beta2) * slope**2
            direction = means[i] / (1 - beta1**step) / (np.sqrt(squares[i] / (1 - beta2**step)) + epsilon)
            ratio = 1
            if i == 0 or decayed == "all":
                direction = direction + weightDecay * tensors[i]
                sizes = np.linalg.norm(tensors[i]), np.linalg.norm(direction)
                ratio = sizes[0] / sizes[1] if min(sizes) > 0 else 1
            tensors[i] = tensors[i] - rate * ratio * direction
    return np.concatenate(tensors).tolist()


figures = []


def add(algorithm, rate, decayed="all", **settings):
    torch_words = {"epsilon": "eps", "amsgrad": "amsgrad", "alpha": "alpha", "centered": "centered", "momentum": "momentum", "nesterov": "nesterov"}
    if algorithm == "lamb":
        found = lamb_steps(rate, settings["beta1"], settings["beta2"], settings["epsilon"], settings.get("weightDecay", 0), decayed)
    elif settings.get("form") == "keras":
        found = keras_steps(lambda: keras.optimizers.RMSprop(
            learning_rate=rate, rho=settings["alpha"], epsilon=settings["epsilon"], momentum=settings.get("momentum", 0),
            centered=settings.get("centered", False)))
    else:
        words = {torch_words[key]: value for key, value in settings.items() if key in torch_words}
        if "beta1" in settings:
            words["betas"] = (settings["beta1"], settings["beta2"])
        name = {"adam": "Adam", "adamw": "AdamW", "sgd": "SGD", "rmsprop": "RMSprop", "adagrad": "Adagrad", "nadam": "NAdam"}[algorithm]
        found = torch_steps(lambda groups: getattr(torch.optim, name)(groups, lr=rate, foreach=False, **words), settings, decayed)
    figures.append(dict(algorithm=algorithm, learningRate=rate, decayed=decayed, settings=settings, parameters=found))


moments = dict(beta1=0.9, beta2=0.999, epsilon=1e-8)
add("adam", 0.01, **moments)
add("adam", 0.01, "weights", weightDecay=0.1, **moments)
add("adam", 0.01, amsgrad=True, beta1=0.8, beta2=0.9, epsilon=1e-6)
add("adamw", 0.01, weightDecay=0.01, **moments)
add("adamw", 0.02, "weights", weightDecay=0.5, **moments)
add("adamw", 0.01, "weights", weightDecay=0.1, amsgrad=True, beta1=0.7, beta2=0.8, epsilon=1e-8)
add("sgd", 0.1, "weights", momentum=0.9, nesterov=True, weightDecay=0.01)
add("rmsprop", 0.01, alpha=0.99, epsilon=1e-8)
add("rmsprop", 0.01, "weights", alpha=0.9, epsilon=1e-6, momentum=0.9, weightDecay=0.1)
add("rmsprop", 0.005, alpha=0.95, epsilon=1e-4, momentum=0.5, centered=True)
add("rmsprop", 0.01, form="keras", alpha=0.9, epsilon=1e-7)
add("rmsprop", 0.01, form="keras", alpha=0.9, epsilon=1e-3, momentum=0.9)
add("rmsprop", 0.005, form="keras", alpha=0.95, epsilon=1e-4, momentum=0.5, centered=True)
add("adagrad", 0.1, epsilon=1e-10)
add("adagrad", 0.1, "weights", epsilon=1e-3, weightDecay=0.1)
add("nadam", 0.01, **moments)
add("nadam", 0.01, "weights", weightDecay=0.1, beta1=0.8, beta2=0.95, epsilon=1e-6)
add("lamb", 0.01, beta1=0.9, beta2=0.999, epsilon=1e-6)
add("lamb", 0.02, "weights", weightDecay=0.1, beta1=0.8, beta2=0.95, epsilon=1e-6)
add("lamb", 0.01, weightDecay=0.01, beta1=0.9, beta2=0.999, epsilon=1e-6)

FOLDER.mkdir(exist_ok=True)
(FOLDER / "steps.json").write_text(json.dumps(dict(
    madeWith=f"PyTorch {torch.__version__.split('+')[0]}, Keras {keras.__version__}, float64", weightCount=WEIGHTS, parameters=START.tolist(),
    gradients=GRADIENTS.tolist(), figures=figures), separators=(",", ":"), allow_nan=False) + "\n")
for figure in figures:
    print(figure["algorithm"], figure["settings"], np.abs(np.array(figure["parameters"]) - START).max())

# Learning rates of torch.optim.lr_scheduler, one a step of the scheduler. A warm-up of W steps is LinearLR from 1/W, and the schedule begins behind it.
rates = []
schedulers = torch.optim.lr_scheduler


def add_rates(schedule, rate, count, make, warmup=0, **settings):
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=rate)
    if warmup:
        rise = schedulers.LinearLR(optimizer, start_factor=1 / warmup, total_iters=warmup - 1)
        scheduler = schedulers.SequentialLR(optimizer, [rise, make(optimizer)], milestones=[warmup])
    else:
        scheduler = make(optimizer)
    found = []
    for _ in range(count):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    rates.append(dict(schedule=schedule, initial=rate, warmupSteps=warmup, settings=settings, rates=found))


add_rates("constant", 0.1, 20, lambda o: schedulers.ConstantLR(o, factor=1.0), warmup=8)
add_rates("exponential", 0.1, 30, lambda o: schedulers.ExponentialLR(o, 0.9), factor=0.9)
add_rates("exponential", 0.1, 30, lambda o: schedulers.ExponentialLR(o, 0.5), warmup=5, factor=0.5)
for power in [0.5, 1.0, 1.7, 2.0, 2.5]:
    add_rates("polynomial", 0.3, 30, lambda o: schedulers.PolynomialLR(o, total_iters=24, power=power), period=24, power=power)
add_rates("cosine", 0.1, 41, lambda o: schedulers.CosineAnnealingLR(o, 40, eta_min=0.01), period=40, minimum=0.01)
add_rates("cosine", 0.1, 37, lambda o: schedulers.CosineAnnealingLR(o, 27), warmup=10, period=27)
add_rates("cosine", 0.1, 40, lambda o: schedulers.CosineAnnealingWarmRestarts(o, 10, 1, eta_min=0.001), period=10, restartFactor=1, minimum=0.001)
add_rates("cosine", 0.1, 75, lambda o: schedulers.CosineAnnealingWarmRestarts(o, 5, 2), period=5, restartFactor=2)
add_rates("oneCycle", 0.1, 50, lambda o: schedulers.OneCycleLR(o, 0.1, total_steps=50, cycle_momentum=False), period=50, riseFraction=0.3)
add_rates("oneCycle", 0.4, 33, lambda o: schedulers.OneCycleLR(o, 0.4, total_steps=33, pct_start=0.25, cycle_momentum=False), period=33, riseFraction=0.25)
add_rates("inverseRoot", 0.1, 60, lambda o: schedulers.LambdaLR(o, lambda step: (16 / (16 + step)) ** 0.5), warmup=16, period=16)
(FOLDER / "rates.json").write_text(json.dumps(
    dict(madeWith=f"PyTorch {torch.__version__.split('+')[0]}", figures=rates), separators=(",", ":"), allow_nan=False) + "\n")
