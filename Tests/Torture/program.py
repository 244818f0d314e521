"""Starts lstm-train as its users do, and looks at what a run left behind. Signals only what it started."""
import json, os, re, shutil, signal, subprocess, time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
PROGRAM = Path(os.environ.get("LSTM_TRAIN", PROJECT / ".build/release/lstm-train"))
PROBE = PROJECT / ".build/release/TrainingProbe"
COMMUNICATION_PROBE = PROJECT / ".build/release/CommunicationProbe"
MPIRUN = ["mpirun", "--oversubscribe", "--bind-to", "none"]
ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("OMPI_", "PMIX_", "PMI_", "SLURM_"))},
    "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}
ENDLESS = ["training.steps=1000000000", "checkpoint.best=false", "parallelism.threads=1"]


@dataclass
class Result:
    code: int
    text: str
    seconds: float


class Run:
    """A started program: alone, or as ranks of mpirun. `odd`: another command for one rank, as (rank, command)."""

    def __init__(self, folder, arguments, ranks=1, program=PROGRAM, before=(), odd=None):
        command = [str(program), *map(str, arguments)]
        if ranks > 1 and odd:
            each = [[str(word) for word in odd[1]] if rank == odd[0] else command for rank in range(ranks)]
            command = MPIRUN + [word for one in each for word in (":", "-n", "1", *one)][1:]
        elif ranks > 1:
            command = MPIRUN + ["-n", str(ranks), *command]
        self.folder, self.ranks = Path(folder), ranks
        self.log = self.folder / f"log-{time.monotonic_ns()}"
        (self.folder / "tmp").mkdir(exist_ok=True)
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [*map(str, before), *command], cwd=folder, env={**ENVIRONMENT, "TMPDIR": str(self.folder / "tmp")}, stdin=subprocess.DEVNULL,
                stdout=log, stderr=subprocess.STDOUT)

    def pids(self):
        """The ranks' processes, in the order of their ranks once all are there."""
        return [self.process.pid] if self.ranks == 1 else sorted(children(self.process.pid))

    def signal(self, number):
        self.process.send_signal(number)

    def wait_until(self, condition, seconds=60):
        """Whether `condition` came to hold before the program ended."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if condition():
                return True
            if self.process.poll() is not None:
                return condition()
            time.sleep(0.002)
        return False

    def finish(self, seconds=120):
        start = time.monotonic()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            code = -1000
        text = self.log.read_text(errors="replace")
        self.log.unlink()
        return Result(code if code >= 0 or code == -1000 else 128 - code, text, time.monotonic() - start)


def children(pid):
    found = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text().split())
    except OSError:
        pass
    return found


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def outliving(pids, seconds=5):
    """Those that are still there after some seconds: mpirun has killed them before it ends, and the kernel may take a moment."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and any(map(is_alive, pids)):
        time.sleep(0.01)
    return [pid for pid in pids if is_alive(pid)]


def kill(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        pass


def run(folder, *arguments, ranks=1, **further):
    return Run(folder, arguments, ranks, **further).finish()


def inspect(folder, name="run"):
    """What `inspect --json` says of a run; None where it has nothing to show."""
    result = run(folder, "inspect", name, "--json")
    return json.loads(result.text) if result.code == 0 else None


def steps(folder, name="run"):
    """Steps that have a checkpoint, ascending."""
    place = Path(folder) / name / "checkpoints"
    found = [re.fullmatch(r"step-(\d+)", entry) for entry in (os.listdir(place) if place.is_dir() else [])]
    return sorted(int(match[1]) for match in found if match)


def checkpoint(folder, step, name="run"):
    return Path(folder) / name / "checkpoints" / f"step-{step:08}"


def leftovers(folder, name="run"):
    """Names in a run that are not finished."""
    return [str(path) for path in (Path(folder) / name).rglob(".*")]


def holder(folder, name="run"):
    """The process that the run's lock names; None if none does."""
    try:
        match = re.match(r"process (\d+) ", (Path(folder) / name / "lock").read_text())
    except OSError:
        return None
    return int(match[1]) if match else None


def weights(folder, name="run"):
    found = inspect(folder, name)
    return found and (found["step"], found["weightsSHA256"])


def uninterrupted(folder, work, step):
    """The weights after `step` steps of a run that nothing disturbed."""
    name = f"uninterrupted-{step}"
    result = run(folder, f"{work.name}.json", f"training.steps={step}", "--run-directory", name)
    assert result.code == 0, result.text
    found = weights(folder, name)
    shutil.rmtree(Path(folder) / name)
    return found


def every_step(folder, work, step):
    """The weights after each of the first `step` steps, by the step."""
    keys = [f"training.steps={step}", "checkpoint.everySteps=1", f"checkpoint.keep={step}", "checkpoint.best=false"]
    result = run(folder, f"{work.name}.json", *keys, "--run-directory", "each")
    assert result.code == 0, result.text
    found = {one: weights(folder, f"each/checkpoints/step-{one:08}")[1] for one in steps(folder, "each")}
    shutil.rmtree(Path(folder) / "each")
    return found


def descriptors(pid):
    """How many a process has open."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except OSError:
        return 0


def memory(pid):
    """The most memory that a process has had, in kB."""
    try:
        return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1])
    except (OSError, TypeError):
        return 0
