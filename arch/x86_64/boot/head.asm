; From the boot loader to start_kernel(): the kernel's first instructions.
;
;   32 bits, paging off, physical       64 bits, paging on      64 bits, linked addresses
;   +-----------------------------+     +----------------+      +--------------------------+
;   | startup_32                  |     | startup_64     |      | .high                    |
;   |   own GDT, own stack        |     |   jump high    |      |   GDT and stack by their |
;   |   is this a loader we know? |     |                | ---> |   linked addresses       |
;   |   can this CPU run us?      |     |                |      |   drop the mapping at 0  |
;   |   fill level2_boot          | --> |                |      |   call start_kernel      |
;   +-----------------------------+     +----------------+      +--------------------------+
;       CR4.PAE, EFER.LME, CR0.PG, then a far jump into a 64-bit code segment
;
; The image is linked at __START_KERNEL_map + 1 MB but loaded at 1 MB. Until paging is on, every
; symbol is therefore __START_KERNEL_map too high, and the macro PA() takes that off. The
; provisional tables map the first gigabyte three times, by one pmd table: at 0, where the
; instruction after the one that sets CR0.PG is fetched, at PAGE_OFFSET, and where we are linked.
;
; Labels that nobody jumps to are stops of `make tour`.
;
; Condenses arch/x86_64/kernel/head.S of Linux 2.6.

%include "boot.inc"

BOOT_CODE32 equ 0x08                            ; selectors of boot_gdt
BOOT_DATA   equ 0x10
BOOT_CODE   equ 0x18

PTE_TABLE  equ 0x003                            ; present, writable
PTE_LARGE  equ 0x083                            ; and a page itself

CPUID_EXTENDED equ 0x80000000

extern start_kernel, check_loader, refuse

global startup_32, boot_magic, boot_info, boot_tsc
global swapper_pg_dir, fixmap_page_table
global init_stack_guard, init_stack, init_stack_end

bits 32
section .head progbits alloc exec nowrite align=16

; In: EAX the loader's magic, EBX the physical address of its information. Paging off.
startup_32:
        cli
        cld
        mov     [PA(boot_magic)], eax
        mov     [PA(boot_info)], ebx
        lgdt    [PA(boot_gdt.low)]
        jmp     BOOT_CODE32:PA(.own_segments)
.own_segments:
        mov     eax, BOOT_DATA
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     esp, PA(init_stack_end)
        call    check_loader
        call    check_cpu
        call    fill_tables
        call    enable_paging
        jmp     BOOT_CODE:PA(startup_64)

; Notes the time of entry; refuses a CPU without long mode. One that has it has a clock.
check_cpu:
        call    extended_features               ; EDX, 0 on a CPU without them
        test    edx, 1 << X86_FEATURE_LM
        jnz     .fit
        mov     esi, PA(no_long_mode)
        jmp     refuse
.fit:
        rdtsc
        mov     [PA(boot_tsc)], eax
        mov     [PA(boot_tsc) + 4], edx
        ret

; Out: EDX, the feature bits of CPUID leaf 0x80000001. There is a CPUID if EFLAGS.ID can be changed
; (Intel SDM vol. 2, CPUID). Destroys EAX, EBX, ECX.
extended_features:
        pushfd
        pop     eax
        mov     ecx, eax
        xor     eax, X86_EFLAGS_ID
        push    eax
        popfd
        pushfd
        pop     eax
        xor     edx, edx
        cmp     eax, ecx
        je      .none
        mov     eax, CPUID_EXTENDED
        cpuid
        xor     edx, edx
        cmp     eax, CPUID_EXTENDED             ; an old CPU answers with a small number
        jbe     .none
        mov     eax, CPUID_EXTENDED + 1
        cpuid
.none:
        ret

; Lab 02
; level2_boot maps the first gigabyte by large pages: every CPU with long mode has them. The levels
; above it lead to it three times: for address 0 and for DIRECT_PGD by level3_boot, for where we are
; linked by level3_kernel, whose next entry leads to level2_fixmap.
; Paging is off; the tables are empty. Destroys all but ESP.
fill_tables:
        mov     edi, PA(level2_boot)
        mov     eax, PTE_LARGE
        mov     ecx, PTRS_PER_PMD
