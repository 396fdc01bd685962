/* ELF files of this architecture. The members are named and ordered as in the ABI's documents. */
#ifndef ASM_ELF_TYPES_H
#define ASM_ELF_TYPES_H

#include <lib/types.h>

#define ELF_CLASS    ELFCLASS32
#define ELF_ARCH     EM_386
#define ELF_PLATFORM "i686"
#define UTS_MACHINE  ELF_PLATFORM /* uname -m */

struct elfhdr {
	unsigned char e_ident[16];
	u16 e_type, e_machine;
	u32 e_version;
	u32 e_entry, e_phoff, e_shoff;
	u32 e_flags;
	u16 e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
};

struct elf_phdr {
	u32 p_type;
	u32 p_offset, p_vaddr, p_paddr;
	u32 p_filesz, p_memsz;
	u32 p_flags;
	u32 p_align;
};

#endif
