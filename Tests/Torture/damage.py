"""Checkpoints that are damaged on disk."""
import shutil

from program import checkpoint, inspect, run, steps, uninterrupted, weights
from works import text

WORK = text("damaged", 40)


def prepare(folder):
    """A run with checkpoints of steps 10, 20 and 30, and the weights that step 40 ends at."""
    WORK.prepare(folder)
    result = run(folder, "damaged.json", "training.steps=30", "checkpoint.everySteps=10", "checkpoint.best=false", "--run-directory", "run")
    assert result.code == 0 and steps(folder) == [10, 20, 30], result.text
    return uninterrupted(folder, WORK, 40)


def is_found(folder, name):
    """Whether the newest is known to be damaged, by its file's name and a reason, and the one before would be taken."""
    found = inspect(folder)
    newest = found["checkpoints"][0]
    return found["step"] == 20 and not newest["isVerified"] and name in newest["damage"] and len(newest["damage"]) > len(name) + 20


def resumes(folder, wanted):
    """Whether training takes the one before and ends at the same bits; the run is put back as it was."""
    shutil.copytree(folder / "run", folder / "again")
    result = run(folder, "damaged.json", "training.steps=40", "checkpoint.best=false", "--run-directory", "again")
    is_same = result.code == 0 and weights(folder, "again") == wanted
    shutil.rmtree(folder / "again")
    return is_same and "skipped again/checkpoints/step-00000030" in result.text and "from again/checkpoints/step-00000020" in result.text


def flips(trials, folder):
    """A random bit of a random byte, over all files of a checkpoint together; every tenth time in the manifest."""
    wanted = prepare(folder)
    files = sorted(checkpoint(folder, 30).iterdir())
    sizes = [path.stat().st_size for path in files]
    for number in range(trials.wanted):
        path = checkpoint(folder, 30) / "manifest.json" if number % 10 == 0 else trials.numbers.choices(files, sizes)[0]
        original = path.read_bytes()
        place, bit = trials.numbers.randrange(len(original)), trials.numbers.randrange(8)
        damaged = bytearray(original)
        damaged[place] ^= 1 << bit
        path.write_bytes(damaged)
        is_right = is_found(folder, path.name) and (number % 25 != 0 or resumes(folder, wanted))
        trials.count(is_right, f"bit {bit} of byte {place} of {path.name}: {inspect(folder)}")
        path.write_bytes(original)


def truncations(trials, folder):
    """Each file is cut off at each multiple of 4 KiB, and a byte before its end."""
    wanted = prepare(folder)
    for path in sorted(checkpoint(folder, 30).iterdir()):
        original = path.read_bytes()
        for length in [*range(0, len(original), 4096), len(original) - 1]:
            path.write_bytes(original[:length])
            trials.count(is_found(folder, path.name) and (length > 0 or resumes(folder, wanted)), f"{path.name} cut to {length}: {inspect(folder)}")
        path.write_bytes(original)
