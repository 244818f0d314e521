"""Ranks that differ, hang, compute nonsense, or have a bit turned in their memory; and jobs that want the same directory."""
import json, os, re, shutil, signal, time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from program import COMMUNICATION_PROBE, ENDLESS, MPIRUN, PROBE, PROGRAM, PROJECT, Run, checkpoint, holder, kill, outliving, run, steps, uninterrupted, weights
from works import LARGE, SERIES, SMALL


def differing(trials, folder):
    """One rank of two to four has another configuration, seed, data, binary or width of vectors."""
    SMALL.prepare(folder)
    SMALL.prepare(folder / "other")
    (folder / "other/text.txt").write_text((folder / "text.txt").read_text().replace("cat", "bat"))
    shutil.copy(PROGRAM, folder / "odd")
    with open(folder / "odd", "ab") as binary:
        binary.write(b"\0")
    narrow = PROJECT / ".build-8/release/lstm-train"
    keys, ending = ["small.json"], ["--run-directory", "run"]
    kinds = [
        ("model.hidden", [PROGRAM, *keys, "model.hidden=8", *ending]), ("training.seed", [PROGRAM, *keys, "training.seed=2", *ending]),
        ("the data", [PROGRAM, "other/small.json", *ending]), ("the binary", [folder / "odd", *keys, *ending])]
    if narrow.is_file():
        kinds.append(("the binary", [narrow, *keys, *ending]))
    for number in range(trials.wanted):
        field, command = kinds[number % len(kinds)]
        ranks = 2 + number // len(kinds) % 3
        odd = trials.numbers.randrange(ranks)
        # Three ranks share no eight shards, which is refused too, but later.
        result = Run(folder, [*keys, *ending], ranks=ranks, odd=(odd, command)).finish()
        is_named = f"{field} is not the same on all ranks" in result.text and (f"rank {odd} has" in result.text or ranks == 2)
        trials.count(result.code == 78 and is_named and not steps(folder), f"{field}, rank {odd} of {ranks}: {result.code} {result.text}")
    trials.note("other hidden, seed, data, binary" + (", vector width" if narrow.is_file() else "; no other vector width: build one with LSTM_TRAIN_LANES=8"))


def told_otherwise(trials, folder):
    """One rank of two to four has something else on its command line, or is another program: all end before anything is done."""
    SMALL.prepare(folder)
    common = ["small.json", "--run-directory", "run"]
    kinds = [
        (64, [PROGRAM, *common, "--resum", "auto"], "rank ODD, 'lstm-train small.json"), (64, [PROGRAM, "--bad"], "rank ODD, 'lstm-train --bad'"),
        (78, [PROGRAM, "--help"], "the command line is not the same"), (78, [PROGRAM, "schema"], "the command line is not the same"),
        (78, [PROGRAM, *common, "--dry-run"], "the command line is not the same"), (78, [PROGRAM, "evaluate", "run"], "the command line is not the same"),
        (66, [PROGRAM, "none.json", *common[1:]], "rank ODD: none.json can't be read"), (78, [COMMUNICATION_PROBE, "describe"], "rank ODD runs another version")]
    for number in range(trials.wanted):
        code, command, words = kinds[number % len(kinds)]
        ranks = 2 + number // len(kinds) % 3
        odd = trials.numbers.randrange(ranks)
        job = Run(folder, common, ranks=ranks, odd=(odd, command))
        job.wait_until(lambda: len(job.pids()) == ranks, 5)
        result = job.finish(60)
        is_told = result.text.count(words.replace("ODD", str(odd))) == 1
        trials.count(result.code == code and is_told and not (folder / "run").exists(), f"{command}, rank {odd} of {ranks}: {result.code} {result.text}")


def absent(trials, folder):
    """One rank of two to four is a program that never joins, ends at once, or is stopped before it does: the others wait as long as they may, and end with 70."""
    SMALL.prepare(folder)
    budget = 20
    common = ["small.json", f"integrity.hangSeconds={budget}", "--run-directory", "run"]
    kinds = [["sleep", "100"], ["true"], ["sh", "-c", "kill -STOP $$"]]
    for number in range(trials.wanted):
        ranks = 2 + number % 3
        odd = trials.numbers.randrange(ranks)
        result = Run(folder, common, ranks=ranks, odd=(odd, kinds[number % len(kinds)])).finish(60)
        is_named = f"has waited {budget} s for all {ranks} ranks to begin" in result.text
        is_right = result.code == 70 and is_named and result.seconds < 40 and not (folder / "run").exists()
        trials.count(is_right, f"{kinds[number % len(kinds)]}, rank {odd} of {ranks}: {result.code}, {result.seconds:.0f} s {result.text}")


