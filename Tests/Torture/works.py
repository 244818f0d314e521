"""Small training runs to be tormented: a configuration, and the data that it reads."""
import json, random
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Work:
    name: str
    configuration: dict
    files: dict = field(default_factory=dict)

    def prepare(self, folder):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{self.name}.json").write_text(json.dumps(self.configuration))
        for name, text in self.files.items():
            (Path(folder) / name).write_text(text)


def prose(length, seed=5):
    numbers = random.Random(seed)
    words = ["the cat", "a dog", "sat", "ran", "on", "under", "the mat.", "a tree,", "and", "then\n"]
    text = ""
    while len(text) < length:
        text += numbers.choice(words) + " "
    return text[:length]


def text(name, hidden, batch=10, length=10):
    """Streams with carried states; an epoch of some ten steps, so that most stops fall inside one."""
    return Work(name, {
        "data": {"kind": "text", "files": "text.txt", "length": length}, "model": {"hidden": hidden, "layers": 2},
        "training": {"batch": batch, "clipNorm": 0.3}, "optimizer": {"learningRate": 0.01}}, {"text.txt": prose(1500)})


SMALL = text("small", 9)
# A step of it takes some milliseconds, a save some ten: its checkpoint has 9 MB.
LARGE = text("large", 250)
SERIES = Work("series", {
    "data": {"kind": "series", "files": "series.csv", "length": 7, "horizon": 2, "targets": ["sum", "wave"]}, "model": {"hidden": 7, "layers": 2},
    "training": {"batch": 30}, "optimizer": {"learningRate": 0.01}},
    {"series.csv": "step,wave,sum\n" + "".join(f"{row}.5,{row * 37 % 101 - 50},{(row * 37 % 101 + 2 * (row * row % 53)) / 8}\n" for row in range(150))})
