// The page tables as a tree that unfolds from the PGD to a single PTE, and every bit of the entry in focus.
//
// A run of entries that differ only by their frame is one line; it unfolds by and by, SPLIT at a time, so
// that the tree of a large machine is not larger than what has been looked at.

const SPLIT = 32;

class Tree {
  constructor(section, machine, space) {
    Object.assign(this, {machine, space, open: new Set(["root"]), current: "root"});
    this.body = section.append("div");
    const tools = this.body.append("div").attr("class", "tools");
    this.whose = tools
      .append("select")
      .attr("aria-label", "whose tables")
      .on("change", () => this.draw());
    const split = this.body.append("div").attr("class", "split");
    this.list = split
      .append("div")
      .attr("class", "tree")
      .attr("role", "tree")
      .attr("aria-label", "page tables")
      .on("keydown", () => this.key(d3.event));
    this.detail = split.append("div").attr("class", "detail").attr("aria-live", "polite");
  }

  // ---- the tree ----

  // Rows in the order of a walk -> nodes; a leaf ends a branch.
  grow(rows) {
    const root = {id: "root", children: []},
      path = [root];
    const depth = new Map(this.machine.levels.map(([level], i) => [level, i]));
    for (const row of leaves(this.machine, rows)) {
      const above = path[depth.get(row.level)];
      const node = {...row, id: `${above.id}/${row.level}${row.index}`, children: row.leaf ? null : []};
      above.children.push(node);
      path[depth.get(row.level) + 1] = node;
    }
    return root;
  }

  // The children that are shown: of a run, pieces of it.
  childrenOf(node) {
    if (!this.open.has(node.id)) return null;
    return node.children || this.pieces(node);
  }

  pieces(run) {
    const step = SPLIT ** Math.max(0, Math.ceil(Math.log(run.count) / Math.log(SPLIT) - 1e-9) - 1);
    return d3.range(0, run.count, step).map((skip) => {
      const count = Math.min(step, run.count - skip),
        index = run.index + skip;
      return {
        ...run,
        index,
        count,
        at: run.at + skip * run.size,
        entry: run.entry + BigInt(skip * run.size),
        id: `${run.id}/${index}+${count}`,
        children: null,
      };
    });
  }

  unfolds(node) {
    return node.children ? node.children.length > 0 : node.count > 1;
  }

  line(node) {
    if (node.id === "root")
      return `${this.source.name}<span class="to"> at physical ${this.source.root}</span>`;
    const end = node.count > 1 ? `…${node.index + node.count - 1}` : "";
    const what = node.leaf
      ? `${plural(node.count, "page")} of ${sizeText(node.size)}, ${rightsOf(node.entry)}`
      : node.children.length
        ? `a table of ${this.below(node.level)} entries`
        : "an empty table";
    const place = `<span class="to"> ${this.space.address(node.at)}: ${what}</span>`;
    return `${node.level}[${node.index}${end}] ${hex(node.entry)}${place}`;
  }

  below(level) {
    const depth = this.machine.levels.findIndex(([name]) => name === level);
    return this.machine.levels[depth + 1][0];
  }

  // ---- drawing ----

  show(facts) {
    if (absent(this.body, facts.tables ? "" : "CR3 is 0: there are no tables yet.")) return;
    this.sources = [
      {name: "swapper_pg_dir", ...facts.tables},
      ...(facts.processes || [])
        .filter((task) => task.tables)
        .map((task) => ({name: `${task.pid} ${task.comm}, its own part`, ...task.tables})),
    ];
    this.whose
      .selectAll("option")
      .data(this.sources)
      .join("option")
      .attr("value", (source, i) => i)
      .text((source) => source.name);
    this.draw();
  }

  draw() {
    this.source = this.sources[this.whose.node().value] || this.sources[0];
    const root = d3.hierarchy(this.grow(this.source.rows), (node) => this.childrenOf(node));
    this.nodes = [];
    root.eachBefore((node) => this.nodes.push(node));
    if (!this.nodes.some((node) => node.data.id === this.current)) this.current = "root";
    this.list
      .selectAll("div")
      .data(this.nodes, (node) => node.data.id)
      .join("div")
      .order()
      .attr("role", "treeitem")
      .attr("aria-level", (node) => node.depth + 1)
      .attr("aria-expanded", ({data}) => (this.unfolds(data) ? String(this.open.has(data.id)) : null))
      .style("padding-left", (node) => `${node.depth * 1.1 + 0.3}rem`)
      .html(
        ({data}) => `${this.unfolds(data) ? (this.open.has(data.id) ? "▾" : "▸") : "·"} ${this.line(data)}`,
      )
      .on("click", ({data}) => {
        this.current = data.id;
        this.toggle(data);
      });
    this.mark();
  }

