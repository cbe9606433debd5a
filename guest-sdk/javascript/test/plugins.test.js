// What is particular to JavaScript, in the real host; `GANTRY` names its binary. What every language has to do is in
// tests/languages.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { BuildError, build } from "../build/build.js";

const SDK = fileURLToPath(new URL("..", import.meta.url));
const BUILT = join(SDK, "../../target/debug/gantry");
const GANTRY = process.env.GANTRY ?? (existsSync(BUILT) ? BUILT : "gantry");
const engines = (process.env.ENGINES ?? "quickjs").split(",");

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "gantry-test-"));
});
after(() => rmSync(folder, { recursive: true }));

function play(robot, opmode, duration) {
  const file = join(folder, "robot.toml");
  const events = join(folder, "events.jsonl");
  writeFileSync(file, robot);
  execFileSync(GANTRY, ["sim", file, "--opmode", opmode, "--for", duration, "--events", events], { stdio: "pipe" });
  return readFileSync(events, "utf8").trim().split("\n").map((line) => JSON.parse(line));
}

const of = (events, event, command) => events.filter((e) => e.event === event && e.command === command);

for (const engine of engines) {
  describe(engine, () => {
    test("hello greets, and says goodbye when it is canceled", async () => {
      const { file } = await build({ folder: join(SDK, "hello"), engine, output: join(folder, "hello.wasm") });
      const robot = `robot.name = "Hello"
[plugins.hello]
file = ${JSON.stringify(file)}
[opmodes.greet]
mode = "test"
schedule = [{ name = "hello/hello", arguments = { name = "Zoë" } }]
`;
      const texts = of(play(robot, "greet", "2.5 s"), "log", "hello/hello").map((e) => e.text);
      assert.deepEqual(texts, ["Hello, Zoë!", "Hello, Zoë!", "Hello, Zoë!", "Goodbye, Zoë!"]);
    });

    test("an uncaught error carries its stack to the log", async () => {
      const project = join(SDK, "../../tests/languages/javascript");
      const { file } = await build({ folder: project, engine, output: join(folder, "lang.wasm") });
      const robot = `robot.name = "Languages"
[mechanisms]
arm = {}
[plugins.lang]
file = ${JSON.stringify(file)}
mechanisms = ["arm"]
reads = ["*"]
publishes = ["lang/*"]
limits = { slice = "10 ms", cleanup = "10 ms", preemption-limit = 1000 }
[opmodes.go]
mode = "test"
schedule = ["lang/fails"]
`;
      const events = play(robot, "go", "1 s");
      assert.deepEqual(of(events, "failed", "lang/fails").map((e) => e.message), ["the arm is stuck"]);
      const lines = of(events, "log", "lang/fails").map((e) => e.text);
      assert.equal(lines[0], "Error: the arm is stuck");
      assert.match(lines[1], /fails/);
    });
  });
}

test("a whole number beyond 2^53 is refused, not another one", async () => {
  const project = join(folder, "whole");
  mkdirSync(project);
  writeFileSync(join(project, "package.json"), '{ "name": "whole", "main": "whole.js" }');
  writeFileSync(
    join(project, "whole.js"),
    `import { Topic, command, config, integer } from "gantry-sdk";
command({ name: "takes", parameters: { count: integer }, returns: integer }, ({ count }) => count);
command({ name: "configured", returns: integer }, () => config.get("count", integer));
command({ name: "publishes" }, () => new Topic("whole/count", integer).publish(2 ** 53));
`,
  );
  const { file } = await build({ folder: project, output: join(folder, "whole.wasm") });
  const schedule = (count) => `{ name = "whole/takes", arguments = { count = ${count} } }`;
  const robot = `robot.name = "Whole"
[plugins.whole]
file = ${JSON.stringify(file)}
publishes = ["whole/*"]
config = { count = 9007199254740993 }
[opmodes.go]
mode = "test"
schedule = [${[2n ** 53n - 1n, 2n ** 53n + 1n, -(2n ** 53n) - 1n, 2n ** 63n - 1n].map(schedule)}, "whole/configured", "whole/publishes"]
`;
  const events = play(robot, "go", "1 s");
  assert.deepEqual(of(events, "completed", "whole/takes").map((e) => e.value), [Number.MAX_SAFE_INTEGER]);
  const refused = events.filter((e) => e.event === "failed").map((e) => e.message);
  assert.equal(refused.length, 5, JSON.stringify(refused));
  for (const message of refused) assert.match(message, /within ±2\^53/);
});

