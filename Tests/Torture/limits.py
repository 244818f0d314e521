"""What the limits of a process, closed descriptors and full outputs do to it."""
import json, os, shutil, subprocess

from disks import KEYS, begin_again, goes_on, prepare
from program import ENDLESS, PROGRAM, Run, kill, outliving, run, steps, uninterrupted, weights
from works import LARGE, SERIES, SMALL

# What the program reads a run with, or writes of it; the folder has a run of ten steps.
VERBS = [
    ["evaluate", "begun"], ["generate", "text-run", "--length", "50"], ["inspect", "begun"], ["report", "begun", "--output", "out"],
    ["export", "begun", "--format", "onnx", "--output", "out"], ["gates", "begun", "--row", "0", "--output", "out.svg"]]

# A limit, as a shell sets it, and the exit codes with which training may end.
LIMITS = [
    ("exec <&-", {0}), ("exec >&-", {0}), ("exec 2>&-", {0}), ("exec <&- >&- 2>&-", {0}), ("exec >&- 2>&-", {0}),
    ("exec >/dev/full", {0}), ("exec >/dev/full 2>&1", {0}), ("exec 0>/dev/null", {0}),
    *[(f"ulimit -f {blocks}", {0, 74}) for blocks in [0, 1, 2, 4, 8, 16, 32, 64, 100]],
    *[(f"ulimit -n {count}", {0, 66, 71, 74}) for count in [4, 5, 6, 7, 8, 9, 10, 12, 16, 24, 32]],
    *[(f"ulimit -s {kilobytes}", {0, 71}) for kilobytes in [200, 256, 400, 512, 1024, 4096, 100000]], ("ulimit -s unlimited", {0}),
    ("trap '' PIPE", {0}), ("trap '' CHLD", {0}), ("trap '' HUP", {0}), ("trap '' TERM INT USR1 USR2", {0}), ("umask 777", {0, 66, 73, 74}), ("ulimit -c 0", {0})]


def limited(folder, prefix, arguments, ranks=1):
    """The program behind what a shell does first; under mpirun in each rank."""
    return Run(folder, ["-c", f'ulimit -c 0; {prefix}; exec "$0" "$@"', PROGRAM, *arguments], ranks=ranks, program="/bin/sh").finish(600)


def contents(folder):
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "lock"}


def strangers(folder):
    """What doesn't belong in the run: a name of no undisturbed one, or a line of the metrics that is no object."""
    names = {path.name for path in (folder / "run").iterdir()} - {
        "lock", "config.json", "statistics.json", "metrics.jsonl", "metrics.prom", "checkpoints"}
    odd = [name for name in names if not name.startswith("events.out.tfevents.")]
    for line in (folder / "run/metrics.jsonl").read_text(errors="replace").splitlines():
        try:
            json.loads(line)
        except ValueError:
            odd.append(line)
    return odd


def descriptors(trials, folder):
    """Each of `LIMITS`, on one rank and on two: an exit code of the table, the run whole, and gone on with to the undisturbed weights; and no verb that
    reads a run ends by a signal, or changes it."""
    wanted = prepare(folder)
    for prefix, codes in LIMITS:
        for ranks in [1, 2]:
            # mpirun gives its ranks descriptors of its own, and needs some; the shell that sets the limit is then root's too.
            if ranks == 2 and prefix.startswith(("ulimit -n", "umask")):
                continue
            begin_again(folder)
            result = limited(folder, prefix, KEYS, ranks)
            os.umask(0o022)
            subprocess.run(["chmod", "-R", "u+rwX", folder / "run"])
            odd = strangers(folder)
            fault = goes_on(folder, wanted)
            trials.count(result.code in codes and not odd and not fault, f"{prefix}, {ranks}: {result.code} {odd} {fault} {result.text}")
    run(folder, "small.json") if (folder / "small.json").exists() else SMALL.prepare(folder)
    run(folder, "small.json", "training.steps=10", "--run-directory", "text-run")
    before = contents(folder / "begun")
    for prefix, _ in LIMITS:
        for verb in VERBS:
            result = limited(folder, prefix, verb)
            for name in ["out", "out.svg"]:
                path = folder / name
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
            trials.count(
                result.code in (0, 66, 71, 73, 74) and contents(folder / "begun") == before, f"{prefix}, {' '.join(verb)}: {result.code} {result.text}")
    trials.note(f"{len(LIMITS)} limits, training and {len(VERBS)} verbs")


