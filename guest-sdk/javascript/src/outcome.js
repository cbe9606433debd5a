// How awaited commands ended.

import { CommandError } from "./errors.js";
import { fromWit, shown } from "./values.js";

/** How an awaited run ended. */
export class Outcome {
  constructor({ tag, val }) {
    this.status = tag;
    if (tag === "completed" && val !== undefined && val !== null) this.value = fromWit(val);
    if (tag === "failed" || tag === "other") this.message = val;
    if (tag === "interrupted") this.by = val;
    Object.freeze(this);
  }

  get completed() {
    return this.status === "completed";
  }

  result() {
    if (!this.completed) throw new CommandError(String(this));
    return this.value;
  }

  toString() {
    switch (this.status) {
      case "completed":
        return this.value === undefined ? "it completed" : `it completed with ${shown(this.value)}`;
      case "canceled":
        return "it was canceled";
      case "interrupted":
        return `it was interrupted by ${this.by}`;
      default:
        return this.message;
    }
  }
}
