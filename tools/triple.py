#!/usr/bin/python3
"""
For run.sh: watches the QEMU that is started after this, and tells a triple fault in words.

    tools/triple.py FOLDER      prints what to give to QEMU, a word a line; then waits for its end

Status 1 if there was one. FOLDER is an empty one, for the pipe and the socket between the two.
"""

import os
import sys

from k896.watch import QemuWatch

watch = QemuWatch(sys.argv[1], resets=True)
print(*watch.options, sep="\n", flush=True)
os.close(1)  # that was all
watch.start()
watch.join()
if watch.words:
    sys.exit(watch.words)
