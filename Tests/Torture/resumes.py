"""Runs that are stopped as asked, and go on."""
import shutil, signal, time

from program import ENDLESS, Run, every_step, holder, run, steps, uninterrupted, weights
from works import LARGE, SMALL


def stops(trials, folder):
    """SIGUSR1 as soon as rank 0 has the run, on 1, 2 and 4 ranks in turn: it stops a step or two on. Each stop's weights are those of an
    undisturbed run at that step, and the next start goes on from them."""
    LARGE.prepare(folder)
    wanted = every_step(folder, LARGE, trials.wanted * 4)
    begun = False
    while trials.done < trials.wanted:
        job = Run(folder, ["large.json", *ENDLESS, "--run-directory", "run"], ranks=[1, 2, 4][trials.done % 3])
        job.wait_until(lambda: holder(folder) in job.pids())
        job.signal(signal.SIGUSR1)
        result = job.finish()
        found = weights(folder)
        is_same = result.code == 75 and found and found[1] == wanted.get(found[0])
        trials.count(is_same and (not begun or "resumes     from" in result.text), f"{result.code}, {found}: {result.text}")
        begun = True
    trials.note(f"after {len(set(steps(folder)))} kept of steps up to {steps(folder)[-1]}")


def changing_ranks(trials, folder):
    """4, 2, 8 and 1 ranks take turns on a run that is stopped at random times."""
    for number in range(trials.wanted):
        place = folder / str(number)
        SMALL.prepare(place)
        order = [4, 2, 8, 1] if number == 0 else trials.numbers.sample([4, 2, 8, 1], 4)
        faults = []
        for ranks in order[:-1]:
            job = Run(place, ["small.json", *ENDLESS, "log.everySteps=1", "--run-directory", "run"], ranks=ranks)
            job.wait_until(lambda: holder(place) in job.pids())
            time.sleep(trials.numbers.uniform(0, 0.5))
            job.signal(signal.SIGUSR1)
            result = job.finish()
            if result.code != 75:
                faults.append(f"{ranks} ranks: {result.code} {result.text}")
        goal = steps(place)[-1] + 7
        result = run(place, "small.json", f"training.steps={goal}", "--run-directory", "run", ranks=order[-1])
        is_same = result.code == 0 and not faults and weights(place) == uninterrupted(place, SMALL, goal)
        trials.count(is_same, f"{order}: {faults} {result.text}")
        shutil.rmtree(place)
