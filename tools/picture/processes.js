// Processes: their VMAs, and how much of each is there.

function vmaItems(space, task) {
  return task.vmas.map(([start, end, rights, name, there]) => {
    const pages = (Number(end) - Number(start)) / 4096;
    return {
      start: space.place(start),
      end: space.place(end),
      kind: "vma",
      legend: "VMA",
      label: name || rights,
      place: `${name || rights} of ${task.pid}`,
      words:
        `${task.comm} (${task.pid}): ${span(start, end)} ${rights} ${name}: ` +
        `${there} of ${plural(pages, "page")} there`,
    };
  });
}

class Processes {
  constructor(section) {
    this.body = section.append("div");
    this.threads = this.body.append("p").attr("class", "threads");
    this.host = this.body.append("div");
  }

  table(host, task) {
    const table = host.append("div").attr("class", "scroll").append("table").attr("data-pid", task.pid);
    table
      .append("thead")
      .append("tr")
      .selectAll("th")
      .data(["addresses", "may", "what", "pages there", ""])
      .join("th")
      .attr("class", (title, i) => (i < 3 ? "left" : null))
      .attr("scope", "col")
      .text((title) => title);
    const rows = table.append("tbody").selectAll("tr").data(task.vmas).join("tr");
    rows.append("td").text(([start, end]) => `${hex(start)}–${hex(end)}`);
    rows
      .append("td")
      .attr("class", "left")
      .text((vma) => vma[2]);
    rows
      .append("td")
      .attr("class", "left")
      .text((vma) => vma[3] || "mmap");
    const pages = ([start, end]) => (Number(end) - Number(start)) / 4096;
    rows.append("td").text((vma) => `${vma[4]} of ${pages(vma)}`);
    const width = d3.scaleSqrt([0, d3.max(task.vmas, pages)], [0, 100]);
    rows
      .append("td")
      .attr("class", "bar")
      .append("span")
      .attr("class", "meter k-free")
      .attr("aria-hidden", "true")
      .style("width", (vma) => `${width(pages(vma))}%`)
      .append("i")
      .attr("class", "k-user")
      .style("background", "var(--fill)")
      .style("width", (vma) => `${(100 * vma[4]) / pages(vma)}%`);
  }

  show(facts) {
    if (absent(this.body, facts.processes ? "" : "There are no tasks before start_kernel().")) return;
    const threads = facts.processes.filter((task) => !task.vmas);
    this.threads.text(`Kernel threads: ${threads.map((task) => `${task.pid} ${task.comm}`).join(", ")}.`);
    const processes = facts.processes.filter((task) => task.vmas),
      draw = this.table;
    this.host
      .selectAll("div.process")
      .data(processes)
      .join("div")
      .attr("class", "process")
      .each(function (task) {
        const host = d3.select(this).html("");
        host
          .append("h3")
          .text(
            `${task.pid} ${task.comm}, child of ${task.ppid}, state ${task.state}: ${plural(task.vmas.length, "VMA")}`,
          );
        draw(host, task);
      });
  }
}
