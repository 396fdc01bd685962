"""
`make prove-labs`: are the graders right?

        handout              builds with gcc and clang, and scores exactly 0
        reference            scores everything
        wrong/NAME.patch     loses the criteria that its first line names, and no other
        ... each of them     --runs times, with the same points in each criterion

A patch begins with a line "Loses: reuse, flushes" and a sentence that says what the student did. It
is applied to the reference. What was proven with the same tree is not proven again: the results are
kept in build/prove-labs/, one line for each run.
"""

import hashlib
import json
import re
import shutil
import subprocess
import tempfile
import pathlib
from typing import NamedTuple

from ..kernels import BUILD, ROOT
from . import build
from .folder import Lab, Mistake, handout_of, numbers
from .grade import grade
from .markers import FOLDERS, stubbed

STATE = BUILD / "prove-labs"

# What a grade depends on.
INPUTS = [*FOLDERS, "drivers", "monitor", "tests", "make", "tools/k896", "Makefile", "kernel.mk", "labs/common"]


class Solution(NamedTuple):
    name: str      # "handout", "reference" or the patch's
    files: dict    # {path: bytes}
    loses: set     # the criteria that it must lose


def fingerprint(lab):
    """Of everything that a grade of this lab depends on."""
    digest = hashlib.sha256()
    for place in [*INPUTS, lab.folder.relative_to(ROOT)]:
        place = ROOT / place
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and path.suffix not in (".pyc", ".md"):
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


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


def _judge(solution, result):
    """What is wrong with the grader, or None."""
    if result.refused:
        return f"nothing was run: {result.refused}"
    if solution.name == "handout" and result.points:
        paid = sorted(each.id for each in result.criteria if result.score(each))
        return f"{result.points} points for nothing, for {', '.join(paid)}"
    if result.lost != solution.loses:
        return (f"loses {', '.join(sorted(result.lost)) or 'nothing'}, "
                f"not {', '.join(sorted(solution.loses)) or 'nothing'}")
    return None


class Ledger:
    """What has been proven, by lab, solution and run; in a file, so that it goes on where it stopped."""

    def __init__(self, lab):
        STATE.mkdir(parents=True, exist_ok=True)
        self.path = STATE / f"{lab.number}.jsonl"
        self.key = fingerprint(lab)
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        self.done = [row for row in map(json.loads, lines) if row["tree"] == self.key]
        self.path.write_text("".join(json.dumps(row) + "\n" for row in self.done))

    def scores(self, name):
        return [row["scores"] for row in self.done if row["solution"] == name]

    def add(self, name, scores, seconds):
        row = {"tree": self.key, "solution": name, "scores": scores, "seconds": round(seconds, 1)}
        self.done.append(row)
        with self.path.open("a") as out:
            out.write(json.dumps(row) + "\n")


def _prove_solution(lab, solution, runs, ledger):
    """Complaints about the grader."""
    complaints = []
    while len(ledger.scores(solution.name)) < runs and not complaints:
        result = grade(lab, solution.files)
        complaint = _judge(solution, result)
        if complaint:
            complaints.append(f"{solution.name}: {complaint}")
        else:
            ledger.add(solution.name, {each.id: str(result.score(each)) for each in result.criteria}, result.seconds)
            print(f"  {solution.name}: {float(result.points):g} of {result.most}, in {result.seconds:.0f} s", flush=True)
    different = {json.dumps(scores) for scores in ledger.scores(solution.name)}
    if len(different) > 1:
        complaints.append(f"{solution.name}: not the same points each time: {' '.join(sorted(different))}")
    return complaints


def _build_with_clang(lab):
    """The handout's kernels with the other compiler; complaints."""
    handout = next(solutions(lab))
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


def prove_lab(lab, runs):
    print(lab, flush=True)
    ledger, complaints = Ledger(lab), []
    try:
        each_solution = list(solutions(lab))
    except Mistake as mistake:
        return [str(mistake)]
    if len(each_solution) < 8:
        complaints.append(f"only {len(each_solution) - 2} wrong solutions; at least six are wanted")
    if not ledger.scores("clang"):
        clang = _build_with_clang(lab)
        complaints += clang
        if not clang:
            ledger.add("clang", {}, 0)
            print("  the handout builds with clang", flush=True)
    for solution in each_solution:
        complaints += _prove_solution(lab, solution, runs, ledger)
    return complaints


def prove(number, runs):
    """One lab; its complaints are in NN.txt."""
    if handout_of():
        raise Mistake("prove-labs needs the answers, and this tree is a handout")
    complaints = prove_lab(Lab(number), runs)
    print("\n".join(f"  WRONG {each}" for each in complaints) or "  proven", flush=True)
    (STATE / f"{number}.txt").write_text("".join(f"lab {number}: {each}\n" for each in complaints))
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
