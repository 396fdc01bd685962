# Builds one kernel into $(O). The Makefile calls it once for each; never call it by hand.
#
#   sources --> objects --> kernel.tmp.elf --nm--> ksyms --> kernel.elf, kernel.sym, kernel.map
#
# The kernel prints backtraces with names, so it carries its own symbol table, made from a first
# link. The table lies behind all text: filling it in moves no function, and `cmp` checks that.

ARCH ?= i386
PAE  ?= 0

# What differs: the CPU's code model, and the names that tools have for the format. The 64-bit kernel
# lives in the last 2 GB (-mcmodel=kernel), and an interrupt comes on the stack of whoever runs
# (-mno-red-zone).
cflags.i386   := -m32 -march=i486 -mregparm=3
cflags.x86_64 := -m64 -mcmodel=kernel -mno-red-zone
elf.i386      := elf32
elf.x86_64    := elf64
ld.i386       := elf_i386
ld.x86_64     := elf_x86_64

# clang and LLVM's linker, or gcc and GNU's.
ifeq ($(LLVM),1)
CC      := clang --target=$(ARCH)-linux-gnu
LD      := ld.lld
OBJCOPY := llvm-objcopy
NM      := llvm-nm
else
CC      := $(CROSS_COMPILE)gcc
LD      := $(CROSS_COMPILE)ld
OBJCOPY := $(CROSS_COMPILE)objcopy
NM      := $(CROSS_COMPILE)nm
endif
NASM    := nasm

# LAYERS: folders laid over the tree. A file of the same path in one of them is taken instead, from
# the first that has it: a student's (work/08/mm/highmem.c), a grader's.
LAYERS  ?=
layered := $(foreach layer,$(LAYERS),$(shell find $(layer) -type f -name '*.[ch]' -o -type f -name '*.asm' -o -type f -name '*.inc'))

include_folders := include arch/$(ARCH)/include arch/x86/include
CPPFLAGS := $(foreach layer,$(LAYERS),$(include_folders:%=-I$(layer)/%)) $(include_folders:%=-I%)
CFLAGS   := -std=gnu11 $(cflags.$(ARCH)) -ffreestanding -O2 -g \
            -fno-pic -fno-pie -fno-stack-protector -fno-omit-frame-pointer -fno-strict-aliasing \
            -fno-asynchronous-unwind-tables -mgeneral-regs-only \
            -ffile-prefix-map=$(CURDIR)=. \
            -Wall -Wextra -Wshadow -Wmissing-prototypes -Wstrict-prototypes -Wvla
NASMFLAGS := -f $(elf.$(ARCH)) -g -F dwarf -i $(O)/ $(LAYERS:%=-i %/arch/x86/boot/) -i arch/x86/boot/ -w+error
LDFLAGS  := -m $(ld.$(ARCH)) -nostdlib -static --build-id=none -z max-page-size=4096 -z noexecstack

ifeq ($(ARCH),x86_64)
CPPFLAGS  += -DCONFIG_X86_64
endif
ifeq ($(PAE),1)
CPPFLAGS  += -DCONFIG_X86_PAE
NASMFLAGS += -DCONFIG_X86_PAE
endif
ifeq ($(DEBUG),1)
CPPFLAGS += -DCONFIG_DEBUG
endif
ifeq ($(WERROR),1)
CFLAGS += -Werror
endif
ifneq ($(LLVM),1)
CFLAGS += -fno-tree-loop-distribute-patterns
LDFLAGS += --no-warn-rwx-segments
endif

folders := lib kernel mm drivers fs process monitor init \
           arch/x86/boot arch/x86/kernel arch/x86/mm \
           arch/$(ARCH)/boot arch/$(ARCH)/kernel arch/$(ARCH)/mm
