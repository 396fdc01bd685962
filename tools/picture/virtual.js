// The address space to scale: regions, what is mapped in each, and what processes have below.
//
// On x86_64 an address has 48 bits that count, and its band has both halves side by side: the hole of the
// non-canonical addresses between them is left out.

// Entries in the order of a walk -> leaves with their address, as a Number of 32 or 48 bits.
function leaves(machine, rows) {
  const shifts = new Map(machine.levels.map(([level, shift, bits]) => [level, [shift, bits]]));
  let at = 0;
  return rows.map(([level, index, count, text]) => {
    const [shift, bits] = shifts.get(level),
      entry = BigInt(text);
    at = Math.floor(at / 2 ** (shift + bits)) * 2 ** (shift + bits) + index * 2 ** shift;
    const leaf =
      level === "pte" || (Boolean(entry & LARGE) && !(level === "pgd" && machine.levels.length > 2));
    return {level, index, count, entry, at, leaf, size: 2 ** shift};
  });
}

class Virtual {
  constructor(section, machine) {
    this.machine = machine;
    this.space = machine.bits === 64 ? 2 ** 48 : 2 ** 32;
    this.body = section.append("div");
    this.band = new Band(
      this.body.append("div"),
      "virtual addresses",
      (at) => this.address(at),
      (item, at) => this.page(item, at),
    );
  }

  // A place of the band as the CPU's address.
  address(at) {
    const high = this.machine.bits === 64 && at >= 2 ** 47;
    return hex(BigInt(Math.round(at)) | (high ? 0xffff000000000000n : 0n));
  }

  place(address) {
    return Number(BigInt.asUintN(48, BigInt(address)));
  }

  page(item, at) {
    const entry = item.entry + BigInt(at - item.start);
    return {label: hex(entry), words: `${this.address(at)}: ${item.level} entry ${hex(entry)}, ${item.why}`};
  }

  regions(facts, part) {
    return facts.layout
      .filter(
        (row) => row.part === part && row.start !== row.end && this.place(row.end) > this.place(row.start),
      )
      .map((row) => {
        const start = this.place(row.start),
          end = this.place(row.end);
        const usage = row.total ? `; ${row.used} of ${row.total} ${row.unit} in use` : "";
        return {
          start,
          end,
          kind: part ? "part" : "region",
          label: row.name,
          place: row.name,
          legend: part ? "part of the image" : "region",
          words: `${row.name}: ${span(row.start, row.end)}, ${sizeText(end - start)}${usage}`,
        };
      });
  }

  mapped(rows) {
    return leaves(this.machine, rows)
      .filter((row) => row.leaf)
      .map((row) => {
        const end = row.at + row.count * row.size;
        const rights = rightsOf(row.entry),
          physical = BigInt.asUintN(52, row.entry) & ~0xfffn;
        const why = `${sizeText(row.size)} page, ${rights}: ${RIGHTS[rights]}${row.entry & USER ? ", for ring 3" : ""}`;
        return {
          start: row.at,
          end,
          kind: rights,
          legend: `${rights} ${RIGHTS[rights]}`,
          unit: row.size,
          entry: row.entry,
          level: row.level,
          why,
          label: rights,
          words:
            `${span(this.address(row.at), this.address(end - 1))} → physical ${hex(physical)}: ` +
            `${plural(row.count, `${row.level} entry`, `${row.level} entries`)}, ${why}`,
        };
      });
  }

  processRows(task) {
    const name = `${task.pid} ${task.comm}`;
    return [
      {name: `VMAs of ${name}`, items: vmaItems(this, task)},
      {name: `mapped by ${name}`, items: this.mapped(task.tables.rows)},
    ];
  }

  show(facts) {
    if (
      absent(
        this.body,
        facts.layout ? "" : "Paging is off: there are no virtual addresses, each address is physical.",
      )
    )
      return;
    this.band.show(
      [
        {name: "region", items: this.regions(facts, 0)},
        {name: "part of the image", items: this.regions(facts, 1)},
        {name: "mapped by the kernel", items: this.mapped(facts.tables.rows)},
        ...facts.processes.filter((task) => task.vmas).flatMap((task) => this.processRows(task)),
      ],
      this.space,
    );
  }
}
