"""Processes: who there is, and the VMAs of an address space."""

import gdb

from kernel import WORD, Command, list_entries, number, value
from tables import task_of

RIGHTS = [(1, "r"), (2, "w"), (4, "x"), (8, "s")]


class Tasks(Command):
    """k896 ps: all threads."""

    name = "ps"

    def run(self):
        current = value("current_task")[0]
        for task in list_entries(value("task_list"), "struct task_struct", "tasks"):
            mark = "*" if task.address == current else " "
            kind = f"mm {int(task['mm']):#x}" if task["mm"] else "kernel thread"
            print(f"{mark} {int(task['pid']):5}  {task['comm'].string():16}  state {int(task['state'])}  {kind}")


class Vmas(Command):
    """k896 vmas PID: the areas of a process, lowest first."""

    name, arguments = "vmas", (1, 1)

    def run(self, pid):
        mm = task_of(number(pid))["mm"]
        if not mm:
            raise gdb.GdbError(f"{pid} is a kernel thread: it has no address space of its own")
        vma = mm["mmap"]
        while vma:
            bits = int(vma["vm_flags"])
            rights = "".join(letter if bits & bit else "-" for bit, letter in RIGHTS[:3])
            start, end = int(vma["vm_start"]), int(vma["vm_end"])
            print(f"{start:0{2 * WORD}x}-{end:0{2 * WORD}x} {rights}{'s' if bits & 8 else 'p'}  {end - start >> 10} KB")
            vma = vma["vm_next"]


Tasks()
Vmas()
