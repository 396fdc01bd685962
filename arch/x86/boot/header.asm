; By what a boot loader knows us: kernel.lds puts this first.
;
;   GRUB            the Multiboot 2 header, 8-aligned, within 32 KB
;   QEMU -kernel    the Multiboot 1 header, within 8 KB
;
; QEMU takes no 64-bit ELF file for Multiboot 1, but it need not know what file it is where the header
; has the addresses: the file lies in memory as it lies on disc.

%include "boot.inc"

MULTIBOOT1_HEADER_MAGIC equ 0x1BADB002
MULTIBOOT1_FLAGS        equ 0x00010003          ; modules on page boundaries; a memory map, please;
                                                ; the header says what to load where
MULTIBOOT2_HEADER_MAGIC equ 0xE85250D6
MULTIBOOT2_ARCH_I386    equ 0                   ; the state at entry: 32-bit protected mode

extern startup_32, _text, _sbss, _end

section .head.first progbits alloc noexec nowrite align=8
multiboot2_header:
        dd MULTIBOOT2_HEADER_MAGIC
        dd MULTIBOOT2_ARCH_I386
        dd multiboot2_header.end - multiboot2_header
        dd -(MULTIBOOT2_HEADER_MAGIC + MULTIBOOT2_ARCH_I386 + (multiboot2_header.end - multiboot2_header))
        dw 0, 0                                 ; the tag that ends the list
        dd 8
.end:

align 4
multiboot1_header:
        dd MULTIBOOT1_HEADER_MAGIC
        dd MULTIBOOT1_FLAGS
        dd -(MULTIBOOT1_HEADER_MAGIC + MULTIBOOT1_FLAGS)
        dd PA(multiboot1_header)
        dd PA(_text)                            ; load from here
        dd PA(_sbss)                            ; to here
        dd PA(_end)                             ; and clear up to here
        dd PA(startup_32)
