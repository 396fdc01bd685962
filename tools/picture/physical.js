// Physical memory: zones, who claimed the addresses, and whose each frame is.

class Physical {
  constructor(section) {
    this.body = section.append("div");
    this.band = new Band(this.body.append("div"), "physical memory", hex, (item, start) =>
      this.frame(item, start),
    );
  }

  // One frame of a range.
  frame(item, start) {
    const pfn = start / 4096;
    return {label: hex(pfn), words: `frame ${hex(pfn)}, physical ${hex(start)}: ${item.why}`};
  }

  ranges(facts) {
    return facts.frames.map(([pfn, count, kind, what]) => {
      const why = `${kind}${what ? `, ${what}` : ""}: ${KINDS[kind]}`;
      return {
        start: pfn * 4096,
        end: (pfn + count) * 4096,
        kind,
        why,
        unit: 4096,
        label: what || kind,
        words: `frames ${span(pfn, pfn + count - 1)} (${count}, ${sizeText(count * 4096)}): ${why}`,
      };
    });
  }

  // Free blocks once more, by order: dark is small, light is large.
  orders(facts) {
    return facts.frames
      .filter(([, , kind]) => kind === "free" || kind === "at hand")
      .map(([pfn, count, kind, what]) => {
        const order = Number(what.split(" ")[1]);
        return {
          start: pfn * 4096,
          end: (pfn + count) * 4096,
          kind: "order",
          legend: "dark: order 0 … light: order 10",
          colour: d3.interpolateViridis(order / 10),
          ink: order > 5 ? "#000" : "#fff",
          label: String(order),
          words:
            `frames ${span(pfn, pfn + count - 1)}: ${plural(count >> order, "free block")} of ${what}, ` +
            `${sizeText(4096 << order)} each` +
            (kind === "at hand" ? ", at hand for the CPU" : ""),
        };
      });
  }

  claims(facts) {
    return facts.iomem.map(([depth, first, last, name]) => ({
      start: Number(first),
      end: Number(last) + 1,
      kind: depth ? "part" : "iomem",
      label: name,
      depth,
      legend: depth ? "within another claim" : "claimed",
      place: depth ? name : null,
      words: `${hex(first)} to ${hex(last)} (${sizeText(Number(last) + 1 - Number(first))}): ${name}`,
    }));
  }

  zones(facts) {
    return facts.zones.map((zone) => ({
      start: zone.start_pfn * 4096,
      end: (zone.start_pfn + zone.spanned) * 4096,
      kind: "zone",
      label: zone.name,
      place: zone.name,
      words:
        `zone ${zone.name}: ${zone.spanned} frames from ${hex(zone.start_pfn)}, ` +
        `${zone.present} present, ${zone.managed} managed, ` +
        `${zone.free} free, ${zone.at_hand} at hand; watermarks min ${zone.min}, low ${zone.low}, high ${zone.high}`,
    }));
  }

  show(facts) {
    if (
      absent(
        this.body,
        facts.frames?.length ? "" : "The kernel does not know its RAM yet: nobody has read the loader's map.",
      )
    )
      return;
    const frames = this.ranges(facts),
      claims = facts.iomem ? this.claims(facts) : [];
    const rows = [
      {name: "zone", items: facts.zones ? this.zones(facts) : []},
      ...d3.range(3).map((depth) => ({
        name: "iomem" + ", within".repeat(depth > 0) + " that".repeat(depth > 1),
        items: claims.filter((item) => item.depth === depth),
      })),
      {name: "free blocks by order", items: this.orders(facts)},
      {name: "frames by owner", items: frames},
    ].filter((row) => row.items.length);
    this.band.show(
      rows,
      d3.max(frames, (item) => item.end),
    );
  }
}
