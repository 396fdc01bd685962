; How fast is this host? A machine that counts, reads and writes a while, and ends by the exit
; device: the grader's time limits are multiples of what it takes (tools/k896/labs/pace.py).

bits 32
section .text progbits alloc exec nowrite align=16
align 4
        dd 0x1BADB002, 0, -0x1BADB002

global _start
_start:
        mov     ecx, 30000000
.round:
        mov     eax, ecx
        and     eax, 0xFFC
        add     [0x200000 + eax], ecx
        dec     ecx
        jnz     .round
        mov     edx, 0xF4
        mov     eax, 0x10
        out     dx, eax
