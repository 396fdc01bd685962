"""
Builds a kernel for grading, from three layers; the uppermost that has a file counts.

        build/grade-08/student/   the student's files: those that the lab names, and nothing else
        build/grade-08/seed/      headers with this term's constants
        the tree                  the grader's
        build/grade-08/tests/     beside them: the grader's steps and hidden suites, as EXTRA=

Objects stay from one submission to the next, so that a file and a link are all that is built.
"""

import os
import re
import shutil
import stat
import subprocess

from ..kernels import BUILD, ROOT, VARIANT
from .origin import Refused, check_kernel, check_sources
from .sandbox import end_session

FOLDER = BUILD / (VARIANT.strip("-") or "grade")
LARGEST = 256 << 10  # bytes of a student's file: the largest of the tree has a tenth of that
MAKE_SECONDS = 240


class Missing(Refused):
    """A file of it is not there."""


# --- what the student sent -----------------------------------------------------------------------

def _link_on_the_way(folder, path):
    for part in (path, *path.parents):
        if (folder / part).is_symlink():
            return part
    return None


def _check_file(folder, path):
    """Refuse whatever is not an ordinary file inside @folder, of an ordinary size."""
    relative = path.relative_to(folder)
    link = _link_on_the_way(folder, relative)
    if link:
        raise Refused(f"{link} is a symbolic link; send the file itself")
    status = path.lstat()
    if not stat.S_ISREG(status.st_mode):
        raise Refused(f"{relative} is not an ordinary file")
    if status.st_size > LARGEST:
        raise Refused(f"{relative} has {status.st_size} bytes, more than {LARGEST}")
    return path


def find_file(folder, lab, path):
    """
    Where in @folder the student's @path lies: as in the tree, under work/NN/, or by its name alone if
    the lab has no other of that name.
    """
    name = os.path.basename(path)
    for place in (folder / path, folder / "work" / lab.number / path):
        if os.path.lexists(place):
            return _check_file(folder, place)
    if not os.path.lexists(folder / name):
        raise Missing(f"there is no {path}")
    if sum(os.path.basename(other) == name for other in lab.files) > 1:
        raise Refused(f"there is a {name}, and this lab has several: send each in its folder, as {path}")
    return _check_file(folder, folder / name)


def find_papers(folder, lab):
    """{name: bytes}; without its answers the code is graded all the same."""
    found = {}
    for name in lab.papers:
        try:
            found[name] = find_file(folder, lab, name).read_bytes()
        except Missing:
            pass
    return found


def collect(lab, folder):
    """{path: bytes} of the lab's files, and of its papers as far as they are there."""
    if folder.is_symlink() or not folder.is_dir():
        raise Refused("there is no folder of that name")
    return {path: find_file(folder, lab, path).read_bytes() for path in lab.files} | find_papers(folder, lab)


# --- layers --------------------------------------------------------------------------------------

def _fill(folder, files):
    """Make @folder hold these files alone; what is the same keeps its date, so is not built again."""
    folder.mkdir(parents=True, exist_ok=True)
    keep = {folder / path for path in files}
    for old in [path for path in folder.rglob("*") if path.is_file()]:
        if old not in keep:
            old.unlink()
    for path, content in files.items():
        place = folder / path
        if not place.exists() or place.read_bytes() != content:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)


def lay_out(lab, files, extra=None):
    """Fill the layers and the folder of tests."""
    check_sources(files)
    _fill(FOLDER / "student", files)
    _fill(FOLDER / "seed", {path: text.encode() for path, text in lab.varied_files().items()})
    _fill(FOLDER / "tests", {path.name: path.read_bytes() for path in lab.tests(extra)})


def reference_files(lab):
    """The files as they stand in the tree, and the papers filled in."""
    return ({path: (ROOT / path).read_bytes() for path in lab.files} |
            {name: (lab.folder / "solution" / name).read_bytes() for name in lab.papers})


# --- make ----------------------------------------------------------------------------------------

def make_command(kernel, llvm=False, jobs=2):
    name = lambda folder: os.path.relpath(FOLDER / folder, ROOT)
    return ["make", f"-j{jobs}", "--no-print-directory", "-f", "kernel.mk",
            f"O={os.path.relpath(kernel.folder, ROOT)}", f"ARCH={'x86_64' if kernel.bits == 64 else 'i386'}",
            f"PAE={int(kernel.pae and kernel.bits == 32)}", f"LAYERS={name('student')} {name('seed')}",
            f"EXTRA={name('tests')}", *(["LLVM=1"] if llvm else [])]


def first_errors(output, lines=6):
    """What the compiler said, from the first error on, with the student's own names for files."""
    output = re.sub(r"\S*/student/(?=\w+/)", "", output)
    found = [line for line in output.splitlines() if "error" in line or "undefined reference" in line]
    return "\n".join((found or output.splitlines()[-lines:])[:lines])


def _check_origin(kernel):
    student = FOLDER / "student"
    try:
        check_kernel(kernel.folder, FOLDER, {str(path.relative_to(student)) for path in student.rglob("*")})
    except Refused as why:
        raise Refused(f"{kernel.name}: {why}") from None


def environment():
    """Nothing of an outer make's settings."""
    return {name: value for name, value in os.environ.items()
            if name not in ("MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "EXTRA", "LAB", "N", "WERROR", "DEBUG", "LLVM")}


def build(kernel, llvm=False, jobs=2):
    """Build one kernel; returns what make said. Refused with the compiler's words if that fails."""
    make = subprocess.Popen(make_command(kernel, llvm, jobs), cwd=ROOT, text=True, errors="replace",
                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            env=environment(), start_new_session=True)
    try:
        output, _ = make.communicate(timeout=MAKE_SECONDS)
    except subprocess.TimeoutExpired:
        raise Refused(f"{kernel.name}: the compiler is not done after {MAKE_SECONDS} s") from None
    finally:
        end_session(make)
    if make.returncode:
        raise Refused(f"{kernel.name} does not build:\n{first_errors(output)}")
    _check_origin(kernel)
    return output
