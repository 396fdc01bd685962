; Where the CPU comes in: exceptions, interrupts, and the double fault's stack.
;
;      IDT gate --> trap_stubs[vector] --> save registers --> do_trap(regs)  --> restore, IRET
;                                                        \--> do_irq(line)   -/
;                                                             \--> preempt_schedule_irq(), if due
;                                                        \--> do_double_fault(regs)
;
; Each path builds one struct pt_regs of <asm/ptrace.h>:
;
;      pushed by the CPU     ss rsp eflags cs rip  [error code]     on a 16-byte boundary
;      by the stub           0 where there is no error code, vector
;      by save_all           rdi rsi rdx rcx rax r8 ... r11 rbx rbp r12 ... r15    <- RSP
;
; Condenses arch/x86_64/kernel/entry.S of Linux 2.6.

%include "asm-offsets.inc"

bits 64
section .text

extern do_trap, do_irq, do_double_fault, current_task, preempt_schedule_irq
global trap_stubs

NR_EXCEPTIONS    equ 32
FIRST_IRQ_VECTOR equ 0x20
NR_IRQS          equ 16
STUB_SIZE        equ 16                         ; trap_stubs[] in desc.c counts on it
DOUBLE_FAULT     equ 8

; Exceptions for which the CPU pushes an error code (Intel SDM vol. 3, table 6-1), a bit each.
HAS_ERROR_CODE equ 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | \
                   1 << 21 | 1 << 29 | 1 << 30

struc pt_regs                                   ; show_regs.c checks that C sees it so
        .general:       resq 15
        .vector:        resq 1
        .error_code:    resq 1
        .rip:           resq 1
endstruc

%macro save_all 0
        push    rdi
        push    rsi
        push    rdx
        push    rcx
        push    rax
        push    r8
        push    r9
        push    r10
        push    r11
        push    rbx
        push    rbp
        push    r12
        push    r13
        push    r14
        push    r15
        cld
%endmacro

%macro restore_all 0
        pop     r15
        pop     r14
        pop     r13
        pop     r12
        pop     rbp
        pop     rbx
        pop     r11
        pop     r10
        pop     r9
        pop     r8
        pop     rax
        pop     rcx
        pop     rdx
        pop     rsi
        pop     rdi
        add     rsp, 16                         ; vector, error code
        iretq
%endmacro

; A stack frame that looks as if the interrupted function had made it, so that backtraces of what
; is called from here go on through it.
%macro push_frame 0
        push    qword [rsp + pt_regs.rip]
        push    rbp
        mov     rbp, rsp
%endmacro

%macro pop_frame 0
        add     rsp, 16
%endmacro

align STUB_SIZE
trap_stubs:
%assign vector 0
%rep NR_EXCEPTIONS
        align   STUB_SIZE
    %if !(HAS_ERROR_CODE >> vector & 1)
        push    byte 0
    %endif
        push    byte vector
    %if vector == DOUBLE_FAULT
        jmp     double_fault
    %else
        jmp     exception
    %endif
    %assign vector vector + 1
%endrep
%rep NR_IRQS
        align   STUB_SIZE
        push    byte 0
        push    byte vector
        jmp     interrupt
    %assign vector vector + 1
%endrep

align STUB_SIZE
exception:
        save_all
        mov     rdi, rsp
        push_frame
        call    do_trap
        pop_frame
        restore_all

interrupt:
        save_all
        mov     edi, [rsp + pt_regs.vector]
        sub     edi, FIRST_IRQ_VECTOR
        push_frame
        call    do_irq
        mov     rax, [current_task]             ; has the thread had its share, and may it be stopped?
        test    dword [rax + TI_FLAGS], _TIF_NEED_RESCHED
        jz      .return
        cmp     dword [rax + TI_PREEMPT_COUNT], 0
        jne     .return
        call    preempt_schedule_irq
.return:
        pop_frame
        restore_all

; It does not return: there is nothing to go back to.
double_fault:
        save_all
        mov     rdi, rsp
        call    do_double_fault
        ud2
