"""
Finds what a student writes, and takes it out: the marks in the sources.

        /* Lab 08 */                             <- the mark: one line, before the function's comment
        /* The highmem half of the two. */
        void *kmap_high(struct page *page)       <- the name is read from here
        {                                        <- column 0
                ...                              <- becomes lab_todo("08", "kmap_high");
        }                                        <- column 0

Two labs may share a function: `/* Lab 03, 10 */`. In NASM the mark is `; Lab 02`, before the comment
of a label; its code reaches to the next comment, label or section in column 0.
"""

import functools
import re
from typing import NamedTuple

from ..kernels import ROOT

MARK = re.compile(r"^(?:/\* Lab ((?:\d\d, )*\d\d) \*/|; Lab ((?:\d\d, )*\d\d))$")
HEADERS = {"C": ("#include", '#include <kernel/lab.h> /* lab_todo() */\n'),
           "asm": ("%include", '%include "lab.inc" ; lab_todo\n')}

# Where sources with marks lie.
FOLDERS = ["arch", "drivers", "fs", "include", "init", "kernel", "lib", "mm", "process"]


class Answer(NamedTuple):
    path: str      # in the tree
    labs: tuple    # ("08",)
    name: str      # of the function or label
    start: int     # the lines of its body, without the braces: lines[start:end]
    end: int
    head: int      # the line of its name's first word


class BadMark(Exception):
    """A mark that stands before no function."""


def _skip_comment(lines, at):
    """The first line behind a comment that begins at @at, or @at."""
    while at < len(lines) and lines[at].startswith((";", "//")):
        at += 1
    if at < len(lines) and lines[at].startswith("/*"):
        while "*/" not in lines[at]:
            at += 1
        at += 1
    return at


def _c_answer(path, labs, lines, mark):
    head = _skip_comment(lines, mark + 1)
    opening = next((at for at in range(head, min(head + 8, len(lines))) if lines[at] == "{"), None)
    closing = next((at for at in range(head, len(lines)) if lines[at] == "}"), None)
    words = " ".join(lines[head:opening or head])
    name = re.search(r"(\w+)\s*\((?!\()", re.sub(r"__attribute__\s*\(\(.*?\)\)", "", words))
    if opening is None or closing is None or not name:
        raise BadMark(f"{path}:{mark + 1}: no function follows the mark of lab {', '.join(labs)}")
    return Answer(path, labs, name[1], opening + 1, closing, head)


def _asm_answer(path, labs, lines, mark):
    head = _skip_comment(lines, mark + 1)
    label = re.match(r"(\w+):", lines[head]) if head < len(lines) else None
    if not label:
        raise BadMark(f"{path}:{mark + 1}: no label follows the mark of lab {', '.join(labs)}")
    end = head + 1
    while end < len(lines) and not re.match(r"[^\s.%]", lines[end]):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    return Answer(path, labs, label[1], head + 1, end, head)


def is_asm(path):
    return path.endswith((".asm", ".inc"))


def answers_in(path, text):
    """[Answer] of one source file."""
    lines = text.splitlines()
    find = _asm_answer if is_asm(path) else _c_answer
    found = []
    for at, line in enumerate(lines):
        mark = MARK.match(line)
        if mark:
            found.append(find(path, tuple((mark[1] or mark[2]).split(", ")), lines, at))
    return found


def sources(root=ROOT):
    """Paths of the files that may have marks."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".c", ".h", ".asm", ".inc") and path.is_file():
                yield str(path.relative_to(root))


@functools.cache
def all_answers(root=ROOT):
    """[Answer] of the whole tree, in order of path and line."""
    found = []
    for path in sources(root):
        text = (root / path).read_text()
        if "Lab " in text:
            found += answers_in(path, text)
    return found


def _stub_body(answer):
    lab = answer.labs[0]
    if is_asm(answer.path):
        return [f'        lab_todo "{lab}", "{answer.name}"']
    return [f'\tlab_todo("{lab}", "{answer.name}");']


def stubbed(path, text, labs):
    """@text of the file @path with stubs for the answers to @labs; the same again if they are there."""
    lines = text.splitlines()
    mine = [answer for answer in answers_in(path, text) if set(answer.labs) & set(labs)]
    for answer in reversed(mine):
        lines[answer.start:answer.end] = _stub_body(answer)
    result = "\n".join(lines) + "\n"
    directive, header = HEADERS["asm" if is_asm(path) else "C"]
    if mine and header not in result:
        result = _with_header(result, directive, header, before=not is_asm(path))
    return result


def _with_header(text, directive, header, before):
    """@header beside the first line that begins with @directive; boot.inc must come before lab.inc."""
    lines = text.splitlines(keepends=True)
    at = next(at for at, line in enumerate(lines) if line.startswith(directive))
    lines.insert(at if before else at + 1, header)
    return "".join(lines)


def body_of(answer, root=ROOT):
    return (root / answer.path).read_text().splitlines()[answer.start:answer.end]
