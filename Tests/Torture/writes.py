"""Where the program writes."""
import re, shutil
from pathlib import Path

from program import PROGRAM, Run, run, steps
from works import SMALL

WRITING = "open,openat,creat,mkdir,mkdirat,rename,renameat,renameat2,unlink,unlinkat,rmdir,link,linkat,symlink,symlinkat,truncate,chmod,fchmodat,mknod"
VERBS = [
    ["train", "small.json", "training.steps=20", "checkpoint.everySteps=4", "--run-directory", "run"],
    ["train", "small.json", "training.steps=40", "checkpoint.everySteps=4", "--run-directory", "run"],
    ["train", "small.json", "training.steps=20", "checkpoint.everySteps=4", "--run-directory", "run", "--resume", "never"],
    ["evaluate", "run"], ["generate", "run"], ["inspect", "run"], ["schema"], ["ranks", "small.json"], ["bench", "--batch", "2", "--time", "2", "--seconds", "0.1"]]


def changed(trace, folder):
    """Paths that the traced program made, changed or removed, or opened to write."""
    paths = []
    for line in Path(trace).read_text(errors="replace").splitlines():
        match = re.search(r"\b(\w+)\((.*)\) += (-?\d+)", line)
        if not match or int(match[3]) < 0 or (match[1].startswith("open") and not re.search(r"O_(WRONLY|RDWR|CREAT)", match[2])):
            continue
        # A path is seen from the working directory, or from the directory whose descriptor stands before it.
        found = re.findall(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"', match[2])
        paths += [(Path(place or folder) / text).resolve() for place, text in found]
    return paths


def verbs(trials, folder):
    """Each verb under strace: every path that it writes to lies in the run directory, and it writes to none unless it trains."""
    SMALL.prepare(folder)
    for verb in VERBS:
        trace = folder / "trace"
        result = Run(folder, verb, before=["strace", "-f", "-y", "-qq", "-e", f"trace={WRITING}", "-o", trace]).finish()
        paths = changed(trace, folder.resolve())
        outside = {str(path) for path in paths if not path.is_relative_to((folder / "run").resolve()) and path != Path("/dev/null")}
        is_right = result.code == 0 and not outside and (bool(paths) == (verb[0] == "train"))
        trials.count(is_right, f"{' '.join(verb)}: {result.code}, {outside or paths} {result.text}")


def links(trials, folder):
    """What lies in a run directory and leads out of it is refused, or replaced itself."""
    SMALL.prepare(folder)
    outside = folder / "outside"
    for name in ["lock", "metrics.jsonl", "checkpoints", "config.json", "vocabulary.json"]:
        shutil.rmtree(folder / "run", ignore_errors=True)
        run(folder, *VERBS[0])
        shutil.rmtree(outside, ignore_errors=True)
        shutil.move(folder / "run" / name, outside) if name == "checkpoints" else outside.mkdir() or shutil.move(folder / "run" / name, outside / name)
        (folder / "run" / name).symlink_to("../outside" if name == "checkpoints" else f"../outside/{name}")
        before = {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()}
        result = run(folder, *VERBS[1])
        after = {path: path.read_bytes() for path in outside.rglob("*") if path.is_file()}
        trials.count(before == after and result.code in (0, 74), f"{name}: {result.code} {result.text}")
