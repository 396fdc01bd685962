// What things are called: Linux's words for kinds of frames, rights, bits of an entry, and numbers as the
// monitor writes them, so that they can be pasted into `walk`, `page` and `maps`.

const KINDS = {
  "free": "in a block of the buddy allocator, on zone->free_area[order]",
  "at hand": "free, and kept at hand for the CPU: zone->pageset[cpu].lists",
  "slab": "cut into objects of a cache: PG_slab",
  "user": "mapped by processes: page->_mapcount counts the entries that lead to it",
  "kernel": "in use by the kernel: page->_count is not 0",
  "table": "a page table",
  "vmalloc": "a frame of a vmalloc() area: a task's stack, for instance",
  "mem_map": "holds struct pages: one for each frame",
  "reserved": "PG_reserved: never handed out; iomem says whose",
  "boot free": "free in bootmem's bitmap",
  "boot taken": "taken in bootmem's bitmap",
  "ram": "RAM that bootmem does not manage: not mapped yet, or high memory",
};

const RIGHTS = {
  "rwx": "writable and executable", "rw-": "writable, not executable",
  "r-x": "executable, read-only", "r--": "read-only, not executable", "---": "PROT_NONE: each access faults",
};

// Bit, name, what it means if it is set, and if it is not.
const PRESENT = 1n, RW = 2n, USER = 4n, LARGE = 128n, NX = 1n << 63n;
const BITS = [
  [0, "P", "present: the CPU goes on from here", "not present: an access faults"],
  [1, "RW", "may be written", "read-only; CR0.WP holds the kernel to it too"],
  [2, "USR", "ring 3 may use it", "only the kernel"],
  [3, "PWT", "cache writes through", "cache writes back"],
  [4, "PCD", "not cached: device registers", "cached"],
  [5, "A", "accessed: the CPU has used it", "not used since it was cleared"],
  [6, "D", "dirty: the CPU has written there", "not written since it was cleared"],
  [7, "PSE", "a large page: the walk ends here", "leads to a table, or is a page of 4 KB"],
  [8, "GLB", "global: stays in the TLB when CR3 is loaded", "leaves the TLB when CR3 is loaded"],
];
const BIT_NX = [63, "NX", "no-execute: instructions are not fetched from here", "may be executed"];

const hex = (value) => "0x" + BigInt(value).toString(16);
const plural = (count, what) => `${count.toLocaleString("en")} ${what}${Number(count) === 1 ? "" : "s"}`;

function sizeText(bytes) {
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  for (bytes = Number(bytes); bytes >= 1024 && unit < units.length - 1; unit++)
    bytes /= 1024;
  return `${Number(bytes.toFixed(1))} ${units[unit]}`;
}

// "r-x" of an entry.
function rightsOf(entry) {
  if (!(entry & PRESENT))
    return "---";
  return `r${entry & RW ? "w" : "-"}${entry & NX ? "-" : "x"}`;
}

const className = (kind) => "k-" + kind.replace(/ /g, "-");

// A caption says what is seen, and where the source has it.
function caption(section, text) {
  section.selectAll(".caption").data([text]).join("p").attr("class", "caption").html((words) => words);
}

// Shows a view's contents, or in their place why there are none.
function absent(body, why) {
  body.selectAll(":scope > .absent").data(why ? [why] : []).join("p").attr("class", "absent").text((words) => words);
  body.selectAll(":scope > :not(.absent)").property("hidden", Boolean(why));
  return Boolean(why);
}
