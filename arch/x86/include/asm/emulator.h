/* Ports through which a kernel under an emulator ends the run with a verdict. */
#ifndef ASM_EMULATOR_H
#define ASM_EMULATOR_H

/* QEMU's isa-debug-exit: value v ends QEMU with status 2v + 1, so with 33 or 35. */
#define EXIT_PORT   0xF4
#define EXIT_OK	    0x10
#define EXIT_FAILED 0x11

/* Bochs ends when the word "Shutdown" has been written here. */
#define BOCHS_EXIT_PORT 0x8900

#endif
