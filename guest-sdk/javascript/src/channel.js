// Typed handles to the channels of the process image.

import * as hardware from "gantry:command/hardware@0.1.0";

import { ask } from "./errors.js";
import { floats } from "./values.js";

class Channel {
  constructor(type, channel) {
    this.handle = ask(() => type.open(channel));
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
    ask(() => this.handle.set(value));
  }

  setClamped(value) {
    this.set(Math.max(this.minimum, Math.min(this.maximum, value)));
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
