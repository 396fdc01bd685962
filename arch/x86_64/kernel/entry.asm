; Where the CPU comes in: exceptions, interrupts and system calls.
;
;      IDT gate --> trap_stubs[vector] --> save_all --> do_trap(regs)  --+--> restore_all, IRET
;                                                  \--> do_irq(line)   -+      to the kernel
;      a new thread --> ret_from_fork, ret_from_kernel_thread -----------+--> return_to_user
;                                                                                work? restore_all, IRET
;      SYSCALL  --> system_call --> save_all --> sys_call_table[rax] --> work, or other registers? IRET
;                                                                        else SYSRET
;
; Each path builds one struct pt_regs of <asm/ptrace.h>:
;
;      pushed by the CPU     ss rsp eflags cs rip  [error code]     on a 16-byte boundary
;      by the stub           0 where there is no error code (a system call: its number), vector
;      by save_all           rdi rsi rdx rcx rax r8 ... r11 rbx rbp r12 ... r15    <- RSP
;
; From ring 3 the CPU begins at the top of the thread's stack (rsp0 of the TSS), so that this one is
; task_pt_regs(). SYSCALL does not: it leaves RSP as the program had it, and the first instructions
; run in ring 0 on a pointer that the program chose. Interrupts are off there (SFMASK); what can come
; all the same, NMI, #DB, #MC and #DF, has stacks of its own (IST). With one CPU the kernel's data
; need no GS base to be found, so there is no SWAPGS, whose window has cost others dear.
;
; Condenses arch/x86_64/kernel/entry.S of Linux 2.6.

%include "asm-offsets.inc"

bits 64
section .text

extern do_trap, do_page_fault, do_irq, do_double_fault, current_task, preempt_schedule_irq, init_tss
extern sys_call_table, sys_ni_syscall, do_notify_resume, schedule_tail, start_kernel_thread
global trap_stubs, system_call, ret_from_fork, ret_from_kernel_thread

NR_EXCEPTIONS    equ 32
FIRST_IRQ_VECTOR equ 0x20
NR_IRQS          equ 16
STUB_SIZE        equ 16                         ; trap_stubs[] in desc.c counts on it
DOUBLE_FAULT     equ 8
GENERAL_PROTECTION equ 13
PAGE_FAULT       equ 14

; Exceptions that can come where RSP is not the kernel's: #DB, NMI, #MC, a bit each.
HAS_OWN_STACK equ 1 << 1 | 1 << 2 | 1 << 18

; Exceptions for which the CPU pushes an error code (Intel SDM vol. 3, table 6-1), a bit each.
HAS_ERROR_CODE equ 1 << 8 | 1 << 10 | 1 << 11 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 17 | \
                   1 << 21 | 1 << 29 | 1 << 30

struc pt_regs                                   ; show_regs.c checks that C sees it so
        .r15:           resq 10
        .rax:           resq 1
        .rcx:           resq 4
        .vector:        resq 1
        .error_code:    resq 1
        .rip:           resq 1
        .cs:            resq 1
        .eflags:        resq 1
        .rsp:           resq 1
        .ss:            resq 1
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
%endmacro

%macro restore_general 0
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
%endmacro

; EFLAGS is a program's until it is set: with DF the kernel's string instructions would run
; downwards, with AC it could touch a program's pages in spite of SMAP.
%macro clean_eflags 0
        push    byte X86_EFLAGS_FIXED
        popfq
%endmacro

; Should the instruction at %1 fault, go on at %2. See <asm/extable.h>.
%macro fixup 2
[section __ex_table progbits alloc noexec nowrite align=8]
        dq      %1, %2
__SECT__
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
    %elif HAS_OWN_STACK >> vector & 1
        jmp     exception_on_own_stack
    %elif vector == PAGE_FAULT
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
        save_all
.saved:
        clean_eflags
        mov     rdi, rsp
        push_frame
        call    do_trap
.done:
        pop_frame
        test    byte [rsp + pt_regs.cs], 3
        jz      restore_all
        jmp     return_to_user

