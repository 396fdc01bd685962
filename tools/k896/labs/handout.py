"""
`make handout`: the tree as students get it, without answers.

        git ls-files --> without labs/*/{wrong,solution} --> stubs for the lab's functions --> code blocks of the
        guide that quote one cut, and the exam's answers --> build/handout-08/ (a git repository with
                                                             one commit)
                                     build/handout-08.tar.gz

Nothing of build/ or of the history comes along. labs/handout.json says what this tree is, so that
`make lab` and `make grade` inside it know. There is no tree without the answers of all labs: the kernel
does not boot on stubs, and each lab stands on all others.
"""

import collections
import functools
import gzip
import io
import json
import os
import re
import shutil
import subprocess
import tarfile

from ..kernels import BUILD, ROOT
from .folder import Lab, Mistake, all_labs, handout_of
from .markers import body_of, sources, stubbed

# A line of an answer that gives it away wherever it stands has so many characters at least.
TELLING = 28
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
EXAM = re.compile(r"^<details>$.*?^</details>$\n?", re.MULTILINE | re.DOTALL)
CUT = "```\n[a lab asks you to write this]\n```"
DATE = "2020-01-01T00:00:00Z"


def tree_files():
    result = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        raise Mistake("handout: this tree is no git repository, so it is not known which files belong to it")
    return [path for path in result.stdout.split("\0") if path and os.path.lexists(ROOT / path)]


@functools.cache
def _lines_of_sources():
    return collections.Counter(line.strip() for path in sources() for line in (ROOT / path).read_text().splitlines())


def telling_lines(lab):
    """Lines of the answers that stand nowhere else in the sources."""
    mine = collections.Counter(line.strip() for answer in lab.answers for line in body_of(answer))
    return {line for line, number in mine.items() if len(line) >= TELLING and _lines_of_sources()[line] == number}


def _without_answers(text, telling):
    """A chapter without the code blocks that quote an answer, and without what it folds away."""
    quotes = lambda block: any(line in block for line in telling)
    return EXAM.sub("", FENCED.sub(lambda block: CUT if quotes(block[0]) else block[0], text))


def content_of(path, lab, telling):
    """The bytes that a student gets of this file; None if it is not for students."""
    if re.match(r"labs/([^/]+/(wrong|solution)/|proven.json)", path):
        return None
    content = (ROOT / path).read_bytes()
    if not path.endswith((".c", ".h", ".asm", ".inc", ".md")):
        return content
    text = lab.varied(path, content.decode())
    if path in lab.files:
        text = stubbed(path, text, [lab.number])
    return (_without_answers(text, telling) if path.endswith(".md") else text).encode()


def write_tree(folder, lab):
    shutil.rmtree(folder, ignore_errors=True)
    telling = telling_lines(lab)
    for path in tree_files():
        place = folder / path
        if (ROOT / path).is_symlink():
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to((ROOT / path).readlink())
            continue
        content = content_of(path, lab, telling)
        if content is not None:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
            place.chmod((ROOT / path).stat().st_mode & 0o777)
    (folder / "labs/handout.json").write_text(json.dumps({"lab": lab.number, "seed": lab.seed}) + "\n")


def write_tarball(folder, path):
    """The same bytes from the same tree."""
    plain = io.BytesIO()
    with tarfile.open(fileobj=plain, mode="w") as tar:
        for place in sorted(folder.rglob("*")):
            info = tar.gettarinfo(place, f"k896/{place.relative_to(folder)}")
            info.uid = info.gid = 0
            info.uname = info.gname = ""
            info.mtime = 1577836800
            with open(place, "rb") if info.isreg() else io.BytesIO() as content:
                tar.addfile(info, content if info.isreg() else None)
    with open(path, "wb") as out, gzip.GzipFile("", "wb", fileobj=out, mtime=0) as packed:
        packed.write(plain.getvalue())


def make_repository(folder, title):
    identity = {"GIT_AUTHOR_NAME": "k896", "GIT_AUTHOR_EMAIL": "k896@localhost", "GIT_AUTHOR_DATE": DATE,
                "GIT_COMMITTER_NAME": "k896", "GIT_COMMITTER_EMAIL": "k896@localhost",
                "GIT_COMMITTER_DATE": DATE, "GIT_CONFIG_GLOBAL": "/dev/null", "PATH": "/usr/bin:/bin"}
    for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", title]):
        subprocess.run(["git", "-c", "core.hooksPath=/dev/null", *words], cwd=folder, env=identity, check=True)


def handout_for(lab):
    folder, tarball = BUILD / f"handout-{lab.number}", BUILD / f"handout-{lab.number}.tar.gz"
    write_tree(folder, lab)
    write_tarball(folder, tarball)
    make_repository(folder, f"k896, for {lab}")
    print(f"{tarball.relative_to(ROOT)}, and {folder.relative_to(ROOT)}/ for `git push`: the tree without the answers "
          f"of {lab}{f', SEED={lab.seed}' if lab.seed else ''}", flush=True)


def handout(number, seed=None):
    """@number: of a lab, or "all", for the whole term"""
    if handout_of():
        raise Mistake("handout: this tree is a handout itself")
    for lab in all_labs(seed) if number == "all" else [Lab(number, seed)]:
        handout_for(lab)