c_files := $(filter-out %/asm-offsets.c,$(wildcard $(addsuffix /*.c,$(folders)))) \
           $(wildcard tests/*.c tests/arch/$(ARCH)/*.c tests/*/*.c)
asm_files := $(wildcard $(addsuffix /*.asm,$(folders)))
objects := $(c_files:%.c=$(O)/%.o) $(asm_files:%.asm=$(O)/%.asm.o)
# First of all: where two commands of the monitor have the same name, the first one counts.
ifdef EXTRA
extra_files := $(wildcard $(EXTRA)/*_test.c)
objects := $(patsubst $(EXTRA)/%.c,$(O)/tests/extra/%.o,$(extra_files)) $(objects)
endif

.PHONY: all FORCE
.DELETE_ON_ERROR:
.SECONDARY:
all: $(O)/kernel.elf $(O)/kernel.sym

# The compiler, its flags, what comes from where and the list of objects: when they change, what they
# made is made again.
settings := $(CC) $(CPPFLAGS) $(CFLAGS) $(NASMFLAGS) $(LDFLAGS) $(EXTRA) $(layered)
$(O)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(settings)' | cmp -s - $@ || echo '$(settings)' > $@
$(O)/objects: FORCE
	@mkdir -p $(@D)
	@echo '$(objects)' | cmp -s - $@ || echo '$(objects)' > $@

# $(call compile,more flags)
define compile
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(CPPFLAGS) $(CFLAGS) $(1) -MD -MP -c -o $@ $<
endef
define assemble
	@mkdir -p $(@D)
	@echo "  NASM    $<"
	@$(NASM) $(NASMFLAGS) -MD $(@:.o=.d) -o $@ $<
endef

# The first rule whose source exists counts: the layers' come before the tree's. The private header
# beside a file (#include "internal.h") is found beside the file of the tree, too.
define layer_rules
$$(O)/%.o: $(1)/%.c $$(O)/flags
	$$(call compile,-iquote $$(patsubst $(1)/%,%,$$(<D)))
$$(O)/%.asm.o: $(1)/%.asm $$(O)/asm-offsets.inc $$(O)/flags
	$$(assemble)
endef
$(foreach layer,$(LAYERS),$(eval $(call layer_rules,$(layer))))

$(O)/%.o: %.c $(O)/flags
	$(compile)

$(O)/tests/extra/%.o: $(EXTRA)/%.c $(O)/flags
	$(compile)

$(O)/%.asm.o: %.asm $(O)/asm-offsets.inc $(O)/flags
	$(assemble)

# C constants for NASM: see asm-offsets.c.
$(O)/asm-offsets.inc: arch/x86/boot/asm-offsets.c $(O)/flags
	@mkdir -p $(@D)
	@echo "  OFFSETS $@"
	@$(CC) $(CPPFLAGS) $(CFLAGS) -MD -MP -MT $@ -MF $(O)/asm-offsets.inc.d -S -o $(O)/asm-offsets.s $<
	@sed -n 's/.*"->\([A-Z0-9_a-z]*\) $$\{0,1\}\(.*\)".*/%define \1 \2/p' $(O)/asm-offsets.s > $@

$(O)/kernel.lds: arch/x86/kernel.lds.S $(O)/flags
	@$(CC) $(CPPFLAGS) -E -P -x assembler-with-cpp -MD -MP -MT $@ -MF $(O)/kernel.lds.d -o $@ $<

link = $(LD) $(LDFLAGS) -T $(O)/kernel.lds -Map $(O)/kernel.map -o $@ $(objects)

$(O)/kernel.tmp.elf: $(objects) $(O)/kernel.lds $(O)/objects $(O)/ksyms-empty.o
	@echo "  LD      $@"
	@$(link) $(O)/ksyms-empty.o

$(O)/ksyms-empty.asm: tools/kallsyms.awk
	@awk -f $< < /dev/null > $@
$(O)/ksyms.asm: $(O)/kernel.tmp.elf tools/kallsyms.awk
	@$(NM) -n $< | awk -f tools/kallsyms.awk > $@
$(O)/ksyms%o: $(O)/ksyms%asm
	@$(NASM) -f $(elf.$(ARCH)) -o $@ $<

text_symbols = $(NM) -n $(1) | grep ' [tT] '
$(O)/kernel.elf: $(O)/kernel.tmp.elf $(O)/ksyms.o
	@echo "  LD      $@"
	@$(link) $(O)/ksyms.o
	@$(call text_symbols,$<) > $(O)/text.1; $(call text_symbols,$@) > $(O)/text.2; \
	 cmp $(O)/text.1 $(O)/text.2 || { echo "$@: the symbol table moved the text"; rm $@; exit 1; }

# Bochs's form: ldsym global "build/i386/kernel.sym".
$(O)/kernel.sym: $(O)/kernel.elf
	@$(NM) -n $< | sed -n 's/^\([0-9a-f]*\) [b-zB-Z] \(.*\)$$/\1 \2/p' > $@

-include $(objects:.o=.d) $(O)/asm-offsets.inc.d $(O)/kernel.lds.d
