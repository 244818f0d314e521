"""Takes steps of torch.optim.SGD in float64.

    python torch_sgd.py FILE

FILE is JSON: `parameters`, `gradients` (a list a step), `learningRate`, `momentum`, `nesterov`, `weightDecay`. Prints the parameters after the last step.
"""
import json
import sys

import torch

task = json.load(open(sys.argv[1]))
parameters = torch.nn.Parameter(torch.tensor(task["parameters"], dtype=torch.float64))
optimizer = torch.optim.SGD(
    [parameters], lr=task["learningRate"], momentum=task["momentum"], nesterov=task["nesterov"], weight_decay=task["weightDecay"], foreach=False)
for gradient in task["gradients"]:
    parameters.grad = torch.tensor(gradient, dtype=torch.float64)
    optimizer.step()
print(json.dumps(parameters.tolist()))
