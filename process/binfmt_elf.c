/*
 * ELF programs: static ones, linked to fixed addresses or position-independent (PIE).
 *
 *      file   [header][program headers][ text ][ data ]
 *                                         |        |
 *      memory          0x08048000 [ text  ]|       [ data | bss ]  free page  [ heap ...
 *                                 r-x              rw-       0s             mm->start_brk
 *
 *      stack  [argc][argv ...][0][envp ...][0][auxv ...][0 0] ... "i686" [16 random bytes] strings
 *             ^ sp, on 16 bytes: what the ABI promises to _start
 *
 * First everything that the headers say is checked, and a file that is not in order is refused with
 * a line in the log, while the old program is still whole; then it is mapped. There is no page cache
 * yet, so a segment is anonymous memory that is read in, and then given its rights.
 *
 * Called by exec.c. Condenses fs/binfmt_elf.c of Linux 2.6. Left out: interpreters (shared libraries),
 * core dumps.
 */
#include <lib/ctype.h>
#include <lib/errno.h>
#include <lib/kernel.h>
#include <lib/string.h>
#include <kernel/printk.h>
#include <kernel/random.h>
#include <kernel/signal.h>
#include <kernel/syscalls.h>
#include <mm/mmap.h>
#include <mm/mm.h>
#include <mm/slab.h>
#include <fs/fs.h>
#include <process/elf.h>
#include <process/exec.h>
#include <asm/ptrace.h>
#include <asm/task_size.h>
#include <asm/uaccess.h>

#define MAX_PHDRS   (64 * 1024 / sizeof(struct elf_phdr)) /* Linux's bound */
#define CLKTCK	    100 /* what times() counts in, for every program */
#define NR_RANDOM   16	/* bytes at AT_RANDOM: the C library's stack protector begins with them */
#define STACK_ALIGN 16UL

/* A program on its way in: what its headers say. */
struct elf_image {
	struct elfhdr header;
	struct elf_phdr *phdrs;
	unsigned long bias;	 /* what is added to every address in the file */
	unsigned long phdr_addr; /* the program headers in memory; 0: in no segment */
	unsigned long end;	 /* of the highest segment, whole pages */
	bool exec_stack;
};

#define for_each_phdr(ph, image) \
	for (ph = (image)->phdrs; ph < (image)->phdrs + (image)->header.e_phnum; ph++)

#define for_each_load(ph, image) for_each_phdr(ph, image) if (ph->p_type == PT_LOAD)

static int index_of(const struct elf_image *image, const struct elf_phdr *ph)
{
	return (int)(ph - image->phdrs);
}

static unsigned long segment_start(const struct elf_image *image, const struct elf_phdr *ph)
{
	return (image->bias + (unsigned long)ph->p_vaddr) & PAGE_MASK;
}

static unsigned long segment_end(const struct elf_image *image, const struct elf_phdr *ph)
{
	return PAGE_ALIGN(image->bias + (unsigned long)(ph->p_vaddr + ph->p_memsz));
}

/* Do @size bytes from @offset on lie in the file? */
static bool in_file(const struct linux_binprm *bprm, u64 offset, u64 size)
{
	const u64 file_size = bprm->file->f_inode->i_size;

	return offset <= file_size && size <= file_size - offset;
}

/* --- the header ----------------------------------------------------------------------------------- */

static int check_magic(const struct linux_binprm *bprm)
{
	if (!memcmp(bprm->buf, "#!", 2))
		return refuse_exec(bprm, -ENOEXEC, "a script; only ELF programs can be run");
	if (memcmp(bprm->buf, ELFMAG, SELFMAG))
		return refuse_exec(bprm, -ENOEXEC, "not an ELF program");
	if (!in_file(bprm, 0, sizeof(struct elfhdr)))
		return refuse_exec(bprm, -ENOEXEC, "truncated: %llu bytes, less than an ELF header",
				   bprm->file->f_inode->i_size);
	return 0;
}

