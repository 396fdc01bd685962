"""For the checks of several labs: frames to work on."""


def high_frame(machine):
    """Some frame of high memory, in its upper half: seldom anybody's."""
    for zone in machine.command("zoneinfo").split("Node ")[1:]:
        if "HighMem" in zone.splitlines()[0]:
            words = zone.split()
            start = int(words[words.index("start_pfn:") + 1], 0)
            spanned = int(words[words.index("spanned") + 1], 0)
            return machine.rng.randrange(start + spanned // 2, start + spanned - 16)
    raise RuntimeError("zoneinfo has no HighMem")
