; Where the CPU comes in: exceptions, interrupts, and the double fault's task.
;
;      IDT gate --> trap_stubs[vector] --> save registers --> do_trap(regs)  --> restore, IRET
;                                                        \--> do_irq(line)   -/
;                                                             \--> preempt_schedule_irq(), if due
;
; Each path builds one struct pt_regs of <asm/ptrace.h>:
;
;      pushed by the CPU     [ss esp]  eflags cs eip  [error code]
;      by the stub           0 where there is no error code, vector
;      by save_all           gs fs es ds eax ebp edi esi edx ecx ebx    <- ESP
;
; Condenses arch/i386/kernel/entry.S of Linux 2.6.

%include "asm-offsets.inc"

bits 32
section .text

extern do_trap, do_irq, do_double_fault, current_task, preempt_schedule_irq
global trap_stubs, doublefault_entry

NR_EXCEPTIONS    equ 32
FIRST_IRQ_VECTOR equ 0x20
NR_IRQS          equ 16
STUB_SIZE        equ 16                         ; trap_stubs[] in desc.c counts on it

; Exceptions for which the CPU pushes an error code (Intel SDM vol. 3, table 6-1), a bit each.
HAS_ERROR_CODE equ 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | \
                   1 << 21 | 1 << 29 | 1 << 30

struc pt_regs                                   ; traps.c checks that C sees it so
        .general:       resd 7
        .segments:      resd 4
        .vector:        resd 1
        .error_code:    resd 1
        .eip:           resd 1
endstruc

%macro save_all 0
        push    gs
        push    fs
        push    es
        push    ds
        push    eax
        push    ebp
        push    edi
        push    esi
        push    edx
        push    ecx
        push    ebx
        cld
        mov     eax, ss                         ; the kernel's data segment, from either ring
        mov     ds, eax
        mov     es, eax
%endmacro

%macro restore_all 0
        pop     ebx
        pop     ecx
        pop     edx
        pop     esi
        pop     edi
        pop     ebp
        pop     eax
        pop     ds
        pop     es
        pop     fs
        pop     gs
        add     esp, 8                          ; vector, error code
        iret
%endmacro

; A stack frame that looks as if the interrupted function had made it, so that backtraces of what
; is called from here go on through it.
%macro push_frame 0
        push    dword [esp + pt_regs.eip]
        push    ebp
        mov     ebp, esp
%endmacro

%macro pop_frame 0
        add     esp, 8
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
        jmp     exception
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
        mov     eax, esp
        push_frame
        call    do_trap
        pop_frame
        restore_all

interrupt:
        save_all
        mov     eax, [esp + pt_regs.vector]
        sub     eax, FIRST_IRQ_VECTOR
        push_frame
        call    do_irq
        mov     eax, [current_task]             ; has the thread had its share, and may it be stopped?
        test    dword [eax + TI_FLAGS], _TIF_NEED_RESCHED
        jz      .return
        cmp     dword [eax + TI_PREEMPT_COUNT], 0
        jne     .return
        call    preempt_schedule_irq
.return:
        pop_frame
        restore_all

; Not called: the CPU switches tasks to here, with an error code of 0 on the fresh stack. IRET
; switches back; the next double fault then goes on behind it.
doublefault_entry:
        add     esp, 4
        call    do_double_fault
        iret
        jmp     doublefault_entry