for (const engine of engines) {
  test(`what promises lose is told once per run: ${engine}`, async () => {
    const project = join(folder, `promises-${engine}`);
    mkdirSync(project);
    writeFileSync(join(project, "package.json"), '{ "name": "promises", "main": "promises.js" }');
    writeFileSync(
      join(project, "promises.js"),
      `import { command, integer } from "gantry-sdk";
const made = await Promise.resolve(7).then((value) => value + 1);
class Arm {
  async aims() { await (0, null); throw new Error("too late"); }
  async *steps() { yield await 1; }
}
export async function idle() {}
export const nothing = { async nothing() {}, twice: [async () => {}, async (/* => */ a) /* => */ => a] };
const kept = Promise.resolve(1);
const throws = async (value) => ({ value: await value, stuck: stuck() });
function stuck() { throw new TypeError("the arm is stuck"); }
command({ name: "rejects" }, () => { Promise.reject(new Error("first")); Promise.reject(new Error("second")); });
command({ name: "constructs" }, () => { new Promise((_, reject) => reject("a text")); });
command({ name: "throws" }, () => { (async () => { stuck(); })(); });
command({ name: "nests" }, () => { const call = async (run = () => 1) => (run(), stuck()); call(async () => await 2); });
command({ name: "awaits" }, () => { new Arm().aims(); new Arm().steps(); throws(1); });
command({ name: "chains" }, () => { Promise.resolve(1).catch(() => 2).finally(() => {}); });
command({ name: "innocent", returns: integer }, () => (new Promise(() => {}) instanceof Promise && Promise.resolve() instanceof Promise && Promise.resolve(kept) === kept && kept.constructor === Promise ? made : 0));
`,
    );
    const { file } = await build({ folder: project, engine, output: join(folder, "promises.wasm") });
    const names = ["rejects", "constructs", "throws", "nests", "awaits", "chains", "innocent"];
    const robot = `robot.name = "Promises"
[plugins.promises]
file = ${JSON.stringify(file)}
limits = { slice = "10 ms", preemption-limit = 1000 }
[opmodes.go]
mode = "test"
schedule = [${names.map((name) => `"promises/${name}"`)}]
`;
    const events = play(robot, "go", "3 s");
    const lines = Object.fromEntries(names.map((name) => [name, of(events, "log", `promises/${name}`).map((e) => e.text)]));
    for (const name of names) assert.equal(of(events, "completed", `promises/${name}`).length, 1, name);
    assert.deepEqual(of(events, "completed", "promises/innocent").map((e) => e.value), [8]);
    assert.deepEqual(lines.innocent, []);
    const heads = (name) => lines[name].filter((line) => /^(the command does|nothing waits)/.test(line));
    const error = /^the command does not hear of this error/;
    const order = /^nothing waits for promises: what follows/;
    for (const [name, text] of Object.entries({
      rejects: "Error: first",
      constructs: '"a text" was thrown',
      throws: "TypeError: the arm is stuck",
      nests: "TypeError: the arm is stuck",
    })) {
      assert.match(heads(name).find((line) => error.test(line)) ?? "", error, `${name}: ${lines[name]}`);
      const [told] = lines[name].slice(lines[name].findIndex((line) => error.test(line)) + 1);
      assert.match(told, new RegExp(text), name);
    }
    assert.ok(!lines.rejects.some((line) => line.includes("second")), "one of a kind is told");
    assert.match(lines.throws[2], /stuck/, "the stack begins with the plugin's function");
    assert.match(heads("awaits")[0], order);
    assert.match(lines.awaits[1], /aims/, "the stack begins with the plugin's function");
    assert.match(heads("chains")[0], order);
    assert.equal(heads("chains").length, 1);
  });
}

test("a build says what is missing", async () => {
  await assert.rejects(build({ folder }), (error) => error instanceof BuildError && /package.json: it is missing/.test(error.message));
  await assert.rejects(build({ folder, engine: "v8" }), /quickjs or starlingmonkey/);
  writeFileSync(join(folder, "package.json"), '{ "name": "Arm Kit" }');
  await assert.rejects(build({ folder }), /lower-case words/);
});
