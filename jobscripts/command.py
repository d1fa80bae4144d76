"""`scalebar study`: the command line."""
from __future__ import annotations

import argparse
import os
import re
import secrets
import signal
import socket
import sys
from dataclasses import replace
from datetime import datetime, timezone
from pathlib import Path
from typing import Callable

from jobscripts import interrupts, preview, state as states, values
from jobscripts.batch import Cluster
from jobscripts.budget import Budget
from jobscripts.campaign import run_all
from jobscripts.choose import SCHEDULERS, Elsewhere, choose
from jobscripts.errors import Refused
from jobscripts.fit import fit
from jobscripts.ini import Entry
from jobscripts.launch import Bench, find_launcher
from jobscripts.layout import Layout, written_layout
from jobscripts.plan import make_plan
from jobscripts.platform import find_platform
from jobscripts.predict import predict
from jobscripts.programs import find_probe, find_programs
from jobscripts.progress import Progress
from jobscripts.resume import resume
from jobscripts.simulate import DEFAULT, Simulator, need_smpirun, simulated_study
from jobscripts.state import State
from jobscripts.study import Study, read_study
from jobscripts.submission import Order, through_batch
from jobscripts.topology import observe
from jobscripts.units import count, parse_time, show_time

SHARE = Path(__file__).resolve().parent.parent  # the repository, or P/share/scalebar
SIMULATE = "simulate"

ABOUT = """\
Runs a study: every program, scaling mode, problem size and layout that STUDY.ini names, in random
order, one after the other, on the cores that this process may use; before them the machine's own
limits, by the app probe. STUDY.ini is a path, or the name of a study that comes with Scalebar:
quick, workstation, node, cluster and others. What a study file may hold stands in inputs/README.md.

A run that fails or takes too long is kept as failed, with its log, and the others go on. After an
interruption of any kind the same command with --out resumes: runs that are done with the same
settings, program and seed stay."""

EXITS = """\
exit codes: the worst of the runs' (2 a wrong answer, then 1 could not run, then 5 slower than
expected), 0 when all passed, jobs are still to come, or the budget had no time for more than some
points of each app, 130 after Ctrl-C. Results: DIR/study.json, and DIR/runs/ with a log, a JSON and an
HDF5 file of each run. Next: scalebar report DIR"""


def parse_arguments(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="scalebar study",
        description=ABOUT,
        epilog=EXITS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("study", metavar="STUDY.ini")
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        help="folder of the results; an existing study there resumes "
        "(default: a new results/data/<machine>/<study>-<UTC time>/)",
    )
    parser.add_argument(
        "--launcher",
        metavar="|".join(("auto", "local", *SCHEDULERS, SIMULATE)),
        choices=("auto", "local", *SCHEDULERS, SIMULATE),
        default="auto",
        help="where runs take place; auto: here inside a job, else through a batch system where there "
        "is one, else here. Slurm is tested with real jobs; scripts for PBS, LSF and Flux are checked, "
        "but were never run. simulate: in a machine that does not exist, by SimGrid: inputs/platforms",
    )
    parser.add_argument(
        "--site",
        metavar="FILE",
        type=Path,
        help="what a batch system must be told (account, partition, modules ...): inputs/README.md",
    )
    parser.add_argument(
        "--nodes",
        metavar="LIST",
        help="numbers of nodes, as 1,2,4: whole nodes beyond one (default: the study's, or 1)",
    )
    parser.add_argument(
        "--wait",
        action="store_true",
        help="wait for the jobs of a batch system, and collect what they leave",
    )
    parser.add_argument(
        "--seed",
        metavar="N",
        type=int,
        help="seed of the programs' data and of the order of the runs",
    )
    parser.add_argument(
        "--budget",
        metavar="TIME",
        help="time for the whole study, as 90s or 5min: runs measure for as long as fits",
    )
    parser.add_argument(
        "--programs",
        metavar="DIR",
        type=Path,
        help="folder of the programs (default: those built or installed with this command)",
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="show all runs with their memory and time; run nothing",
    )
    return _checked(parser, argv)


