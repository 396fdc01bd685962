# Running and testing what the rest of the Makefile builds.

# --- The host ------------------------------------------------------------------------------------

## deps: install what this host lacks; asks for nothing when all is there
# DEPS="build ci": also what only .ci/run needs.
DEPS ?= build
.PHONY: deps
deps:
	@tools/deps.sh $(DEPS)

# No __pycache__ in the tree.
export PYTHONDONTWRITEBYTECODE := 1

# --- By hand -------------------------------------------------------------------------------------

# The plain image, or one made to measure.
image := $(if $(strip $(ARCH)$(PAE)$(APPEND)),$(RUN_ISO),$(ISO))

.PHONY: run bochs
## run: boot the image in QEMU, monitor on this terminal; ARCH=, PAE=1, MEM=2G, APPEND="..."
run: export MEM := $(or $(MEM),2G)
run: export K896_VARIANT := $(VARIANT)
run: $(image)
	@tools/deps.sh --check qemu-system-x86 python3-tap
	@tools/run.sh $(image)

# Before anything is built.
.PHONY: check-bochs-mem
check-bochs-mem:
	@$(if $(MEM),tools/deps.sh --check python3-tap && tools/bochs.py --check $(MEM),:)

## bochs: the same in Bochs, with a window if there is a display; MEM=256M
bochs: check-bochs-mem $(image)
	@tools/deps.sh --check $(bochs_tools)
	@tools/bochs.py $(image) $(or $(MEM),256)

.PHONY: tour bochs-debug bochs-gui docs-tour
tour bochs-debug bochs-gui docs-tour: export K896_VARIANT := $(VARIANT)
bochs_tools := bochs bochsbios vgabios bochs-term bochs-x python3-tap
## tour: paging step by step in Bochs's debugger, the way explained; ARCH=, PAE=1
tour: $(KERNELS) $(ISO)
	@tools/deps.sh --check $(bochs_tools)
	@tools/debug.py tour $(ENTRY)

## bochs-debug: Bochs's debugger with the kernel's symbols; ARCH=, PAE=1, MEM=256M, APPEND="..."
bochs-debug: check-bochs-mem $(image)
	@tools/deps.sh --check $(bochs_tools)
	@tools/debug.py debug $(ENTRY) $(image) $(or $(MEM),64)

## bochs-gui: the same in Bochs's own window
bochs-gui: check-bochs-mem $(image)
	@tools/deps.sh --check $(bochs_tools)
	@tools/debug.py gui $(ENTRY) $(image) $(or $(MEM),64)

.PHONY: gdb
## gdb: QEMU held at the first instruction, gdb attached, `k896` for our own commands; ARCH=, PAE=1, MEM=64M, APPEND="..."
gdb: export K896_VARIANT := $(VARIANT)
gdb: $(KERNELS)
	@tools/deps.sh --check gdb qemu-system-x86
	@tools/gdb.sh $(ENTRY)

.PHONY: picture
## picture: draw a machine, at many moments of one run: build/picture.html; ARCH=, PAE=1, MEM=2G, APPEND="..."
picture: export K896_VARIANT := $(VARIANT)
picture: $(KERNELS) $(INITRDS)
	@tools/deps.sh --check gdb qemu-system-x86 python3-tap node-d3
	@tools/picture/picture.py $(ENTRY)

.PHONY: docs-img
## docs-img: take the pictures at the head of the README anew
docs-img: $(KERNELS) $(INITRDS)
	@tools/deps.sh --check gdb qemu-system-x86 python3-tap node-d3 chromium chromium-driver python3-selenium
	@tools/picture/shots.py

## docs-tour: write the tables and transcripts of docs/tour.md anew, from a run
docs-tour: $(KERNELS) $(ISO)
	@tools/deps.sh --check $(bochs_tools)
	@tools/docs-tour.py

# The guide's own suites are in a kernel of their own: tools/docs.py takes them out of the chapters.
.PHONY: docs docs-kernel docs-bench
docs-kernel:
	@tools/docs.py --suites
	@$(MAKE) --no-print-directory build/i386$(VARIANT)-extra/kernel.elf EXTRA=build/guide

## docs: write the transcripts and maps of the guide anew, from runs; CHAPTER="frames window"
docs: export K896_VARIANT := $(VARIANT)
docs: $(KERNELS) $(ISO) docs-kernel
	@tools/deps.sh --check qemu-system-x86 $(bochs_tools)
	@tools/docs.py

## docs-bench: measure, and write the rows of `make bench` that the guide shows anew
docs-bench: $(KERNELS)
	@tools/deps.sh --check qemu-system-x86
	@tools/bench.py > build/bench.txt && tools/docs.py --measures < build/bench.txt

# --- Tests ---------------------------------------------------------------------------------------

# FILTER="boot iso" picks scripts by name; EXTRA=dir adds dir/t/*.t, which find the Python package
# k896 through PYTHONPATH.
test_folders := tests/t $(EXTRA:%=%/t)
test_scripts := $(sort $(foreach word,$(or $(FILTER),.),$(foreach folder,$(test_folders), \
	$(wildcard $(folder)/*$(word:.=)*.t))))

ifneq ($(filter test test-all,$(MAKECMDGOALS)),)
$(if $(test_scripts),,$(error FILTER=$(FILTER) picks none of the test scripts: \
	$(sort $(basename $(notdir $(wildcard $(test_folders:=/*.t)))))))
endif

# Two at a time: an emulator is a busy core. A failed test's diagnosis names its log in build/logs.
prove := prove -j2 --timer --failures --comments

.PHONY: test test-all
## test: the quick tests; FILTER="boot iso" picks some, EXTRA=dir adds some
test: export K896_TIER := $(or $(K896_TIER),quick)
## test-all: all tests, the whole matrix of machines
test-all: export K896_TIER := all
test test-all: export PYTHONPATH := $(CURDIR)/tools
test test-all: export K896_VARIANT := $(VARIANT)
test-all: $(if $(EXTRA),,docs-kernel)  # one folder for both: the reader's own suites come first
test test-all: $(KERNELS) $(INITRDS) $(ISO)
	@tools/deps.sh --check perl qemu-system-x86 bochs bochsbios vgabios bochs-term python3-tap
	@$(prove) $(test_scripts)

# --- Measures ------------------------------------------------------------------------------------

.PHONY: bench
## bench: instructions per operation, into build/bench.json
bench: $(KERNELS) $(INITRDS)
	@tools/deps.sh --check qemu-system-x86
	@tools/bench.py

# --- The source ----------------------------------------------------------------------------------

c_folders := $(wildcard arch drivers fs include init kernel labs lib mm monitor process tests user)

.PHONY: check-format check-includes check-budget
## check-format: does clang-format agree with every source file
check-format:
	@tools/deps.sh --check clang-format
	@find $(c_folders) -name '*.[ch]' -print0 | xargs -0 clang-format --dry-run -Werror

## check-includes: does no folder include what stands below it
check-includes:
	@tools/check-includes.py

## check-budget: is the memory manager within its lines
check-budget:
	@tools/deps.sh --check universal-ctags
	@tools/check-budget.py
