// The clock, the log and the configuration, and the globals that stand on them.

import * as ticks from "gantry:command/clock@0.1.0";
import { get, keys } from "gantry:command/config@0.1.0";
import { log as write } from "gantry:command/log@0.1.0";
import { getRandomU64 } from "wasi:random/random@0.2.0";

import { InvalidError } from "./errors.js";
import { checked, fromWit, integer, noun, shown, wellFormed } from "./values.js";

export const clock = Object.freeze({
  now: () => ticks.now(),
  period: () => ticks.period(),
  tick: () => integer(ticks.tick()),
});

/** Lines that were written while the component was made, when there was no host. */
let early = [];

function line(level, parts) {
  // An entry of the host's log is one line.
  for (const text of parts.map(described).join(" ").split("\n")) {
    if (early) early.push([level, text]);
    else write(level, wellFormed(text));
  }
}

function described(value) {
  if (typeof value === "string") return value;
  if (value instanceof Error) return trace(value);
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value !== "object" || value === null) return String(value);
  try {
    return JSON.stringify(value);
  } catch {
    return String(value);
  }
}

/** An error with its message and its stack, whichever of them the engine puts first. */
export function trace(error) {
  const head = `${error.name}: ${error.message}`;
  const stack = (error.stack ?? "").trimEnd();
  return stack.startsWith(head) ? stack : `${head}\n${stack}`.trimEnd();
}

const at = (level) => (...parts) => line(level, parts);

export const log = Object.freeze({
  trace: at("trace"),
  debug: at("debug"),
  info: at("info"),
  warn: at("warn"),
  error: at("error"),
});

/** The same in every engine; one has no console, the other writes it without levels. */
globalThis.console = {
  ...log,
  log: log.info,
  assert: (condition, ...parts) => {
    if (!condition) log.error("Assertion failed", ...parts);
  },
};

export const config = Object.freeze({
  get(key, type, otherwise) {
    const value = get(wellFormed(key));
    if (value !== undefined && value !== null) {
      // `kp = 4` in robot.toml means 4.0.
      return checked(fromWit(value), type.kind, `"${key}"`);
    }
    if (otherwise === undefined) throw new InvalidError(`"${key}" is missing: it is ${noun(type.kind)}`);
    return otherwise;
  },
  inRange(key, otherwise, minimum, maximum) {
    const value = config.get(key, { kind: "number" }, otherwise);
    if (!(value >= minimum && value <= maximum)) {
      throw new InvalidError(`"${key}" should be from ${minimum} to ${maximum}, not ${shown(value)}`);
    }
    return value;
  },
  keys: () => Array.from(keys()),
});

/** Whether there is a host, as in a run. */
export function awake() {
  return early === null;
}

/** Undoes what was fixed when the component was made. */
export function wake() {
  if (!early) return;
  const lines = early;
  early = null;
  for (const [level, text] of lines) write(level, wellFormed(text));
  Math.random = () => {
    const bits = getRandomU64();
    // The upper 53 bits, as a number from 0 up to 1.
    return typeof bits === "bigint" ? Number(bits >> 11n) / 2 ** 53 : Math.floor(bits / 2 ** 11) / 2 ** 53;
  };
}
