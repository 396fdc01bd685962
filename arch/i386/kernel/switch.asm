; From the stack of one thread to that of another: the figure is in <asm/switch_to.h>.
;
; A C function expects ebx, esi, edi and ebp to be as they were when a call returns; everything else
; it has saved itself. So these four, and the return address that the call left, are all that a
; thread needs to go on. Condenses switch_to() of Linux's <asm/system.h>.

bits 32
section .text

global __switch_to

; In: EAX where to keep ESP, EDX the ESP to take, ECX prev. Out: EAX prev.
__switch_to:
        push    ebp
        push    ebx
        push    esi
        push    edi
        mov     [eax], esp
        mov     esp, edx
        pop     edi
        pop     esi
        pop     ebx
        pop     ebp
        mov     eax, ecx
        ret
