#!/usr/bin/python3
"""`make docs-tour`: walks the three tours and puts tables and transcripts into docs/tour.md."""

from k896 import KERNELS
from k896.tour import walk
from k896.transcript import fresh_blocks, write_chapter

write_chapter({kernel.name: fresh_blocks(kernel, [visit for _, visit in walk(kernel)])
               for kernel in KERNELS})
