# Coursework: see labs/README.md.

lab := tools/lab.py
submissions = $(or $(DIR),$(error DIR=submissions/ says where they are))
lab_number = $(or $(N),$(error N=08 says which lab: there are $(patsubst labs/%/,%,$(wildcard labs/[0-9][0-9]-*/))))

.PHONY: lab grade grade-all similar handout prove-labs check-lab-tools
check-lab-tools:
	@tools/deps.sh --check $(CROSS_COMPILE)gcc $(CROSS_COMPILE)ld nasm qemu-system-x86 python3-tap \
		$(bochs_tools) grub-mkrescue xorriso mformat $(GRUB_DIR)/multiboot2.mod

## lab: put what lab N=08 asks you to write into work/08/; `make run LAB=08` boots it
lab:
	@$(lab) start $(lab_number)

## grade: points for work/08/, with hints; N=08, WORK=dir, EXTRA=dir: hidden tests, SEED=5
grade: check-lab-tools
	@$(lab) grade $(lab_number) $(if $(WORK),--work '$(WORK)') $(if $(EXTRA),--extra '$(EXTRA)') $(if $(SEED),--seed '$(SEED)')

## grade-all: points for a class: DIR=submissions/ has a folder for each student; N=, EXTRA=, SEED=
grade-all: check-lab-tools
	@$(lab) grade-all $(lab_number) '$(submissions)' $(if $(EXTRA),--extra '$(EXTRA)') $(if $(SEED),--seed '$(SEED)')

## similar: who wrote it: DIR=submissions/ as JPlag and MOSS want it; N=, OLD=dir: last year's, SEED=
similar:
	@$(lab) similar $(lab_number) '$(submissions)' $(if $(OLD),--old '$(OLD)') $(if $(SEED),--seed '$(SEED)')

## handout: the tree without a lab's answers, as build/handout-08.tar.gz and a git repository; N=08 or all, SEED=5
handout:
	@$(lab) handout $(lab_number) $(if $(SEED),--seed '$(SEED)')

## prove-labs: handouts score 0, the reference all, each labs/*/wrong/*.patch loses what it must; N=08, RUNS=3
prove-labs: check-lab-tools
	@$(lab) prove $(N) $(RUNS:%=--runs %)
