"""
From a student's files to points.

        collect --> build each kernel --> criterion x machine, each on a machine of its own --> Grade

No check knows of another: the order, a panic or a triple fault of one changes nothing for the rest. All
that they share is patience: a kind of machine that does not boot, twice, is not waited for again, and
where several have hung the others get half the time.
"""

import concurrent.futures
import fractions
import subprocess
import time
from typing import NamedTuple

from ..machine import Failure
from . import build
from .machine import LabMachine, boots, observe
from .pace import pace
from .paper import Paper
from .replay import Replay


class Result(NamedTuple):
    """One criterion on one machine."""
    criterion: object
    row: object     # the MachineRow
    wrong: str      # None if all is well


class Grade(NamedTuple):
    lab: object
    criteria: list
    results: list   # of all criteria, in the rubric's order
    refused: str    # why nothing was run, or None
    seconds: float

    def of(self, criterion):
        return [result for result in self.results if result.criterion.id == criterion.id]

    def score(self, criterion):
        """Each machine has an equal share of the points."""
        results = self.of(criterion)
        passed = sum(result.wrong is None for result in results)
        return fractions.Fraction(criterion.points * passed, len(results)) if results else 0

    @property
    def points(self):
        return sum(self.score(criterion) for criterion in self.criteria)

    @property
    def most(self):
        return sum(criterion.points for criterion in self.criteria)

    @property
    def full(self):
        return self.points == self.most

    @property
    def lost(self):
        """Ids of the criteria that do not have all their points."""
        return {criterion.id for criterion in self.criteria if self.score(criterion) < criterion.points}


# So many machines may hang for as long as the rubric allows; the others, for half of that.
PATIENT = 4


class Runner:
    """Runs criteria on machines. A kind of machine that does not boot is not waited for twice."""

    def __init__(self, lab, paper, refused):
        self.lab, self.paper = lab, paper
        self.slowness = pace(build.FOLDER)
        self.hung = 0
        self.dead = {}        # MachineRow: why it comes to no prompt
        self.refused = refused  # kernel's name: why there is none

    def run(self, criterion, row):
        why = self.refused.get(row.kernel.name) or self.dead.get(row)
        return Result(criterion, row, why or self._observe(criterion, row))

    def _patience(self, criterion):
        """Seconds: for a kernel that hangs everywhere, too, grading ends within a minute."""
        return criterion.seconds * self.slowness / (1 if self.hung < PATIENT else 2)

    def _machine(self, row, patience, words):
        return Replay(row, patience, words, self.paper) if row.bochs else LabMachine(row, patience, words)

    def _try(self, criterion, row, words):
        """What is wrong, or None; and whether it hung before it could be asked: this host may be to blame."""
        with self._machine(row, self._patience(criterion), words) as machine:
            self.dead[row] = boots(machine)
            wrong = self.dead[row] or observe(criterion.check, machine)
            self.hung += machine.hung
            return wrong, bool(self.dead[row]) and machine.hung

    def _observe(self, criterion, row):
        words = f"{self.lab.number}-{criterion.id}-{row}-{self.lab.seed}"
        try:
            wrong, hung_in_boot = self._try(criterion, row, words)
            return self._try(criterion, row, words)[0] if hung_in_boot else wrong
        except (Failure, OSError, subprocess.SubprocessError) as failure:
            return f"the emulator failed: {failure}"
        except Exception as surprise:  # what a damaged kernel shows may make no sense to a check
            return f"the grader cannot make sense of what it sees: {type(surprise).__name__}: {surprise}"


def _run_all(lab, criteria, paper, refused, jobs):
    runner = Runner(lab, paper, refused)
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        waiting = [pool.submit(runner.run, criterion, row)
                   for criterion in criteria for row in criterion.machines]
        return [each.result() for each in waiting]


def _build_all(criteria, jobs):
    """{kernel's name: why there is none}; Refused if there is none at all."""
    refused = {}
    kernels = {row.kernel.name: row.kernel for each in criteria for row in each.machines}
    for kernel in kernels.values():
        try:
            build.build(kernel, jobs=jobs)
        except build.Refused as why:
            refused[kernel.name] = str(why)
    if len(refused) == len(kernels):
        raise build.Refused(next(iter(refused.values())))
    return refused


def grade(lab, folder, extra=None, jobs=2):
    """The Grade of the files in @folder; @folder may be {path: bytes} as well."""
    start = time.monotonic()
    criteria = lab.criteria(extra)
    try:
        files = folder if isinstance(folder, dict) else build.collect(lab, folder)
        build.lay_out(lab, files, extra)
        paper = Paper({name: files.get(name) for name in lab.papers})
        no_kernel = _build_all(criteria, jobs)
        results, refused = _run_all(lab, criteria, paper, no_kernel, jobs), None
    except (build.Refused, OSError) as why:
        results, refused = [], str(why)
    return Grade(lab, criteria, results, refused, time.monotonic() - start)
