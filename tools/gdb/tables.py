"""Page tables: one address from the top down, or all that they map."""

import gdb

from kernel import ENTRY, LEVELS, WORD, Command, list_entries, number, physical, read_physical, value

FRAME = {4: 0xFFFFF000, 8: 0x000FFFFFFFFFF000}[ENTRY]
PRESENT, RW, USER, LARGE, NX = 1, 2, 4, 0x80, 1 << 63

# Bits of an entry and their letters, as the monitor's `walk` has them.
BITS = [(PRESENT, "P"), (RW, "W"), (USER, "U"), (8, "PWT"), (16, "PCD"), (32, "A"), (64, "D"),
        (LARGE, "PSE"), (256, "G"), (NX, "NX")]


def flags(entry):
    return " ".join(name for bit, name in BITS if entry & bit) or "-"


def task_of(pid):
    for task in list_entries(value("task_list"), "struct task_struct", "tasks"):
        if int(task["pid"]) == pid:
            return task
    raise gdb.GdbError(f"no task has the number {pid}")


def root(pid=None):
    """The physical address of the top table: of a task, or the one that the CPU has loaded."""
    if pid is not None:
        mm = task_of(pid)["mm"]
        return physical(mm["pgd"] if mm else value("&swapper_pg_dir"))
    if not int(value("$cr0")) >> 31 & 1:
        raise gdb.GdbError("paging is off: every address is physical")
    return int(value("$cr3")) & ~(0x1F if (WORD, ENTRY) == (4, 8) else 0xFFF) & (1 << 64) - 1


def entry_at(table, index):
    return int.from_bytes(read_physical(table + index * ENTRY, ENTRY), "little")


def maps_page(entry, depth):
    last = depth == len(LEVELS) - 1
    return last or bool(entry & LARGE and depth and LEVELS[depth][0] != "pgd") or \
        bool(entry & LARGE and len(LEVELS) == 2)


class Walk(Command):
    """k896 walk ADDR [PID]: the entry of each level on the way to an address."""

    name, arguments = "walk", (1, 2)

    def run(self, address, pid=None):
        address, table = number(address), root(number(pid) if pid else None)
        for depth, (level, shift, bits) in enumerate(LEVELS):
            index = address >> shift & (1 << bits) - 1
            entry = entry_at(table, index)
            print(f"{level}[{index}] {entry:#0{2 + 2 * ENTRY}x}  {flags(entry)}")
            if not entry & PRESENT:
                print("-> not present")
                return
            table = entry & FRAME
            if maps_page(entry, depth):
                inside = (1 << shift) - 1
                print(f"-> physical {table & ~inside | address & inside:#010x}")
                return


def mappings(table, depth=0, address=0):
    """(first address, bytes, physical, entry) for each page that is mapped, below one table."""
    _, shift, bits = LEVELS[depth]
    raw = read_physical(table, ENTRY << bits)
    for index in range(1 << bits):
        entry = int.from_bytes(raw[index * ENTRY:(index + 1) * ENTRY], "little")
        if not entry & PRESENT:
            continue
        start = address | index << shift
        if depth == 0 and len(LEVELS) == 4 and index >= 256:
            start |= 0xFFFF << 48
        if maps_page(entry, depth):
            yield start, 1 << shift, entry & FRAME & ~((1 << shift) - 1), entry & ~FRAME & ~0x60
        else:
            yield from mappings(entry & FRAME, depth + 1, start)


class Ptdump(Command):
    """k896 ptdump [PID]: all that the tables map, a line for each run of like pages."""

    name, arguments = "ptdump", (0, 1)

    def run(self, pid=None):
        run = None
        for start, size, pa, bits in mappings(root(number(pid) if pid else None)):
            if run and (run[1], run[2] + run[1] - run[0], run[3], run[4]) == (start, pa, bits, size):
                run[1] += size
                continue
            self.show(run)
            run = [start, start + size, pa, bits, size]
        self.show(run)

    @staticmethod
    def show(run):
        if run:
            start, end, pa, bits, size = run
            print(f"{start:#0{2 + 2 * WORD}x}-{end - 1:#0{2 + 2 * WORD}x} -> {pa:#010x}  "
                  f"{size >> 10} KB pages  {flags(bits)}")


class Kmaps(Command):
    """k896 kmaps: which frames the slots of pkmap show, and how many users each has."""

    name = "kmaps"

    def run(self):
        if WORD == 8:
            print("no highmem here: kmap() is page_address()")
            return
        counts, table = value("pkmap_count"), value("pkmap_page_table")
        for slot in range(counts.type.range()[1] + 1):
            count = int(counts[slot])
            if count:
                pte = int(table[slot]["pte"])
                users = f"{count - 1} users" if count > 1 else "no user, not flushed yet"
                print(f"slot {slot:4}  frame {(pte & FRAME) >> 12:#x}  {users}")


Walk()
Ptdump()
Kmaps()
