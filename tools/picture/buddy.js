// The buddy allocator's free lists: how many blocks of each order a zone has.

// Of a column, in lines of text: 2 for the most, and something to be seen for anything at all.
const height = (frames, most) => (frames ? Math.max(0.12, (2 * frames) / most) : 0);

class Buddy {
  constructor(section) {
    this.body = section.append("div");
    this.host = this.body.append("div").attr("class", "scroll").append("table");
  }

  show(facts) {
    if (absent(this.body, facts.zones ? "" : "No zone has a frame yet: until mem_init() they are bootmem's."))
      return;
    const orders = d3.range(facts.zones[0].blocks.length),
      frames = (zone) => d3.max(zone.blocks, (count, order) => count << order);
    this.host.html("");
    this.host
      .append("thead")
      .append("tr")
      .selectAll("th")
      .data(["zone", ...orders, "free frames", "at hand"])
      .join("th")
      .attr("scope", "col")
      .text((title) => title)
      .attr("title", (title) =>
        Number.isInteger(title) ? `order ${title}: ${sizeText(4096 << title)}` : null,
      );
    const rows = this.host
      .append("tbody")
      .selectAll("tr")
      .data(facts.zones)
      .join("tr")
      .attr("data-zone", (zone) => zone.name);
    rows.append("td").text((zone) => zone.name);
    rows
      .selectAll("td.column-cell")
      .data((zone) => zone.blocks.map((count, order) => ({count, order, max: frames(zone)})))
      .join("td")
      .attr("class", "column-cell")
      .attr("title", ({count, order}) => `${plural(count, "block")} of ${sizeText(4096 << order)}`)
      .html(
        ({count, order, max}) =>
          `<span class="column" aria-hidden="true" style="height:${height(count << order, max)}rem"></span>${count}`,
      );
    rows.append("td").text((zone) => zone.free.toLocaleString("en"));
    rows.append("td").text((zone) => zone.at_hand);
  }
}
