// What the calls of the SDK throw.

/** What every error of this SDK but `Canceled` is. */
export class GantryError extends Error {
  get name() {
    return this.constructor.name;
  }
}

/** This run was canceled. Let it pass: `finally` cleans up, and every later wait throws it again. */
export class Canceled extends Error {
  constructor() {
    super("canceled");
  }

  get name() {
    return "Canceled";
  }
}

/** The call itself was wrong. The text says what would be right. */
export class InvalidError extends GantryError {}

/** An output did not take a value. `reason` is "not-owner", "out-of-range" or "other". */
export class WriteError extends GantryError {
  constructor(reason, message) {
    super(message);
    this.reason = reason;
  }
}

/** An awaited command did not come to its end. */
export class CommandError extends GantryError {}

/** Commands could not start. Only after `setCancelOnForkFailure(false)`. */
export class RefusedError extends GantryError {
  constructor({ forked, refused }) {
    super(refused.map((r) => `${r.command} could not start because of ${r.blocker}: ${r.reason}`).join("; "));
    this.forked = [...forked];
    this.refused = refused.map(({ command, blocker, reason }) => ({ command, blocker, reason }));
  }
}

let canceled = false;

/** Whether this run knows that it is canceled. */
export function isCanceled() {
  return canceled;
}

/** Calls the host, and throws its errors as those of this module. */
export function ask(call) {
  try {
    return call();
  } catch (error) {
    throw translated(error);
  }
}

function translated(error) {
  // One engine throws the contract's error itself, the other one an error that carries it.
  const answer = error !== null && typeof error === "object" && "payload" in error ? error.payload : error;
  if (typeof answer === "string") return new InvalidError(answer);
  switch (answer?.tag) {
    case "canceled":
      canceled = true;
      return new Canceled();
    case "refused":
      return new RefusedError(answer.val);
    case "invalid":
      return new InvalidError(answer.val);
    case "not-owner":
    case "out-of-range":
    case "other":
      return new WriteError(answer.tag, answer.val);
    default:
      return error;
  }
}
