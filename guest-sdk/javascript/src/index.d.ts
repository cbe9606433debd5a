// Write Gantry commands in JavaScript or TypeScript.

/** What can be an argument, a result, a topic's value or an entry of the configuration. */
export type Value = boolean | number | bigint | string | readonly number[] | Float64Array;

export interface ParameterOptions<T> {
  /** `"m"`, `"rad/s"`, … */
  unit?: string;
  /** The value when the argument is left out; without one it must be given. */
  default?: T;
  /** A sentence for people. */
  summary?: string;
}

export interface Parameter<T> extends ParameterOptions<T> {
  kind: string;
  /** Only for the compiler. */
  readonly value?: T;
}

/** A kind of value: `number`, or `number({ unit: "m", default: 1 })` as a parameter. */
export interface Type<T> {
  (options?: ParameterOptions<T>): Parameter<T>;
  readonly kind: string;
  /** Only for the compiler. */
  readonly value?: T;
}

export const boolean: Type<boolean>;
/** A whole number within ±2^53. */
export const integer: Type<number>;
export const number: Type<number>;
export const text: Type<string>;
export const numbers: Type<number[]>;

type Of<P> = P extends Type<infer T> ? T : P extends Parameter<infer T> ? T : never;
type Parameters = Record<string, Type<any> | Parameter<any>>;

export interface Declaration<P extends Parameters, R> {
  /** In lower-case words joined by `-`. */
  name: string;
  summary?: string;
  /** By name; `topSpeed` is the parameter `top-speed`. */
  parameters?: P;
  returns?: Type<R>;
  /** The mechanisms that a run owns while it runs. */
  requires?: string | string[];
  /** 0 is usual; the highest wins. */
  priority?: number;
  /** Whether it may run while the robot is disabled; outputs are safe then all the same. */
  runsWhileDisabled?: boolean;
}

export interface Definition<A = any> {
  readonly name: string;
  readonly body: (given: A) => unknown;
}

/** Makes a command of a plain function, which reads top to bottom: waits suspend it. */
export function command<P extends Parameters = {}, R = void>(
  declaration: Declaration<P, R>,
  body: (given: { [K in keyof P]: Of<P[K]> }) => R,
): Definition<{ [K in keyof P]: Of<P[K]> }>;

/** Says what the plugin is; name, version and summary are those of package.json, if left out. */
export function plugin(about: {
  name?: string;
  version?: string;
  summary?: string;
  /** Input channels that the plugin opens; a name may end in `*`. */
  reads?: string[];
  /** Topics that the plugin publishes; a name may end in `*`. */
  publishes?: string[];
  /** Reads the configuration; what it throws rejects the plugin's table in robot.toml. */
  configure?: () => void;
}): void;

/** A command with its arguments, `"raise"`, `"arm-kit/raise"` or what `command()` returned. Throws `InvalidError`. */
export function lookup(name: string, given?: Record<string, Value | undefined>): Command;
export function lookup<A>(command: Definition<A>, given?: Partial<A>): Command;

/** A command that can be started, once at a time. */
export class Command {
  private constructor();
  /** Awaits each member in turn. Named `A -> B -> C`. */
  static sequence(...members: Command[]): Command;
  /** Ends when all required members have ended. Throws `InvalidError` when members share a mechanism. */
  static parallel(required: Command[], optional?: Command[]): Command;
  /** Ends when the first ends; the others are canceled. Throws `InvalidError`. */
  static race(...members: Command[]): Command;
  static delay(seconds: number): Command;
  static condition(signal: Signal): Command;
  named(name: string): Command;
  withPriority(priority: number): Command;
  withTimeout(seconds: number): Command;
  until(signal: Signal): Command;
  readonly name: string;
  readonly requirements: string[];
  readonly priority: number;
  readonly isRunning: boolean;
  /** Cancels the command and all it has forked. Works in a `finally`, too. */
  cancel(): void;
}

export class Outcome {
  private constructor();
  readonly status: "completed" | "failed" | "canceled" | "interrupted" | "other";
  /** What the body returned, if it completed. */
  readonly value?: any;
  /** What went wrong, if it failed. */
  readonly message?: string;
  /** Who took its mechanism, if it was interrupted. */
  readonly by?: string;
  readonly completed: boolean;
  /** The value; throws `CommandError` if it did not complete. */
  result(): any;
}

