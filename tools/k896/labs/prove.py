"""
`make prove-labs`: are the graders right?

        handout              builds with gcc and clang, and scores exactly 0
        reference            scores everything
        wrong/NAME.patch     loses the criteria that its first line names, and no other
        ... each of them     --runs times, with the same points in each criterion

A patch begins with a line "Loses: reuse, flushes" and a sentence that says what the student did. It
is applied to the reference. What was run with the same tree is not run again (ledger.py): its points are
judged each time.
"""

import fractions
import json
import pathlib
import random
import re
import shutil
import subprocess
import tempfile
from typing import NamedTuple

from ..kernels import ROOT
from . import build
from .folder import Lab, Mistake, handout_of, numbers
from .grade import grade
from .ledger import STATE, Ledger, note_proven, sum_of
from .markers import stubbed


class Solution(NamedTuple):
    name: str      # "handout", "reference" or the patch's
    files: dict    # {path: bytes}
    loses: set     # the criteria that it must lose

    @property
    def digest(self):
        return sum_of(sorted(self.files.items()))


def header_of(patch):
    """The ids in "Loses: a, b"."""
    line = patch.read_text().splitlines()[0]
    loses = re.fullmatch(r"Loses: (\w+(?:, \w+)*)", line)
    if not loses:
        raise Mistake(f"{patch.relative_to(ROOT)}: its first line is not \"Loses: CRITERION, CRITERION\"")
    return set(loses[1].split(", "))


def patched(lab, patch):
    """The reference's files after @patch."""
    with tempfile.TemporaryDirectory(prefix="k896-") as folder:
        for path, content in build.reference_files(lab).items():
            place = pathlib.Path(folder, path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        result = subprocess.run(["patch", "-p1", "--batch", "--silent", "--fuzz=2", "-d", folder, "-i", patch],
                                capture_output=True, text=True, check=False)
        if result.returncode:
            raise Mistake(f"{patch.relative_to(ROOT)} does not apply: {result.stdout.strip()}")
        return {path: pathlib.Path(folder, path).read_bytes() for path in build.reference_files(lab)}


def solutions(lab):
    every = {criterion.id for criterion in lab.criteria()}
    reference = build.reference_files(lab)
    stubs = {path: stubbed(path, reference[path].decode(), [lab.number]).encode() for path in lab.files}
    stubs.update((name, lab.paper(name).encode()) for name in lab.papers)
    yield Solution("handout", stubs, every)
    yield Solution("reference", reference, set())
    for patch in sorted((lab.folder / "wrong").glob("*.patch")):
        loses = header_of(patch)
        if loses - every:
            raise Mistake(f"{patch.relative_to(ROOT)}: no criterion {', '.join(sorted(loses - every))}")
        yield Solution(patch.stem, patched(lab, patch), loses)


def _judge(lab, solution, scores):
    """What is wrong with the grader that gave these points, or None. @scores: {criterion's id: points}"""
    points = {criterion.id: fractions.Fraction(scores[criterion.id]) for criterion in lab.criteria()}
    paid = sorted(id for id in points if points[id])
    lost = {criterion.id for criterion in lab.criteria() if points[criterion.id] < criterion.points}
    if solution.name == "handout" and paid:
        return f"{float(sum(points.values())):g} points for nothing, for {', '.join(paid)}"
    if lost != solution.loses:
        return (f"loses {', '.join(sorted(lost)) or 'nothing'}, "
                f"not {', '.join(sorted(solution.loses)) or 'nothing'}")
    return None


def _prove_solution(lab, solution, runs, ledger):
    """Complaints about the grader."""
    scores = lambda: ledger.scores(solution.name, solution.digest)
    complaints = {_judge(lab, solution, each) for each in scores()} - {None}
    while len(scores()) < runs and not complaints:
        result = grade(lab, solution.files)
        if result.refused:
            return [f"{solution.name}: nothing was run: {result.refused}"]
        ledger.add(solution.name, solution.digest, {each.id: str(result.score(each)) for each in result.criteria},
                   result.seconds)
        complaints = {_judge(lab, solution, scores()[-1])} - {None}
        print(f"  {solution.name}: {float(result.points):g} of {result.most}, in {result.seconds:.0f} s", flush=True)
    different = {json.dumps(each) for each in scores()}
    if len(different) > 1:
        complaints.add(f"not the same points each time: {' '.join(sorted(different))}")
    return [f"{solution.name}: {each}" for each in sorted(complaints)]


def _build_with_clang(lab, handout):
    """The handout's kernels with the other compiler; complaints."""
    build.lay_out(lab, handout.files)
    kernels = {row.kernel.name: row.kernel for each in lab.criteria() for row in each.machines}
    for kernel in kernels.values():
        folder = kernel.folder
        try:
            output = build.build(kernel, llvm=True)
        except build.Refused as why:
            return [f"handout, with clang: {why}"]
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if "warning:" in output:
            return [f"handout, with clang: {build.first_errors(output)}"]
    return []


def _prove_clang(lab, handout, ledger):
    """Complaints, as _build_with_clang() has them; once for each tree."""
    if ledger.scores("clang", handout.digest):
        return []
    complaints = _build_with_clang(lab, handout)
    if not complaints:
        ledger.add("clang", handout.digest, {}, 0)
        print("  the handout builds with clang", flush=True)
    return complaints


def prove_lab(lab, runs, sample):
    """Complaints. @sample: so many of the wrong solutions, whichever; None for all"""
    print(lab, flush=True)
    try:
        handout, reference, *wrong = solutions(lab)
    except Mistake as mistake:
        return [str(mistake)]
    complaints = []
    if len(wrong) < 6:
        complaints.append(f"only {len(wrong)} wrong solutions; at least six are wanted")
    ledger = Ledger(lab)
    if sample is None:
        complaints += _prove_clang(lab, handout, ledger)
    else:
        wrong = random.Random(ledger.key).sample(wrong, min(sample, len(wrong)))
    for solution in [handout, reference, *wrong]:
        complaints += _prove_solution(lab, solution, runs, ledger)
    return complaints


def prove(number, runs, sample=None):
    """One lab; its complaints are in NN.txt."""
    if handout_of():
        raise Mistake("prove-labs needs the answers, and this tree is a handout")
    lab = Lab(number)
    complaints = prove_lab(lab, runs, sample)
    print("\n".join(f"  WRONG {each}" for each in complaints) or "  proven", flush=True)
    (STATE / f"{number}.txt").write_text("".join(f"lab {number}: {each}\n" for each in complaints))
    if not complaints and sample is None:
        note_proven(lab, runs)
    return 1 if complaints else 0


def prove_all(command, runs):
    """Each lab in a process of its own, so that each has kernels of its own; report.txt has all."""
    STATE.mkdir(parents=True, exist_ok=True)
    failed = [number for number in numbers()
              if subprocess.run([*command, "prove", number, "--runs", str(runs)], cwd=ROOT, check=False).returncode]
    complaints = "".join((STATE / f"{number}.txt").read_text() for number in failed if (STATE / f"{number}.txt").exists())
    (STATE / "report.txt").write_text(complaints or "all proven\n")
    print(f"{len(failed)} of {len(numbers())} labs not proven; {STATE.relative_to(ROOT)}/report.txt")
    return 1 if failed else 0
