// The same source makes the same component, and what was fixed for that is the host's again in the robot.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";

const SDK = fileURLToPath(new URL("..", import.meta.url));
const BUILT = join(SDK, "../../target/debug/gantry");
const GANTRY = process.env.GANTRY ?? (existsSync(BUILT) ? BUILT : "gantry");
const engines = (process.env.ENGINES ?? "quickjs,starlingmonkey").split(",");

/** Modules that keep whatever the clock, chance and the engine's tables give them while the component is made. */
const source = (engine) => `import { command, nextTick, numbers, text } from "gantry-sdk";
const made = { date: Date.now(), ${
  // StarlingMonkey has none yet.
  engine === "quickjs" ? "moment: performance.now(), " : ""
}chance: Math.random(), written: String(new Date()) };
const symbols = new Map(Array.from({ length: 100 }, (_, index) => [Symbol(index), { index }]));
const objects = [...symbols.values()];
const set = new Set([...objects, "text", 0.5, NaN, -0, 10n]);
const weak = new WeakMap(objects.map((object) => [object, object.index]));
for (const until = Date.now() + 20; Date.now() < until; );

command({ name: "looks-up", returns: text }, () => {
  const all = [
    [...symbols].every(([symbol, object]) => symbols.get(symbol) === object),
    objects.every((object, index) => set.has(object) && weak.get(object) === index),
    set.has("text") && set.has(0.5) && set.has(NaN) && set.has(0) && set.has(10n) && !set.has(1),
    !set.has({}) && set.delete(objects[7]) && !set.has(objects[7]) && set.add(objects[7]).size === 105,
  ];
  return all.join();
});

command({ name: "clocks", returns: numbers }, () => {
  const show = () => [Date.now() / 1000, performance.now() / 1000];
  const before = show();
  nextTick();
  return [...before, ...show()];
});

command({ name: "draws", returns: numbers }, () => [Math.random(), Math.random()]);
`;

let folder;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "gantry-test-"));
});
after(() => rmSync(folder, { recursive: true }));

/** Builds the project in a folder of that name, as somebody else would. */
function built(engine, place, zone) {
  const project = join(folder, place, "project");
  const [home, temporary] = ["home", "temporary"].map((name) => join(folder, place, name));
  mkdirSync(join(home), { recursive: true });
  mkdirSync(temporary, { recursive: true });
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, "package.json"), '{ "name": "chance", "main": "chance.js" }');
  writeFileSync(join(project, "chance.js"), source(engine));
  const output = join(folder, place, "chance.wasm");
  execFileSync(process.execPath, [join(SDK, "build/cli.js"), ".", "--engine", engine, "-o", output], {
    cwd: project,
    env: { ...process.env, HOME: home, TMPDIR: temporary, TZ: zone, LANG: "C" },
    stdio: "pipe",
  });
  return output;
}

function play(component, seed) {
  const robot = join(folder, "robot.toml");
  const file = join(folder, "events.jsonl");
  writeFileSync(
    robot,
    `robot.name = "Chance"
[plugins.chance]
file = ${JSON.stringify(component)}
limits = { slice = "10 ms", preemption-limit = 1000 }
[opmodes.go]
mode = "test"
schedule = ["chance/looks-up", "chance/clocks", "chance/draws", { name = "chance/draws" }]
`,
  );
  execFileSync(GANTRY, ["sim", robot, "--opmode", "go", "--for", "2 s", "--seed", seed, "--events", file], { stdio: "pipe" });
  const events = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line));
  const ends = events.filter(({ event }) => event === "completed" || event === "failed");
  return (command) => ends.filter((event) => event.command === command).map((event) => event.value ?? event.message);
}

for (const engine of engines) {
  describe(engine, () => {
    let component;

    test("two builds are the same, and name no folder", () => {
      component = built(engine, `${engine}-a`, "Asia/Tokyo");
      const first = readFileSync(component);
      const second = readFileSync(built(engine, `${engine}-another/and/deeper`, "America/New_York"));
      assert.ok(first.equals(second), "two builds differ");
      for (const path of [folder, SDK]) assert.ok(!first.includes(path), `${path} is in the component`);
    });

    test("in the robot, the clock and chance are the host's, and tables are as they were made", () => {
      const values = play(component, "1");
      assert.deepEqual(values("chance/looks-up"), ["true,true,true,true"]);
      const [[date, moment, dateAfter, momentAfter]] = values("chance/clocks");
      const robot = date - Date.UTC(2026, 0, 1) / 1000;
      assert.ok(robot >= 0 && robot < 2, `the date is ${robot} s from the start of the robot`);
      assert.ok(moment >= 0 && moment < 2, `the moment is ${moment} s`);
      for (const passed of [dateAfter - date, momentAfter - moment]) assert.ok(passed > 0.019 && passed < 0.5, `${passed} s`);
      const draws = values("chance/draws");
      assert.equal(new Set(draws.flat()).size, 4, JSON.stringify(draws));
      assert.deepEqual(play(component, "1")("chance/draws"), draws);
      assert.notDeepEqual(play(component, "2")("chance/draws"), draws);
    });
  });
}
