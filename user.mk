# Builds the programs of one architecture, and the ramdisk that they lie in. The Makefile calls it.
#
#   user/*.c --gcc, glibc--> build/user/i386-glibc/programs, and a name for each --+
#            --gcc, musl --> build/user/i386-musl/programs  and a name for each ---+--> initrd-i386.cpio
#   user/root/ -------------------------------------------------------------------+

ARCH ?= i386
O    := build/user
LIBCS := glibc musl

# The distribution's compiler and libraries as they are. musl's own compiler is gcc with a specs file.
# <asm/unistd.h> serves both architectures, but lies where only one of them looks.
cc.i386   := gcc -m32
cc.x86_64 := gcc -m64
elf.i386   := elf_i386
elf.x86_64 := elf_x86_64
cc.glibc  := $(cc.$(ARCH)) -idirafter /usr/include/$(shell gcc -print-multiarch)
cc.musl   := $(cc.$(ARCH)) -specs /usr/lib/$(ARCH)-linux-musl/musl-gcc.specs
ld.glibc  := -static
ld.musl   := -static -Wl,-m$(elf.$(ARCH))

CFLAGS := -std=gnu11 -D_GNU_SOURCE -O2 -fno-strict-aliasing -ffile-prefix-map=$(CURDIR)=. \
          -Wall -Wextra -Wshadow -Wno-unused-parameter $(if $(filter 1,$(WERROR)),-Werror)

programs := $(basename $(notdir $(wildcard user/*.c)))
dispatch := -DPROGRAMS="$(foreach program,$(programs),PROGRAM($(program)))"

.PHONY: all FORCE
.DELETE_ON_ERROR:
.SECONDARY:
all: build/initrd-$(ARCH).cpio build/initrd-$(ARCH).cpio.gz

# One libc: $(1) is its name, $(2) the folder.
define libc_rules
$(2)/flags: FORCE
	@mkdir -p $$(@D)
	@echo '$$(cc.$(1)) $$(CFLAGS) $$(ld.$(1)) $$(programs)' | cmp -s - $$@ || \
	 echo '$$(cc.$(1)) $$(CFLAGS) $$(ld.$(1)) $$(programs)' > $$@

$(2)/%.o: user/%.c $(2)/flags
	@echo "  CC      $$< ($(ARCH), $(1))"
	@$$(cc.$(1)) $$(CFLAGS) -Dmain=$$*_main -MMD -MP -c -o $$@ $$<

$(2)/dispatch.o: user/lib/dispatch.c $(2)/flags
	@$$(cc.$(1)) $$(CFLAGS) $$(dispatch) -c -o $$@ $$<

$(2)/programs: $(programs:%=$(2)/%.o) $(2)/dispatch.o
	@echo "  LD      $$@"
	@$$(cc.$(1)) $$(ld.$(1)) -s -o $$@ $$^
	@for name in $(programs); do ln -f $$@ $$(@D)/$$$$name; done

-include $(programs:%=$(2)/%.d)
endef
$(foreach libc,$(LIBCS),$(eval $(call libc_rules,$(libc),$(O)/$(ARCH)-$(libc))))

# One that the kernel has to move: linked to address 0.
$(O)/$(ARCH)-glibc/hello-pie: user/hello.c $(O)/$(ARCH)-glibc/flags
	@echo "  LD      $@"
	@$(cc.glibc) $(CFLAGS) -fPIE -static-pie -s -o $@ $<

# The tree, with glibc's programs in /bin and musl's in /bin/musl. All in it has the same owner, the
# same date and the same order in every build.
EPOCH := 1577836800
ROOT  := $(O)/root-$(ARCH)
root_files := $(shell find user/root -not -type l)

$(ROOT)/made: $(LIBCS:%=$(O)/$(ARCH)-%/programs) $(O)/$(ARCH)-glibc/hello-pie $(root_files) user.mk
	@rm -rf $(ROOT) && mkdir -p $(ROOT) && cp -dR user/root $(ROOT)/root
	@mkdir -p $(ROOT)/root/bin/musl
	@cp $(O)/$(ARCH)-glibc/programs $(O)/$(ARCH)-glibc/hello-pie $(ROOT)/root/bin
	@cp $(O)/$(ARCH)-musl/programs $(ROOT)/root/bin/musl
	@cd $(ROOT)/root/bin && for name in $(programs); do ln programs $$name && \
	 ln musl/programs musl/$$name || exit 1; done
	@touch $@

build/initrd-$(ARCH).cpio: $(ROOT)/made
	@echo "  CPIO    $@"
	@cd $(ROOT)/root && chmod -R u=rwX,go=rX . && find . -exec touch -h -d @$(EPOCH) {} + && \
	 find . -mindepth 1 | LC_ALL=C sort | \
	 cpio --quiet -o -H newc --reproducible -R 0:0 > $(CURDIR)/$@

%.gz: %
	@gzip -9nc $< > $@
