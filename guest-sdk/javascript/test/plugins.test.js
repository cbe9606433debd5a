// The hello plugin and some behaviours, in the real host. `GANTRY` names its binary.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

import { BuildError, build } from "../build/build.js";

const SDK = fileURLToPath(new URL("..", import.meta.url));
const BUILT = join(SDK, "../../target/debug/gantry");
const GANTRY = process.env.GANTRY ?? (existsSync(BUILT) ? BUILT : "gantry");
const engines = (process.env.ENGINES ?? "quickjs").split(",");

const RETURNS = {
  "returns-boolean": true,
  "returns-integer": Number.MAX_SAFE_INTEGER,
  "returns-number": 0.1,
  forks: true,
  awaits: 2,
  "awaits-all": "completed, failed, completed",
  "awaits-any": 1,
  "waits-until": "timed out",
  reads: "true 42 2 größe 机器人 🤖 [1,2.5] nothing",
  binds: 2,
  "sets-default": true,
  config: "größe 4 7",
  "wrong-parameter": "the argument `n` of `lang/yields` is a integer, not a text",
  machine: "abc",
};

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

    test("behaviours return what they should, and errors carry their stack", async () => {
      const project = join(SDK, "../../tests/languages/javascript");
      const { file } = await build({ folder: project, engine, output: join(folder, "lang.wasm") });
      const modes = [...Object.keys(RETURNS), "fails", "cleans-up"].map((name) => `[opmodes.${name}]\nmode = "test"\nschedule = ["lang/${name}"]\n`);
      const robot = `robot.name = "Languages"
[mechanisms.arm]
outputs.voltage = { unit = "V", range = [-12, 12], safe = 0 }
inputs.angle = { unit = "rad" }
[devices.arm]
model = "arm"
motor = "neo"
gearing = 50
length = "0.5 m"
mass = "1 kg"
min-angle = "-90 deg"
max-angle = "90 deg"
start-angle = "0 deg"
channels = { voltage = "arm.voltage", angle = "arm.angle" }
[plugins.lang]
file = ${JSON.stringify(file)}
mechanisms = ["arm"]
reads = ["arm.*"]
publishes = ["lang/*"]
limits = { slice = "10 ms", cleanup = "10 ms", preemption-limit = 1000 }
config = { greeting = "größe", pid.kp = 4 }
${modes.join("")}`;
      for (const [name, expected] of Object.entries(RETURNS)) {
        const values = of(play(robot, name, "4 s"), "completed", `lang/${name}`).map((e) => e.value);
        assert.deepEqual(values, [expected], name);
      }
      const events = play(robot, "fails", "1 s");
      assert.deepEqual(of(events, "failed", "lang/fails").map((e) => e.message), ["the arm is stuck"]);
      const lines = of(events, "log", "lang/fails").map((e) => e.text);
      assert.equal(lines[0], "Error: the arm is stuck");
      assert.match(lines[1], /fails/);
      const cleaned = play(robot, "cleans-up", "1 s").filter((e) => e.topic === "lang/cleaned");
      assert.deepEqual(cleaned.map((e) => e.value), ["park"]);
    });
  });
}

test("a build says what is missing", async () => {
  await assert.rejects(build({ folder }), (error) => error instanceof BuildError && /package.json: it is missing/.test(error.message));
  await assert.rejects(build({ folder, engine: "v8" }), /quickjs or starlingmonkey/);
  writeFileSync(join(folder, "package.json"), '{ "name": "Arm Kit" }');
  await assert.rejects(build({ folder }), /lower-case words/);
});
