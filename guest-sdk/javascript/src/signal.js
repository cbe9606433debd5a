// Conditions that the host evaluates, and commands bound to them.

import { Signal as Handle } from "gantry:command/signals@0.1.0";
import { bind } from "gantry:command/triggers@0.1.0";

import { handles } from "./command.js";
import { ask } from "./errors.js";
import { own } from "./handles.js";
import { wellFormed } from "./values.js";

/** A condition. */
export class Signal {
  constructor(handle) {
    this.handle = own(this, handle);
  }

  static channel(name) {
    return new Source("channel", name);
  }

  static topic(name) {
    return new Source("topic", name);
  }

  and(other) {
    return new Signal(this.handle.both(other.handle));
  }

  or(other) {
    return new Signal(this.handle.either(other.handle));
  }

  not() {
    return new Signal(this.handle.negate());
  }

  debounce(seconds, edge = "rising") {
    return new Signal(ask(() => this.handle.debounce(seconds, edge)));
  }

  risingEdge() {
    return new Signal(this.handle.risingEdge());
  }

  fallingEdge() {
    return new Signal(this.handle.fallingEdge());
  }

  multiPress(count, seconds) {
    return new Signal(ask(() => this.handle.multiPress(count, seconds)));
  }

  get() {
    return this.handle.get();
  }

  onTrue(command) {
    this.#bind("on-true", command);
  }

  onFalse(command) {
    this.#bind("on-false", command);
  }

  whileTrue(command) {
    this.#bind("while-true", command);
  }

  whileFalse(command) {
    this.#bind("while-false", command);
  }

  retryWhileTrue(command) {
    this.#bind("retry-while-true", command);
  }

  retryWhileFalse(command) {
    this.#bind("retry-while-false", command);
  }

  toggleOnTrue(command) {
    this.#bind("toggle-on-true", command);
  }

  toggleOnFalse(command) {
    this.#bind("toggle-on-false", command);
  }

  #bind(kind, command) {
    ask(() => bind(this.handle, kind, handles([command])[0]));
  }
}

class Source {
  #of;
  #name;

  constructor(of, name) {
    this.#of = of;
    this.#name = wellFormed(name);
  }

  isTrue() {
    return new Signal(ask(() => Handle.isTrue(this.#of, this.#name)));
  }

  above(threshold) {
    return new Signal(ask(() => Handle.above(this.#of, this.#name, threshold)));
  }

  below(threshold) {
    return new Signal(ask(() => Handle.below(this.#of, this.#name, threshold)));
  }
}