static int check_kind(const struct linux_binprm *bprm, const struct elfhdr *header)
{
	if (header->e_ident[EI_CLASS] != ELF_CLASS)
		return refuse_exec(bprm, -ENOEXEC, "ELF class %u; this kernel runs %u-bit programs",
				   header->e_ident[EI_CLASS], (unsigned int)BITS_PER_LONG);
	if (header->e_ident[EI_DATA] != ELFDATA2LSB)
		return refuse_exec(bprm, -ENOEXEC, "big-endian; this CPU is not");
	if (header->e_machine != ELF_ARCH)
		return refuse_exec(bprm, -ENOEXEC, "for another CPU: ELF machine %u, not %u",
				   header->e_machine, ELF_ARCH);
	if (header->e_ident[EI_VERSION] != EV_CURRENT || header->e_version != EV_CURRENT)
		return refuse_exec(bprm, -ENOEXEC, "ELF version %u; there is only 1",
				   header->e_version);
	if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
		return refuse_exec(bprm, -ENOEXEC, "ELF type %u is no program (2: fixed, 3: PIE)",
				   header->e_type);
	return 0;
}

static int check_phdr_table(const struct linux_binprm *bprm, const struct elfhdr *header)
{
	if (header->e_phentsize != sizeof(struct elf_phdr))
		return refuse_exec(bprm, -ENOEXEC, "program headers of %u bytes, not %zu",
				   header->e_phentsize, sizeof(struct elf_phdr));
	if (!header->e_phnum || header->e_phnum > MAX_PHDRS)
		return refuse_exec(bprm, -ENOEXEC, "%u program headers; 1 to %zu make sense",
				   header->e_phnum, MAX_PHDRS);
	if (!in_file(bprm, header->e_phoff, header->e_phnum * sizeof(struct elf_phdr)))
		return refuse_exec(bprm, -ENOEXEC,
				   "truncated: program headers at %#llx, behind "
				   "its %llu bytes",
				   (u64)header->e_phoff, bprm->file->f_inode->i_size);
	return 0;
}

static int check_header(const struct linux_binprm *bprm, const struct elfhdr *header)
{
	int err = check_magic(bprm);

	if (!err)
		err = check_kind(bprm, header);
	if (!err)
		err = check_phdr_table(bprm, header);
	return err;
}

static int read_phdrs(const struct linux_binprm *bprm, struct elf_image *image)
{
	const size_t size = image->header.e_phnum * sizeof(struct elf_phdr);
	ssize_t count;

	image->phdrs = kmalloc(size, GFP_KERNEL);
	if (!image->phdrs)
		return -ENOMEM;
	count = kernel_read(bprm->file, (loff_t)image->header.e_phoff, image->phdrs, size);
	return count == (ssize_t)size ? 0 : -EIO;
}

/* --- the segments ----------------------------------------------------------------------------------- */

static int check_segment_in_file(const struct linux_binprm *bprm, const struct elf_phdr *ph, int nr)
{
	if (ph->p_filesz > ph->p_memsz)
		return refuse_exec(bprm, -ENOEXEC,
				   "segment %d: %#llx bytes in the file, only %#llx "
				   "in memory",
				   nr, (u64)ph->p_filesz, (u64)ph->p_memsz);
	if (!in_file(bprm, ph->p_offset, ph->p_filesz))
		return refuse_exec(bprm, -ENOEXEC,
				   "truncated: segment %d is %#llx bytes at %#llx, "
				   "the file %#llx",
				   nr, (u64)ph->p_filesz, (u64)ph->p_offset,
				   bprm->file->f_inode->i_size);
	if ((ph->p_vaddr - ph->p_offset) & ~PAGE_MASK)
		return refuse_exec(bprm, -ENOEXEC,
				   "segment %d: offset %#llx and address %#llx differ "
				   "within a page",
				   nr, (u64)ph->p_offset, (u64)ph->p_vaddr);
	return 0;
}

