; Where the CPU comes in: exceptions, interrupts, system calls, and the double fault's task.
;
;      IDT gate --> trap_stubs[vector] --> save_all --> do_trap(regs)  --+--> restore_all, IRET
;                                                  \--> do_irq(line)   -+      to the kernel
;      int 0x80 --> system_call --> save_all --> sys_call_table[eax] ----+--> return_to_user
;      a new thread --> ret_from_fork, ret_from_kernel_thread -----------+      work? restore_all, IRET
;
; Each path builds one struct pt_regs of <asm/ptrace.h>:
;
;      pushed by the CPU     [ss esp]  eflags cs eip  [error code]
;      by the stub           0 where there is no error code (a system call: its number), vector
;      by save_all           es ds eax ebp edi esi edx ecx ebx    <- ESP
;
; From ring 3 the CPU begins at the top of the thread's stack (esp0 of the TSS), so that this one is
; task_pt_regs(). FS and GS stay a program's own: nothing in the kernel uses them, and switch_to()
; changes them. Condenses arch/i386/kernel/entry.S of Linux 2.6.

%include "asm-offsets.inc"

bits 32
section .text

extern do_trap, do_page_fault, do_irq, do_double_fault, current_task, preempt_schedule_irq
extern sys_call_table, sys_ni_syscall, do_notify_resume, schedule_tail, start_kernel_thread
global trap_stubs, system_call, doublefault_entry, ret_from_fork, ret_from_kernel_thread

NR_EXCEPTIONS    equ 32
FIRST_IRQ_VECTOR equ 0x20
NR_IRQS          equ 16
STUB_SIZE        equ 16                         ; trap_stubs[] in desc.c counts on it
GENERAL_PROTECTION equ 13
PAGE_FAULT       equ 14

; Exceptions for which the CPU pushes an error code (Intel SDM vol. 3, table 6-1), a bit each.
HAS_ERROR_CODE equ 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | \
                   1 << 21 | 1 << 29 | 1 << 30

struc pt_regs                                   ; show_regs.c checks that C sees it so
        .general:       resd 6
        .eax:           resd 1
        .segments:      resd 2
        .vector:        resd 1
        .error_code:    resd 1
        .eip:           resd 1
        .cs:            resd 1
endstruc

; EFLAGS is a program's until it is set: with DF the kernel's string instructions would run
; downwards, with AC it could touch a program's pages in spite of SMAP. In: the interrupt flag wanted.
%macro save_all 1
        push    es
        push    ds
        push    eax
        push    ebp
        push    edi
        push    esi
        push    edx
        push    ecx
        push    ebx
        push    dword X86_EFLAGS_FIXED | %1
        popfd
        push    ss                              ; the kernel's data segment, from either ring
        pop     ds
        push    ss
        pop     es
%endmacro

; Should the instruction at %1 fault, go on at %2. See <asm/extable.h>.
%macro fixup 2
[section __ex_table progbits alloc noexec nowrite align=4]
        dd      %1, %2
__SECT__
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
    %if vector == PAGE_FAULT
        jmp     page_fault
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
        save_all 0
        mov     eax, esp
        push_frame
        call    do_trap
.done:
        pop_frame
        test    byte [esp + pt_regs.cs], 3
        jz      restore_all
        jmp     return_to_user

; The only exception that is frequent, so it goes straight to its handler.
page_fault:
        save_all 0
        mov     eax, esp
        push_frame
        call    do_page_fault
        jmp     exception.done

interrupt:
        save_all 0
        mov     eax, [esp + pt_regs.vector]
        sub     eax, FIRST_IRQ_VECTOR
        push_frame
        call    do_irq
        pop_frame
        test    byte [esp + pt_regs.cs], 3
        jnz     return_to_user
        mov     eax, [current_task]             ; has the thread had its share, and may it be stopped?
        test    dword [eax + TI_FLAGS], _TIF_NEED_RESCHED
        jz      restore_all
        cmp     dword [eax + TI_PREEMPT_COUNT], 0
        jne     restore_all
        push_frame
        call    preempt_schedule_irq
        pop_frame
        jmp     restore_all

; EAX the number, EBX ECX EDX ESI EDI EBP the arguments. A C function takes the first three in EAX
; EDX ECX and the others from the stack, which then is its own to change: so they are pushed again.
align 16
system_call:
        push    eax
        push    dword SYSCALL_VECTOR
        save_all X86_EFLAGS_IF
        push    ebp
        push    edi
        push    esi
        cmp     eax, NR_syscalls
        jae     .unknown
        xchg    eax, ebx
        xchg    ecx, edx
        call    [sys_call_table + ebx * 4]
.done:
        add     esp, 12
        mov     [esp + pt_regs.eax], eax
return_to_user:
        cli                                     ; what comes after the look is seen next time
        mov     ecx, [current_task]
        test    dword [ecx + TI_FLAGS], _TIF_WORK_MASK
        jnz     work_pending

; A program may have spoilt the descriptor that a selector of its names (set_thread_area), or have
; put nonsense into the frame of a signal. The kernel meets it here, in ring 0: a bad DS or ES
; becomes the null selector, and a bad frame a fault of the program.
restore_all:
        pop     ebx
        pop     ecx
        pop     edx
        pop     esi
        pop     edi
        pop     ebp
        pop     eax
.ds:    pop     ds
.es:    pop     es
        add     esp, 8                          ; vector, error code
.iret:  iret
        fixup   .ds, .null_ds
        fixup   .es, .null_es
        fixup   .iret, .bad_frame
.null_ds:
        mov     dword [esp], 0
        jmp     .ds
.null_es:
        mov     dword [esp], 0
        jmp     .es
.bad_frame:                                     ; as if the program had faulted where it was to go on
        push    byte 0
        push    byte GENERAL_PROTECTION
        jmp     exception

work_pending:
        mov     eax, esp
        xor     ebp, ebp                        ; where backtraces end
        call    do_notify_resume
        jmp     restore_all

system_call.unknown:
        call    sys_ni_syscall
        jmp     system_call.done

; Where a new thread finds itself, with task_pt_regs() on its stack and EAX as __switch_to left it.
; A kernel thread comes back only if it has become a program meanwhile.
ret_from_fork:
        call    schedule_tail
        jmp     return_to_user
ret_from_kernel_thread:
        call    start_kernel_thread
        jmp     return_to_user

; Not called: the CPU switches tasks to here, with an error code of 0 on the fresh stack. IRET
; switches back; the next double fault then goes on behind it.
doublefault_entry:
        add     esp, 4
        call    do_double_fault
        iret
        jmp     doublefault_entry
