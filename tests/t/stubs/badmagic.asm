; A boot loader that does not speak Multiboot: puts the kernel where it wants to be and enters it
; with nonsense in EAX and EBX.
;
;   QEMU -kernel badmagic.elf -initrd kernel.elf
;
;   0x00100000  kernel   <---- its segments, copied -----+
;   0x02000000  this stub                                |
;   above       kernel.elf, as the module that QEMU loaded

MODULES equ 24                  ; of the Multiboot 1 information: address of the module list
PT_LOAD equ 1
ENTRY   equ 24                  ; of an ELF header
%if BITS == 64
PHOFF   equ 32
PHNUM   equ 56
PHDR_SIZE equ 56
OFFSET  equ 8                   ; of a program header
PADDR   equ 24
FILESZ  equ 32
MEMSZ   equ 40
%else
PHOFF   equ 28
PHNUM   equ 44
PHDR_SIZE equ 32
OFFSET  equ 4
PADDR   equ 12
FILESZ  equ 16
MEMSZ   equ 20
%endif

bits 32
section .text progbits alloc exec nowrite align=16
align 4
        dd 0x1BADB002, 0x00000001, -(0x1BADB002 + 0x00000001)

global _start
_start:
        cld
        mov     esp, stack_end
        mov     ebx, [ebx + MODULES]
        mov     ebp, [ebx]                      ; the module's first byte: the ELF header
        movzx   edx, word [ebp + PHNUM]
        mov     ebx, [ebp + PHOFF]
        add     ebx, ebp
.next_segment:
        cmp     dword [ebx], PT_LOAD
        jne     .loaded
        mov     esi, [ebx + OFFSET]
        add     esi, ebp
        mov     edi, [ebx + PADDR]
        mov     ecx, [ebx + FILESZ]
        rep     movsb
        mov     ecx, [ebx + MEMSZ]
        sub     ecx, [ebx + FILESZ]
        xor     eax, eax
        rep     stosb
.loaded:
        add     ebx, PHDR_SIZE
        dec     edx
        jnz     .next_segment
        mov     ecx, [ebp + ENTRY]
        and     ecx, 0x3FFFFFFF                 ; where the kernel is linked high, it lies low
        mov     eax, 0xBADC0DE
        mov     ebx, 0xFFFFFFF0
        jmp     ecx

section .bss nobits alloc noexec write align=16
        resb    4096
stack_end:
