"""Takes steps of an optimizer of torch.optim in float64.

    python torch_optimizer.py FILE

FILE is JSON: `optimizer`, its name; `options`, its keywords; `parameters`; `gradients`, a list a step. Prints the parameters after the last step.
"""
import json
import sys

import torch

task = json.load(open(sys.argv[1]))
parameters = torch.nn.Parameter(torch.tensor(task["parameters"], dtype=torch.float64))
optimizer = getattr(torch.optim, task["optimizer"])([parameters], foreach=False, **task["options"])
for gradient in task["gradients"]:
    parameters.grad = torch.tensor(gradient, dtype=torch.float64)
    optimizer.step()
print(json.dumps(parameters.tolist()))
