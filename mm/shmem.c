/*
 * MAP_SHARED | MAP_ANONYMOUS: frames that belong to an object, so that all who inherit the mapping
 * find the same ones.
 *
 *      do_mmap_pgoff() --> shmem_zero_setup()    a new object, one VMA
 *      fork, split_vma --> open                  a VMA more
 *      do_fault()      --> fault                 the frame of an index, made if it is missing
 *      munmap, exit    --> close                 a VMA less; the last one's: all frames go
 *
 * A frame has a count for the object, and one for each entry that maps it. Condenses mm/shmem.c;
 * the page cache and tmpfs will grow from it.
 */
#include <lib/errno.h>
#include <lib/kernel.h>
#include <mm/memory.h>
#include <mm/mmap.h>
#include <mm/rmap.h>
#include <mm/shmem.h>
#include <mm/slab.h>

static struct kmem_cache *radix_tree_node_cachep;

static struct radix_tree_node *alloc_node(gfp_t gfp)
{
	return kmem_cache_zalloc(radix_tree_node_cachep, gfp);
}

static void free_node(struct radix_tree_node *node)
{
	kmem_cache_free(radix_tree_node_cachep, node);
}

void shmem_init(void)
{
	static const struct radix_tree_allocator slab = { alloc_node, free_node };

	radix_tree_node_cachep =
		kmem_cache_create("radix_tree_node", sizeof(struct radix_tree_node),
				  __alignof__(struct radix_tree_node), SLAB_PANIC, NULL);
	radix_tree_init(&slab);
}

/* A frame of zeros for an index that had none. The object is locked. */
static struct page *add_page(struct shmem_object *object, unsigned long index)
{
	struct page *page = alloc_page(GFP_FAULT | __GFP_ZERO);

	if (!page)
		return NULL;
	if (radix_tree_insert(&object->pages, index, page)) {
		__free_page(page);
		return NULL;
	}
	page->mapping = object;
	page->index = index;
	return page;
}

static int shmem_fault(struct vm_area_struct *vma, struct vm_fault *vmf)
{
	struct shmem_object *object = vma->vm_private_data;
	struct page *page;

	if (vmf->pgoff >= object->nr_pages)
		return VM_FAULT_SIGBUS;
	mutex_lock(&object->lock);
	page = radix_tree_lookup(&object->pages, vmf->pgoff);
	if (!page)
		page = add_page(object, vmf->pgoff);
	if (page)
		get_page(page);
	mutex_unlock(&object->lock);
	vmf->page = page;
	return page ? 0 : VM_FAULT_OOM;
}

static void shmem_open(struct vm_area_struct *vma)
{
	struct shmem_object *object = vma->vm_private_data;

	atomic_inc(&object->count);
}

/* Nobody can ask for them any more: no lock. */
static void free_pages_of(struct shmem_object *object)
{
	struct page *pages[16];
	unsigned int nr;

	while ((nr = radix_tree_gang_lookup(&object->pages, (void **)pages, 0,
					    ARRAY_SIZE(pages)))) {
		for (unsigned int i = 0; i < nr; i++) {
			radix_tree_delete(&object->pages, pages[i]->index);
			pages[i]->mapping = NULL;
		}
		release_pages(pages, nr);
	}
}

static void shmem_close(struct vm_area_struct *vma)
{
	struct shmem_object *object = vma->vm_private_data;

	if (!atomic_dec_and_test(&object->count))
		return;
	free_pages_of(object);
	kfree(object);
}

const struct vm_operations_struct shmem_vm_ops = {
	.open = shmem_open,
	.close = shmem_close,
	.fault = shmem_fault,
};

int shmem_zero_setup(struct vm_area_struct *vma)
{
	struct shmem_object *object = kmalloc(sizeof(*object), GFP_KERNEL);

	if (!object)
		return -ENOMEM;
	atomic_set(&object->count, 1);
	object->nr_pages = vma->vm_pgoff + vma_pages(vma);
	mutex_init(&object->lock);
	INIT_RADIX_TREE(&object->pages, GFP_KERNEL);
	vma->vm_private_data = object;
	vma->vm_ops = &shmem_vm_ops;
	return 0;
}
