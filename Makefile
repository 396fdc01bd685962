# k896: the one entry for everything. `make help` lists the targets.

MAKEFLAGS += --no-builtin-rules
.PHONY: all help kernels initrds iso clean
.DEFAULT_GOAL := all
.DELETE_ON_ERROR:

# --- What was asked for --------------------------------------------------------------------------

$(if $(word 2,$(CURDIR)),$(error make needs a path without blanks; this tree is in "$(CURDIR)"))

# $(call on,NAME): is this variable 1? 0 and nothing mean no, all else is a mistake.
on = $(if $(filter-out 0 1,$($(1))),$(error $(1)=$($(1)) is neither 0 nor 1))$(filter 1,$($(1)))

$(if $(filter-out i386 x86_64,$(ARCH)),$(error ARCH=$(ARCH): there is no such kernel, only i386 and x86_64))
$(if $(filter x86_64-1,$(ARCH)-$(PAE)),$(error ARCH=x86_64 PAE=1: PAE is a matter of i386))
$(if $(MEM),$(if $(filter-out 0,$(shell expr '$(MEM)' : '[1-9][0-9]*[KMGkmg]\{0,1\}$$')),,$(error MEM=$(MEM) is no size of RAM: say 64M or 2G)))
$(if $(EXTRA),$(if $(wildcard $(EXTRA)/.),,$(error EXTRA=$(EXTRA): there is no such folder)))
$(if $(LAB),$(if $(filter $(LAB),$(patsubst work/%/.,%,$(wildcard work/[0-9][0-9]/.))),,$(error LAB=$(LAB): there is no folder work/$(LAB): `make lab N=$(LAB)` makes it)))

## all: the kernels, the ramdisks and the disc image
all: kernels initrds iso
	@echo "$(ISO) is up to date; \`make$(SETTINGS) run\` boots it"

help:
	@echo "k896: make TARGET [VARIABLE=value]"; \
	sed -n 's/^## \([^:]*\): \(.*\)$$/  \1\t\2/p' $(MAKEFILE_LIST) | expand -t 22

# --- Kernels -------------------------------------------------------------------------------------
#
# build/i386, build/i386-pae, build/x86_64; a variant has its name in the folder.

NAMES   := i386 i386-pae x86_64
VARIANT := $(if $(call on,DEBUG),-debug)$(if $(call on,LLVM),-llvm)$(LAB:%=-lab%)$(if $(EXTRA),-extra)
# The words that name it again, for `make run`.
SETTINGS := $(if $(call on,DEBUG), DEBUG=1)$(if $(call on,LLVM), LLVM=1)$(LAB:%= LAB=%)$(if $(EXTRA), EXTRA=$(EXTRA))
KERNELS := $(NAMES:%=build/%$(VARIANT)/kernel.elf)
vars.i386     := ARCH=i386 PAE=0
vars.i386-pae := ARCH=i386 PAE=1
vars.x86_64   := ARCH=x86_64 PAE=0

# With LAB=NN a student's files are laid over the tree.
LAYERS := $(LAB:%=work/%)

## kernels: build/{i386,i386-pae,x86_64}/kernel.elf; DEBUG=1, LLVM=1, LAB=NN, EXTRA=dir: variants
kernels: $(KERNELS)
$(KERNELS): build/%$(VARIANT)/kernel.elf: check-tools
	@$(MAKE) --no-print-directory -f kernel.mk O=$(@D) LAYERS="$(LAYERS)" $(vars.$*)

.PHONY: check-tools
check-tools:
	@tools/deps.sh --check $(if $(call on,LLVM),clang ld.lld llvm-nm,$(CROSS_COMPILE)gcc $(CROSS_COMPILE)ld) nasm

# --- Programs ------------------------------------------------------------------------------------
#
# What runs in ring 3, in a ramdisk for each architecture: the two kernels of i386 share one.

ARCHES  := i386 x86_64
INITRDS := $(ARCHES:%=build/initrd-%.cpio)

## initrds: build/initrd-{i386,x86_64}.cpio, the ramdisks with the programs of user/
initrds: $(INITRDS)
$(INITRDS): build/initrd-%.cpio: check-user-tools
	@$(MAKE) --no-print-directory -f user.mk ARCH=$*

.PHONY: check-user-tools
check-user-tools:
	@tools/deps.sh --check gcc gcc-N-multilib musl-tools musl-dev:i386 cpio

# --- The disc image ------------------------------------------------------------------------------
#
# Byte for byte the same from the same sources: every date in it is the same one.

objcopy := $(if $(call on,LLVM),llvm-objcopy,$(CROSS_COMPILE)objcopy)

ISO_EPOCH  := 1577836800
ISO_DATE   := 2020010100000000
ISO_MODULES := multiboot2 normal serial terminal echo test gzio boot reboot halt iso9660 part_msdos
GRUB_DIR   ?= /usr/lib/grub/i386-pc

# Which entry the image boots by default, and words to add to its command line.
ENTRY  := $(or $(ARCH),i386)$(if $(call on,PAE),-pae)
APPEND ?=

# $(call make_iso,image,default entry,command line,seconds that the menu waits)
define make_iso
	@tools/deps.sh --check grub-mkrescue xorriso mformat $(GRUB_DIR)/multiboot2.mod
	@rm -rf $(1).d && mkdir -p $(1).d && cp -r iso/boot $(1).d/
	@sed -e 's|^set default=.*|set default=$(2)|' -e 's|^set append=.*|set append="$(3)"|' \
	     -e 's|^set timeout=.*|set timeout=$(4)|' grub.cfg > $(1).d/boot/grub/grub.cfg
	@for k in $(NAMES); do mkdir -p $(1).d/boot/$$k && $(objcopy) --strip-debug \
	     build/$$k$(VARIANT)/kernel.elf $(1).d/boot/$$k/kernel.elf || exit 1; done
	@cp $(INITRDS:%=%.gz) $(1).d/boot/
	@find $(1).d -exec touch -h -d @$(ISO_EPOCH) {} +
	@echo "  ISO     $(1)"
	@SOURCE_DATE_EPOCH=$(ISO_EPOCH) grub-mkrescue -d $(GRUB_DIR) --install-modules="$(ISO_MODULES)" \
	     --fonts= --themes= --locales= -o $(1) $(1).d -- -volume_date uuid $(ISO_DATE) \
	     -volume_date all_file_dates =$(ISO_EPOCH) > $(1).log 2>&1 || \
	     { cat $(1).log; echo "$(1): grub-mkrescue failed, see above"; exit 1; }
	@rm -rf $(1).d
endef

ISO     := build/k896$(VARIANT).iso
RUN_ISO := build/run.iso

## iso: build/k896.iso, the disc image with every kernel in its menu
iso: $(ISO)
$(ISO): $(KERNELS) $(INITRDS) grub.cfg Makefile $(shell find iso -type f)
	$(call make_iso,$@,i386,,3)

# The same image, booting what ARCH=, PAE= and APPEND= say at once. Between us and the kernel's
# command line are make, the shell, sed and GRUB, each with its own idea of quotes: none get through.
.PHONY: $(RUN_ISO)
$(RUN_ISO): $(KERNELS) $(INITRDS)
	@case "$$APPEND" in *[!A-Za-z0-9_=.,:/+@%\ -]*) \
	    echo "APPEND=$$APPEND: letters, digits, blanks and _ = . , : / + @ % - only;" \
	         "for others press e in GRUB's menu" >&2; exit 1;; esac
	$(call make_iso,$@,$(ENTRY),$(APPEND),0)

include make/test.mk
include make/labs.mk

## clean: remove build/
clean:
	rm -rf build