/** Starts commands as children of this run and goes on at once. */
export function fork(...commands: Command[]): void;
/** Forks a command, or takes one that is running, and waits until it has ended. */
export function awaitOne(command: Command): Outcome;
/** Waits until all have ended. The outcomes are in the order given. */
export function awaitAll(...commands: Command[]): Outcome[];
/** Waits until the first has ended, then cancels the others. */
export function awaitAny(...commands: Command[]): { index: number; outcome: Outcome };
/** Waits for the next tick: the contract's `yield`. */
export function nextTick(): void;
export function wait(seconds: number): void;
/** Whether the signal was true before the timeout, in seconds, had passed. */
export function waitUntil(signal: Signal, timeout?: number): boolean;
/** Waits until this run is canceled. */
export function park(): never;
export function setCancelOnForkFailure(on: boolean): void;
/** Sets a mechanism's default command until this run ends. */
export function setDefault(mechanism: string, command: Command): void;

export interface Source {
  isTrue(): Signal;
  above(threshold: number): Signal;
  below(threshold: number): Signal;
}

/** A condition that the host evaluates. Bindings last until the run that made them ends. */
export class Signal {
  private constructor();
  static channel(name: string): Source;
  static topic(name: string): Source;
  and(other: Signal): Signal;
  or(other: Signal): Signal;
  not(): Signal;
  debounce(seconds: number, edge?: "rising" | "falling" | "both"): Signal;
  risingEdge(): Signal;
  fallingEdge(): Signal;
  multiPress(count: number, seconds: number): Signal;
  get(): boolean;
  onTrue(command: Command): void;
  onFalse(command: Command): void;
  whileTrue(command: Command): void;
  whileFalse(command: Command): void;
  retryWhileTrue(command: Command): void;
  retryWhileFalse(command: Command): void;
  toggleOnTrue(command: Command): void;
  toggleOnFalse(command: Command): void;
}

export interface State {
  readonly name: string;
}

/** A state machine under construction. A target of `null` ends the machine, no origins are all states so far. */
export class StateMachine {
  constructor(name: string);
  state(name: string, command: Command): State;
  switch(origins: State | State[], target: State | null, signal: Signal): void;
  switchOnCompletion(origins: State | State[], target: State | null, signal?: Signal): void;
  build(initial: State): Command;
}

declare abstract class Input<T> {
  constructor(channel: string);
  /** The value as sampled at the start of this tick, in the channel's unit. */
  get(): T;
  /** Seconds since the device last answered. */
  readonly age: number;
}
export class NumberInput extends Input<number> {
  readonly unit: string;
}
export class BooleanInput extends Input<boolean> {}
export class ArrayInput extends Input<number[]> {
  readonly unit: string;
}

export class NumberOutput {
  constructor(channel: string);
  /** Sets what is flushed at the end of this tick, in the channel's unit. Throws `WriteError`: this run does not own the
   * mechanism, or the value is NaN, infinite or out of range. The output keeps its value then. */
  set(value: number): void;
  /** Sets the value, or the end of the range that is nearest to it. NaN and infinities are refused as by `set`. */
  setClamped(value: number): void;
  readonly unit: string;
  readonly minimum: number;
  readonly maximum: number;
}
export class BooleanOutput {
  constructor(channel: string);
  /** Throws `WriteError`, and `InvalidError` for anything but `true` and `false`. */
  set(value: boolean): void;
}
export class ArrayOutput {
  constructor(channel: string);
  set(values: ArrayLike<number>): void;
  readonly unit: string;
  readonly length: number;
}

/** How one run, which has a memory of its own, tells another what it knows. */
export class Topic<T> {
  constructor(name: string, type: Type<T>);
  readonly name: string;
  publish(value: T): void;
  /** The value published last; undefined if nobody has yet. */
  read(): T | undefined;
}

export const clock: { now(): number; period(): number; tick(): number };

type Line = (...parts: unknown[]) => void;
/** `console` is the same. */
export const log: { trace: Line; debug: Line; info: Line; warn: Line; error: Line };

/** The plugin's own table in robot.toml. */
export const config: {
  /** Throws `InvalidError` if it is of another kind, or missing and without a default. */
  get<T>(key: string, type: Type<T>, otherwise?: T): T;
  inRange(key: string, otherwise: number, minimum: number, maximum: number): number;
  keys(): string[];
};

export class GantryError extends Error {}
/** This run was canceled. Let it pass: every later wait throws it again. */
export class Canceled extends Error {}
export class InvalidError extends GantryError {}
export class WriteError extends GantryError {
  readonly reason: "not-owner" | "out-of-range" | "other";
}
export class CommandError extends GantryError {}
export class RefusedError extends GantryError {
  readonly forked: string[];
  readonly refused: { command: string; blocker: string; reason: string }[];
}
