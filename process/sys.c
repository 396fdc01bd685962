/*
 * System calls that tell a process who and where it is. There is one user, root, who may do all; limits
 * are told, and kept to by mm/ and fs/. Condenses kernel/sys.c of Linux 2.6.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <kernel/random.h>
#include <kernel/sched.h>
#include <process/fork.h>
#include <process/syscalls.h>
#include <asm/elf.h>
#include <asm/uaccess.h>

#define GRND_FLAGS 7U /* GRND_NONBLOCK, GRND_RANDOM, GRND_INSECURE: all the same to us */

long sys_getpid(void)
{
	return current->pid;
}

long sys_gettid(void)
{
	return current->pid;
}

long sys_getppid(void)
{
	return current->parent->pid;
}

long sys_getuid(void)
{
	return 0;
}

long sys_set_tid_address(int __user *tid)
{
	current->clear_child_tid = tid;
	return current->pid;
}

long sys_sched_yield(void)
{
	yield();
	return 0;
}

/* The release is the oldest that a C library of today accepts to run on. */
struct new_utsname {
	char sysname[65], nodename[65], release[65], version[65], machine[65], domainname[65];
};

static const struct new_utsname utsname = {
	.sysname = "Linux",
	.nodename = "k896",
	.release = "3.10.0-k896",
	.version = "#1",
	.machine = UTS_MACHINE,
	.domainname = "(none)",
};

long sys_uname(struct new_utsname __user *name)
{
	return copy_to_user(name, &utsname, sizeof(utsname)) ? -EFAULT : 0;
}

long sys_getrandom(char __user *buf, size_t count, unsigned int flags)
{
	u8 chunk[64];
	size_t done, size;

	if (flags & ~GRND_FLAGS)
		return -EINVAL;
	for (done = 0; done < count; done += size) {
		size = min(count - done, sizeof(chunk));
		get_random_bytes(chunk, size);
		if (copy_to_user(buf + done, chunk, size))
			return done ? (long)done : -EFAULT;
	}
	return (long)done;
}

/* --- limits ------------------------------------------------------------------------------------- */

/* What i386's first getrlimit() could hold. */
#define OLD_RLIM_INFINITY 0x7FFFFFFFUL

struct rlimit64 {
	u64 rlim_cur, rlim_max;
};
#define RLIM64_INFINITY (~0ULL)

static int set_rlimit(struct task_struct *task, unsigned int resource, struct rlimit new)
{
	if (resource >= RLIM_NLIMITS || new.rlim_cur > new.rlim_max)
		return -EINVAL;
	if (resource == RLIMIT_NOFILE && new.rlim_max > init_task.rlim[resource].rlim_max)
		return -EPERM;
	task->rlim[resource] = new;
	return 0;
}

long sys_getrlimit(unsigned int resource, struct rlimit __user *rlim)
{
	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	return copy_to_user(rlim, &current->rlim[resource], sizeof(*rlim)) ? -EFAULT : 0;
}

long sys_old_getrlimit(unsigned int resource, struct rlimit __user *rlim)
{
	struct rlimit value;

	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	value.rlim_cur = min(current->rlim[resource].rlim_cur, OLD_RLIM_INFINITY);
	value.rlim_max = min(current->rlim[resource].rlim_max, OLD_RLIM_INFINITY);
	return copy_to_user(rlim, &value, sizeof(value)) ? -EFAULT : 0;
}

long sys_setrlimit(unsigned int resource, const struct rlimit __user *rlim)
{
	struct rlimit new;

	if (copy_from_user(&new, rlim, sizeof(new)))
		return -EFAULT;
	return set_rlimit(current, resource, new);
}

static u64 widen(unsigned long limit)
{
	return limit == RLIM_INFINITY ? RLIM64_INFINITY : limit;
}

static unsigned long narrow(u64 limit)
{
	return limit >= RLIM_INFINITY ? RLIM_INFINITY : (unsigned long)limit;
}

long sys_prlimit64(int pid, unsigned int resource, const struct rlimit64 __user *new_rlim,
		   struct rlimit64 __user *old_rlim)
{
	struct rlimit64 new = { 0, 0 }, old;
	int err = 0;

	if (pid && pid != current->pid)
		return -ESRCH; /* that of another process: nobody needs it */
	if (resource >= RLIM_NLIMITS)
		return -EINVAL;
	if (new_rlim && copy_from_user(&new, new_rlim, sizeof(new)))
		return -EFAULT;
	old.rlim_cur = widen(current->rlim[resource].rlim_cur);
	old.rlim_max = widen(current->rlim[resource].rlim_max);
	if (new_rlim)
		err = set_rlimit(current, resource,
				 (struct rlimit){ narrow(new.rlim_cur), narrow(new.rlim_max) });
	if (!err && old_rlim && copy_to_user(old_rlim, &old, sizeof(old)))
		err = -EFAULT;
	return err;
}
