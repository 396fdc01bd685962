"""Caches of the slab allocator."""

from kernel import Command, list_entries, value


class Slabs(Command):
    """k896 slabs: every cache, its objects' size, slabs and those that are partly free."""

    name = "slabs"

    def run(self):
        print(f"{'cache':20} {'size':>6} {'slabs':>6} {'partial':>8} {'objects':>8}")
        for cache in list_entries(value("slab_caches"), "struct kmem_cache", "list"):
            node = cache["node"]
            print(f"{cache['name'].string():20} {int(cache['size']):6} {int(node['nr_slabs']):6} "
                  f"{int(node['nr_partial']):8} {int(node['total_objects']):8}")


Slabs()