/* Between the first pages, which are nobody's, and the stack? Sums are looked at before they wrap. */
static int check_segment_in_memory(const struct linux_binprm *bprm, const struct elf_image *image,
				   const struct elf_phdr *ph, int nr)
{
	const unsigned long ceiling = vm_start_gap(bprm->vma);
	const u64 room = ceiling - image->bias;

	if (ph->p_vaddr > room || ph->p_memsz > room - ph->p_vaddr)
		return refuse_exec(bprm, -ENOMEM,
				   "segment %d: %#llx bytes at %#llx reach beyond %p", nr,
				   (u64)ph->p_memsz, (u64)ph->p_vaddr, (void *)ceiling);
	if (segment_start(image, ph) < MMAP_MIN_ADDR)
		return refuse_exec(bprm, -ENOEXEC,
				   "segment %d at %#llx: nothing is mapped below %#lx", nr,
				   (u64)ph->p_vaddr, MMAP_MIN_ADDR);
	if (ph->p_memsz >> PAGE_SHIFT >= totalram_pages)
		return refuse_exec(bprm, -ENOMEM, "segment %d: %#llx bytes are more than all RAM",
				   nr, (u64)ph->p_memsz);
	return 0;
}

static int check_segment(const struct linux_binprm *bprm, struct elf_image *image,
			 const struct elf_phdr *ph)
{
	const int nr = index_of(image, ph);
	int err = check_segment_in_file(bprm, ph, nr);

	if (!err)
		err = check_segment_in_memory(bprm, image, ph, nr);
	if (err)
		return err;
	if (segment_start(image, ph) < image->end)
		return refuse_exec(bprm, -ENOEXEC, "segment %d at %#llx overlaps the one before it",
				   nr, (u64)ph->p_vaddr);
	image->end = segment_end(image, ph);
	return 0;
}

/* A program that leaves its place to us goes up to ELF_ET_DYN_BASE, with its first page. */
static unsigned long choose_bias(const struct elf_image *image)
{
	const struct elf_phdr *ph;

	if (image->header.e_type == ET_DYN)
		for_each_load(ph, image) return ELF_ET_DYN_BASE -
			min((unsigned long)ph->p_vaddr & PAGE_MASK, ELF_ET_DYN_BASE);
	return 0;
}

static int check_segments(const struct linux_binprm *bprm, struct elf_image *image)
{
	const struct elf_phdr *ph;
	int err;

	image->bias = choose_bias(image);
	for_each_load(ph, image)
	{
		err = check_segment(bprm, image, ph);
		if (err)
			return err;
	}
	if (!image->end)
		return refuse_exec(bprm, -ENOEXEC, "nothing in it is to be loaded");
	return 0;
}

static int check_entry(const struct linux_binprm *bprm, const struct elf_image *image)
{
	const u64 entry = image->header.e_entry;
	const struct elf_phdr *ph;

	for_each_load(ph, image) if ((ph->p_flags & PF_X) && entry >= ph->p_vaddr &&
				     entry - ph->p_vaddr < ph->p_memsz) return 0;
	return refuse_exec(bprm, -ENOEXEC, "its entry, %#llx, lies %s", entry,
			   entry >= TASK_SIZE ? "in the kernel" : "in no executable segment");
}

/* --- the other headers -------------------------------------------------------------------------------- */

static int refuse_interpreter(const struct linux_binprm *bprm, const struct elf_phdr *ph)
{
	char name[48] = "";

	kernel_read(bprm->file, (loff_t)ph->p_offset, name,
		    (size_t)min((u64)ph->p_filesz, (u64)sizeof(name) - 1));
	for (char *c = name; *c; c++)
		*c = isprint(*c) ? *c : '?'; /* whoever made the file chose them */
	return refuse_exec(bprm, -ENOENT, "needs %s and shared libraries; link it with -static",
			   name);
}

static int look_at_other_headers(const struct linux_binprm *bprm, struct elf_image *image)
{
	const struct elf_phdr *ph;
	const u64 table = image->header.e_phoff;

	for_each_phdr(ph, image)
	{
		if (ph->p_type == PT_INTERP)
			return refuse_interpreter(bprm, ph);
		if (ph->p_type == PT_GNU_STACK)
			image->exec_stack = ph->p_flags & PF_X;
		if (ph->p_type == PT_LOAD && table >= ph->p_offset &&
		    table - ph->p_offset < ph->p_filesz)
			image->phdr_addr =
				image->bias + (unsigned long)(ph->p_vaddr + table - ph->p_offset);
	}
	return 0;
}

