// Values that cross between commands, the host and telemetry, as plain JavaScript values.

import { tick } from "gantry:command/clock@0.1.0";

import { InvalidError } from "./errors.js";

/** Whether this engine hands 64-bit integers over as BigInt, and numbers as typed arrays. */
let wide;

function isWide() {
  wide ??= typeof tick() === "bigint";
  return wide;
}

const KINDS = {
  boolean: { noun: "true or false", is: (value) => typeof value === "boolean" },
  integer: {
    noun: "a whole number within ±2^53",
    is: Number.isSafeInteger,
    to: (value) => (isWide() ? BigInt(value) : value),
    from: (value) => integer(value),
  },
  number: { noun: "a number", is: (value) => typeof value === "number" },
  text: { noun: "a text", is: (value) => typeof value === "string", to: (value) => wellFormed(value) },
  numbers: {
    noun: "an array of numbers",
    is: (value) =>
      (Array.isArray(value) || ArrayBuffer.isView(value)) && Array.prototype.every.call(value, (item) => typeof item === "number"),
    to: (value) => (isWide() ? Float64Array.from(value) : Array.from(value)),
    from: (value) => Array.from(value),
  },
};

/** A text for the host, with U+FFFD for each half of a surrogate pair that stands alone. */
export function wellFormed(text) {
  return typeof text === "string" ? text.toWellFormed() : text;
}

/** A 64-bit integer of the host as a number, if it is one. */
export function integer(value) {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new InvalidError(`${value} is not within ±2^53, where numbers are exact`);
  return number;
}

/** Some numbers for the host. */
export function floats(values) {
  return toWit(values, "numbers").val;
}

/** Some indices for the host. */
export function indices(values) {
  return isWide() ? Uint32Array.from(values) : values;
}

/** A value for the host, of the given kind or of its own. A whole number goes where a number is taken. */
export function toWit(value, kind = kindOf(value)) {
  if (kind === "integer" && typeof value === "bigint") value = integer(value);
  const { noun, is, to } = KINDS[kind];
  if (!is(value)) throw new InvalidError(`it should be ${noun}, not ${shown(value)}`);
  return { tag: kind, val: to ? to(value) : value };
}

/** A value from the host. */
export function fromWit(value) {
  const from = KINDS[value.tag]?.from;
  return from ? from(value.val) : value.val;
}

/** The value, if it is of the kind. */
export function checked(value, kind, what) {
  if (!KINDS[kind].is(value)) throw new InvalidError(`${what}: it should be ${KINDS[kind].noun}, not ${shown(value)}`);
  return value;
}

/** How a kind is called in errors. */
export function noun(kind) {
  return KINDS[kind].noun;
}

/** Whether there is such a kind. */
export function isKind(kind) {
  return Object.hasOwn(KINDS, kind);
}

function kindOf(value) {
  if (typeof value === "bigint") return "integer";
  // -0 is a number, which a whole number would lose.
  if (Number.isSafeInteger(value) && !Object.is(value, -0)) return "integer";
  const kind = ["boolean", "number", "text", "numbers"].find((name) => KINDS[name].is(value));
  if (kind === undefined) {
    throw new InvalidError(`${shown(value)} cannot cross between commands: use a boolean, a number, a text or an array of numbers`);
  }
  return kind;
}

/** A value for an error: short. */
export function shown(value) {
  let text;
  try {
    text = typeof value === "function" ? `the function ${value.name}` : (JSON.stringify(value) ?? String(value));
  } catch {
    text = String(value);
  }
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