def _checked(parser: argparse.ArgumentParser, argv: list[str]) -> argparse.Namespace:
    """Refusals exit with 1, as everywhere in Scalebar; argparse's own 2 means a wrong answer."""
    try:
        return parser.parse_args(argv)
    except SystemExit as end:
        raise SystemExit(1 if end.code else 0) from None


def main(argv: list[str]) -> int:
    arguments = parse_arguments(argv)
    interrupts.install()
    try:
        code = _study(arguments)
        sys.stdout.flush()
        return code
    except (
        BrokenPipeError
    ):  # the reader has seen enough, as in: scalebar study ... --dry-run | head
        sys.stdout = open(os.devnull, "w", encoding="utf-8")
        return 128 + signal.SIGPIPE
    except Refused as refusal:
        print(f"scalebar study: {refusal}", file=sys.stderr)
        return 1
    except OSError as error:  # a full disk, say: what is on it is whole
        print(f"scalebar study: {error.filename or 'output'}: {error.strerror}", file=sys.stderr)
        return 1
    except interrupts.Interrupted as interrupt:
        resumes = "" if arguments.dry_run else "; the same command with --out resumes"
        print(f"\nscalebar study: interrupted{resumes}", file=sys.stderr)
        return 128 + interrupt.number


def _study(arguments: argparse.Namespace) -> int:
    file = _find_study(arguments.study)
    study = read_study(file)
    study = _with_nodes(_with_budget(study, arguments.budget), arguments.nodes)
    seed = study.seed if arguments.seed is None else arguments.seed
    if seed is not None and not 0 <= seed <= 2**53:
        raise Refused(f"--seed {seed}: allowed 0 .. {2**53}")
    nodes = _most_nodes(study)
    elsewhere = choose(arguments.launcher, arguments.site, nodes)
    simulator, notes = None, []
    if arguments.launcher == SIMULATE:
        need_smpirun()
        simulator = Simulator(find_platform(study.platform or DEFAULT, file.parent))
        study, notes = simulated_study(study, simulator.platform)
    elif elsewhere is None and nodes > 1:
        raise Refused(
            f"{study.name}: runs on {nodes} nodes take a batch system, or a simulated machine; "
            f"--launcher {', '.join((*SCHEDULERS, SIMULATE))}, or --nodes 1 for this one"
        )
    topology = elsewhere.topology if elsewhere else observe()
    topology = simulator.platform.topology() if simulator else topology
    folder = arguments.programs or _programs_folder("simulate" if simulator else "release")
    start = simulator.start(Layout(1, 1), "") if simulator else []
    programs, probe = find_programs(study, folder, start), find_probe(study, folder, start)
    every = list({program.name: program for program in (*programs, *probe)}.values())
    budget = Budget(study.budget, study.time_limit, study.watchdog)
    names = {p.name: p for p in every}
    if elsewhere and not elsewhere.inside:
        bench = Bench(topology, names, {name: None for name in names}, elsewhere=True)
        order = Order(
            study, seed, secrets.randbelow(2**32) if seed is None else seed, programs, probe, every,
            arguments.out, arguments.wait, arguments.dry_run,
        )
        cluster = Cluster(elsewhere.scheduler, elsewhere.site, bench)
        return through_batch(order, cluster, _new_folder, _summarise)
    if arguments.wait:
        raise Refused("--wait waits for a batch system; here runs end before the command does")
    launchers = {p.name: None if elsewhere or simulator else find_launcher(p) for p in every}
    starter = simulator.start if simulator else _starter(elsewhere)
    bench = Bench(topology, names, launchers, start=starter)
    if arguments.out and (arguments.out / states.FILE).exists() and not arguments.dry_run:
        state, resumed = resume(arguments.out, study, seed, every, topology)
        done = sum(run["status"] == "done" for run in state.runs)
        resumed.insert(0, f"resumed: {done} of {len(state.runs)} runs are done")
        return _run(state, notes + resumed, _bench_in(state, bench, simulator), budget)
    order_seed = secrets.randbelow(2**32) if seed is None else seed
    plan = make_plan(study, programs, topology, order_seed, probe)
    predictions = predict(plan.runs, bench, seed, every=arguments.dry_run)
    plan, refused = fit(replace(plan, notes=(*notes, *plan.notes)), predictions, study)
    if arguments.dry_run:
        whole = Budget(study.budget, study.time_limit, study.watchdog)  # asking took its time
        preview.show(plan, predictions, whole, seed)
        print("".join(f"refused: {words}\n" for words in refused), end="")
        return 1 if refused else 0
    for words in refused:
        raise Refused(words)  # before anything is written
    out = arguments.out or _new_folder(study)
    state = states.create(out, study, seed, order_seed, plan, predictions, every, topology)
    return _run(state, list(plan.notes), _bench_in(state, bench, simulator), budget)


