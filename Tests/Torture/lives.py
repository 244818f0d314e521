"""Long lives: clocks that jump, jobs that sleep, logs that grow, thousands of saves."""
import json, os, re, shutil, signal, struct, subprocess, time
from pathlib import Path

from program import ENDLESS, PROGRAM, Run, descriptors, leftovers, memory, run, steps, uninterrupted, weights
from works import SERIES, SMALL


def last_step(place, name="run"):
    try:
        lines = (Path(place) / name / "metrics.jsonl").read_bytes().splitlines()
        return json.loads(lines[-1])["step"] if lines else 0
    except (OSError, ValueError):
        return 0


def event_names(place):
    return sorted(path.name for path in (place / "run").glob("events.out.tfevents.*"))


def clocks(trials, folder):
    """The time of day jumps to and fro, by hours and by decades, while a run trains and is watched: it isn't found hung, a rank that is stopped meanwhile
    still is, and event files keep their order."""
    compiler = next((name for name in ["cc", "clang", "gcc"] if shutil.which(name)), None)
    library = folder / "clock.so"
    if not compiler or subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", library, Path(__file__).with_name("clock.c")]).returncode != 0:
        return trials.skip("needs a C compiler")

    def set_clock(place, seconds):
        with open(place / "offset", "r+b") as file:
            file.write(struct.pack("<q", seconds))

    def start(place, *arguments, **further):
        variables = [f"LD_PRELOAD={library}", f"CLOCK_OFFSET_FILE={place / 'offset'}"]
        return Run(place, [*variables, PROGRAM, "small.json", *arguments, "--run-directory", "run"], program="env", **further)

    year = 365 * 86_400
    for number in range(trials.wanted):
        place = folder / str(number)
        SMALL.prepare(place)
        (place / "offset").write_bytes(bytes(8))
        ranks = 1 + number % 2
        job = start(place, *ENDLESS, "log.everySteps=5", "integrity.hangSeconds=6", ranks=ranks)
        faults = [] if job.wait_until(lambda: last_step(place) >= 5) else ["not begun"]
        for jump in trials.numbers.sample([-3600, 86_400, -10 * year, 10 * year, -1, 0], 4):
            set_clock(place, jump)
            step = last_step(place)
            if not job.wait_until(lambda: last_step(place) >= step + 20, 30):
                faults.append(f"stands still after {jump}")
        before = event_names(place)
        if ranks == 2 and not faults:
            # A rank is stopped while the clock is ahead: who waits by the time of day would wait for a day.
            set_clock(place, 86_400)
            time.sleep(1)
            os.kill(job.pids()[1], signal.SIGSTOP)
            result = job.finish(40)
            is_right = result.code == 70 and result.seconds < 25
        else:
            job.signal(signal.SIGUSR1)
            result = job.finish()
            is_right = result.code == 75
        goal = (steps(place) or [0])[-1] + 5
        set_clock(place, -10 * year)
        again = start(place, f"training.steps={goal}", "checkpoint.best=false").finish()
        is_same = again.code == 0 and weights(place) == uninterrupted(place, SMALL, goal) and len(event_names(place)) == 1 and event_names(place) >= before
        trials.count(is_right and is_same and not faults, f"{ranks} ranks: {faults} {result.code} {before} {event_names(place)} {result.text} {again.text}")
        shutil.rmtree(place)


def sleeps(trials, folder):
    """The whole job is suspended for longer than integrity.hangSeconds, as by a laptop's lid, and goes on: no false alarm, the same bits."""
    for number in range(trials.wanted):
        place = folder / str(number)
        SMALL.prepare(place)
        job = Run(place, ["small.json", *ENDLESS, "log.everySteps=5", "integrity.hangSeconds=4", "--run-directory", "run"], ranks=[1, 2, 4][number % 3])
        job.wait_until(lambda: last_step(place) >= 5)
        processes = job.pids() + ([job.process.pid] if number % 3 and number % 2 else [])
        for pid in processes:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(trials.numbers.uniform(5, 9))
        # They don't wake at once either.
        for pid in trials.numbers.sample(processes, len(processes)):
            os.kill(pid, signal.SIGCONT)
            time.sleep(trials.numbers.uniform(0, 0.2))
        step = last_step(place)
        goes_on = job.wait_until(lambda: last_step(place) >= step + 20)
        job.signal(signal.SIGUSR1)
        result = job.finish()
        is_same = result.code == 75 and weights(place) == uninterrupted(place, SMALL, steps(place)[-1])
        trials.count(goes_on and is_same, f"{len(processes)} processes: {result.code} {result.text}")
        shutil.rmtree(place)


