"""What of a plan the programs take, and what fits into memory."""
from __future__ import annotations

from jobscripts.errors import Refused
from jobscripts.plan import Plan
from jobscripts.predict import Key, Predictions, problem_of
from jobscripts.run import SCALING
from jobscripts.study import Study


def fit(plan: Plan, predictions: Predictions, study: Study) -> tuple[Plan, list[str]]:
    """The plan without what need not take place, with a note for each; and why the study cannot
    take place as it stands. What nobody asked for by name is left out: the machine's limits."""
    notes, refused, out = list(plan.notes), [], set[Key]()
    problems = {problem_of(run): run for run in plan.runs}
    for problem, words in predictions.refusals().items():
        run = problems[problem]
        if run.purpose != SCALING:
            out.add(problem)
            notes.append(f"left out: {run.app} {run.scaling} {run.size}: {words}")
        else:
            refused.append(words)
    runs = tuple(run for run in plan.runs if problem_of(run) not in out)
    if not any(run.purpose == SCALING for run in runs):
        raise Refused(f"{study.name}: nothing is left to run; {'; '.join(notes)}")
    return Plan(runs, tuple(notes)), refused
