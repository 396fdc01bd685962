/*
 * Thread-local storage: see <asm/tls.h>. A program gets data segments only, of 32 bits, in ring 3:
 * anything else in the GDT would be a way into the kernel. Twin of arch/x86_64/kernel/tls.c.
 * Condenses the TLS part of arch/i386/kernel/process.c of Linux 2.6.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <kernel/sched.h>
#include <asm/desc.h>
#include <asm/extable.h>
#include <asm/tls.h>
#include <asm/uaccess.h>

#define CONTENTS_CODE 2

/* A selector whose descriptor has gone becomes the null one. */
#define loadsegment(seg, selector)                      \
	__asm__ volatile("movw %w1, %%" #seg "\n"       \
			 "1:	movw %w0, %%" #seg "\n" \
			 "2:\n" ASM_EXTABLE(1b, 2b)     \
			 :                              \
			 : "r"((u32)(selector)), "r"(0) \
			 : "memory")

void save_tls(struct thread_tls *tls)
{
	__asm__ volatile("mov %%fs, %0\n\t"
			 "mov %%gs, %1"
			 : "=m"(tls->fs), "=m"(tls->gs));
}

void load_tls(const struct thread_tls *tls)
{
	set_tls_descs(tls->desc);
	loadsegment(fs, tls->fs);
	loadsegment(gs, tls->gs);
}

/* "There shall be none", in the two ways that programs say so. */
static bool is_empty(const struct user_desc *info)
{
	if (info->base_addr || info->limit || info->contents || info->seg_32bit ||
	    info->limit_in_pages || info->useable)
		return false;
	return info->read_exec_only == info->seg_not_present;
}

static bool is_allowed(const struct user_desc *info)
{
	return is_empty(info) ||
	       (info->seg_32bit && info->contents < CONTENTS_CODE && !info->seg_not_present);
}

static u64 pack_desc(const struct user_desc *info)
{
	const u8 type = info->contents << 2 | !info->read_exec_only << 1;
	const u8 flags = info->limit_in_pages << 3 | info->seg_32bit << 2 | info->useable;

	if (is_empty(info))
		return 0;
	return make_descriptor(info->base_addr, info->limit, DESC_SEGMENT | DESC_RING3 | type,
			       flags);
}

static void unpack_desc(u64 desc, struct user_desc *info)
{
	info->base_addr = (desc >> 16 & 0xFFFFFF) | (desc >> 56) << 24;
	info->limit = (desc & 0xFFFF) | (desc >> 48 & 0xF) << 16;
	info->seg_32bit = desc >> 54 & 1;
	info->contents = desc >> 42 & 3;
	info->read_exec_only = !(desc >> 41 & 1);
	info->limit_in_pages = desc >> 55 & 1;
	info->seg_not_present = !(desc >> 47 & 1);
	info->useable = desc >> 52 & 1;
}

static u64 *tls_entry(struct thread_tls *tls, unsigned int entry_number)
{
	const unsigned int i = entry_number - GDT_ENTRY_TLS_MIN;

	return i < GDT_ENTRY_TLS_ENTRIES ? &tls->desc[i] : NULL;
}

int set_tls(struct thread_tls *tls, unsigned long user_desc)
{
	struct user_desc info;
	u64 *entry;

	if (copy_from_user(&info, (const void __user *)user_desc, sizeof(info)))
		return -EFAULT;
	entry = tls_entry(tls, info.entry_number);
	if (!entry || !is_allowed(&info))
		return -EINVAL;
	*entry = pack_desc(&info);
	return 0;
}

/* Answers for an entry_number of -1. */
static int choose_entry(const struct thread_tls *tls, struct user_desc __user *desc)
{
	for (unsigned int i = 0; i < GDT_ENTRY_TLS_ENTRIES; i++)
		if (!tls->desc[i])
			return put_user(GDT_ENTRY_TLS_MIN + i, &desc->entry_number);
	return -ESRCH;
}

long sys_set_thread_area(struct user_desc __user *desc)
{
	struct thread_tls *tls = &current->thread.tls;
	unsigned int entry_number;
	int err;

	if (get_user(entry_number, &desc->entry_number))
		return -EFAULT;
	if (entry_number == -1U) {
		err = choose_entry(tls, desc);
		if (err)
			return err;
	}
	err = set_tls(tls, (unsigned long)desc);
	if (!err)
		set_tls_descs(tls->desc);
	return err;
}

long sys_get_thread_area(struct user_desc __user *desc)
{
	struct user_desc info;
	const u64 *entry;

	memset(&info, 0, sizeof(info));
	if (get_user(info.entry_number, &desc->entry_number))
		return -EFAULT;
	entry = tls_entry(&current->thread.tls, info.entry_number);
	if (!entry)
		return -EINVAL;
	unpack_desc(*entry, &info);
	return copy_to_user(desc, &info, sizeof(info)) ? -EFAULT : 0;
}
