"""Torments lstm-train for real, and counts how often its promises don't hold. Run it with launch/torture, which says how."""
import argparse, random, shutil, signal, sys, tempfile, threading, time
from pathlib import Path

import damage, disks, kills, limits, lives, ranks, resumes, writes

# A function each, with how often it is tried where that is free to choose, and what it proves.
PROMISES = [
    (kills.random_ranks, 100, "a rank killed at any time: the job ends within 10 s, nothing stays"),
    (kills.saving_ranks, 50, "the same for a rank that is saving"),
    (disks.crashes, None, "killed at any system call of a save: the new checkpoint or the old"),
    (resumes.stops, 40, "stopped by SIGUSR1, gone on: the same bits"),
    (resumes.changing_ranks, 10, "4, 2, 8, 1 ranks in turn: the same bits"),
    (kills.restarted, 3, "killed every few seconds, started again until done: the same bits"),
    (damage.flips, 1000, "a bit flipped in a checkpoint: found, the one before taken"),
    (damage.truncations, None, "a file cut off: found, the one before taken"),
    (disks.refusals, None, "ENOSPC, EDQUOT, EIO, EROFS on write, fsync, rename: 74, nothing lost"),
    (disks.full, 60, "a full disk: 74, nothing lost, goes on when there is room"),
    (ranks.differing, 40, "a rank that differs: all refuse with 78, and name it"),
    (ranks.told_otherwise, 24, "a rank with another command line or version: 64 or 78, and it is named"),
    (ranks.absent, 8, "a rank that never begins: named within the budget, 70"),
    (ranks.stopped, 20, "a rank stopped: named within the budget, 70"),
    (ranks.endless, 6, "data that never end: named within the budget, 70"),
    (ranks.nonsense, 30, "NaN in a rank: 65, no weight sees it"),
    (ranks.left_out, 12, "NaN left out: the bits of a run without that batch"),
    (ranks.turned_bits, 30, "a bit turned in a rank's memory: found, the rank named, nothing saved"),
    (ranks.two_jobs, 20, "two jobs on a run directory: 73, and a dead one's is taken over"),
    (ranks.renamed_jobs, 20, "a run's directory renamed, its name taken by another: both as if alone"),
    (limits.descriptors, None, "limits, closed descriptors, full outputs: a code of the table, nothing lost"),
    (limits.memory, 60, "a limit of memory: it works, or ends with 71"),
    (limits.endless, None, "data that never end, or don't fit: 71"),
    (limits.processor_time, 8, "the limit of processor time: saved before, 75, the same bits"),
    (limits.threads, 12, "no more threads: it works, or ends with 71"),
    (lives.clocks, 8, "a clock that jumps: no false alarm, no missed one, names in order"),
    (lives.sleeps, 9, "a job that sleeps: no false alarm, the same bits"),
    (lives.grown_logs, None, "logs of gigabytes and of many lines: gone on with in seconds"),
    (lives.saves, 2, "thousands of saves: no descriptor and no memory lost"),
    (writes.verbs, None, "only the run directory is written"),
    (writes.links, None, "links in it lead nowhere else"),
]


class Trials:
    """The trials of one promise: how many, and which failed."""

    def __init__(self, name, wanted, seed):
        self.name, self.wanted, self.seed = name, wanted or 0, seed
        self.numbers = self.branch("")
        self.done, self.failures, self.words = 0, [], ""
        self.turn = threading.Lock()

    def branch(self, key):
        """Random numbers of their own for a part of the trials, whatever the others draw."""
        return random.Random(f"{self.seed} {self.name} {key}")

    def lanes(self):
        return [self.branch("lane 0"), self.branch("lane 1")]

    def count(self, is_kept, otherwise):
        with self.turn:
            self.done += 1
            if not is_kept:
                self.failures.append(otherwise)
                print(f"FAILED {self.name}: {otherwise[-4000:]}", file=sys.stderr, flush=True)

    def expect(self, is_kept, otherwise):
        """What holds of all trials together: one that fails is a failure, and none more is counted."""
        if not is_kept:
            self.count(False, otherwise)

    def note(self, words):
        self.words = words

    def skip(self, reason):
        self.words = "skipped: " + reason


def torment(chosen, seed, scale, place):
    tried = []
    for body, usual, words in chosen:
        name = f"{body.__module__}.{body.__name__}"
        trials = Trials(name, usual and max(1, round(usual * scale)), seed)
        began = time.monotonic()
        folder = place / name
        folder.mkdir()
        try:
            body(trials, folder)
        except Exception as error:  # A trial that can't be made is none that passed.
            trials.count(False, f"{type(error).__name__}: {error}")
        if not trials.failures:
            shutil.rmtree(folder)
        print(f"{name:24} {trials.done:5} trials, {len(trials.failures)} failed, {time.monotonic() - began:4.0f} s  {trials.words}", flush=True)
        tried.append((words, trials))
    return tried


def show(tried):
    print(f"\n{'promise':72} {'n':>5}  failures  bound 3/n")
    for words, trials in tried:
        failed = len(trials.failures)
        # All cases of a kind are no sample of something larger.
        bound = f"{min(100, 300 / trials.done):8.2f} %" if trials.wanted else "     each"
        bound = "   broken" if failed else bound if trials.done else trials.words
        print(f"{words:72} {trials.done:5}  {failed:8}  {bound}")
    print("Where none of n random trials failed, the chance of a failure is below 3/n, with 95 % confidence; each: all cases there are were tried.")


def main():
    parser = argparse.ArgumentParser(prog="launch/torture", description=__doc__)
    parser.add_argument("--seed", type=int, default=time.time_ns(), help="what is random follows from it (default: the clock)")
    parser.add_argument("--scale", type=float, default=1, help="how many trials, relative to the usual number")
    parser.add_argument("names", nargs="*", help="only these: " + ", ".join(f"{body.__module__}.{body.__name__}" for body, _, _ in PROMISES))
    options = parser.parse_args()
    chosen = [promise for promise in PROMISES if not options.names or f"{promise[0].__module__}.{promise[0].__name__}" in options.names]
    if not chosen:
        parser.error("no such promise")
    # Who starts this may have blocked them, and what is started here inherits that.
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    place = Path(tempfile.mkdtemp(prefix="lstm-train-torture-"))
    print(f"seed {options.seed}, in {place}", flush=True)
    began = time.monotonic()
    tried = torment(chosen, options.seed, options.scale, place)
    show(tried)
    failed = sum(len(trials.failures) for _, trials in tried)
    print(f"{failed} failures in {sum(trials.done for _, trials in tried)} trials, {(time.monotonic() - began) / 60:.1f} min")
    if not failed:
        shutil.rmtree(place)
    sys.exit(1 if failed else 0)


main()
