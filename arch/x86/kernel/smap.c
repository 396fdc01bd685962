/* STAC and CLAC put into the kernel's text: see <asm/smap.h>. */
#include <asm/processor.h>
#include <asm/smap.h>

/* kernel.lds */
extern u8 *const __smap_sites_start[], *const __smap_sites_end[];

void smap_init(void)
{
	if (!cpu_has_smap)
		return;
	for (u8 *const *site = __smap_sites_start; site < __smap_sites_end; site++)
		**site = 0x0F;
}
