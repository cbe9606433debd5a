// Commands as they are declared.

import { InvalidError } from "./errors.js";
import { checked, isKind, shown } from "./values.js";

/** The commands of this plugin by name, in the order of their definition. */
export const commands = new Map();

const parameterOf = (kind) => {
  const make = (options = {}) => ({ kind, ...options });
  make.kind = kind;
  return make;
};

export const boolean = parameterOf("boolean");
export const integer = parameterOf("integer");
export const number = parameterOf("number");
export const text = parameterOf("text");
export const numbers = parameterOf("numbers");

/** Makes a command of a function. */
export function command(declaration, body) {
  const name = declaration?.name;
  if (typeof name !== "string" || !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name)) {
    throw new InvalidError(`a command's name is in lower-case words joined by "-", not ${shown(name)}`);
  }
  if (typeof body !== "function") throw new InvalidError(`the command "${name}" needs a function: command({ … }, (arguments) => { … })`);
  if (["AsyncFunction", "GeneratorFunction", "AsyncGeneratorFunction"].includes(body.constructor.name)) {
    throw new InvalidError(`the command "${name}" is a plain function: no "async", no "*"; wait() and the others suspend it`);
  }
  const known = ["name", "summary", "parameters", "returns", "requires", "priority", "runsWhileDisabled"];
  const unknown = Object.keys(declaration).find((key) => !known.includes(key));
  if (unknown) throw new InvalidError(`the command "${name}" has no "${unknown}"; it takes ${known.join(", ")}`);
  if (commands.has(name)) throw new InvalidError(`there is a command "${name}" already`);
  const returns = declaration.returns?.kind;
  if (declaration.returns !== undefined && !isKind(returns)) {
    throw new InvalidError(`the command "${name}" returns boolean, integer, number, text or numbers, not ${shown(declaration.returns)}`);
  }
  const definition = Object.freeze({
    name,
    summary: declaration.summary ?? "",
    parameters: Object.entries(declaration.parameters ?? {}).map(([key, of]) => parameter(name, key, of)),
    returns,
    requirements: [declaration.requires ?? []].flat(),
    priority: declaration.priority ?? 0,
    runsWhileDisabled: declaration.runsWhileDisabled ?? false,
    body,
  });
  commands.set(name, definition);
  return definition;
}

/** A name of JavaScript as the robot knows it: `topSpeed` is `top-speed`. */
export function dashed(name) {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll("_", "-");
}

function parameter(command, key, of) {
  const { kind, unit = "", default: value, summary = "" } = of ?? {};
  const what = `the parameter "${key}" of "${command}"`;
  if (!isKind(kind)) throw new InvalidError(`${what} is boolean, integer, number, text or numbers, as in { ${key}: number({ unit: "m" }) }`);
  if (value !== undefined) checked(value, kind, `the default of ${what}`);
  return { key, name: dashed(key), kind, unit, default: value, summary };
}