static int read_image(const struct linux_binprm *bprm, struct elf_image *image)
{
	int err;

	memcpy(&image->header, bprm->buf, sizeof(image->header));
	err = check_header(bprm, &image->header);
	if (!err)
		err = read_phdrs(bprm, image);
	if (!err)
		err = check_segments(bprm, image);
	if (!err)
		err = check_entry(bprm, image);
	if (!err)
		err = look_at_other_headers(bprm, image);
	return err;
}

/* --- mapping ------------------------------------------------------------------------------------------ */

static unsigned long prot_of(const struct elf_phdr *ph)
{
	return (ph->p_flags & PF_R ? PROT_READ : 0) | (ph->p_flags & PF_W ? PROT_WRITE : 0) |
	       (ph->p_flags & PF_X ? PROT_EXEC : 0);
}

/* Memory for what comes from the file, and for the zeros behind it, the pages of bss. */
static int map_segment(unsigned long start, unsigned long file_end, unsigned long end)
{
	if (file_end > start && vm_mmap(NULL, start, file_end - start, PROT_READ | PROT_WRITE,
					MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, 0) != start)
		return -ENOMEM;
	return end > file_end && vm_brk(file_end, end - file_end) != file_end ? -ENOMEM : 0;
}

/* What the file does not fill stays as it was made: zeros. */
static int load_segment(const struct linux_binprm *bprm, const struct elf_image *image,
			const struct elf_phdr *ph)
{
	const unsigned long vaddr = image->bias + (unsigned long)ph->p_vaddr;
	const unsigned long start = segment_start(image, ph), end = segment_end(image, ph);
	char __user *to = (char __user *)vaddr;
	loff_t pos = (loff_t)ph->p_offset;

	if (end == start)
		return 0;
	if (map_segment(start, PAGE_ALIGN(vaddr + (unsigned long)ph->p_filesz), end))
		return -ENOMEM;
	if (ph->p_filesz && bprm->file->f_op->read(bprm->file, to, (size_t)ph->p_filesz, &pos) !=
				    (ssize_t)ph->p_filesz)
		return -EIO;
	return (int)sys_mprotect(start, end - start, prot_of(ph));
}

/* For whoever asks where text and data are. */
static void note_segment(struct mm_struct *mm, const struct elf_image *image,
			 const struct elf_phdr *ph)
{
	const unsigned long start = image->bias + (unsigned long)ph->p_vaddr;
	const unsigned long end = start + (unsigned long)ph->p_filesz;

	if (ph->p_flags & PF_X) {
		mm->start_code = mm->start_code ? mm->start_code : start;
		mm->end_code = end;
	}
	mm->start_data = start;
	mm->end_data = end;
}

/* The page between keeps the heap a VMA of its own, and what runs over bss from it. */
static int load_segments(const struct linux_binprm *bprm, const struct elf_image *image)
{
	struct mm_struct *mm = current->mm;
	const struct elf_phdr *ph;
	int err;

	for_each_load(ph, image)
	{
		err = load_segment(bprm, image, ph);
		if (err)
			return err;
		note_segment(mm, image, ph);
	}
	mm->start_brk = mm->brk = image->end + PAGE_SIZE;
	return 0;
}

/* --- the stack ---------------------------------------------------------------------------------------- */

static int set_stack_rights(const struct linux_binprm *bprm, const struct elf_image *image)
{
	struct vm_area_struct *vma = bprm->vma, *prev = NULL;
	int err;

	if (!image->exec_stack)
		return 0;
	down_write(&bprm->mm->mmap_sem);
	err = mprotect_fixup(vma, &prev, vma->vm_start, vma->vm_end, vma->vm_flags | VM_EXEC);
	up_write(&bprm->mm->mmap_sem);
	return err;
}

/* Copies something below @*p, and moves it there. */
static int push_bytes(unsigned long *p, const void *from, size_t size)
{
	*p -= size;
	return copy_to_user((void __user *)*p, from, size) ? -EFAULT : 0;
}

/* So many pointers to the strings from @*string on, one behind the other, and a 0; both move on. */
static int put_pointers(unsigned long __user **to, unsigned long *string, unsigned long count)
{
	while (count--) {
		if (put_user(*string, (*to)++))
			return -EFAULT;
		*string +=
			(unsigned long)strnlen_user((const char __user *)*string, MAX_ARG_STRLEN);
	}
	return put_user(0UL, (*to)++) ? -EFAULT : 0;
}

