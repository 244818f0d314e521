"""Uses an export of a trained run as its card says, and prints what comes out as JSON.

    python use_export.py FOLDER text PROMPT LENGTH        the likeliest continuation
    python use_export.py FOLDER classes SEQUENCE 0        each class's probability of a sequence: a text or rows of numbers, as JSON
    python use_export.py FOLDER series TABLE ROWS         the forecast after the first ROWS rows of a CSV file
"""
import csv
import json
import re
import subprocess
import sys
from pathlib import Path

import numpy as np

folder, kind, subject, count = Path(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4])
library = json.loads((folder / "export.json").read_text())["library"]

# The card's own lines, as printed.
snippet = re.search(r"```python\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.S).group(1)
subprocess.run([sys.executable, "-c", snippet], cwd=folder, check=True, stdout=subprocess.DEVNULL)

sys.path.insert(0, str(folder))
import model as module

model = module.load(with_state=True) if library == "keras" else module.load()
if kind == "text":
    print(json.dumps(module.generate(model, subject, length=count, temperature=0)))
elif kind == "classes":
    sequence = json.loads(subject)
    if not isinstance(sequence, str):
        sequence = np.array(sequence)
        if library == "pytorch":
            import torch

            sequence = torch.from_numpy(sequence)
    print(json.dumps(module.classify(model, sequence)))
else:
    with open(subject, newline="") as file:
        rows = list(csv.DictReader(file))[:count]
    past = np.array([[float(row[name]) for name in module.COLUMNS] for row in rows])
    if library == "pytorch":
        import torch

        past = torch.from_numpy(past)
    print(json.dumps(np.asarray(module.forecast(model, past)).tolist()))