def memory(trials, folder):
    """A random limit of the process's memory, from what the loader needs on: every verb works, or ends with 71; on one rank and on two."""
    wanted = prepare(folder)
    SMALL.prepare(folder)
    run(folder, "small.json", "training.steps=10", "--run-directory", "text-run")
    for number in range(trials.wanted):
        begin_again(folder)
        kind, limit = trials.numbers.choice([("v", trials.numbers.randrange(100_000, 400_000)), ("d", trials.numbers.randrange(8_000, 120_000))])
        ranks = 2 if number % 4 == 3 else 1
        arguments = trials.numbers.choice([KEYS, KEYS, ["small.json", "training.steps=2", "model.hidden=700", "--run-directory", "large"], *VERBS])
        result = limited(folder, f"ulimit -{kind} {limit}", arguments, ranks)
        for name in ["out", "out.svg", "large"]:
            path = folder / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        fault = goes_on(folder, wanted) if arguments == KEYS else None
        trials.count(result.code in (0, 71) and not fault, f"ulimit -{kind} {limit}, {ranks}, {' '.join(map(str, arguments))}: {result.code} {fault} {result.text}")


def endless(trials, folder):
    """Files that don't fit: a device without an end, a sparse file of 10 GB, a pipe without an end, as text and as table, under a limit: 71."""
    SMALL.prepare(folder)
    with open(folder / "sparse", "wb") as file:
        file.truncate(10 << 30)
    for name, feed in [("/dev/zero", ""), ("sparse", ""), ("/dev/stdin", "cat /dev/zero | ")]:
        for kind in ["text", "textWindows", "series"]:
            for limit in [150_000, 300_000, 1_000_000]:
                command = f'{feed}sh -c \'ulimit -v {limit}; exec "$0" "$@"\' "$0" "$@"'
                result = Run(folder, ["-c", command, PROGRAM, "small.json", f"data.kind={kind}", f"data.files={name}", "--run-directory", "run"], program="/bin/sh").finish()
                trials.count(result.code == 71 and not (folder / "run").exists(), f"{name} {kind} {limit}: {result.code} {result.text}")


def processor_time(trials, folder):
    """The limit of processor time: saved and stopped with 75 before it is used up, and gone on with to the same bits."""
    for number in range(trials.wanted):
        place = folder / str(number)
        SMALL.prepare(place)
        prefix = ["ulimit -S -t 2", "ulimit -t 6"][number % 2]
        result = limited(place, prefix, ["small.json", *ENDLESS, "--run-directory", "run"], ranks=1 + number // 2 % 2)
        goal = (steps(place) or [0])[-1] + 5
        further = run(place, "small.json", f"training.steps={goal}", "checkpoint.best=false", "--run-directory", "run")
        is_same = further.code == 0 and weights(place) == uninterrupted(place, SMALL, goal)
        trials.count(result.code == 75 and is_same, f"{prefix}: {result.code} {result.text} {further.text}")
        shutil.rmtree(place)


def threads(trials, folder):
    """As another user, who may have few processes: training works, or ends with 71 and a sentence."""
    user = 61234
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        return trials.skip("needs root, and setpriv")
    SERIES.prepare(folder)
    program = folder / "lstm-train"
    shutil.copy(PROGRAM, program)
    for path in [folder.parent, folder, *folder.iterdir()]:
        path.chmod(0o777)
    for number in range(trials.wanted):
        count = 1 + number % 6
        command = f'ulimit -u {count}; exec setpriv --reuid={user} --clear-groups "$0" "$@"'
        result = Run(folder, ["-c", command, program, "series.json", "training.steps=10", "parallelism.threads=2", "--run-directory", f"run-{number}"], program="/bin/sh").finish()
        is_told = result.code == 0 or "the system refuses another thread" in result.text
        trials.count(result.code in (0, 71) and is_told, f"{count} processes: {result.code} {result.text}")
