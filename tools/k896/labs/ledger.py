"""
What has been proven, and of which tree, so that nothing is run twice.

        build/prove-labs/08.jsonl   one line for each run: its points, and sums of tree and solution
        labs/proven.json            for each lab that was proven, a sum of its own files, and how many runs

The second is part of the tree: .ci/run takes its samples from the labs that changed since first.
"""

import hashlib
import json

from ..kernels import BUILD, ROOT
from .folder import LABS, Lab, numbers
from .markers import FOLDERS

STATE = BUILD / "prove-labs"
PROVEN = LABS / "proven.json"

# What a grade depends on, beside the solution.
INPUTS = [*FOLDERS, "monitor", "tests", "make", "tools/k896", "Makefile", "kernel.mk", "labs/common"]


def sum_of(files):
    """Of [(path, bytes)]."""
    digest = hashlib.sha256()
    for path, content in files:
        digest.update(f"{path} {len(content)}\n".encode() + content)
    return digest.hexdigest()[:16]


def _files_in(places):
    """(path, bytes) of what counts below @places of the tree."""
    for place in places:
        place = ROOT / place
        for path in [place] if place.is_file() else sorted(place.rglob("*")):
            if path.is_file() and path.suffix not in (".pyc", ".md"):
                yield str(path.relative_to(ROOT)), path.read_bytes()


def fingerprint(lab):
    """Of everything that a grade of this lab depends on, but for the solution."""
    folder = lab.folder.relative_to(ROOT)
    return sum_of((path, content) for path, content in _files_in([*INPUTS, folder])
                   if not path.startswith(f"{folder}/wrong/"))


def own_sum(lab):
    """Of the lab's own files: its folder, and the sources that have its marks."""
    return sum_of(_files_in([lab.folder.relative_to(ROOT), *lab.files]))


def changed_labs():
    """Numbers of the labs whose own files are not those that were proven."""
    proven = json.loads(PROVEN.read_text())
    return [number for number in numbers() if proven.get(number, {}).get("sum") != own_sum(Lab(number))]


def note_proven(lab, runs):
    proven = json.loads(PROVEN.read_text())
    proven[lab.number] = {"sum": own_sum(lab), "runs": runs}
    PROVEN.write_text(json.dumps(proven, indent=1, sort_keys=True) + "\n")


class Ledger:
    """What has been run, by solution and run; in a file, so that it goes on where it stopped."""

    def __init__(self, lab):
        STATE.mkdir(parents=True, exist_ok=True)
        self.path = STATE / f"{lab.number}.jsonl"
        self.key = fingerprint(lab)
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        self.done = [row for row in map(json.loads, lines) if row["tree"] == self.key]
        self.path.write_text("".join(json.dumps(row) + "\n" for row in self.done))

    def scores(self, name, digest):
        return [row["scores"] for row in self.done if (row["solution"], row["digest"]) == (name, digest)]

    def add(self, name, digest, scores, seconds):
        row = {"tree": self.key, "solution": name, "digest": digest, "scores": scores, "seconds": round(seconds, 1)}
        self.done.append(row)
        with self.path.open("a") as out:
            out.write(json.dumps(row) + "\n")
