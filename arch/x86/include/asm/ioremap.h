/* Device registers as memory. Condenses include/asm/io.h's part for it. */
#ifndef ASM_IOREMAP_H
#define ASM_IOREMAP_H

#include <asm/page.h>

/* Not memory: an access has an effect, and must be made as it is written. */
#define __iomem volatile

/**
 * ioremap - give device registers an address
 * @pa: physical address of the first, not necessarily of a page
 * @size: bytes; not 0, not wrapping round
 *
 * Not cached. RAM is refused with a report: it has cached addresses already, and the two would
 * disagree.
 *
 * Returns the address of the byte at @pa, or NULL. May sleep. Undone by iounmap().
 */
void __iomem *ioremap(phys_addr_t pa, unsigned long size);

/* The same: not cached is what ioremap() does on x86. */
void __iomem *ioremap_nocache(phys_addr_t pa, unsigned long size);

/* @addr: as ioremap() returned it; NULL does nothing, anything else is reported and left alone. */
void iounmap(volatile void *addr);

#endif
