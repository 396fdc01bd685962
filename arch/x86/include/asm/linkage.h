/* Where code lies. */
#ifndef ASM_LINKAGE_H
#define ASM_LINKAGE_H

/* The address of the code that this stands in, after inlining. */
#define _THIS_IP_                                                \
	({                                                       \
		unsigned long __ip;                              \
                                                                 \
		__asm__ volatile("1: mov $1b, %0" : "=r"(__ip)); \
		__ip;                                            \
	})

#endif
