; What cannot run here says so in words, on all that may be there to show them, and stops.
;
;      ESI = PA(text) --> refuse --> the VGA screen, the first serial line, port E9
;
; head.asm comes in here, in 32 bits, paging off, with a stack. Nothing else works yet: no drivers, no
; interrupts. drivers/ has all of this once more, for a kernel that runs.

%include "boot.inc"

extern boot_magic
global check_loader, refuse

bits 32
section .head progbits alloc exec nowrite align=16

; A Multiboot loader leaves its magic in EAX. Without it EBX is worth nothing.
check_loader:
        mov     eax, [PA(boot_magic)]
        cmp     eax, MULTIBOOT1_BOOTLOADER_MAGIC
        je      .known
        cmp     eax, MULTIBOOT2_BOOTLOADER_MAGIC
        je      .known
        mov     esi, PA(no_loader)
        jmp     refuse
.known:
        ret

; In: ESI, the physical address of a text. Ends an emulator with the failing status.
refuse:
        call    serial_init
        mov     edi, 0xB8000
.next_char:
        movzx   eax, byte [esi]
        inc     esi
        test    al, al
        jz      .stop
        mov     ah, 0x4F                        ; white on red
        mov     [edi], ax
        add     edi, 2
        out     0xE9, al
        call    serial_putc
        jmp     .next_char
.stop:
        mov     al, EXIT_FAILED
        out     EXIT_PORT, al
        hlt
        jmp     .stop

; 115200 baud, 8 data bits, no parity, FIFO on.
serial_init:
        mov     ebx, PA(serial_setup)
.next:
        movzx   edx, word [ebx]
        test    edx, edx
        jz      .done
        mov     al, [ebx + 2]
        out     dx, al
        add     ebx, 3
        jmp     .next
.done:
        ret

; In: AL. Waits for the line a bounded time, for there may be none.
serial_putc:
        push    eax
        mov     ecx, 100000
        mov     edx, 0x3FD
.wait:
        in      al, dx
        test    al, 0x20
        loopz   .wait
        pop     eax
        mov     edx, 0x3F8
        out     dx, al
        ret

section .rodata
no_loader:
        db "k896: not started by a Multiboot loader (wrong magic in EAX). "
        db "Boot it with GRUB's multiboot2 command or QEMU's -kernel.", 13, 10, 0

serial_setup:                                   ; port, value; ends with port 0
%macro uart 2
        dw 0x3F8 + %1
        db %2
%endmacro
        uart 3, 0x80                            ; divisor latch
        uart 0, 1
        uart 1, 0
        uart 3, 0x03
        uart 2, 0x07
        dw 0
