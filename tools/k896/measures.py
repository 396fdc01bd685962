"""
Rows of `make bench` in the guide: the blocks that begin with its heading.

        kernel     RAM row                     instructions         target
        i386        2G clear_page (lowmem)         1,029.20       1,040.00
        \\___ which row: 85 columns ___/            what was measured

`make docs-bench` measures and writes them anew.
"""

import re

from .kernels import ROOT

CHAPTERS = sorted((ROOT / "docs").glob("*.md"))
ROW = re.compile(r"^((?:i386|i386-pae|x86_64) +\d+[MG] .{68}) +([\d,.]+).*$", re.MULTILINE)
DRIFT = 0.05  # another gcc may differ by so much before the guide counts as stale


def rows_of(text):
    """{which row: (the line, the measure)}"""
    return {row[1]: (row[0].rstrip(), float(row[2].replace(",", "")))
            for row in ROW.finditer(text)}


def write_chapters(bench):
    """@bench: what `make bench` printed"""
    fresh = rows_of(bench)
    for chapter in CHAPTERS:
        text = chapter.read_text()
        for row, (line, _) in rows_of(text).items():
            if row in fresh:
                text = re.sub(rf"^{re.escape(row)}.*$", lambda _, row=row: fresh[row][0], text, flags=re.MULTILINE)
        chapter.write_text(text)


def differences(bench):
    """Rows of the guide that are no row of the bench, or have drifted away."""
    fresh = rows_of(bench)
    return [f"{chapter.name}: {line}" for chapter in CHAPTERS
            for row, (line, measure) in rows_of(chapter.read_text()).items()
            if row not in fresh or abs(fresh[row][1] - measure) > DRIFT * measure]
