; From the boot loader to start_kernel(): the kernel's first instructions.
;
;   paging off, at physical addresses          paging on, at linked addresses
;   +-----------------------------+            +--------------------------------+
;   | startup_32                  |            | .high                          |
;   |   own GDT, own stack        |            |   GDT and stack by their       |
;   |   is this a loader we know? |   CR0.PG   |   linked addresses             |
;   |   can this CPU run us?      | ---------> |   drop the mapping at 0        |
;   |   fill pg0, swapper_pg_dir  |            |   call start_kernel            |
;   +-----------------------------+            +--------------------------------+
;
; The image is linked at PAGE_OFFSET + 1 MB but loaded at 1 MB. Until paging is on, every symbol
; is therefore PAGE_OFFSET too high, and the macro PA() takes that off. The instruction after the
; one that sets CR0.PG is still fetched from low addresses: that is why the provisional tables map
; the first BOOT_MAP_MB megabytes twice, at 0 and at PAGE_OFFSET.
;
; Labels that nobody jumps to are stops of `make tour`.
;
; Condenses arch/i386/kernel/head.S of Linux 2.6.

%include "boot.inc"

BOOT_CODE equ 0x08                              ; selectors of boot_gdt
BOOT_DATA equ 0x10

PTE_KERNEL equ 0x003                            ; present, writable
PDPTE      equ 0x001                            ; in a PDPTE, R/W and U/S are reserved

extern start_kernel, check_loader, refuse

global startup_32, boot_magic, boot_info, boot_tsc
global swapper_pg_dir, pg0, fixmap_page_table
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
        jmp     BOOT_CODE:PA(.own_segments)
.own_segments:
        mov     eax, BOOT_DATA
        mov     ds, eax
        mov     es, eax
        mov     fs, eax
        mov     gs, eax
        mov     ss, eax
        mov     esp, PA(init_stack_end)
        call    check_loader
        call    check_cpu
        call    fill_tables
        call    enable_paging
        mov     eax, .high
        jmp     eax

.high:
        lgdt    [boot_gdt.high]
        mov     esp, init_stack_end
        call    drop_low_mapping
.low_gone:
        xor     ebp, ebp                        ; where backtraces end
        push    ebp
        call    start_kernel
        ud2                                     ; it does not return

; Notes the time of entry where there is a clock; refuses a CPU that cannot walk our tables.
check_cpu:
        call    cpuid_features                  ; EDX, 0 on a CPU without CPUID
        test    edx, 1 << X86_FEATURE_TSC
        jz      .no_clock
        push    edx
        rdtsc
        mov     [PA(boot_tsc)], eax
        mov     [PA(boot_tsc) + 4], edx
        pop     edx
.no_clock:
%ifdef CONFIG_X86_PAE
        test    edx, 1 << X86_FEATURE_PAE
        jnz     .fit
        mov     esi, PA(no_pae)
        jmp     refuse
.fit:
%endif
        ret

; Out: EDX, the feature bits of CPUID leaf 1. There is a CPUID if EFLAGS.ID can be changed
; (Intel SDM vol. 2, CPUID). Destroys EAX, EBX, ECX.
cpuid_features:
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
        mov     eax, 1
        cpuid
.none:
        ret

; Lab 02
; pg0 maps the first BOOT_MAP_MB megabytes, page by page: large pages are not for every CPU. The
; level above it leads to pg0 twice: for address 0, and for KERNEL_PGD. Under PAE there is a level
; between, swapper_pg_pmd, of which NR_PG0 entries are used; one such table serves both gigabytes.
; Paging is off; the tables are empty. Destroys all but ESP.
fill_tables:
        mov     edi, PA(pg0)
        mov     eax, PTE_KERNEL
.next_page:
        stosd
%ifdef CONFIG_X86_PAE
        mov     dword [edi], 0                  ; high half: no frame lies above 4 GB
        add     edi, 4
%endif
        add     eax, PAGE_SIZE
        cmp     eax, BOOT_MAP_MB << 20
        jb      .next_page

        mov     eax, PA(pg0) + PTE_KERNEL
        xor     ecx, ecx
%ifdef CONFIG_X86_PAE
.next_table:
        mov     [PA(swapper_pg_pmd) + ecx * 8], eax
        add     eax, PAGE_SIZE
        inc     ecx
        cmp     ecx, NR_PG0
        jb      .next_table
        mov     eax, PA(swapper_pg_pmd) + PDPTE
        mov     [PA(swapper_pg_dir)], eax
        mov     [PA(swapper_pg_dir) + KERNEL_PGD * 8], eax
%else
.next_table:
        mov     [PA(swapper_pg_dir) + ecx * 4], eax
        mov     [PA(swapper_pg_dir) + (KERNEL_PGD + ecx) * 4], eax
        add     eax, PAGE_SIZE
        inc     ecx
        cmp     ecx, NR_PG0
        jb      .next_table
%endif
        ret

; Lab 02
; Some firmware (Bochs's) leaves the caches off: CD and NW go. WP comes with PG, so that even our
; own bugs respect read-only pages from the start. Returns to where it was called, which is at a low
; address still. Destroys EAX.
enable_paging:
%ifdef CONFIG_X86_PAE
        mov     eax, cr4
        or      eax, X86_CR4_PAE
        mov     cr4, eax
%endif
        mov     eax, PA(swapper_pg_dir)
        mov     cr3, eax
.cr3_loaded:
        mov     eax, cr0
        and     eax, ~(X86_CR0_CD | X86_CR0_NW)
        or      eax, X86_CR0_PG | X86_CR0_WP
.paging_on:
        mov     cr0, eax
.still_low:
        ret

; Lab 02
; Takes away what maps address 0 and up, from the tables and from what the CPU may have kept of
; them. Called at a high address. From here on a NULL pointer faults, as it should. Destroys EAX,
; ECX, EDI.
drop_low_mapping:
        xor     eax, eax
%ifdef CONFIG_X86_PAE
        mov     [swapper_pg_dir], eax
%else
        mov     edi, swapper_pg_dir
        mov     ecx, NR_PG0
        rep stosd
%endif
        mov     eax, cr3
        mov     cr3, eax
        ret

section .rodata
%ifdef CONFIG_X86_PAE
no_pae:
        db "k896: this kernel needs a CPU with PAE and this CPU has none. "
        db "Boot the i386 kernel without PAE.", 13, 10, 0
%endif

align 8
boot_gdt:
        dq 0
        dq 0x00CF9B000000FFFF                   ; BOOT_CODE: flat, 4 GB, ring 0, accessed
        dq 0x00CF93000000FFFF                   ; BOOT_DATA
.end:
.low:
        dw boot_gdt.end - boot_gdt - 1
        dd PA(boot_gdt)
.high:
        dw boot_gdt.end - boot_gdt - 1
        dd boot_gdt

section .data
align 8
boot_tsc:       dq 0                            ; the TSC at entry; 0 where there is none
boot_magic:     dd 0
boot_info:      dd 0

section .boot_tables progbits alloc noexec write align=4096
swapper_pg_dir:
        times PAGE_SIZE db 0
%ifdef CONFIG_X86_PAE
swapper_pg_pmd:
        times PAGE_SIZE db 0
%endif
pg0:
        times NR_PG0 * PAGE_SIZE db 0
fixmap_page_table:
        times PAGE_SIZE db 0

section .bss.stack nobits alloc noexec write align=4096
init_stack_guard:                               ; unmapped by paging_init()
        resb PAGE_SIZE
init_stack:
        resb THREAD_SIZE
init_stack_end:
