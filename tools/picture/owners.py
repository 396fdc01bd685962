"""
Whose a frame is, where mem_map alone does not say: it knows that a frame is reserved or in use, but
page tables, vmalloc's frames and mem_map itself are found through the tables that lead to them.

        [0x102, 1, "reserved", "System RAM"]   -->   [0x102, 1, "table", "pte"]

A table is called by its level; "vmalloc" is followed by the caller, as the area has it.
"""

from agree import LEVELS, is_leaf, mappings

PAGE = 4096


def _tables(kernel, tables):
    """(pfn, level) of the tables that an address space is made of, the top one first."""
    names = [level for level, _, _ in LEVELS[kernel.levels]]
    frame = 0x000FFFFFFFFFF000 if kernel.pae else 0xFFFFF000
    yield int(tables["root"], 16) // PAGE, names[0]
    for level, _, _, entry in tables["rows"]:
        entry = int(entry, 16)
        if not is_leaf(kernel, level, entry) and entry & 1:
            yield (entry & frame) // PAGE, names[names.index(level) + 1]


def _frames_behind(mapped, start, end):
    for row in mapped:
        for vaddr in range(max(row.start, start), min(row.end, end), PAGE):
            yield (row.physical + vaddr - row.start) // PAGE


def _mem_map(kernel, facts, mapped):
    """Runs of frames that mem_map lies in."""
    start = int(facts["mem_map"]["start"], 16)
    end = start + facts["mem_map"]["frames"] * facts["mem_map"]["entry"]
    return _frames_behind(mapped, start, end) if start else ()


def owners(kernel, facts):
    """{pfn: (kind, what)}"""
    mapped = mappings(kernel, facts["tables"]["rows"])
    found = {pfn: ("mem_map", "") for pfn in _mem_map(kernel, facts, mapped)}
    for area in facts["vmalloc"]:
        if area["kind"] == "vmalloc":
            for pfn in _frames_behind(mapped, int(area["start"], 16), int(area["end"], 16)):
                found[pfn] = ("vmalloc", area["caller"].split("+")[0])
    spaces = [facts["tables"]] + [task["tables"] for task in facts["processes"] if "tables" in task]
    for tables in spaces:
        found.update((pfn, ("table", level)) for pfn, level in _tables(kernel, tables))
    return found


def _split(row, found):
    """@row, cut where frames have an owner."""
    pfn, count, kind, what = row
    if kind not in ("reserved", "kernel", "boot taken", "ram"):
        return [row]
    pieces = []
    for frame in range(pfn, pfn + count):
        who = list(found.get(frame, (kind, what)))
        if pieces and pieces[-1][2:] == who:
            pieces[-1][1] += 1
        else:
            pieces.append([frame, 1, *who])
    return pieces


def with_owners(kernel, facts):
    if "frames" not in facts:
        return facts
    found = owners(kernel, facts)
    return {**facts, "frames": [piece for row in facts["frames"] for piece in _split(row, found)]}
