#!/bin/bash
# gdb on a kernel that QEMU holds at its first instruction: tools/gdb.sh KERNEL [GDB'S OPTIONS]
# KERNEL: i386, i386-pae, x86_64. MEM: RAM; APPEND: words for the kernel's command line.
#
# The serial line, with the monitor on it, waits on a local port for `telnet localhost 8960`.
set -euo pipefail
name=$1; shift
export MEM=${MEM:-64M} APPEND=${APPEND:-}
export K896_KERNEL=build/$name${K896_VARIANT:-} K896_ARCH=${name%-pae} K896_SYSTEM=${name%-pae}
export K896_SERIAL=${K896_SERIAL:-telnet:localhost:8960,server=on,wait=off}

exec gdb -q -nx "$K896_KERNEL/kernel.elf" -x tools/gdb/k896.py -x tools/gdb/start.py "$@"