.next_page:
        mov     [edi], eax
        add     edi, 8                          ; high half: zero, no frame lies above 4 GB
        add     eax, PMD_SIZE
        loop    .next_page

        mov     dword [PA(level3_boot)], PA(level2_boot) + PTE_TABLE
        mov     dword [PA(level3_kernel) + KERNEL_PUD * 8], PA(level2_boot) + PTE_TABLE
        mov     dword [PA(level3_kernel) + (KERNEL_PUD + 1) * 8], PA(level2_fixmap) + PTE_TABLE
        mov     dword [PA(swapper_pg_dir)], PA(level3_boot) + PTE_TABLE
        mov     dword [PA(swapper_pg_dir) + DIRECT_PGD * 8], PA(level3_boot) + PTE_TABLE
        mov     dword [PA(swapper_pg_dir) + KERNEL_PGD * 8], PA(level3_kernel) + PTE_TABLE
        ret

; Lab 02
; Some firmware (Bochs's) leaves the caches off: CD and NW go. WP comes with PG, so that even our
; own bugs respect read-only pages from the start. With LME and PG both set the CPU is in long mode,
; in its 32-bit form until CS says otherwise (Intel SDM vol. 3, 9.8.5). Destroys EAX, ECX, EDX.
enable_paging:
        mov     eax, cr4
        or      eax, X86_CR4_PAE
        mov     cr4, eax
        mov     eax, PA(swapper_pg_dir)
        mov     cr3, eax
.cr3_loaded:
        mov     ecx, MSR_EFER
        rdmsr
        or      eax, EFER_LME
        wrmsr
.long_mode_enabled:
        mov     eax, cr0
        and     eax, ~(X86_CR0_CD | X86_CR0_NW)
        or      eax, X86_CR0_PG | X86_CR0_WP
.paging_on:
        mov     cr0, eax
.still_low:
        ret

; Data segments mean nothing to 64-bit code, but a stack segment is still looked at by IRET.
bits 64
startup_64:
        mov     rax, .high
        jmp     rax

.high:
        lgdt    [boot_gdt.high]
        mov     rsp, init_stack_end
        call    drop_low_mapping
.low_gone:
        xor     ebp, ebp                        ; where backtraces end
        push    rbp                             ; twice: a call wants RSP on a 16-byte boundary
        push    rbp
        call    start_kernel
        ud2                                     ; it does not return

; Lab 02
; Takes away what maps address 0 and up, from the tables and from what the CPU may have kept of
; them. From here on a NULL pointer faults, as it should. Destroys RAX.
drop_low_mapping:
        mov     qword [swapper_pg_dir], 0
        mov     rax, cr3
        mov     cr3, rax
        ret

section .rodata
no_long_mode:
        db "k896: this kernel needs a CPU with long mode and this CPU has none. "
        db "Boot one of the i386 kernels.", 13, 10, 0

align 8
boot_gdt:
        dq 0
        dq 0x00CF9B000000FFFF                   ; BOOT_CODE32: flat, 4 GB, ring 0, accessed
        dq 0x00CF93000000FFFF                   ; BOOT_DATA
        dq 0x00AF9B000000FFFF                   ; BOOT_CODE: 64 bits
.end:
.low:
        dw boot_gdt.end - boot_gdt - 1
        dd PA(boot_gdt)
.high:
        dw boot_gdt.end - boot_gdt - 1
        dq boot_gdt

section .data
align 8
boot_tsc:       dq 0                            ; the TSC at entry
boot_magic:     dd 0
boot_info:      dd 0

section .boot_tables progbits alloc noexec write align=4096
swapper_pg_dir:
        times PAGE_SIZE db 0
level3_kernel:                                  ; the last 512 GB
        times PAGE_SIZE db 0
level2_fixmap:                                  ; the last GB
        times PAGE_SIZE db 0
fixmap_page_table:
        times PAGE_SIZE db 0
level3_boot:                                    ; these two only until paging_init()
        times PAGE_SIZE db 0
level2_boot:
        times PAGE_SIZE db 0

section .bss.stack nobits alloc noexec write align=4096
init_stack_guard:                               ; unmapped by paging_init()
        resb PAGE_SIZE
init_stack:
        resb THREAD_SIZE
init_stack_end:
