"""The address space as the kernel's own table has it."""

from kernel import WORD, Command, value


class Layout(Command):
    """k896 layout: the regions of the address space, highest first; parts of one are indented."""

    name = "layout"

    def run(self):
        rows, i = [], 0
        while value("layout")[i]["name"]:
            rows.append(value("layout")[i])
            i += 1
        for row in reversed(rows):
            start, end = (int(row[bound]) & (1 << 8 * WORD) - 1 for bound in ("start", "end"))
            if start != end:
                indent = "  " if row["part"] else ""
                print(f"{start:#0{2 + 2 * WORD}x}-{end - 1:#0{2 + 2 * WORD}x}  "
                      f"{indent}{row['name'].string()}, {end - start >> 10} KB")


Layout()
