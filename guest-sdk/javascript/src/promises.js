// What promises lose: a run ends when its function returns. Until then nothing goes on with a promise, and afterwards
// one engine does, the other one does not.

import { awake, log, trace } from "./surroundings.js";
import { shown } from "./values.js";

/** Of these, each run tells the first. */
const told = new Set();

function tell(what, lines) {
  if (!awake() || told.has(what)) return;
  told.add(what);
  log.warn(what);
  try {
    log.warn(lines());
  } catch {
    // An error that cannot be shown is no reason for another one.
  }
}

/** Tells of an error that an async function throws, or with which a promise is rejected. */
function threw(error) {
  tell("the command does not hear of this error, for nothing waits for promises:", () =>
    error instanceof Error ? trace(error) : `${shown(error)} was thrown`,
  );
  return error;
}

/** Tells that something is to be done after a promise. `frames` are those of the stack that are not the plugin's. */
function awaits(value, frames = 3) {
  tell("nothing waits for promises: what follows `await`, or is given to `then`, is too late or never done; wait() and the others suspend a command", () =>
    new Error().stack.split("\n").slice(frames).join("\n").trimEnd(),
  );
  return value;
}

// The build puts calls of these into async functions.
Object.defineProperties(globalThis, { __gantryThrew: { value: threw }, __gantryAwaits: { value: awaits } });

const { reject } = Promise;
const { then } = Promise.prototype;

Promise.reject = function (reason) {
  return reject.call(this, threw(reason));
};

Promise.prototype.then = function (...handlers) {
  return then.apply(this, awaits(handlers, 4));
};

globalThis.Promise = new Proxy(Promise, {
  construct(target, [executor], made) {
    const watched =
      typeof executor !== "function"
        ? executor
        : (resolve, refuse) => {
            try {
              return executor(resolve, (reason) => refuse(threw(reason)));
            } catch (error) {
              throw threw(error);
            }
          };
    return Reflect.construct(target, [watched], made);
  },
});
Promise.prototype.constructor = Promise;
