// Engines whose snapshots are reproducible: the same source gives the same bytes.
//
// A component is a snapshot of the engine's memory, taken after the modules have run once. While the engine starts it
// reads the clock and asks for random numbers, which key its hash tables, and the tool that runs it answers as any host
// does. So calls of these imports are redirected to functions that answer on their own, the same in every build. In the
// snapshot, one bit in each of these functions is set, and from then on they pass every call on: in a robot, the engine
// sees the host's clock and the host's random numbers.

import { KIND, Reader, extended, functionBodies, functionTypes, imports, number, redirected, sections, signed, sized } from "./wasm.js";

/** What the host's wall clock shows in tick 0, in seconds: 2026-01-01T00:00:00Z. */
const WALL_CLOCK_START = 1_767_225_600n;
/** The nanoseconds from one look at a clock to the next, so that a loop that waits for a moment ends. */
const STEP = 1000n;
/** While the engine starts, its clocks stand at 0: in the robot, what has passed since is never less than nothing. */
const STARTS = -1000n * STEP;
const SECOND = 1_000_000_000n;

const [I32, I64, NOTHING] = [0x7f, 0x7e, 0x40];
const VARIABLE = 1;
const [TYPES, IMPORTS, FUNCTIONS, GLOBALS, CODE] = [1, 2, 3, 6, 10];

const op = {
  block: [0x02, NOTHING],
  loop: [0x03, NOTHING],
  if: [0x04, NOTHING],
  end: [0x0b],
  branch: (depth) => [0x0c, depth],
  branchIf: (depth) => [0x0d, depth],
  return: [0x0f],
  call: (index) => [0x10, ...number(index)],
  drop: [0x1a],
  local: (index) => [0x20, index],
  setLocal: (index) => [0x21, index],
  global: (index) => [0x23, ...number(index)],
  setGlobal: (index) => [0x24, ...number(index)],
  store32: (offset) => [0x36, 2, offset],
  store64: (offset) => [0x37, 3, offset],
  storeByte: [0x3c, 0, 0],
  i32: (value) => [0x41, ...signed(value)],
  i64: (value) => [0x42, ...signed(value)],
  isZero32: [0x45],
  add32: [0x6a],
  add: [0x7c],
  multiply: [0x7e],
  divide: [0x80],
  remainder: [0x82],
  and: [0x83],
  xor: [0x85],
  shiftSigned: [0x87],
  shiftRight: [0x88],
  narrow: [0xa7],
  widen: [0xad],
};

/** The front of each function, up to its condition: 0 for the build, 1 for the robot. */
const MARK = Buffer.from([...op.i64(0x67616e74_72792d21n), ...op.drop, 0x41]);

const step = (time) => [...op.global(time), ...op.i64(STEP), ...op.add, ...op.setGlobal(time)];

/** The time, but 0 for what is less: its sign as a mask. */
const shown = (time) => [
  ...op.global(time),
  ...op.global(time),
  ...op.i64(63),
  ...op.shiftSigned,
  ...op.i64(-1),
  ...op.xor,
  ...op.and,
];

/** A number that looks random; another one in each step. */
const chance = (time) => [
  ...step(time),
  ...op.global(time),
  ...op.i64(0x9e3779b97f4a7c15n),
  ...op.multiply,
  ...op.i64(29),
  ...op.shiftRight,
  ...op.global(time),
  ...op.xor,
  ...op.i64(0xbf58476d1ce4e5b9n),
  ...op.multiply,
];

/** What takes the place of each import during the build: its parameters, its results, and its body. `time` is a
 * global variable, `original` calls the import itself. */
