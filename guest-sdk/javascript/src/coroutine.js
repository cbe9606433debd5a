// What a command can wait for. Once the run is canceled, each of these throws `Canceled`.

// `await` and `yield` are words of the language: they are reached through the module.
import * as coroutine from "gantry:command/coroutine@0.1.0";
import { setDefault as setDefaultOf } from "gantry:command/triggers@0.1.0";

import { handles } from "./command.js";
import { ask } from "./errors.js";
import { Outcome } from "./outcome.js";
import { wellFormed } from "./values.js";

export function fork(...commands) {
  ask(() => coroutine.fork(handles(commands)));
}

export function awaitOne(command) {
  return new Outcome(ask(() => coroutine.await(handles([command])[0])));
}

export function awaitAll(...commands) {
  return Array.from(
    ask(() => coroutine.awaitAll(handles(commands))),
    (outcome) => new Outcome(outcome),
  );
}

export function awaitAny(...commands) {
  const { index, outcome } = ask(() => coroutine.awaitAny(handles(commands)));
  return { index, outcome: new Outcome(outcome) };
}

export function nextTick() {
  ask(() => coroutine.yield());
}

export function wait(seconds) {
  ask(() => coroutine.wait(seconds));
}

export function waitUntil(signal, timeout) {
  return ask(() => coroutine.waitUntil(signal.handle, timeout)) === "met";
}

export function park() {
  for (;;) ask(() => coroutine.park());
}

export function setCancelOnForkFailure(on) {
  coroutine.setCancelOnForkFailure(on);
}

export function setDefault(mechanism, command) {
  ask(() => setDefaultOf(wellFormed(mechanism), handles([command])[0]));
}
