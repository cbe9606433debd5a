// Named values that commands share with each other and with telemetry.

import { Topic as Handle } from "gantry:command/state@0.1.0";

import { InvalidError, ask } from "./errors.js";
import { own } from "./handles.js";
import { checked, fromWit, isKind, toWit, wellFormed } from "./values.js";

/** A topic of one kind of value. */
export class Topic {
  #handle;
  #kind;

  constructor(name, type) {
    if (!isKind(type?.kind)) {
      throw new InvalidError(`the topic "${name}" is of boolean, integer, number, text or numbers: new Topic("${name}", number)`);
    }
    this.name = name;
    this.#kind = type.kind;
    this.#handle = own(this, ask(() => Handle.open(wellFormed(name))));
  }

  publish(value) {
    const wire = toWit(checked(value, this.#kind, `the topic "${this.name}"`), this.#kind);
    ask(() => this.#handle.publish(wire));
  }

  read() {
    const value = this.#handle.read();
    return value === undefined || value === null ? undefined : checked(fromWit(value), this.#kind, `the topic "${this.name}"`);
  }
}
