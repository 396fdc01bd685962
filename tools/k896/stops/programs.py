"""
The last stops of each tour: a program is loaded, runs in ring 3, and forks. Nothing in them depends
on the kernel but the state of the paging unit, which each tour passes in.
"""

from .stop import Stop

COW = "exec /bin/cow"
FAULT = "arch/x86/mm/fault.c"
MEMORY = "mm/memory.c"


def program_stops(kernel_state, process_c):
    """@kernel_state: when boot is over; @process_c: the file that has start_thread()."""
    state = kernel_state._replace(cr3=None)
    return [
        Stop("do_anonymous_page", MEMORY, "the first frame of a process", f"""
The monitor was asked for `{COW}`. No instruction of the program has run, nobody faulted: exec copies
the program's arguments into its new stack, which no CR3 leads to yet, and get_user_pages() does what
a fault would do. A frame of zeros will be found, and the first entry of the new tables written.""",
             state, types=COW, look=("bt",),
             shows={"bt": r"do_anonymous_page\+0(.*\n)*.*do_execve"}),
        Stop("do_page_fault", FAULT, "the first page fault, the kernel's own", """
load_segment() reads the program from the ramdisk straight to where it belongs. It has a VMA there and
no frames, so the copy itself faults, in ring 0, at the address in CR2. It is one of the few
instructions with a row in the exception table, so the fault is served like a program's.""",
             state, look=("bt",), shows={"bt": r"do_page_fault\+0(.*\n)*.*copy_user(.*\n)*.*do_execve"}),
        Stop("start_thread", process_c, "the way out to ring 3 is prepared", """
Text and data are in, the stack has argc, argv, envp and auxv. start_thread() fills the registers at
the top of the kernel stack: IRET will take the program's first instruction from there. `info tab`
begins with the program now: its frames come from high memory where there is any.""",
             state, look=("bt",), shows={"bt": r"start_thread\+0(.*\n)*.*do_execve"}),
        Stop("do_page_fault", FAULT, "the first page fault of ring 3", """
The program ran until it used a page that has a VMA and no frame, mostly one of its bss. The CPU
switched to the stack that the TSS names, pushed what it needs to come back, and CR2 has the address.
`bt` ends after a line: what called us is the program.""",
             state, look=("bt",),
             shows={"creg": r"CR2=page fault laddr=0x00000000[0-9ab]"}),
        Stop("copy_page_range", "mm/copy_range.c", "fork() copies tables, not frames", """
The program forks. For each VMA, each entry of the parent goes into the child's table, and what may be
written becomes read-only in both. Compare `info tab` here with the next stop's.""",
             state, look=("bt",), shows={"bt": r"copy_page_range\+0(.*\n)*.*copy_process"}),
        Stop("do_wp_page", MEMORY, "the first copy on write", """
One of the two writes: the VMA allows it, the entry does not. do_wp_page() looks at the frame's count.
Another has it too: a copy is made for the writer. The last who has it will be given it back as it is.""",
             state, look=("bt",), shows={"bt": r"do_wp_page\+0(.*\n)*.*page_fault"}),
    ]