def stopped(trials, folder):
    """SIGSTOP to a random rank of four at a random time: within the budget the others say who is late and where, and end with 70."""
    budget = 4

    def one(number):
        place = folder / str(number)
        SMALL.prepare(place)
        numbers = trials.branch(number)
        # Every other one saves all the time, which the others are more patient with.
        saving = ["checkpoint.everySteps=1"] if number % 2 else []
        keys = ["small.json", *ENDLESS, *saving, "log.everySteps=1", f"integrity.hangSeconds={budget}", "--run-directory", "run"]
        job = Run(place, keys, ranks=4)
        job.wait_until(lambda: (place / "run/metrics.jsonl").is_file() and (place / "run/metrics.jsonl").stat().st_size > 0)
        time.sleep(numbers.uniform(0, 1))
        pids = job.pids()
        odd = numbers.randrange(4)
        kill(pids[odd], signal.SIGSTOP)
        result = job.finish()
        living = [rank for rank in range(4) if rank != odd]
        words = [rf"rank {rank} has made no progress for \d+ s at step \d+, in " for rank in living]
        faults = [word for word in words if not re.search(word, result.text)]
        if result.code != 70 or result.seconds > budget + 6 or f"Rank {odd} is late" not in result.text or outliving(pids):
            faults.append(f"{result.code} after {result.seconds:.1f} s, rank {odd}, {outliving(pids)} alive: {result.text}")
        trials.count(not faults, "; ".join(faults))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(trials.wanted)))


def probe(folder, *arguments, ranks):
    return Run(folder, ["series.json", *arguments], ranks, program=PROBE).finish()


def endless(trials, folder):
    """The data of a random rank never end being read."""
    SERIES.prepare(folder)
    for _ in range(trials.wanted):
        odd, batch = trials.numbers.randrange(4), trials.numbers.randrange(4)
        result = probe(folder, "run", f"loop:{odd}:{batch}", "integrity.hangSeconds=3", "checkpoint.everySteps=1", "training.steps=50", ranks=4)
        is_named = f"Rank {odd} is late: it is at step {batch + 1}, in reading the batch" in result.text
        trials.count(result.code == 70 and is_named and (steps(folder) or [0])[-1] == batch, f"{odd}:{batch}: {result.code} {result.text}")
        shutil.rmtree(folder / "run", ignore_errors=True)


def nonsense(trials, folder):
    """NaN or infinity in the input, loss or gradient of a random rank: the run ends with 65 before the weights see it."""
    SERIES.prepare(folder)
    for _ in range(trials.wanted):
        ranks, kind, place = trials.numbers.choice([1, 2, 4]), trials.numbers.choice(["input", "loss", "gradient"]), trials.numbers.randrange(1, 4)
        # A batch of the epoch counts from 0, a step from 1.
        step = place if kind == "gradient" else place + 1
        result = probe(
            folder, "run", f"{kind}:{trials.numbers.randrange(ranks)}:{place}", "checkpoint.everySteps=1", "checkpoint.best=false", "training.steps=50", ranks=ranks)
        is_named = f" at step {step} " in result.text and (kind == "gradient" or "Not finite is that of the training part's sequence" in result.text)
        before = weights(folder)
        is_clean = before == (uninterrupted(folder, SERIES, step - 1) if step > 1 else None)
        trials.count(result.code == 65 and is_named and is_clean, f"{kind} {ranks} {place}: {result.code} {before} {result.text}")
        shutil.rmtree(folder / "run", ignore_errors=True)


def left_out(trials, folder):
    """The same with integrity.nonFinite "skip": the bits of a run that never had that batch."""
    SERIES.prepare(folder)
    for _ in range(trials.wanted):
        ranks, kind, batch = trials.numbers.choice([1, 2, 4]), trials.numbers.choice(["input", "loss"]), trials.numbers.randrange(5)
        # An epoch has five batches: of three epochs each loses one.
        wanted = probe(folder, "without", f"omit:{batch}", "training.steps=12", "checkpoint.best=false", ranks=1)
        found = probe(
            folder, "with", f"{kind}:{trials.numbers.randrange(ranks)}:{batch}", "integrity.nonFinite=skip", "training.steps=15", ranks=ranks)
        is_same = wanted.code == found.code == 0 and re.findall(r"^[0-9a-f]{64}$", found.text, re.M) == re.findall(r"^[0-9a-f]{64}$", wanted.text, re.M)
        trials.count(is_same, f"{kind} {ranks} {batch}: {found.code} {found.text}")
        for name in ["with", "without"]:
            shutil.rmtree(folder / name, ignore_errors=True)