def _bench_in(state: State, bench: Bench, simulator: Simulator | None) -> Bench:
    """The bench of the study's runs: a simulated machine's files lie in its folder."""
    return replace(bench, start=simulator.into(state.folder).start) if simulator else bench


def _run(state: State, notes: list[str], bench: Bench, budget: Budget) -> int:
    waiting = sum(run["status"] == "waiting" for run in state.runs)
    progress = Progress(len(state.runs), len(state.runs) - waiting)
    left = budget.left()
    within = f", within {show_time(left)}" if left is not None else ""
    progress.say(
        f"{state.data['study']}: {waiting} of {count(len(state.runs), 'run')} to do{within}, "
        f"into {state.folder}"
    )
    for note in notes:
        progress.say(note)
    run_all(state, bench, budget, progress)
    _summarise(state)
    return state.exit_code()


def _summarise(state: State) -> None:
    counts: dict[str, int] = {}
    for run in state.runs:
        ended = run["status"] in ("done", "failed")
        word = run["verdict"] if ended else run["status"]
        counts[word] = counts.get(word, 0) + 1
        if ended and word != "PASS":
            print(f"{word} {run['id']}: {run['reason']}; log {state.folder / run['log']}")
    words = ", ".join(f"{number} {word}" for word, number in sorted(counts.items()))
    print(f"{count(len(state.runs), 'run')}: {words}")
    print(f"results: {state.folder}")


def _find_study(text: str) -> Path:
    """A path as given, else a study that comes with Scalebar."""
    path = Path(text)
    if path.exists() and not path.is_dir():
        return path
    for name in (path.name, f"{path.name}.ini"):
        ours = SHARE / "inputs" / "studies" / name
        if ours.is_file() and str(path.parent) in (".", "inputs/studies"):
            return ours
    raise Refused(f"{text}: there is no such study file")


def _with_budget(study: Study, text: str | None) -> Study:
    if text is None:
        return study
    seconds = parse_time(text)
    if seconds is None:
        raise Refused(f"--budget {text!r} is not a time; write 90s, 1.5min or 2h")
    return replace(study, budget=seconds)


def _most_nodes(study: Study) -> int:
    written = [written_layout(word).nodes for word in study.workers if "x" in word]
    own = [number for numbers in study.nodes_of.values() for number in numbers]
    return max(*study.nodes, *own, *written, 1)


def _starter(elsewhere: Elsewhere | None) -> Callable[[Layout, str], list[str]] | None:
    """Inside a job, what starts runs on its nodes."""
    if elsewhere is None:
        return None
    return elsewhere.start


def _with_nodes(study: Study, text: str | None) -> Study:
    if text is None:
        return study
    return replace(study, nodes=values.nodes(Entry("nodes", text, "--nodes")), nodes_of={})


def _installed() -> bool:
    return SHARE.name == "scalebar" and SHARE.parent.name == "share"


def _programs_folder(preset: str) -> Path:
    return SHARE.parent.parent / "bin" if _installed() else SHARE / "build" / preset / "bin"


def _new_folder(study: Study) -> Path:
    """results/data/<machine>/<study>-<UTC time>, in the repository, or here when installed."""
    machine = re.sub(r"[^A-Za-z0-9_-]", "-", socket.gethostname().partition(".")[0]) or "machine"
    stamp = datetime.now(timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    base = Path.cwd() if _installed() else SHARE
    return base / "results" / "data" / machine / f"{study.name}-{stamp}"
