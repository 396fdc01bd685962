"""
`make similar`: who wrote it? Lays a class out as JPlag and MOSS want it, and says how to run them.

        submissions/ada/mm/highmem.c --> build/similar-08/term/ada/mm-highmem.c
        OLD=last-year/...            -->                  old/last-year-ada/mm-highmem.c
        the reference                -->                  old/reference/mm-highmem.c
        the reference with stubs     -->                  base/mm-highmem.c

What everybody was given, base/, does not count. Files are taken and refused as in grading: a link
that leads outside brings nobody else's file in here.
"""

import shutil

from ..kernels import BUILD, ROOT
from . import build
from .folder import Lab, Mistake, relative
from .markers import is_asm, stubbed

# What JPlag and MOSS call C, and assembly.
LANGUAGES = [("c", "c"), ("text", "a8086")]


def _flat(path):
    return path.replace("/", "-")


def _lay(folder, files):
    folder.mkdir(parents=True)
    for path, content in files.items():
        (folder / _flat(path)).write_bytes(content)


def _lay_class(lab, submissions, folder, prefix=""):
    """One folder for each student's; returns how many. Says whose is left out, and why."""
    if not submissions.is_dir():
        raise Mistake(f"{submissions}: there is no such folder")
    laid = 0
    for student in sorted(path for path in submissions.resolve().iterdir() if path.is_dir()):
        try:
            files = build.collect(lab, student)
            _lay(folder / (prefix + student.name), {path: files[path] for path in lab.files})
            laid += 1
        except (build.Refused, OSError) as why:
            print(f"{prefix}{student.name}: left out: {why}")
    return laid


def lay_out(number, submissions, old=None, seed=None):
    """Returns the folder, and the lab."""
    lab = Lab(number, seed)
    folder = BUILD / f"similar-{number}"
    shutil.rmtree(folder, ignore_errors=True)
    found = _lay_class(lab, submissions, folder / "term")
    if not found:
        raise Mistake(f"DIR={submissions}: no student's folder in it has the files of {lab}")
    reference = {path: (ROOT / path).read_bytes() for path in lab.files}
    _lay(folder / "old/reference", reference)
    _lay(folder / "base", {path: stubbed(path, text.decode(), [number]).encode()
                           for path, text in reference.items()})
    if old:
        _lay_class(lab, old, folder / "old", f"{old.resolve().name}-")
    print(f"{relative(folder)}: {found} submission{'s' * (found > 1)}, base code, and what they may have been copied from")
    return folder, lab


def commands(folder, lab):
    """What to type for each of the tools: {tool: command}."""
    folder = relative(folder)
    jplag, moss = LANGUAGES[any(map(is_asm, lab.files))]
    bases = " ".join(f"-b {folder}/base/{_flat(path)}" for path in lab.files)
    return {
        "JPlag": f"java -jar jplag.jar -l {jplag} -bc {folder}/base -old {folder}/old -r {folder}/report {folder}/term",
        "MOSS": f"moss -l {moss} -d {bases} {folder}/term/*/* {folder}/old/*/*",
    }


def similar(number, submissions, old=None, seed=None):
    folder, lab = lay_out(number, submissions, old, seed)
    for tool, command in commands(folder, lab).items():
        print(f"{tool + ':':<6} {command}")
