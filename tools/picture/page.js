// The page as a whole: one machine, one moment at a time. The slider chooses it; #3 in the address is the third.

const machine = JSON.parse(document.getElementById("data").textContent);

// A moment's parts by name; equal ones are there once, as numbers of machine.values.
const factsOf = (moment) =>
  Object.fromEntries(Object.entries(moment.facts).map(([part, number]) => [part, machine.values[number]]));

const section = (id) => d3.select(`#${id}`);
const space = new Virtual(section("virtual"), machine);
const views = {
  cpu: new Cpu(section("cpu")),
  physical: new Physical(section("physical")),
  virtual: space,
  tables: new Tree(section("tables"), machine, space),
  window: new Window(section("window"), machine, space),
  buddy: new Buddy(section("buddy")),
  slabs: new Slabs(section("slabs")),
  processes: new Processes(section("processes")),
};

// Which parts a view draws, the indispensable one first, and so where its data come from.
const DRAWN = {
  cpu: ["registers"],
  physical: ["frames", "iomem", "zones"],
  virtual: ["layout", "tables", "processes"],
  tables: ["tables", "processes"],
  window: ["pkmap", "fixmap", "vmalloc"],
  buddy: ["zones"],
  slabs: ["slabs"],
  processes: ["processes"],
};

// Behind each heading: who told of that.
function showOrigins(moment) {
  for (const [id, parts] of Object.entries(DRAWN)) {
    const told = parts[0] in moment.facts ? parts.filter((part) => part in moment.facts).join(", ") : "";
    const teller = moment.told === "kernel" && id !== "cpu" ? "the kernel: json" : "gdb: k896 json";
    section(id)
      .select("h2")
      .selectAll("small")
      .data(told ? [`from ${teller} ${told}`] : [])
      .join("small")
      .text((words) => words);
  }
}

const TOLD = {
  kernel: "told by the kernel's command json, read again by gdb, walked by QEMU: all agree",
  gdb: "read by gdb; QEMU's own walk of the tables agrees",
  off: "read by gdb; with paging off QEMU walks no tables",
};

d3.select("#moments")
  .selectAll("option")
  .data(machine.moments)
  .join("option")
  .attr("value", (moment, i) => i);
const slider = d3.select("#moment").attr("max", machine.moments.length - 1);

function show(number) {
  const moment = machine.moments[number],
    facts = factsOf(moment);
  const told = BigInt(facts.registers.cr0) >> 31n ? moment.told : "off";
  slider
    .property("value", number)
    .attr("aria-valuetext", `${number + 1} of ${machine.moments.length}: ${moment.title}`);
  d3.select("#title").text(`${number + 1}. ${moment.title}`);
  d3.select("#at").text(
    ["", moment.at, moment.source, TOLD[told]].filter((words, i) => words || !i).join(" — "),
  );
  d3.select("#look").text(moment.look);
  Object.values(views).forEach((view) => view.show(facts));
  showOrigins(moment);
  history.replaceState(null, "", `#${number + 1}`);
}

const step = (by) =>
  show(Math.max(0, Math.min(machine.moments.length - 1, Number(slider.property("value")) + by)));
d3.select("#before").on("click", () => step(-1));
d3.select("#after").on("click", () => step(1));
slider.on("input", () => show(Number(slider.property("value"))));

d3.select("#machine").text(
  `${machine.kernel}, ${machine.mem}${machine.append ? `, "${machine.append}"` : ""}`,
);
const asked = Number(location.hash.slice(1));
show(
  asked >= 1 && asked <= machine.moments.length
    ? asked - 1
    : machine.moments.findIndex((moment) => moment.told === "kernel"),
);