; From ring 3 the thread's stack is empty, and the exception may well end in a signal or in another
; thread's turn: on to that stack, with all that was saved.
exception_on_own_stack:
        save_all
        test    byte [rsp + pt_regs.cs], 3
        jz      exception.saved
        cld
        mov     rsi, rsp
        mov     rdi, [init_tss + TSS_RSP0]
        sub     rdi, pt_regs_size
        mov     rsp, rdi
        mov     ecx, pt_regs_size / 8
        rep movsq
        jmp     exception.saved

; The only exception that is frequent, so it goes straight to its handler.
page_fault:
        save_all
        clean_eflags
        mov     rdi, rsp
        push_frame
        call    do_page_fault
        jmp     exception.done

interrupt:
        save_all
        clean_eflags
        mov     edi, [rsp + pt_regs.vector]
        sub     edi, FIRST_IRQ_VECTOR
        push_frame
        call    do_irq
        pop_frame
        test    byte [rsp + pt_regs.cs], 3
        jnz     return_to_user
        mov     rax, [current_task]             ; has the thread had its share, and may it be stopped?
        test    dword [rax + TI_FLAGS], _TIF_NEED_RESCHED
        jz      restore_all
        cmp     dword [rax + TI_PREEMPT_COUNT], 0
        jne     restore_all
        push_frame
        call    preempt_schedule_irq
        pop_frame
        jmp     restore_all

return_to_user:
        cli                                     ; what comes after the look is seen next time
        mov     rcx, [current_task]
        test    dword [rcx + TI_FLAGS], _TIF_WORK_MASK
        jnz     work_pending

; The frame of a signal may hold an address that is none, or a selector: IRET refuses it in ring 0.
restore_all:
        restore_general
        add     rsp, 16                         ; vector, error code
.iret:  iretq
        fixup   .iret, .bad_frame
.bad_frame:                                     ; as if the program had faulted where it was to go on
        push    byte 0
        push    byte GENERAL_PROTECTION
        jmp     exception

work_pending:
        mov     rdi, rsp
        xor     ebp, ebp                        ; where backtraces end
        call    do_notify_resume
        jmp     restore_all

; RAX the number, RDI RSI RDX R10 R8 R9 the arguments, where a C function looks for them but for the
; fourth. RCX and R11, where SYSCALL put RIP and RFLAGS, are lost to the program by contract.
align 16
system_call:
        mov     [user_rsp], rsp
        mov     rsp, [init_tss + TSS_RSP0]
        push    qword __USER_DS
        push    qword [user_rsp]
        push    r11
        push    qword __USER_CS
        push    rcx
        push    rax
        push    qword SYSCALL_VECTOR
        save_all
        sti
        cmp     rax, NR_syscalls
        jae     .unknown
        mov     rcx, r10
        call    [sys_call_table + rax * 8]
.done:
        mov     [rsp + pt_regs.rax], rax
        cli
        mov     rcx, [current_task]
        test    dword [rcx + TI_FLAGS], _TIF_WORK_MASK
        jnz     work_pending
        cmp     byte [rsp + pt_regs.vector], SYSCALL_VECTOR
        jne     restore_all                     ; execve, rt_sigreturn: other registers, all of them
        mov     rcx, [rsp + pt_regs.rip]        ; SYSRET faults in ring 0, on the program's stack, for
        shr     rcx, USER_ADDRESS_BITS          ; an address that is none
        jnz     restore_all
        restore_general
        mov     rsp, [rsp + pt_regs.rsp - pt_regs.vector]
        o64 sysret
.unknown:
        call    sys_ni_syscall
        jmp     .done

; Where a new thread finds itself, with task_pt_regs() on its stack and RAX as __switch_to left it.
; A kernel thread comes back only if it has become a program meanwhile.
ret_from_fork:
        mov     rdi, rax
        call    schedule_tail
        jmp     return_to_user
ret_from_kernel_thread:
        mov     rdi, rax
        call    start_kernel_thread
        jmp     return_to_user

; It does not return: there is nothing to go back to.
double_fault:
        save_all
        clean_eflags
        mov     rdi, rsp
        call    do_double_fault
        ud2

section .bss
user_rsp:       resq 1                          ; between two instructions of system_call
