// What things are called: Linux's words for kinds of frames, rights, bits of an entry, and numbers as the
// monitor writes them, so that they can be pasted into `walk`, `page` and `maps`.

const KINDS = {
  free: "in a block of the buddy allocator, on zone->free_area[order]",
  "at hand": "free, and kept at hand for the CPU: zone->pageset[cpu].lists",
  slab: "cut into objects of a cache: PG_slab",
  user: "mapped by processes: page->_mapcount counts the entries that lead to it",
  kernel: "in use by the kernel: page->_count is not 0",
  table: "a page table",
  vmalloc: "a frame of a vmalloc() area: a task's stack, for instance",
  mem_map: "holds struct pages: one for each frame",
  reserved: "PG_reserved: never handed out; iomem says whose",
  "boot free": "free in bootmem's bitmap",
  "boot taken": "taken in bootmem's bitmap",
  ram: "RAM that bootmem does not manage: not mapped yet, or high memory",
};

const RIGHTS = {
  rwx: "writable and executable",
  "rw-": "writable, not executable",
  "r-x": "executable, read-only",
  "r--": "read-only, not executable",
  "---": "PROT_NONE: each access faults",
};

const PRESENT = 1n,
  RW = 2n,
  USER = 4n,
  LARGE = 128n,
  NX = 1n << 63n;

// Of an entry: bits, name, what they mean if set, and if not. @leaf: it leads to a page, not to a table.
function bitsOf({level, leaf}, entryBits, levels) {
  const registers = levels === 3 && level === "pgd"; // PAE's four top entries, which the CPU keeps in registers
  const only = (meaning, here = leaf) =>
    here
      ? meaning
      : ["not used in an entry that leads to a table", "not used in an entry that leads to a table"];
  const rows = [
    [
      0,
      1,
      "P",
      "present: the CPU goes on from here",
      "not present: an access faults, the CPU ignores all other bits",
    ],
    [1, 1, "RW", "may be written", "read-only; CR0.WP holds the kernel to it, too"],
    [2, 1, "USR", "ring 3 may use it", "only the kernel"],
    [3, 1, "PWT", "the cache writes through", "the cache writes back"],
    [4, 1, "PCD", "not cached: device registers", "cached"],
    [5, 1, "A", "accessed: the CPU has used it", "not used since it was cleared"],
    [6, 1, "D", ...only(["dirty: the CPU has written there", "not written since it was cleared"])],
    [
      7,
      1,
      level === "pte" ? "PAT" : "PSE",
      level === "pte" ? "another kind of cache" : "a large page: the walk ends here",
      level === "pte" ? "PWT and PCD alone say how it is cached" : "leads to a table",
    ],
    [
      8,
      1,
      "GLB",
      ...only(["global: stays in the TLB when CR3 is loaded", "leaves the TLB when CR3 is loaded"]),
    ],
    [9, 3, "AVL", "the kernel's own to use", "the kernel's own to use; not used here"],
  ].filter(([bit]) => !registers || [0, 3, 4, 9].includes(bit));
  if (entryBits === 64 && !registers)
    rows.push([63, 1, "NX", "no-execute: no instruction is fetched from here", "may be executed"]);
  return rows;
}

const hex = (value) => "0x" + BigInt(typeof value === "number" ? Math.round(value) : value).toString(16);
const plural = (count, one, many = one + "s") => `${count.toLocaleString("en")} ${count === 1 ? one : many}`;
const span = (first, last) => `${hex(first)} to ${hex(last)}`;

function sizeText(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  for (bytes = Number(bytes); bytes >= 1024 && unit < units.length - 1; unit++) bytes /= 1024;
  return `${Number(bytes.toFixed(1))} ${units[unit]}`;
}

// "r-x" of an entry.
function rightsOf(entry) {
  if (!(entry & PRESENT)) return "---";
  return `r${entry & RW ? "w" : "-"}${entry & NX ? "-" : "x"}`;
}

const className = (kind) => "k-" + kind.replace(/ /g, "-");

// Shows a view's contents, or in their place why there are none.
function absent(body, why) {
  body
    .selectAll(":scope > .absent")
    .data(why ? [why] : [])
    .join("p")
    .attr("class", "absent")
    .text((words) => words);
  body.selectAll(":scope > :not(.absent)").property("hidden", Boolean(why));
  return Boolean(why);
}
