// The registers that paging hangs on.

// Bits that matter here, by their number.
const CONTROL = {
  cr0: {31: "PG", 16: "WP", 0: "PE"},
  cr4: {4: "PSE", 5: "PAE", 7: "PGE", 20: "SMEP", 21: "SMAP"},
};

class Cpu {
  constructor(section) {
    this.host = section.append("p").attr("class", "mono");
  }

  control(name, value) {
    const bits = Object.entries(CONTROL[name]).filter(([bit]) => (BigInt(value) >> BigInt(bit)) & 1n);
    return `${name.toUpperCase()} ${value} (${bits.map(([, word]) => word).join(" ") || "none of interest"})`;
  }

  show({registers}) {
    const {pc, cr0, cr2, cr3, cr4} = registers;
    const words = [`at ${pc}`, this.control("cr0", cr0), this.control("cr4", cr4)];
    this.host.text([...words, `CR2 ${cr2} (last fault)`, `CR3 ${cr3} (top table)`].join("  ·  "));
  }
}