def flip_in_memory(pid, pattern, bit):
    """Turns a bit of the first byte wherever the process has `pattern` in its own memory; returns in how many places."""
    count = 0
    with open(f"/proc/{pid}/mem", "r+b", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights, _, device, *_ = line.split()
            if not rights.startswith("rw") or device != "00:00" or "/dev/" in line:
                continue
            begin, end = (int(part, 16) for part in span.split("-"))
            memory.seek(begin)
            try:
                content = memory.read(end - begin)
            except OSError:
                continue
            place = content.find(pattern)
            while place >= 0:
                memory.seek(begin + place)
                memory.write(bytes([content[place] ^ 1 << bit]))
                count += 1
                place = content.find(pattern, place + 1)
    return count


def turned_bits(trials, folder):
    """A bit of a weight in the memory of a random rank of four is turned: the next comparison finds it, names the rank, and nothing is saved."""
    for number in range(trials.wanted):
        place = folder / str(number)
        SMALL.prepare(place)
        # At such a rate a weight stays what it was, so that the checkpoint shows what to look for in memory.
        keys = ["small.json", *ENDLESS, "optimizer.learningRate=1e-37", "integrity.everySteps=20", "log.everySteps=1", "--run-directory", "run"]
        job = Run(place, keys, ranks=4)
        job.wait_until(lambda: (place / "run/metrics.jsonl").is_file() and (place / "run/metrics.jsonl").stat().st_size > 0)
        job.signal(signal.SIGUSR2)
        job.wait_until(lambda: steps(place))
        saved = steps(place)
        file = (checkpoint(place, saved[-1]) / "weights.safetensors").read_bytes()
        data = 8 + int.from_bytes(file[:8], "little")
        # The last byte but one of a weight is of its fraction.
        start = data + 4 * trials.numbers.randrange((len(file) - data) // 4 - 20) + trials.numbers.randrange(3)
        odd = trials.numbers.randrange(4)
        count = flip_in_memory(job.pids()[odd], file[start:start + 61], trials.numbers.randrange(7))
        result = job.finish()
        is_named = "the weights are not the same on all ranks after step" in result.text and f"rank {odd} has" in result.text
        trials.count(count > 0 and result.code == 70 and is_named and steps(place) == saved, f"{count} places, rank {odd}: {result.code} {result.text}")
        shutil.rmtree(place)


def renamed_jobs(trials, folder):
    """A job whose directory is renamed goes on in it; the next of that name trains as if alone, and neither touches the other's files."""
    SMALL.prepare(folder)
    goal = 40
    wanted = uninterrupted(folder, SMALL, goal)
    for number in range(trials.wanted):
        place = folder / str(number)
        SMALL.prepare(place)
        first = Run(place, ["small.json", *ENDLESS, "model.initialization=keras", "checkpoint.everySteps=3", "--run-directory", "run"], ranks=1 + number % 2)
        first.wait_until(lambda: steps(place))
        time.sleep(trials.numbers.random() / 5)
        (place / "run").rename(place / "old")
        second = run(place, "small.json", f"training.steps={goal}", "checkpoint.everySteps=2", "--run-directory", "run", ranks=1 + number // 2 % 2)
        saved = steps(place)
        reached = steps(place, "old")[-1]
        goes_on = first.wait_until(lambda: steps(place, "old")[-1] > reached + 6)
        first.signal(signal.SIGUSR1)
        stopped = first.finish()
        is_alone = second.code == 0 and weights(place) == wanted and steps(place) == saved
        trials.count(is_alone and goes_on and stopped.code == 75 and weights(place, "old"), f"{second.code} {second.text}; {stopped.code} {stopped.text}")
        shutil.rmtree(place)


def two_jobs(trials, folder):
    """A second job on a run directory is refused and told who has it; when the first is killed, a third takes over."""
    for number in range(trials.wanted):
        place = folder / str(number)
        SMALL.prepare(place)
        first = Run(place, ["small.json", *ENDLESS, "checkpoint.everySteps=3", "--run-directory", "run"], ranks=1 + number % 2)
        first.wait_until(lambda: holder(place) in first.pids() and steps(place))
        pid = holder(place)
        second = run(place, "small.json", *ENDLESS, "--run-directory", "run", ranks=1 + number // 2 % 2)
        is_refused = second.code == 73 and f"is in use by process {pid} on host" in second.text
        kill(pid)
        first.finish()
        goal = steps(place)[-1] + 3
        third = run(place, "small.json", f"training.steps={goal}", "--run-directory", "run")
        is_taken = third.code == 0 and weights(place) == uninterrupted(place, SMALL, goal)
        trials.count(is_refused and is_taken, f"{second.code} {second.text}; {third.code} {third.text}")
        shutil.rmtree(place)
