// Commands as objects: what can be forked, awaited and bound to a signal.

import { Command as Handle, StateMachine as MachineHandle } from "gantry:command/commands@0.1.0";

import { commands, dashed } from "./definition.js";
import { InvalidError, ask } from "./errors.js";
import { own } from "./handles.js";
import { indices, shown, toWit, wellFormed } from "./values.js";

/** A command that can be started, once at a time. */
export class Command {
  constructor(handle) {
    this.handle = own(this, handle);
  }

  static sequence(...members) {
    return new Command(Handle.sequence(handles(members)));
  }

  static parallel(required, optional = []) {
    return new Command(ask(() => Handle.parallel(handles(required), handles(optional))));
  }

  static race(...members) {
    return new Command(ask(() => Handle.race(handles(members))));
  }

  static delay(seconds) {
    return new Command(ask(() => Handle.delay(seconds)));
  }

  static condition(signal) {
    return new Command(Handle.condition(signal.handle));
  }

  named(name) {
    return new Command(this.handle.named(wellFormed(name)));
  }

  withPriority(priority) {
    return new Command(this.handle.withPriority(priority));
  }

  withTimeout(seconds) {
    return new Command(ask(() => this.handle.withTimeout(seconds)));
  }

  until(signal) {
    return new Command(this.handle.until(signal.handle));
  }

  get name() {
    return this.handle.name();
  }

  get requirements() {
    return Array.from(this.handle.requirements());
  }

  get priority() {
    return this.handle.priority();
  }

  get isRunning() {
    return this.handle.isRunning();
  }

  cancel() {
    ask(() => this.handle.cancel());
  }
}

/** A command by name, or of this plugin, with its arguments. */
export function lookup(command, given = {}) {
  const name = typeof command === "string" ? command : command?.name;
  if (typeof command !== "string" && commands.get(name) !== command) {
    throw new InvalidError(`lookup() takes a name or what command() returned, not ${shown(command)}`);
  }
  const parameters = Object.entries(given).filter(([, value]) => value !== undefined);
  const list = parameters.map(([key, value]) => {
    try {
      return { name: wellFormed(dashed(key)), value: toWit(value) };
    } catch (error) {
      throw new InvalidError(`the argument "${dashed(key)}" of "${name}": ${error.message}`);
    }
  });
  return new Command(ask(() => Handle.lookup(wellFormed(name), list)));
}

/** The host's handles of some commands. */
export function handles(list) {
  return list.map((command) => {
    if (command instanceof Command) return command.handle;
    throw new InvalidError(`${shown(command)} is not a command; make one with lookup()`);
  });
}

/** A state machine under construction. */
export class StateMachine {
  #handle;

  constructor(name) {
    this.#handle = own(this, new MachineHandle(wellFormed(name)));
  }

  state(name, command) {
    return Object.freeze({ name, index: this.#handle.addState(wellFormed(name), handles([command])[0]), machine: this });
  }

  switch(origins, target, signal) {
    ask(() => this.#handle.switchWhen(this.#indices(origins), this.#target(target), signal.handle));
  }

  switchOnCompletion(origins, target, signal) {
    ask(() => this.#handle.switchOnCompletion(this.#indices(origins), this.#target(target), signal?.handle));
  }

  build(initial) {
    return new Command(ask(() => this.#handle.build(this.#index(initial))));
  }

  #indices(states) {
    return indices([states].flat().map((state) => this.#index(state)));
  }

  #target(state) {
    return state === null || state === undefined ? undefined : this.#index(state);
  }

  #index(state) {
    if (state?.machine !== this) throw new InvalidError("a state belongs to the state machine that added it");
    return state.index;
  }
}
