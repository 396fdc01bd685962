/*
 * The tree of physical address ranges.
 *
 *      iomem_resource --child--> System RAM --sibling--> Reserved --sibling--> ...
 *                                    |
 *                                  child: Kernel code --sibling--> Kernel data ...
 *
 * Children lie inside their parent, sorted, without touching each other. arch/ fills it at boot,
 * the monitor's iomem shows it. Condenses kernel/resource.c of Linux.
 */
#include <kernel/resource.h>
#include <lib/errno.h>

struct resource iomem_resource = { .start = 0, .end = ~0ULL, .name = "PCI mem" };

static bool contains(const struct resource *outer, const struct resource *inner)
{
	return outer->start <= inner->start && inner->end <= outer->end;
}

int request_resource(struct resource *root, struct resource *new)
{
	struct resource **link = &root->child;

	if (new->start > new->end || !contains(root, new))
		return -EBUSY;
	while (*link && (*link)->end < new->start)
		link = &(*link)->sibling;
	if (*link && (*link)->start <= new->end)
		return -EBUSY;
	new->parent = root;
	new->sibling = *link;
	*link = new;
	return 0;
}

int insert_resource(struct resource *root, struct resource *new)
{
	struct resource *child = root->child;

	while (child && !contains(child, new))
		child = child->sibling;
	return child ? insert_resource(child, new) : request_resource(root, new);
}
