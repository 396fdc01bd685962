// Slab caches: what they have, and how much of it is handed out.

class Slabs {
  constructor(section) {
    this.body = section.append("div");
    this.note = this.body.append("p").attr("class", "caption");
    this.host = this.body.append("div").attr("class", "scroll").append("table");
  }

  show(facts) {
    const some = facts.slabs?.length;
    if (absent(this.body, some ? "" : "kmem_cache_init() has not run yet: there are no caches.")) return;
    const bytes = (cache) => cache.slabs * (4096 << cache.order);
    const caches = facts.slabs
      .filter((cache) => cache.slabs)
      .sort((a, b) => d3.descending(bytes(a), bytes(b)));
    const width = d3.scaleSqrt([0, d3.max(caches, bytes) || 1], [0, 100]);
    this.note.text(
      `${plural(facts.slabs.length, "cache")}, ${caches.length} with slabs, ${sizeText(d3.sum(caches, bytes))} in all`,
    );
    this.host.html("");
    this.host
      .append("thead")
      .append("tr")
      .selectAll("th")
      .data(["cache", "object", "handed out", "slabs", "partial", "memory", ""])
      .join("th")
      .attr("scope", "col")
      .text((title) => title);
    const rows = this.host
      .append("tbody")
      .selectAll("tr")
      .data(caches)
      .join("tr")
      .attr("data-cache", (cache) => cache.name);
    const cells = [
      (cache) => cache.name,
      (cache) => `${cache.object_size} B`,
      (cache) => `${cache.active} of ${cache.objects}`,
      (cache) => cache.slabs,
      (cache) => cache.partial,
      (cache) => sizeText(bytes(cache)),
    ];
    cells.forEach((cell) => rows.append("td").text(cell));
    rows
      .append("td")
      .attr("class", "bar")
      .append("span")
      .attr("class", "meter k-free")
      .attr("aria-hidden", "true")
      .style("width", (cache) => `${width(bytes(cache))}%`)
      .append("i")
      .attr("class", "k-slab")
      .style("background", "var(--fill)")
      .style("width", (cache) => `${(100 * cache.active) / cache.objects}%`);
  }
}