const ANSWERS = {
  "wasi:clocks/monotonic-clock now": {
    parameters: [],
    results: [I64],
    body: ({ time }) => [...shown(time), ...step(time)],
  },
  "wasi:clocks/wall-clock now": {
    parameters: [I32],
    results: [],
    body: ({ time }) => [
      ...op.local(0),
      ...shown(time),
      ...op.i64(SECOND),
      ...op.divide,
      ...op.i64(WALL_CLOCK_START),
      ...op.add,
      ...op.store64(0),
      ...op.local(0),
      ...shown(time),
      ...op.i64(SECOND),
      ...op.remainder,
      ...op.narrow,
      ...op.store32(8),
      ...step(time),
    ],
  },
  "wasi:random/insecure-seed insecure-seed": {
    parameters: [I32],
    results: [],
    body: ({ time }) => [0, 8].flatMap((offset) => [...op.local(0), ...chance(time), ...op.store64(offset)]),
  },
  // Which clock, to what precision, where to; an error number.
  "wasi_snapshot_preview1 clock_time_get": {
    parameters: [I32, I64, I32],
    results: [I32],
    body: ({ time }) => [
      ...op.local(2),
      // The clock on the wall is number 0.
      ...op.local(0),
      ...op.isZero32,
      ...op.widen,
      ...op.i64(WALL_CLOCK_START * SECOND),
      ...op.multiply,
      ...shown(time),
      ...op.add,
      ...op.store64(0),
      ...step(time),
      ...op.i32(0),
    ],
  },
  // Where to, and how many; an error number.
  "wasi_snapshot_preview1 random_get": {
    parameters: [I32, I32],
    results: [I32],
    body: ({ time }) => [
      ...op.block,
      ...op.loop,
      ...op.local(1),
      ...op.isZero32,
      ...op.branchIf(1),
      ...op.local(0),
      ...chance(time),
      ...op.i64(56),
      ...op.shiftRight,
      ...op.storeByte,
      ...op.local(0),
      ...op.i32(1),
      ...op.add32,
      ...op.setLocal(0),
      ...op.local(1),
      ...op.i32(-1),
      ...op.add32,
      ...op.setLocal(1),
      ...op.branch(0),
      ...op.end,
      ...op.end,
      ...op.i32(0),
    ],
  },
  // A folder, how to go, a path and its length, where to; an error number. All but a file's kind and size differ from
  // one machine to another: its device, its number, and three times.
  "wasi_snapshot_preview1 path_filestat_get": {
    parameters: [I32, I32, I32, I32, I32],
    results: [I32],
    body: ({ original }) => [
      ...original,
      ...[0, 8, 40, 48, 56].flatMap((offset) => [...op.local(4), ...op.i64(0), ...op.store64(offset)]),
    ],
  },
};

/** An engine of which every run makes the same snapshot. */
export function reproducible(engine) {
  const all = [...sections(engine)];
  const bodyOf = (id) => {
    const found = all.find((section) => section.id === id);
    if (!found) throw new RangeError(`the engine has no section ${id}`);
    return found.body;
  };
  const imported = imports(bodyOf(IMPORTS));
  const functions = imported.filter(({ kind }) => kind === KIND.function);
  const types = functionTypes(bodyOf(TYPES));
  const count = (id) => new Reader(bodyOf(id)).number();
  const first = functions.length + count(FUNCTIONS);
  const time = imported.filter(({ kind }) => kind === KIND.global).length + count(GLOBALS);

  const targets = new Map();
  const added = [];
  functions.forEach(({ module, name, type }, index) => {
    const answer = ANSWERS[`${module.split("@")[0]} ${name}`];
    if (!answer) return;
    const { parameters, results, body } = answer;
    if (JSON.stringify(types[type]) !== JSON.stringify([parameters, results])) {
      throw new RangeError(`the engine's ${module} ${name} takes something else`);
    }
    const original = [...parameters.flatMap((_, at) => op.local(at)), ...op.call(index)];
    const inRobot = [...MARK, 0, ...op.if, ...original, ...op.return, ...op.end];
    targets.set(index, first + added.length);
    added.push({ type, body: [0, ...inRobot, ...body({ time, original }), ...op.end] });
  });
  if (added.length === 0) throw new RangeError("the engine asks for no clock and no random numbers");
  const changes = {
    [FUNCTIONS]: (old) => extended(old, added.map(({ type }) => number(type))),
    [GLOBALS]: (old) => extended(old, [[I64, VARIABLE, ...op.i64(STARTS), ...op.end]]),
    [CODE]: (old) => {
      const bodies = functionBodies(old).map((body) => redirected(body, targets));
      const parts = [...bodies, ...added.map(({ body }) => Uint8Array.from(body))].map(sized);
      return Buffer.concat([Uint8Array.from(number(parts.length)), ...parts]);
    },
  };
  const parts = all.map(({ id, body }) => Buffer.concat([Uint8Array.of(id), sized(changes[id]?.(body) ?? body)]));
  return { engine: Buffer.concat([engine.subarray(0, 8), ...parts]), answers: added.length };
}

/** The component of a snapshot: from here on, its engine asks the host. `answers` is how many calls it asks with. */
export function awake(component, answers) {
  const bytes = Buffer.from(component);
  let found = 0;
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + MARK.length)) {
    bytes[at + MARK.length] = 1;
    found++;
  }
  if (found !== answers) throw new RangeError(`the snapshot has ${found} of ${answers} functions of the engine`);
  return bytes;
}
