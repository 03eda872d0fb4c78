/** The middle of some numbers. */
export function median(values) {
  return percentile(values, 50);
}

export function percentile(values, percent) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))];
}

/** A row of the bench; `beside` are further fields of its JSON line. */
export function figure(name, unit, value, reference, beside = {}) {
  return { name, value, unit, reference, ratio: value / reference, ...beside };
}

/** One JSON line of a figure: four digits are more than a run can tell. */
export function jsonLine(row) {
  return JSON.stringify(row, (_key, value) => (typeof value === "number" ? Number(value.toPrecision(4)) : value));
}

export const HEADING = line(["name", "value", "unit", "reference", "ratio", "beside"]);

export function tableLine({ name, value, unit, reference, ratio, ...beside }) {
  const others = Object.entries(beside).map(([key, one]) => `${key} ${short(one)}`);
  return line([name, short(value), unit, short(reference), ratio.toFixed(2), others.join(", ")]);
}

function line([name, value, unit, reference, ratio, beside]) {
  const columns = [name.padEnd(38), value.padStart(9), unit.padEnd(17), reference.padStart(9), ratio.padStart(8)];
  return `${columns.join(" ")}  ${beside}`.trimEnd();
}

function short(value) {
  return value >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
