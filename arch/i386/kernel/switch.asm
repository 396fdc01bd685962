; From the stack of one thread to that of another: the figure is in <asm/switch_to.h>.
;
; A C function expects ebx, esi, edi and ebp to be as they were when a call returns; everything else
; it has saved itself. So these four, and the return address that the call left, are all that a
; thread needs to go on. Condenses switch_to() and ret_from_fork() of Linux's entry.S.

bits 32
section .text

extern start_kernel_thread
global __switch_to, ret_from_kernel_thread

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

; Where a new thread finds itself, EAX as __switch_to left it.
ret_from_kernel_thread:
        call    start_kernel_thread
        ud2                                     ; it does not return
