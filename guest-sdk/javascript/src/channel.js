// Typed handles to the channels of the process image.

import * as hardware from "gantry:command/hardware@0.1.0";

import { InvalidError, ask } from "./errors.js";
import { own } from "./handles.js";
import { floats, shown, wellFormed } from "./values.js";

class Channel {
  constructor(type, channel) {
    this.handle = own(this, ask(() => type.open(wellFormed(channel))));
  }
}

class Input extends Channel {
  get age() {
    return this.handle.age();
  }

  get() {
    return this.handle.get();
  }
}

export class NumberInput extends Input {
  constructor(channel) {
    super(hardware.NumberInput, channel);
  }

  get unit() {
    return this.handle.unit();
  }
}

export class BooleanInput extends Input {
  constructor(channel) {
    super(hardware.BooleanInput, channel);
  }
}

export class ArrayInput extends Input {
  constructor(channel) {
    super(hardware.ArrayInput, channel);
  }

  get() {
    return Array.from(super.get());
  }

  get unit() {
    return this.handle.unit();
  }
}

export class NumberOutput extends Channel {
  constructor(channel) {
    super(hardware.NumberOutput, channel);
  }

  set(value) {
    if (typeof value !== "number") throw new InvalidError(`a number output takes a number, not ${shown(value)}`);
    ask(() => this.handle.set(value));
  }

  setClamped(value) {
    // What is not finite is left for the host to refuse, which says why.
    this.set(Number.isFinite(value) ? Math.max(this.minimum, Math.min(this.maximum, value)) : value);
  }

  get unit() {
    return this.handle.unit();
  }

  get minimum() {
    return this.handle.minimum();
  }

  get maximum() {
    return this.handle.maximum();
  }
}

export class BooleanOutput extends Channel {
  constructor(channel) {
    super(hardware.BooleanOutput, channel);
  }

  set(value) {
    // NaN and a text count as false and true otherwise.
    if (typeof value !== "boolean") throw new InvalidError(`a boolean output takes true or false, not ${shown(value)}`);
    ask(() => this.handle.set(value));
  }
}

export class ArrayOutput extends Channel {
  constructor(channel) {
    super(hardware.ArrayOutput, channel);
  }

  set(values) {
    ask(() => this.handle.set(floats(values)));
  }

  get unit() {
    return this.handle.unit();
  }

  get length() {
    return this.handle.length();
  }
}
