/*
 * Thread-local storage: see <asm/tls.h>. Twin of arch/i386/kernel/tls.c. Condenses the TLS part of
 * arch/x86_64/kernel/process.c of Linux 2.6. Left out: selectors in FS and GS, whose descriptors
 * have no base worth having here; what a program loads there is lost at the next switch.
 */
#include <lib/errno.h>
#include <kernel/sched.h>
#include <asm/processor.h>
#include <asm/tls.h>
#include <asm/uaccess.h>

/* The CPU's are always those of the thread: only arch_prctl() changes them. */
void save_tls(struct thread_tls *tls __unused)
{
}

void load_tls(const struct thread_tls *tls)
{
	wrmsr(MSR_FS_BASE, tls->fsbase);
	wrmsr(MSR_GS_BASE, tls->gsbase);
}

/* WRMSR faults at an address that is none, and the kernel's are not a program's to have. */
static int set_base(unsigned long *base, unsigned long addr)
{
	if (addr >= TASK_SIZE)
		return -EPERM;
	*base = addr;
	return 0;
}

int set_tls(struct thread_tls *tls, unsigned long fsbase)
{
	return set_base(&tls->fsbase, fsbase);
}

static int change_base(unsigned long *base, unsigned long addr)
{
	const int err = set_base(base, addr);

	if (!err)
		load_tls(&current->thread.tls);
	return err;
}

long sys_arch_prctl(int code, unsigned long addr)
{
	struct thread_tls *tls = &current->thread.tls;

	switch (code) {
	case ARCH_SET_FS:
		return change_base(&tls->fsbase, addr);
	case ARCH_SET_GS:
		return change_base(&tls->gsbase, addr);
	case ARCH_GET_FS:
		return put_user(tls->fsbase, (unsigned long __user *)addr);
	case ARCH_GET_GS:
		return put_user(tls->gsbase, (unsigned long __user *)addr);
	}
	return -EINVAL;
}
