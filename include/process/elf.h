/*
 * An ELF file, as far as running it goes: a header, and a table of what to map where. The structures
 * themselves differ between the architectures: <asm/elf.h>. Condenses include/uapi/linux/elf.h.
 */
#ifndef PROCESS_ELF_H
#define PROCESS_ELF_H

#include <asm/elf.h>

/* e_ident: its first bytes, in both classes alike. */
#define ELFMAG	    "\177ELF"
#define SELFMAG	    4
#define EI_CLASS    4
#define EI_DATA	    5
#define EI_VERSION  6
#define ELFCLASS32  1
#define ELFCLASS64  2
#define ELFDATA2LSB 1
#define EV_CURRENT  1

/* e_type */
#define ET_EXEC 2 /* linked to fixed addresses */
#define ET_DYN	3 /* to address 0, to be moved as a whole: a static PIE */

/* e_machine */
#define EM_386	  3
#define EM_X86_64 62

/* p_type */
#define PT_LOAD	     1
#define PT_INTERP    3
#define PT_GNU_STACK 0x6474E551

/* p_flags */
#define PF_X 1
#define PF_W 2
#define PF_R 4

/* What the kernel tells a new program: pairs of such a number and a value, behind envp. */
#define AT_NULL	    0
#define AT_PHDR	    3
#define AT_PHENT    4
#define AT_PHNUM    5
#define AT_PAGESZ   6
#define AT_BASE	    7
#define AT_FLAGS    8
#define AT_ENTRY    9
#define AT_UID	    11
#define AT_EUID	    12
#define AT_GID	    13
#define AT_EGID	    14
#define AT_PLATFORM 15
#define AT_HWCAP    16
#define AT_CLKTCK   17
#define AT_SECURE   23
#define AT_RANDOM   25
#define AT_EXECFN   31

#endif
