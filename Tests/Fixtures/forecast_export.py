"""Forecasts with an export as its card says, and prints what comes out as JSON.

    python forecast_export.py FOLDER CASE

CASE is JSON: "past" [time, columns], and what the model needs of "series", "future" and "times"; of a distribution its "family" and "numbers"
[rows, targets, levels]. Prints the forecast, or of a distribution the probabilities that it isn't above the numbers, and that it is below them.
"""
import json
import math
import re
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from statistics import NormalDist

import numpy as np

folder, case = Path(sys.argv[1]), json.loads(sys.argv[2])
library = json.loads((folder / "export.json").read_text())["library"]

# The card's own lines, as printed.
snippet = re.search(r"```python\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.S).group(1)
subprocess.run([sys.executable, "-c", snippet], cwd=folder, check=True, stdout=subprocess.DEVNULL)

sys.path.insert(0, str(folder))
import model as module


def array(rows):
    numbers = np.array(rows, np.float64)
    if library != "pytorch":
        return numbers
    import torch

    return torch.from_numpy(numbers)


model = module.load(with_state=True) if library == "keras" else module.load()
arguments = [array(case["past"])]
if "series" in case:
    arguments.append(case["series"])
if "future" in case:
    arguments.append(array(case["future"]))
if "times" in case:
    arguments.append([datetime.fromisoformat(time) for time in case["times"]])
found = np.asarray(module.forecast(model, *arguments))


def share(parameters, number):
    """The probability of at most `number`."""
    if case["family"] == "gaussian":
        return NormalDist(*parameters).cdf(number)
    if case["family"] == "studentT":
        place, scale, freedom = parameters
        # Half of the probability and the density's integral from the middle, by Simpson's rule.
        z, steps = (number - place) / scale, 2000
        factor = math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2)) / math.sqrt(freedom * math.pi)
        density = [factor * (1 + (z * k / steps) ** 2 / freedom) ** (-(freedom + 1) / 2) for k in range(steps + 1)]
        return 0.5 + z / steps / 3 * (density[0] + density[-1] + 4 * sum(density[1:-1:2]) + 2 * sum(density[2:-1:2]))
    n, p = parameters
    terms = (math.lgamma(k + n) - math.lgamma(n) - math.lgamma(k + 1) + n * math.log(p) + k * math.log1p(-p) for k in range(int(number) + 1))
    return sum(math.exp(term) for term in terms)


if "family" in case:
    numbers = case["numbers"]
    below = 1 if case["family"] == "negativeBinomial" else 0
    pairs = [
        [share(found[row, target], number), share(found[row, target], number - below) if number >= below else 0.0]
        for row, values in enumerate(numbers) for target, levels in enumerate(values) for number in levels
    ]
    print(json.dumps(pairs))
else:
    print(json.dumps(found.tolist()))
