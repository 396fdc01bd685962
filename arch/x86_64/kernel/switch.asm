; From the stack of one thread to that of another: the figure is in <asm/switch_to.h>.
;
; A C function expects rbx, rbp and r12 to r15 to be as they were when a call returns; everything
; else it has saved itself. So these six, and the return address that the call left, are all that a
; thread needs to go on. Condenses switch_to() of Linux's <asm/system.h>.

bits 64
section .text

global __switch_to

; In: RDI where to keep RSP, RSI the RSP to take, RDX prev. Out: RAX prev.
__switch_to:
        push    rbp
        push    rbx
        push    r12
        push    r13
        push    r14
        push    r15
        mov     [rdi], rsp
        mov     rsp, rsi
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbx
        pop     rbp
        mov     rax, rdx
        ret