def grown_logs(trials, folder):
    """A log of many lines, of gigabytes without a line's end, with a last line of many megabytes, with steps beyond any run: resumed from in
    seconds, in bounded memory, to the same bits; and reported on."""
    SERIES.prepare(folder)
    keys = ["series.json", "checkpoint.best=false", "--run-directory", "run"]
    assert run(folder, *keys, "training.steps=10").code == 0
    shutil.move(folder / "run", folder / "begun")
    wanted = uninterrupted(folder, SERIES, 20)
    line = (folder / "begun/metrics.jsonl").read_text().splitlines()[0]
    early = re.sub(r'"step":\d+', '"step":1', line) + "\n"
    late = [re.sub(r'"step":\d+', f'"step":{step}', line) + "\n" for step in (11, 2**53, 2**63 - 1, 2**63, 10**30)]

    def sparse(path):
        with open(path, "r+b") as file:
            file.truncate(4 << 30)

    def lines(path):
        with open(path, "w") as file:
            for _ in range(50):
                file.write(early * 2_000)
            file.write(line + "\n")

    kinds = [
        ("4 GB without a line's end", sparse), ("100,000 lines", lines),
        ("a last line of 300 MB", lambda path: path.open("a").write('{"step":5,"x":"' + "x" * 300_000_000)),
        ("steps beyond any run", lambda path: path.open("a").write("".join(late) * 10_000)),
        ("nothing", lambda path: path.write_text("")), ("zeros", lambda path: path.write_bytes(bytes(50_000_000)))]
    for words, grow in kinds:
        shutil.rmtree(folder / "run", ignore_errors=True)
        shutil.copytree(folder / "begun", folder / "run")
        grow(folder / "run/metrics.jsonl")
        job = Run(folder, [*keys, "training.steps=20"])
        peak = 0
        began = time.monotonic()
        while job.process.poll() is None and time.monotonic() - began < 100:
            peak = max(peak, memory(job.process.pid))
            time.sleep(0.02)
        result = job.finish()
        seconds = time.monotonic() - began
        is_same = result.code == 0 and weights(folder) == wanted and not leftovers(folder)
        trials.count(is_same and seconds < 90 and peak < 200_000, f"{words}: {result.code}, {seconds:.0f} s, {peak} kB {result.text}")
        report = Run(folder, ["report", "run", "--output", "report.html"]).finish(300)
        trials.count(report.code == 0, f"report, {words}: {report.code} {report.text}")


def saves(trials, folder):
    """Thousands of saves in one process: no descriptor and no memory is lost, and what is left over is what is kept."""
    for number in range(trials.wanted):
        place = folder / str(number)
        SERIES.prepare(place)
        job = Run(place, ["series.json", *ENDLESS, "checkpoint.everySteps=1", "log.everySteps=1", "integrity.everySteps=1", "--run-directory", "run"])
        pid = job.process.pid
        job.wait_until(lambda: last_step(place) >= 100)
        before = descriptors(pid), memory(pid)
        job.wait_until(lambda: last_step(place) >= 2000, 240)
        # A save may be under way, with files of its own.
        after = min(descriptors(pid) for _ in range(20)), memory(pid)
        count = last_step(place)
        job.signal(signal.SIGUSR1)
        result = job.finish()
        is_kept = after[0] <= before[0] + 2 and after[1] < before[1] + 30_000 and len(steps(place)) <= 4 and not leftovers(place)
        trials.count(result.code == 75 and is_kept, f"{count} saves: {before} then {after}, {steps(place)}, {leftovers(place)}: {result.code} {result.text}")
        trials.note(f"{count} saves in the last")
        shutil.rmtree(place)