  mark() {
    this.list
      .selectAll("div")
      .attr("aria-selected", ({data}) => String(data.id === this.current))
      .attr("tabindex", ({data}) => (data.id === this.current ? 0 : -1));
    this.explain(this.nodes.find((node) => node.data.id === this.current).data);
  }

  focus() {
    this.mark();
    this.list
      .selectAll("div")
      .filter(({data}) => data.id === this.current)
      .node()
      .focus();
  }

  toggle(node, open = !this.open.has(node.id)) {
    if (this.unfolds(node)) this.open[open ? "add" : "delete"](node.id);
    this.draw();
    this.focus();
  }

  go(number) {
    this.current = this.nodes[Math.max(0, Math.min(this.nodes.length - 1, number))].data.id;
    this.focus();
  }

  key(event) {
    const number = this.nodes.findIndex((node) => node.data.id === this.current),
      node = this.nodes[number];
    const keys = {
      ArrowDown: () => this.go(number + 1),
      ArrowUp: () => this.go(number - 1),
      Home: () => this.go(0),
      End: () => this.go(Infinity),
      ArrowRight: () => (node.children ? this.go(number + 1) : this.toggle(node.data, true)),
      ArrowLeft: () =>
        node.children
          ? this.toggle(node.data, false)
          : node.parent && this.go(this.nodes.indexOf(node.parent)),
      Enter: () => this.toggle(node.data),
      " ": () => this.toggle(node.data),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }

  // ---- one entry ----

  explain(node) {
    this.detail.html("");
    if (node.id === "root") {
      this.detail
        .append("p")
        .text(`CR3 leads here: the top table, ${this.source.root}. Unfold it, and choose an entry.`);
      return;
    }
    const wide = this.machine.entryBits,
      digits = wide / 4;
    const text = `0x${node.entry.toString(16).padStart(digits, "0")}`;
    this.detail.append("p").append("b").attr("class", "mono").text(`${node.level}[${node.index}] = ${text}`);
    const isFrame = (bit) => bit >= 12 && bit < Math.min(wide, 52);
    this.detail
      .append("div")
      .attr("class", "bits")
      .attr("role", "img")
      .attr("aria-label", `the ${wide} bits of ${text}`)
      .selectAll("span")
      .data(d3.range(wide - 1, -1, -1))
      .join("span")
      .attr(
        "class",
        (bit) => ((node.entry >> BigInt(bit)) & 1n ? "set " : "") + (isFrame(bit) ? "frame" : ""),
      )
      .attr("title", (bit) => `bit ${bit}`)
      .text((bit) => String((node.entry >> BigInt(bit)) & 1n));
    const list = this.detail.append("dl");
    for (const [name, words, clear] of this.meanings(node)) {
      list
        .append("dt")
        .attr("class", clear ? "clear" : null)
        .text(name);
      list
        .append("dd")
        .attr("class", clear ? "clear" : null)
        .text(words);
    }
  }

  // [bits, words, is it clear?]: the frame stands where its bits do, above the low ones.
  meanings(node) {
    const physical = BigInt.asUintN(52, node.entry) & ~0xfffn;
    const rows = bitsOf(node, this.machine.entryBits, this.machine.levels.length).map(
      ([bit, width, name, set, clear]) => {
        const value = (node.entry >> BigInt(bit)) & ((1n << BigInt(width)) - 1n);
        return [
          `${width > 1 ? `${bit}-${bit + width - 1}` : bit} ${name} ${value}`,
          value ? set : clear,
          !value,
        ];
      },
    );
    const last = Math.min(this.machine.entryBits, 52) - 1;
    rows.splice(rows.findIndex(([words]) => words.startsWith("9-")) + 1, 0, [
      `12-${last} frame`,
      `${node.leaf ? "the page" : "the table"} at physical ${hex(physical)}`,
      false,
    ]);
    return rows;
  }
}