/* What lies above the vectors: its addresses go into auxv. */
struct elf_strings {
	unsigned long platform, random;
};

static int push_strings(unsigned long *p, struct elf_strings *strings)
{
	u8 random[NR_RANDOM];
	int err;

	get_random_bytes(random, sizeof(random));
	err = push_bytes(p, ELF_PLATFORM, sizeof(ELF_PLATFORM));
	strings->platform = *p;
	if (!err)
		err = push_bytes(p, random, sizeof(random));
	strings->random = *p;
	return err;
}

/* The vectors, from @sp upwards. */
static int put_vectors(const struct linux_binprm *bprm, unsigned long sp, const void *auxv,
		       size_t auxv_size)
{
	unsigned long __user *to = (unsigned long __user *)sp;
	struct mm_struct *mm = current->mm;
	unsigned long string = bprm->p;

	mm->start_stack = sp;
	mm->arg_start = string;
	if (put_user(bprm->argc, to++) || put_pointers(&to, &string, bprm->argc))
		return -EFAULT;
	mm->arg_end = mm->env_start = string;
	if (put_pointers(&to, &string, bprm->envc))
		return -EFAULT;
	mm->env_end = string;
	return copy_to_user(to, auxv, auxv_size) ? -EFAULT : 0;
}

/* Lets the stack reach down to @sp before anything is written there. */
static int reach_down(unsigned long sp)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma;

	down_write(&mm->mmap_sem);
	vma = find_extend_vma(mm, sp);
	up_write(&mm->mmap_sem);
	return vma ? 0 : -ENOMEM;
}

static int create_elf_tables(struct linux_binprm *bprm, const struct elf_image *image)
{
	unsigned long p = bprm->p & ~(STACK_ALIGN - 1);
	struct elf_strings strings;
	int err = push_strings(&p, &strings);
	const unsigned long auxv[][2] = {
		{ AT_HWCAP, ELF_HWCAP },
		{ AT_PAGESZ, PAGE_SIZE },
		{ AT_CLKTCK, CLKTCK },
		{ AT_PHDR, image->phdr_addr },
		{ AT_PHENT, sizeof(struct elf_phdr) },
		{ AT_PHNUM, image->header.e_phnum },
		{ AT_BASE, 0 },
		{ AT_FLAGS, 0 },
		{ AT_ENTRY, image->bias + (unsigned long)image->header.e_entry },
		{ AT_UID, 0 },
		{ AT_EUID, 0 },
		{ AT_GID, 0 },
		{ AT_EGID, 0 },
		{ AT_SECURE, 0 },
		{ AT_RANDOM, strings.random },
		{ AT_EXECFN, bprm->exec },
		{ AT_PLATFORM, strings.platform },
		{ AT_NULL, 0 },
	};

	p -= (bprm->argc + bprm->envc + 3) * sizeof(long) + sizeof(auxv);
	p &= ~(STACK_ALIGN - 1);
	if (!err)
		err = reach_down(p);
	if (!err)
		err = put_vectors(bprm, p, auxv, sizeof(auxv));
	bprm->p = p;
	return err;
}

/* --- all of it ------------------------------------------------------------------------------------------ */

/* The old program is gone, so if this fails nothing is left to go on with. */
static int start_image(struct linux_binprm *bprm, const struct elf_image *image)
{
	int err = load_segments(bprm, image);

	if (!err)
		err = create_elf_tables(bprm, image);
	if (err) {
		pr_info("exec: %s: error %d while it was read into memory; killed\n",
			bprm->filename, -err);
		send_sig(SIGKILL, current);
		return err;
	}
	start_thread(task_pt_regs(current), image->bias + (unsigned long)image->header.e_entry,
		     bprm->p);
	return 0;
}

int load_elf_binary(struct linux_binprm *bprm)
{
	struct elf_image image = { .phdrs = NULL };
	int err = read_image(bprm, &image);

	if (!err)
		err = set_stack_rights(bprm, &image);
	if (!err)
		err = flush_old_exec(bprm);
	if (!err)
		err = start_image(bprm, &image);
	kfree(image.phdrs);
	return err;
}
