// A band of addresses to scale: rows of ranges above an axis, from the whole space down to a single page.
//
//      band.show([{name, items: [{start, end, kind, label, words, unit}]}], span)
//
// @start, @end: Numbers of bytes from the band's beginning; @unit: an item falls apart into pieces of that size
// when they are wide enough to be seen, and piece(item, start) gives a piece its label and words.
// For the keyboard it is a list: one item is the current one, and the line below tells of it.

const ROW = 40,
  BAR = 22,
  PIECE = 9;

class Band {
  constructor(host, label, format, piece = null) {
    Object.assign(this, {
      label,
      format,
      piece,
      rows: [],
      span: 1,
      transform: d3.zoomIdentity,
      current: [0, 0],
    });
    this.id = label.replace(/\W+/g, "-");
    this.buildTools(host.append("div").attr("class", "tools"));
    this.svg = host
      .append("svg")
      .attr("tabindex", 0)
      .attr("role", "listbox")
      .attr("aria-label", label)
      .on("keydown", () => this.key(d3.event))
      .on("focus", () => this.tell());
    this.body = this.svg.append("g");
    this.axis = this.svg.append("g").attr("class", "axis").attr("aria-hidden", "true");
    this.output = host.append("output").attr("aria-live", "polite");
    this.legend = host.append("ul").attr("class", "legend").attr("aria-label", "colours");
    this.zoom = d3
      .zoom()
      .on("zoom", () => {
        this.transform = d3.event.transform;
        this.draw();
      })
      .filter(() => d3.event.type !== "wheel" || d3.event.ctrlKey);
    this.svg.call(this.zoom).on("dblclick.zoom", null);
    new ResizeObserver(() => this.resize()).observe(this.svg.node());
  }

  buildTools(tools) {
    const button = (text, label, click) =>
      tools
        .append("button")
        .attr("type", "button")
        .attr("aria-label", `${this.label}: ${label}`)
        .text(text)
        .on("click", click);
    button("+", "closer", () => this.scale(4));
    button("−", "further away", () => this.scale(1 / 4));
    button("all", "show all", () => this.svg.call(this.zoom.transform, d3.zoomIdentity));
    this.places = tools
      .append("select")
      .attr("aria-label", `${this.label}: go to`)
      .on("change", () => this.goTo(this.places.node().value));
  }

  show(rows, span) {
    Object.assign(this, {rows, span});
    const items = rows.flatMap((row) => row.items);
    const named = items.filter((item) => item.place);
    this.places
      .selectAll("option")
      .data([{place: "go to …"}, ...named])
      .join("option")
      .attr("value", (item, i) => i - 1)
      .text((item) => item.place);
    this.named = named;
    const kinds = [...new Map(items.map((item) => [item.kind, item.legend || item.kind])).entries()];
    this.legend
      .selectAll("li")
      .data(kinds)
      .join("li")
      .html(([kind, words]) => `<i class="${className(kind)}"></i>${words}`);
    this.resize();
    this.tell();
  }

  resize() {
    const width = this.svg.node().clientWidth;
    if (!width || !this.rows.length) return;
    const factor = this.width ? width / this.width : 1;
    this.width = width;
    this.height = this.rows.length * ROW + 24;
    this.svg.attr("height", this.height);
    this.zoom
      .scaleExtent([1, Math.max(1, this.span / 4096 / 4)])
      .extent([
        [0, 0],
        [width, this.height],
      ])
      .translateExtent([
        [0, 0],
        [width, this.height],
      ]);
    const {x, k} = this.transform;
    this.svg.call(this.zoom.transform, d3.zoomIdentity.translate(x * factor, 0).scale(k));
  }

  scale(factor) {
    this.svg.call(this.zoom.scaleBy, factor);
  }

  // Show [start, end) with a margin.
  goToRange(start, end) {
    const wide = Math.max((end - start) * 1.1, 4096 * 8),
      from = start - (wide - (end - start)) / 2;
    const k = Math.max(1, this.span / wide);
    this.svg.call(
      this.zoom.transform,
      d3.zoomIdentity.scale(k).translate((-from / this.span) * this.width, 0),
    );
  }

  goTo(number) {
    const item = this.named[number];
    if (item) this.goToRange(item.start, item.end);
    this.places.property("value", -1);
  }

  // ---- drawing ----

  // What of a row is in sight; an item whose pages are wide enough comes page by page.
  inSight(row, x) {
    const [from, to] = x.domain();
    return row.items
      .filter((item) => item.end > from && item.start < to)
      .flatMap((item) => {
        if (!this.piece || !item.unit || item.end - item.start <= item.unit || x(item.unit) - x(0) < PIECE)
          return [item];
        const first = item.start + Math.max(0, Math.floor((from - item.start) / item.unit)) * item.unit;
        return d3
          .range(first, Math.min(item.end, to), item.unit)
          .map((start) => ({...item, start, end: start + item.unit, ...this.piece(item, start)}));
      });
  }

