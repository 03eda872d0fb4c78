/** One conversion of the printf subset that FormatMessage knows: no floating point. */
export interface Conversion {
  /** Any of `-`, `+`, space, `#` and `0`. */
  readonly flags: string;
  /** Negative means left-justified. */
  readonly width: number | null;
  /** Negative means none. */
  readonly precision: number | null;
  /** `I64` and `ll` make a negative value 64 bits wide where it is shown unsigned. */
  readonly size: string;
  /** d, i, u, x, X, o, c, C, s, S or p. */
  readonly type: string;
}

/** Longest width and precision, in characters: no display is wider, and a message cannot ask for a gigabyte of spaces. */
export const MAX_WIDTH = 1024;

const INT64_MAX = 0x7fff_ffff_ffff_ffffn;

/** A parameter, which is always a string, converted; `integer` is the one that it starts with. */
export function convert(value: { readonly text: string; readonly integer: bigint }, conversion: Conversion): string {
  const precision = conversion.precision === null || conversion.precision < 0 ? null : conversion.precision;
  switch (conversion.type) {
    case "s":
    case "S":
      return pad(precision === null ? value.text : cut(value.text, precision), conversion);
    case "c":
    case "C":
      return pad([...value.text.slice(0, 2)][0] ?? "", conversion);
    default:
      return convertInteger(value.integer, conversion, precision);
  }
}

/**
 * The integer at the start of a text, 0 when there is none ([MS-PAN] 3.2.3.4.1); what 64 bits do not hold becomes the
 * nearest value that they hold.
 */
export function leadingInteger(text: string): bigint {
  const match = /^[ \t\r\n]*([+-]?)0*(\d*)/.exec(text);
  const digits = match?.[2] ?? "";
  const magnitude = digits.length > 19 ? INT64_MAX : BigInt(digits);
  const bounded = magnitude > INT64_MAX ? INT64_MAX : magnitude;
  return match?.[1] === "-" ? -bounded : bounded;
}

function convertInteger(value: bigint, conversion: Conversion, precision: number | null): string {
  const signed = conversion.type === "d" || conversion.type === "i";
  const magnitude = signed ? (value < 0n ? -value : value) : unsigned(value, conversion.size);
  const least = conversion.type === "p" ? 16 : Math.min(precision ?? 1, MAX_WIDTH);
  const digits = precision === 0 && magnitude === 0n ? "" : digitsOf(magnitude, conversion.type).padStart(least, "0");
  const prefix = signed ? signOf(value, conversion.flags) : basePrefix(magnitude, conversion);
  const zeros = conversion.flags.includes("0") && !conversion.flags.includes("-") && precision === null;
  if (!zeros || (conversion.width ?? 0) < 0) return pad(prefix + digits, conversion);
  return prefix + digits.padStart(Math.min(conversion.width ?? 0, MAX_WIDTH) - prefix.length, "0");
}

function unsigned(value: bigint, size: string): bigint {
  const wide = size === "I64" || size === "ll" || value > 0xffff_ffffn || value < -0x8000_0000n;
  return BigInt.asUintN(wide ? 64 : 32, value);
}

function digitsOf(magnitude: bigint, type: string): string {
  if (type === "x") return magnitude.toString(16);
  if (type === "X" || type === "p") return magnitude.toString(16).toUpperCase();
  return magnitude.toString(type === "o" ? 8 : 10);
}

function signOf(value: bigint, flags: string): string {
  if (value < 0n) return "-";
  if (flags.includes("+")) return "+";
  return flags.includes(" ") ? " " : "";
}

function basePrefix(magnitude: bigint, { flags, type }: Conversion): string {
  if (!flags.includes("#") || magnitude === 0n) return "";
  if (type === "o") return "0";
  return type === "x" || type === "X" ? `0${type}` : "";
}

/** The first so many UTF-16 units; a surrogate pair is not cut apart. */
function cut(text: string, length: number): string {
  const splitsPair = length < text.length && /[\ud800-\udbff]/.test(text.charAt(length - 1));
  return text.slice(0, splitsPair ? length - 1 : length);
}

function pad(text: string, { flags, width }: Conversion): string {
  if (width === null) return text;
  const left = width < 0 || flags.includes("-");
  const length = Math.min(Math.abs(width), MAX_WIDTH);
  return left ? text.padEnd(length) : text.padStart(length);
}
