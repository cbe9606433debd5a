// The exports of the contract: what the host calls. The entry that the build makes names them.

import { commands } from "./definition.js";
import { Canceled, GantryError, InvalidError, isCanceled } from "./errors.js";
import "./promises.js";
import { log, trace, wake } from "./surroundings.js";
import { fromWit, shown, toWit, wellFormed } from "./values.js";

const about = { name: "", version: "0.1.0", summary: "", reads: [], publishes: [], configure: undefined };

/** Says what the plugin is. */
export function plugin(given) {
  const unknown = Object.keys(given).find((key) => !Object.hasOwn(about, key));
  if (unknown) throw new InvalidError(`plugin() takes ${Object.keys(about).join(", ")}, not "${unknown}"`);
  Object.assign(about, given);
}

export const exports = {
  describe() {
    wake();
    return guarded(() => {
      about.configure?.();
      const { name, version, summary, reads, publishes } = about;
      return { name, version, summary, commands: Array.from(commands.values(), described), reads, publishes };
    });
  },

  run(name, given) {
    wake();
    return guarded(() => {
      const command = commands.get(name);
      if (!command) throw new InvalidError(`this plugin has no command "${name}"`);
      const keys = new Map(command.parameters.map(({ name, key }) => [name, key]));
      const values = Object.fromEntries(Array.from(given, ({ name, value }) => [keys.get(name), fromWit(value)]));
      return result(command, command.body(values));
    });
  },
};

function guarded(body) {
  try {
    return body();
  } catch (error) {
    if (error instanceof Canceled) return undefined;
    if (isCanceled()) {
      // Nobody looks at what a canceled run answers. One line first: there may be no time for the stack.
      log.error(`the cleanup failed: ${error instanceof Error ? `${error.name}: ${error.message}` : message(error)}`);
      if (error instanceof Error && error.stack) log.error(error.stack.trimEnd());
      return undefined;
    }
    if (error instanceof Error) log.error(trace(error));
    // The contract's error is a text, and what is thrown is the error itself.
    throw wellFormed(message(error));
  }
}

function message(error) {
  if (!(error instanceof Error)) return `${shown(error)} was thrown`;
  const plain = error instanceof GantryError || error.name === "Error";
  return plain && error.message ? error.message : `${error.name}: ${error.message}`;
}

function result(command, value) {
  if (typeof value?.then === "function") {
    throw new InvalidError(`"${command.name}" returned a promise; nothing waits for it: a command is a plain function, and wait() and the others suspend it`);
  }
  if (command.returns === undefined) {
    if (value !== undefined) log.warn(`"${command.name}" returned ${shown(value)}, which is lost: declare what it returns, as in { returns: number }`);
    return undefined;
  }
  try {
    return toWit(value, command.returns);
  } catch (error) {
    throw new InvalidError(`what "${command.name}" returned: ${error.message}`);
  }
}

function described({ body, ...command }) {
  return {
    ...command,
    parameters: command.parameters.map(({ key, ...parameter }) => ({
      ...parameter,
      default: parameter.default === undefined ? undefined : toWit(parameter.default, parameter.kind),
    })),
  };
}