  draw() {
    const x = this.transform.rescaleX(d3.scaleLinear([0, this.span], [0, this.width]));
    this.seen = this.rows.map((row) => this.inSight(row, x));
    const rows = this.body
      .selectAll("g.row")
      .data(this.rows)
      .join("g")
      .attr("class", "row")
      .attr("role", "group")
      .attr("aria-label", (row) => row.name)
      .attr("transform", (row, i) => `translate(0,${i * ROW})`);
    rows
      .selectAll("text.row-name")
      .data((row) => [row.name])
      .join("text")
      .attr("class", "row-name")
      .attr("y", 12)
      .text((name) => name);
    const items = rows
      .selectAll("g.item")
      .data((row, i) => this.seen[i])
      .join((enter) => {
        const item = enter.append("g");
        item.append("rect");
        item.append("text");
        return item;
      });
    items
      .attr("class", (item) => `item ${className(item.kind)}`)
      .attr("role", "option")
      .attr("aria-selected", "false")
      .attr("aria-label", (item) => item.words)
      .on("mouseenter", (item) => this.tell(item))
      .on("click", (item) => this.choose(item));
    const left = (item) => Math.max(-2, x(item.start));
    const width = (item) => Math.max(1.5, Math.min(this.width + 2, x(item.end)) - left(item));
    items
      .select("rect")
      .attr("x", left)
      .attr("y", 16)
      .attr("height", BAR)
      .attr("width", width)
      .attr("style", (item) => (item.colour ? `fill:${item.colour}` : null));
    items
      .select("text")
      .attr("x", (item) => Math.max(0, left(item)) + 4)
      .attr("y", 31)
      .attr("style", (item) => (item.ink ? `fill:${item.ink}` : null))
      .text((item) => (item.label && width(item) - 8 > item.label.length * 7.1 ? item.label : ""));
    this.drawAxis(x);
    this.mark();
  }

  // At round addresses: powers of two apart.
  drawAxis(x) {
    const [from, to] = x.domain(),
      wide = this.format(to).length * 7.2;
    const step = 2 ** Math.ceil(Math.log2((to - from) * Math.min(1, (wide + 24) / this.width)));
    const ticks = d3
      .range(Math.ceil(from / step) * step, to, step)
      .filter((tick) => x(tick) < this.width - wide);
    this.axis.attr("transform", `translate(0,${this.rows.length * ROW})`).call(
      d3
        .axisBottom(x)
        .tickValues(ticks)
        .tickFormat((at) => this.format(at))
        .tickSizeOuter(0),
    );
    this.axis.selectAll("text").attr("text-anchor", "start").attr("dx", 2);
  }

  // ---- the current item ----

  here() {
    const row = this.seen?.[this.current[0]] || [];
    return row[Math.min(this.current[1], row.length - 1)];
  }

  mark() {
    const item = document.activeElement === this.svg.node() || this.touched ? this.here() : null;
    const marked = this.body
      .selectAll("g.item")
      .classed("current", (other) => other === item)
      .attr("aria-selected", (other) => String(other === item))
      .attr("id", (other) => (other === item ? `${this.id}-current` : null));
    this.svg.attr("aria-activedescendant", item ? `${this.id}-current` : null);
    marked.filter((other) => other === item).raise();
  }

  tell(item = this.here()) {
    this.output.text(item ? item.words : "");
    this.mark();
  }

  choose(item) {
    const row = this.seen.findIndex((items) => items.includes(item));
    this.current = [row, this.seen[row].indexOf(item)];
    this.touched = true;
    this.tell();
  }

  move(rows, items) {
    const row = Math.max(0, Math.min(this.seen.length - 1, this.current[0] + rows));
    const old = this.here(),
      last = this.seen[row].length - 1;
    // Into another row: to what lies below or above.
    const at =
      rows && old
        ? Math.max(
            0,
            this.seen[row].findIndex((item) => item.end > old.start),
          )
        : this.current[1] + items;
    this.current = [row, Math.max(0, Math.min(last, at))];
    this.tell();
  }

  key(event) {
    const item = this.here();
    const keys = {
      ArrowLeft: () => this.move(0, -1),
      ArrowRight: () => this.move(0, 1),
      ArrowUp: () => this.move(-1, 0),
      ArrowDown: () => this.move(1, 0),
      Home: () => this.move(0, -Infinity),
      End: () => this.move(0, Infinity),
      Enter: () => item && this.goToRange(item.start, item.end),
      "+": () => this.scale(2),
      "=": () => this.scale(2),
      "-": () => this.scale(1 / 2),
      0: () => this.svg.call(this.zoom.transform, d3.zoomIdentity),
    };
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }
}
