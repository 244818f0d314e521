"""Disks that fail, and processes that are killed at a system call."""
import os, shutil, subprocess

from program import Run, checkpoint, inspect, leftovers, run, steps, uninterrupted, weights
from works import SERIES

KEYS = ["series.json", "training.steps=30", "model.hidden=40", "checkpoint.everySteps=5", "checkpoint.best=false", "--run-directory", "run"]
CALLS = ["mkdirat", "openat", "write", "fsync", "renameat", "unlinkat", "ftruncate", "close", "getdents64"]


def traced(folder, call, what):
    """A run with `what` done to its calls `call`; and whether it came to that."""
    tracer = ["strace", "-f", "-qq", "-o", folder / "trace", "-e", f"trace={call}", "-e", f"inject={call}:{what}"]
    result = Run(folder, KEYS, before=tracer).finish()
    return result, "(INJECTED)" in (folder / "trace").read_text(errors="replace") or result.code == 137


def prepare(folder):
    """A folder with a run of ten steps to begin from, and the weights that 30 steps end at."""
    SERIES.prepare(folder)
    begun = run(folder, *[key.replace("30", "10") if key.startswith("training.steps") else key for key in KEYS])
    assert begun.code == 0, begun.text
    shutil.move(folder / "run", folder / "begun")
    whole = run(folder, *KEYS)
    assert whole.code == 0, whole.text
    wanted = weights(folder)
    shutil.rmtree(folder / "run")
    return wanted


def begin_again(folder):
    shutil.rmtree(folder / "run", ignore_errors=True)
    shutil.copytree(folder / "begun", folder / "run")


def contents(folder):
    """The checkpoint that was there before."""
    return {path.name: path.read_bytes() for path in checkpoint(folder, 10).iterdir()} if checkpoint(folder, 10).is_dir() else {}


def goes_on(folder, wanted):
    """What is wrong with going on; nothing if all is well."""
    found = inspect(folder)
    if not found or not all(one["isVerified"] for one in found["checkpoints"]):
        return f"not all checkpoints are whole: {found}"
    result = run(folder, *KEYS)
    if result.code != 0 or weights(folder) != wanted or leftovers(folder):
        return f"going on: {result.code}, {weights(folder)}, {leftovers(folder)}: {result.text}"
    return None


def crashes(trials, folder):
    """A process is killed before its 1st, 2nd … call of each kind that a run with five saves makes, until it makes no more."""
    wanted = prepare(folder)
    for call in CALLS:
        number = 0
        while True:
            number += 1
            begin_again(folder)
            result, _ = traced(folder, call, f"signal=KILL:when={number}")
            if result.code == 0:
                break
            # The libraries' own files are opened before anything is written: a sample of those is enough.
            fault = goes_on(folder, wanted) if call not in ("openat", "close") or number % 5 == 0 else None
            trials.count(result.code == 137 and not fault, f"{call} {number}: {result.code}, {fault}")
    trials.note(f"at each of {', '.join(CALLS)}")


def refusals(trials, folder):
    """A call of each kind that a save makes fails, once or from then on: exit code 74 and nothing lost; or, once, that call didn't matter."""
    wanted = prepare(folder)
    for code in ["ENOSPC", "EDQUOT", "EIO", "EROFS"]:
        for call in ["write", "fsync", "renameat"]:
            for place in [1, 2, 3, 5, 8, 13, 21]:
                for mode in ["", "+"]:
                    begin_again(folder)
                    before = contents(folder)
                    result, is_injected = traced(folder, call, f"error={code}:when={place}{mode}")
                    is_clean = contents(folder) in (before, {}) and not leftovers(folder)
                    fault = goes_on(folder, wanted)
                    if not is_injected and result.code == 0:
                        continue
                    trials.count(result.code in (0, 74) and is_clean and not fault, f"{call} {code} {place}{mode}: {result.code} {result.text} {fault}")


def full(trials, folder):
    """A tmpfs with random room for the rest of a run, from none to enough."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m", "lstm-train-torture", disk], stderr=subprocess.DEVNULL)
    if mounted.returncode != 0:
        return trials.skip("only root may mount a small disk")
    try:
        wanted = prepare(disk)
        for _ in range(trials.wanted):
            begin_again(disk)
            before, room = contents(disk), trials.numbers.randrange(0, 700_000)
            space = os.statvfs(disk)
            (disk / "filler").write_bytes(bytes(max(0, space.f_bavail * space.f_frsize - room)))
            result = run(disk, *KEYS)
            unchanged = contents(disk) in (before, {}) and not leftovers(disk)
            (disk / "filler").unlink()
            fault = goes_on(disk, wanted)
            trials.count(result.code in (0, 74) and unchanged and not fault, f"{room} bytes free: {result.code} {result.text} {fault}")
    finally:
        subprocess.run(["umount", "--lazy", disk])
