#!/bin/bash
# Boots a disc image in QEMU, the serial line on this terminal: tools/run.sh IMAGE
# Ctrl-A x ends QEMU; Ctrl-A c is QEMU's own monitor.
#
# MEM: RAM, may be more than the host has; ACCEL: tcg, or kvm where the host has it.
set -uo pipefail
image=$1 mem=${MEM:-2G}

# A number alone is megabytes to one of QEMU's options and bytes to the other.
[[ $mem =~ ^[0-9]+$ ]] && mem+=M

# Somebody who is told what the CPU does, and puts it into words if it gives up.
folder=$(mktemp -d) && trap 'kill "$watcher" 2>/dev/null; rm -rf "$folder"' EXIT
coproc watch { exec tools/triple.py "$folder"; }
watcher=$watch_PID
readarray -t watched <&"${watch[0]}"

# `max` has everything that the kernels ask for, and physical addresses wide enough for PAE.
qemu-system-x86_64 -accel "${ACCEL:-tcg}" -cpu max -machine pc,memory-backend=ram -m "$mem" \
	-object "memory-backend-ram,id=ram,size=$mem,reserve=off" -nodefaults -vga std -display none \
	-device isa-debug-exit,iobase=0xf4,iosize=4 -serial mon:stdio -cdrom "$image" -boot d "${watched[@]}"
status=$?
[ $status -ne 0 ] || wait "$watcher" || exit 1 # it was a triple fault, and is told

case $status in
33) exit 0 ;; # the kernel's own clean power-off
35) echo "k896 ended in a panic or a failed test (status 35)" >&2 ;;
0) echo "QEMU was ended from outside, not by the kernel's poweroff" >&2 && exit 0 ;;
*) echo "QEMU ended with status $status: not a word from the kernel; QEMU's own is above" >&2 ;;
esac
exit 1
