/*
 * The FPU's registers in the frame of a signal. A program reads them in the form of FNSAVE, which is
 * older than FXSAVE; what is behind it, it may read as well, and change.
 *
 *      FXSAVE     abridged tags (a bit each: empty or not), registers 16 bytes apart, SSE
 *      FNSAVE     full tags (two bits: valid, zero, special, empty), registers 10 bytes apart
 *
 * Condenses the conversions of arch/i386/kernel/i387.c of Linux 2.6.
 */
#include <lib/errno.h>
#include <lib/string.h>
#include <kernel/sched.h>
#include <asm/processor.h>
#include <asm/uaccess.h>
#include "sigframe.h"

#define NR_REGS	     8
#define FSAVE_REG    10 /* bytes */
#define FXSAVE_REG   16
#define HIGH	     0xFFFF0000U /* FNSAVE writes its upper halves so */
#define EXPONENT_MAX 0x7FFF

enum { TAG_VALID, TAG_ZERO, TAG_SPECIAL, TAG_EMPTY };

/* 80 bits as they lie in memory. */
struct fpreg {
	u64 significand;
	u16 exponent; /* and the sign */
} __packed;

static u32 classify(const struct fpreg *reg)
{
	const u16 exponent = reg->exponent & EXPONENT_MAX;

	if (!exponent && !reg->significand)
		return TAG_ZERO;
	if (!exponent || exponent == EXPONENT_MAX || !(reg->significand >> 63))
		return TAG_SPECIAL;
	return TAG_VALID;
}

/* Tags belong to registers, their contents lie by distance from the top of the stack. */
static u32 full_tags(const struct i387_fxsave_struct *fx)
{
	const unsigned int top = fx->swd >> 11 & 7;
	u32 tags = 0;

	for (unsigned int i = 0; i < NR_REGS; i++) {
		const char *st = (const char *)fx->st_space + FXSAVE_REG * ((i - top) % NR_REGS);

		tags |= (fx->twd & 1U << i ? classify((const void *)st) : TAG_EMPTY) << (2 * i);
	}
	return tags;
}

static u16 abridged_tags(u32 tags)
{
	u16 abridged = 0;

	for (unsigned int i = 0; i < NR_REGS; i++)
		if ((tags >> (2 * i) & 3) != TAG_EMPTY)
			abridged |= 1U << i;
	return abridged;
}

static void fsave_from_fxsave(struct i387_fsave_struct *to, const struct i387_fxsave_struct *from)
{
	*to = (struct i387_fsave_struct){
		.cwd = from->cwd | HIGH,
		.swd = from->swd | HIGH,
		.twd = full_tags(from) | HIGH,
		.fip = from->fip,
		.fcs = (from->fcs & 0xFFFF) | (u32)from->fop << 16,
		.foo = from->foo,
		.fos = from->fos | HIGH,
	};
	for (int i = 0; i < NR_REGS; i++)
		memcpy((char *)to->st_space + i * FSAVE_REG,
		       (const char *)from->st_space + i * FXSAVE_REG, FSAVE_REG);
}

/* The rest of @to stays: SSE. */
static void fxsave_from_fsave(struct i387_fxsave_struct *to, const struct i387_fsave_struct *from)
{
	to->cwd = (u16)from->cwd;
	to->swd = (u16)from->swd;
	to->twd = abridged_tags(from->twd);
	to->fop = from->fcs >> 16;
	to->fip = from->fip;
	to->fcs = from->fcs & 0xFFFF;
	to->foo = from->foo;
	to->fos = from->fos;
	for (int i = 0; i < NR_REGS; i++)
		memcpy((char *)to->st_space + i * FXSAVE_REG,
		       (const char *)from->st_space + i * FSAVE_REG, FSAVE_REG);
}

int save_fpstate(struct fpstate __user *to)
{
	const union i387_union *state = fpu_state();
	struct i387_fsave_struct fsave;
	int err;

	if (!state)
		return 0;
	if (cpu_has_fxsr)
		fsave_from_fxsave(&fsave, &state->fxsave);
	else
		fsave = state->fsave;
	err = copy_to_user(&to->fsave, &fsave, sizeof(fsave)) || put_user(fsave.swd, &to->status) ||
	      put_user(cpu_has_fxsr ? FPSTATE_FXSR_MAGIC : FPSTATE_NO_FXSR, &to->magic) ||
	      (cpu_has_fxsr && copy_to_user(&to->fxsave, &state->fxsave, sizeof(to->fxsave)));
	return err ? -EFAULT : 1;
}

static int read_fxsave(struct i387_fxsave_struct *fxsave, const struct fpstate __user *from)
{
	struct i387_fsave_struct fsave;

	if (fxsave_from_user(fxsave, &from->fxsave) ||
	    copy_from_user(&fsave, &from->fsave, sizeof(fsave)))
		return -EFAULT;
	fxsave_from_fsave(fxsave, &fsave);
	return 0;
}

int restore_fpstate(const struct fpstate __user *from)
{
	union i387_union *state;

	if (!from) {
		drop_fpu(current);
		return 0;
	}
	state = make_fpu_state();
	if (!state)
		return -ENOMEM;
	if (cpu_has_fxsr)
		return read_fxsave(&state->fxsave, from);
	return copy_from_user(&state->fsave, &from->fsave, sizeof(state->fsave)) ? -EFAULT : 0;
}
