"""
What can be checked of the guide without running anything: links, names, its way from the README.

A word in backticks is looked up in the tree if it looks like a file (`mm/slub.c`, `<asm/page.h>`) or
a function (`kmap()`, `kmap_high`). docs/linux-map.md and its right-hand columns are about Linux; a
line elsewhere that names what this tree lacks is listed in ELSEWHERE.
"""

import functools
import re
import subprocess

from .kernels import ROOT

CHAPTERS = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").glob("*.md")])
COURSE = [chapter for chapter in CHAPTERS
          if chapter.parent.name == "docs" and chapter.name not in ("README.md", "glossary.md", "linux-map.md")]

LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
FILE_NAME = re.compile(r"<?[\w./{},*-]+/[\w./{},*-]+\.(?:c|h|S|asm|py|t|mk|md|lds\.S|awk|json)>?")
FUNCTION = re.compile(r"[a-z_][a-z0-9]*_[a-z0-9_]*(?:\(\))?|[a-z]\w+\(\)")

# Names that the chapters take from elsewhere, and whose they are.
ELSEWHERE = {
    "Linux": {"vmalloc_fault", "include/linux/mm.h", "mm/memory.c", "mm/vmscan.c"},
    "the reader's own files": {"mine/fragments_test.c", "mine/mistakes_test.c", "mine/hello_test.c",
                               "mine/bench_test.c", "mine/t/NAME.t", "user/NAME.c", "tests/t/NAME.t",
                               "tests/mm/hello_test.c", "tests/bench/hello_bench.c"},
}
KNOWN_ELSEWHERE = set().union(*ELSEWHERE.values())


def prose_of(chapter):
    """Its text without fenced blocks and comments."""
    return COMMENT.sub("", FENCED.sub("", chapter.read_text()))


def name_of(path):
    return str(path.relative_to(ROOT))


# --- links ---------------------------------------------------------------------------------------

def anchors_of(chapter):
    """As GitHub makes them of headings."""
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", chapter.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links_of(chapter):
    """[(target's path, anchor)] of what lies in the tree."""
    for link in LINK.findall(prose_of(chapter)):
        if not re.match(r"\w+:", link):
            path, _, anchor = link.partition("#")
            yield (chapter.parent / path).resolve() if path else chapter, anchor


def dead_links():
    return [f"{name_of(chapter)}: {target.name}#{anchor}"
            for chapter in CHAPTERS for target, anchor in links_of(chapter)
            if not target.exists() or (anchor and anchor not in anchors_of(target))]


def unreachable_chapters():
    found, todo = set(), [ROOT / "README.md"]
    while todo:
        chapter = todo.pop()
        if chapter not in found and chapter.suffix == ".md" and chapter.exists():
            found.add(chapter)
            todo += [target for target, _ in links_of(chapter)]
    return [name_of(chapter) for chapter in CHAPTERS if chapter not in found]


# --- names ---------------------------------------------------------------------------------------

@functools.cache
def tree():
    """(paths, all words of the sources)"""
    paths = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT,
                           capture_output=True, text=True, check=True).stdout.split()
    paths = [path for path in paths if (ROOT / path).is_file()]
    words = set()
    for suite in re.findall(r"^```c$.*?^```$", "".join(chapter.read_text() for chapter in CHAPTERS),
                            re.MULTILINE | re.DOTALL):  # what the reader is to write
        words |= set(re.findall(r"\w+", suite))
    for path in paths:
        if not path.endswith(".md"):
            words |= set(re.findall(r"\w+", (ROOT / path).read_text(errors="replace")))
    return paths, words


def file_exists(name):
    name = name.strip("<>")
    if name in KNOWN_ELSEWHERE or name.startswith(("build/", "dir/", "/usr")):
        return True
    variants = [name]
    if braces := re.search(r"\{([^}]*)\}", name):
        variants = [name.replace(braces[0], word) for word in braces[1].split(",")]
    patterns = [re.compile("(^|/)" + re.escape(variant).replace(r"\*", "[^/]*") + "$") for variant in variants]
    return all(any(pattern.search(path) for path in tree()[0]) for pattern in patterns)


def names_of_nothing():
    complaints = []
    for chapter in CHAPTERS:
        text = prose_of(chapter)
        if chapter.name == "linux-map.md":  # only its first column is ours
            text = "\n".join(line.split(" | ")[0] for line in text.splitlines() if line.startswith("| "))
        for code in CODE.findall(text):
            if FILE_NAME.fullmatch(code):
                known = file_exists(code)
            elif FUNCTION.fullmatch(code):
                name = code.removesuffix("()")
                known = name in tree()[1] or name in KNOWN_ELSEWHERE or name.endswith("_")
            else:
                continue
            if not known:
                complaints.append(f"{name_of(chapter)}: `{code}`")
    return sorted(set(complaints))


# --- form ----------------------------------------------------------------------------------------

def incomplete_chapters():
    """What each chapter of the course has: a question in bold, a figure, an order of reading, questions."""
    parts = {"a question in bold under its title": r"\A# .+\n\n\*\*[^*]+\?\*\*",
             "a figure or transcript": r"(?m)^```$",
             "questions at its end": r"(?m)^## Questions$(?![\s\S]*^## )"}
    return [f"{name_of(chapter)} lacks {part}" for chapter in COURSE for part, pattern in parts.items()
            if not re.search(pattern, chapter.read_text())]


def nameless_transcripts():
    """Blocks with our prompt that no comment names a machine for."""
    result = []
    for chapter in CHAPTERS:
        lines, fence, head = chapter.read_text().splitlines(), False, ""
        for number, line in enumerate(lines):
            if line.startswith("```"):
                fence, head = not fence, lines[number - 1]
            elif fence and line.startswith("k896> ") and not head.endswith("-->"):
                result.append(f"{name_of(chapter)}:{number + 1}: {line}")
    return result
