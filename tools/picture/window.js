// The window above lowmem, where everything is temporary: kmap()'s slots, fixed addresses, vmalloc's areas.

class Window {
  constructor(section, machine, space) {
    Object.assign(this, {machine, space});
    this.body = section.append("div");
    this.body.append("h3").text("pkmap");
    this.sums = this.body.append("p").attr("class", "pkmap-sums");
    this.slots = this.body.append("div").attr("class", "slots").attr("role", "img");
    this.slotRows = this.body.append("div").attr("class", "mono");
    this.body.append("h3").text("fixmap");
    this.fixmap = this.body.append("p").attr("class", "mono");
    this.body.append("h3").text("vmalloc");
    this.band = new Band(this.body.append("div"), "vmalloc areas", (at) => space.address(at + this.start));
  }

  showSlots(pkmap) {
    if (!pkmap) {
      this.sums.text("No high memory: every frame has an address in lowmem, and kmap() is page_address().");
      this.slots.selectAll("i").remove();
      this.slotRows.text("");
      return;
    }
    const counts = new Map(pkmap.used.map(([slot, count]) => [slot, count]));
    const used = pkmap.used.filter(([, count]) => count > 1),
      kind = (count) => (count > 1 ? "used" : count ? "unused" : "free");
    const text =
      `${pkmap.slots} slots: ${pkmap.slots - pkmap.used.length} free, ` +
      `${pkmap.used.length - used.length} mapped but unused, ` +
      `${used.length} in use; slot ${pkmap.last} was given out last`;
    this.sums.text(text);
    this.slots
      .attr("aria-label", text)
      .selectAll("i")
      .data(d3.range(pkmap.slots))
      .join("i")
      .attr("class", (slot) => `k-slot-${kind(counts.get(slot))}${slot === pkmap.last ? " last" : ""}`)
      .attr("title", (slot) => `slot ${slot}: ${kind(counts.get(slot))}`);
    this.slotRows.text(
      pkmap.used
        .map(
          ([slot, count, pfn]) =>
            `slot ${slot} shows frame ${pfn ?? "?"}, ` +
            (count > 1 ? plural(count - 1, "user") : "no user: the TLB may remember it"),
        )
        .join("; "),
    );
  }

  showFixmap(rows) {
    const mapped = rows.filter(([, , pa]) => pa !== null);
    this.fixmap.text(
      `${rows.length} entries from ${rows[rows.length - 1][1]} to ${rows[0][1]}, ${mapped.length} of them mapped` +
        (mapped.length ? ": " + mapped.map(([name, at, pa]) => `${name} at ${at} → ${pa}`).join("; ") : "."),
    );
  }

  showAreas(facts) {
    const region = facts.layout.find((row) => row.name === "vmalloc");
    this.start = this.space.place(region.start);
    const items = facts.vmalloc.map((area) => {
      const start = this.space.place(area.start) - this.start,
        end = this.space.place(area.end) - this.start;
      return {
        start,
        end,
        kind: area.kind === "vmalloc" ? "vmalloc" : "region",
        legend: area.kind === "vmalloc" ? "vmalloc" : "ioremap, vmap",
        label: area.caller.split("+")[0],
        place: `${area.start} ${area.caller.split("+")[0]}`,
        words:
          `${span(area.start, area.end)}: ${area.kind} by ${area.caller || "nobody any more"}, ` +
          `${plural(area.pages, "page")} and a guard page`,
      };
    });
    const whole = Math.max(this.space.place(region.end) - this.start, 4096);
    this.band.show(
      [
        {
          name: `areas, in ${sizeText(whole)}`,
          items: items.length
            ? items
            : [
                {
                  start: 0,
                  end: whole,
                  kind: "hole",
                  legend: "free",
                  label: "no areas",
                  words: "no areas yet",
                },
              ],
        },
      ],
      whole,
    );
    if (items.length)
      this.band.goToRange(
        0,
        d3.max(items, (item) => item.end),
      );
  }

  show(facts) {
    if (absent(this.body, facts.layout ? "" : "Paging is off: there is no window.")) return;
    this.showSlots(facts.pkmap);
    this.showFixmap(facts.fixmap);
    this.showAreas(facts);
  }
}
