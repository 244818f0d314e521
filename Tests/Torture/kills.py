"""Ranks that are killed."""
import os, shutil, signal, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from program import ENDLESS, PROJECT, Run, children, holder, inspect, kill, leftovers, outliving, run, steps, uninterrupted, weights
from works import LARGE, SMALL


def is_program(pid):
    """Whether it is lstm-train already, not what mpirun is before it starts it."""
    try:
        return os.readlink(f"/proc/{pid}/exe").endswith("lstm-train")
    except OSError:
        return False


def shared_files(pids):
    """What ranks have mapped to talk to one another: shared memory, and mpirun's own files."""
    found = set()
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/maps").read_text().splitlines()
        except OSError:
            continue
        found |= {line[line.index("/"):] for line in lines if "/dev/shm/" in line or "/ompi." in line}
    return {name for name in found if not name.endswith("(deleted)")}


def in_lanes(count, numbers, folder, body):
    """body(trial count, numbers, folder) in two lanes at once: a killed job waits more than it works."""
    def lane(number):
        place = Path(folder) / f"lane-{number}"
        place.mkdir(parents=True)
        body(count // 2 + (count % 2 if number == 0 else 0), numbers[number], place)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lane, range(2)))


def ends_as_promised(job, pid):
    """Kills `pid`, and says what of the promise isn't kept; nothing if all is."""
    pids, files = job.pids(), shared_files(job.pids())
    kill(pid)
    result = job.finish()
    faults = []
    if result.code == 0 or result.seconds > 10:
        faults.append(f"ended with {result.code} after {result.seconds:.1f} s")
    faults += [f"process {pid} lives on" for pid in outliving(pids)]
    faults += [f"{name} stays" for name in files if os.path.exists(name)]
    faults += [f"{path} stays" for path in (job.folder / "tmp").rglob("*") if path.is_file() or "pid." in path.name]
    return faults


def goes_on(trials, folder, work):
    """Whether the run that was killed again and again ends at the bits of one that wasn't."""
    goal = (steps(folder) or [0])[-1] + 5
    result = run(folder, f"{work.name}.json", f"training.steps={goal}", "--run-directory", "run", ranks=2)
    trials.expect(result.code == 0 and weights(folder) == uninterrupted(folder, work, goal), f"after the kills: {result.text}")
    trials.expect(not leftovers(folder), f"unfinished files stay: {leftovers(folder)}")


def random_ranks(trials, folder):
    """A random rank of four is killed at a random time after the group has formed. (Before, Open MPI 4.1's mpirun may itself stand still, with all
    ranks dead; `restarted` has kills at that time.)"""
    def lane(count, numbers, place):
        SMALL.prepare(place)
        for _ in range(count):
            newest = (steps(place) or [0])[-1]
            job = Run(place, ["small.json", *ENDLESS, "checkpoint.everySteps=3", "--run-directory", "run"], ranks=4)
            job.wait_until(lambda: len(job.pids()) == 4 and holder(place) in job.pids())
            time.sleep(numbers.uniform(0, 2))
            faults = ends_as_promised(job, numbers.choice(job.pids()))
            found = inspect(place)
            if newest and (not found or found["step"] < newest or not all(one["isVerified"] for one in found["checkpoints"])):
                faults.append(f"a checkpoint of step {newest} was there, and now: {found}")
            trials.count(not faults, "; ".join(faults))
        goes_on(trials, place, SMALL)
    in_lanes(trials.wanted, trials.lanes(), folder, lane)


def saving_ranks(trials, folder):
    """The rank that saves is killed while it does, at a random moment of a save that takes some ten milliseconds."""
    def lane(count, numbers, place):
        LARGE.prepare(place)
        saves = place / "run/checkpoints"
        for number in range(count):
            ranks = 1 + number % 2
            seen = (steps(place) or [0])[-1]
            job = Run(place, ["large.json", *ENDLESS, "checkpoint.everySteps=1", "checkpoint.keep=2", "--run-directory", "run"], ranks=ranks)
            job.wait_until(lambda: (steps(place) or [0])[-1] > seen)
            job.wait_until(lambda: any(name.startswith(".") for name in os.listdir(saves)))
            time.sleep(numbers.uniform(0, 0.03))
            newest = steps(place)[-1]
            faults = ends_as_promised(job, job.pids()[0])
            found = inspect(place)
            if not found or found["step"] < newest:
                faults.append(f"step {newest} was saved, and now: {found}")
            trials.count(not faults, "; ".join(faults))
        goes_on(trials, place, LARGE)
    in_lanes(trials.wanted, trials.lanes(), folder, lane)


def until_done(trials, folder, most):
    """One run of launch/elastic with up to `most` kills; returns how many there were."""
    LARGE.prepare(folder)
    numbers, goal = trials.numbers, 300
    (folder / "hosts").write_text("localhost slots=4\n")
    keys = ["hosts", "run", "large.json", f"training.steps={goal}", "checkpoint.everySteps=2", "checkpoint.best=false"]
    job = Run(folder, keys, program=PROJECT / "launch/elastic")
    kills, launchers = 0, set()

    def ranks():
        """Of an mpirun that none was killed of before."""
        found = [(launcher, pid) for launcher in children(job.process.pid) for pid in children(launcher)]
        return [(launcher, pid) for launcher, pid in found if launcher not in launchers and is_program(pid)]

    while job.process.poll() is None and kills < most:
        if job.wait_until(ranks):
            # A start that saves before it is killed brings the run on; one killed at once doesn't, which elastic must bear too.
            newest = steps(folder)
            if kills % 3:
                job.wait_until(lambda: steps(folder) != newest)
            time.sleep(numbers.uniform(0, 0.3 if kills % 3 == 0 else 2))
            launcher, pid = numbers.choice(ranks() or [(0, 0)])
            if pid:
                launchers.add(launcher)
                kill(pid)
                kills += 1
    result = job.finish(600)
    trials.count(result.code == 0 and weights(folder) == uninterrupted(folder, LARGE, goal), f"{kills} kills: {result.code} {result.text[-2000:]}")
    return kills


def restarted(trials, folder):
    """launch/elastic starts again what is killed every few seconds, or while MPI starts, until it is done."""
    kills = [until_done(trials, folder / str(number), 7) for number in range(trials.wanted)]
    trials.note(f"{sum(kills)} kills")
