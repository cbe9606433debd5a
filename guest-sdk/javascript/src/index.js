// Write Gantry commands in JavaScript. See index.d.ts for the documentation.

export { ArrayInput, ArrayOutput, BooleanInput, BooleanOutput, NumberInput, NumberOutput } from "./channel.js";
export { Command, StateMachine, lookup } from "./command.js";
export {
  awaitAll,
  awaitAny,
  awaitOne,
  fork,
  nextTick,
  park,
  setCancelOnForkFailure,
  setDefault,
  wait,
  waitUntil,
} from "./coroutine.js";
export { boolean, command, integer, number, numbers, text } from "./definition.js";
export { Canceled, CommandError, GantryError, InvalidError, RefusedError, WriteError } from "./errors.js";
export { plugin } from "./guest.js";
export { Outcome } from "./outcome.js";
export { Signal } from "./signal.js";
export { clock, config, log } from "./surroundings.js";
export { Topic } from "./topic.js";
