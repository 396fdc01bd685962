"""What all commands need: arguments, symbols, lists, physical memory, and how tables are made here."""

import gdb


class Command(gdb.Command):
    """`k896 NAME`; a subclass has `name`, `arguments` (lowest and highest number) and run()."""

    arguments = (0, 0)

    def __init__(self):
        super().__init__(f"k896 {self.name}", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        words = gdb.string_to_argv(argument)
        if not self.arguments[0] <= len(words) <= self.arguments[1]:
            raise gdb.GdbError(self.__doc__.strip().splitlines()[0])
        try:
            self.run(*words)
        except gdb.error as error:
            raise gdb.GdbError(f"k896 {self.name}: {error}")


def number(text):
    """An argument: anything gdb can compute."""
    return int(gdb.parse_and_eval(text)) & (1 << 8 * WORD) - 1


def value(expression):
    return gdb.parse_and_eval(expression)


def container_of(pointer, kind, member):
    """The structure that a list_head is in."""
    structure = gdb.lookup_type(kind)
    offset = next(f.bitpos // 8 for f in structure.fields() if f.name == member)
    return (pointer.cast(gdb.lookup_type("char").pointer()) - offset).cast(structure.pointer()).dereference()


def list_entries(head, kind, member):
    """The structures on a list; it ends where it is broken, and says so."""
    start, at = head.address, head["next"]
    while at != start:
        if int(at) < 0x1000:
            print(f"  (the list is broken: next is {int(at):#x})")
            return
        yield container_of(at, kind, member)
        at = at["next"]


def read_physical(address, size):
    """Bytes of RAM, mapped or not: QEMU's stub can be asked for them."""
    try:
        gdb.execute("maintenance packet Qqemu.PhyMemMode:1", to_string=True)
        return bytes(gdb.selected_inferior().read_memory(address, size))
    finally:
        gdb.execute("maintenance packet Qqemu.PhyMemMode:0", to_string=True)


WORD = gdb.lookup_type("long").sizeof
ENTRY = gdb.lookup_type("pteval_t").sizeof

# Shift and index bits of each level that this kernel's CPU walks, the highest first.
LEVELS = {(4, 4): [("pgd", 22, 10), ("pte", 12, 10)],
          (4, 8): [("pgd", 30, 2), ("pmd", 21, 9), ("pte", 12, 9)],
          (8, 8): [("pgd", 39, 9), ("pud", 30, 9), ("pmd", 21, 9), ("pte", 12, 9)]}[WORD, ENTRY]

PAGE_OFFSET = {4: 0xC0000000, 8: 0xFFFF888000000000}[WORD]
IMAGE = {4: 0xC0000000, 8: 0xFFFFFFFF80000000}[WORD]


def physical(pointer):
    """Of an address in the linear mapping or the image: what __pa() gives."""
    address = int(pointer) & (1 << 8 * WORD) - 1
    return address - (IMAGE if address >= IMAGE else PAGE_OFFSET)
