// The behaviour list of ../README.md, in JavaScript.

import {
  ArrayInput,
  ArrayOutput,
  BooleanInput,
  BooleanOutput,
  Command,
  GantryError,
  NumberInput,
  NumberOutput,
  RefusedError,
  Signal,
  StateMachine,
  Topic,
  awaitAll,
  awaitAny,
  awaitOne,
  boolean,
  clock,
  command,
  config,
  fork,
  integer,
  log,
  lookup,
  nextTick,
  number,
  numbers,
  park,
  plugin,
  setCancelOnForkFailure,
  setDefault,
  text,
  wait,
  waitUntil,
} from "gantry-sdk";

plugin({ reads: ["arm.*", "base.*", "robot.enabled"], publishes: ["lang/*"] });

command(
  {
    name: "returns-values",
    summary: "Returns its arguments as a text.",
    parameters: { flag: boolean, count: integer, ratio: number, words: text, points: numbers },
    returns: text,
  },
  ({ flag, count, ratio, words, points }) => `${flag} ${count} ${ratio} ${words} [${points}]`,
);

const returnsBoolean = command({ name: "returns-boolean", summary: "Returns true.", returns: boolean }, () => true);

command({ name: "returns-integer", summary: "Returns 2^53 - 1.", returns: integer }, () => Number.MAX_SAFE_INTEGER);

command({ name: "returns-number", summary: "Returns 0.1.", returns: number }, () => 0.1);

const yields = command(
  { name: "yields", summary: "Waits for ticks, and returns how many.", parameters: { n: integer({ default: 3 }) }, returns: integer },
  ({ n }) => {
    const start = clock.tick();
    for (let i = 0; i < n; i++) nextTick();
    return clock.tick() - start;
  },
);

const waits = command(
  {
    name: "waits",
    summary: "Waits, and returns how long.",
    parameters: { seconds: number({ unit: "s", default: 0.1 }) },
    returns: number,
  },
  ({ seconds }) => {
    const start = clock.now();
    wait(seconds);
    return clock.now() - start;
  },
);

command(
  {
    name: "waits-until",
    summary: "Waits for the topic `lang/go`, and returns `met` or `timed out`.",
    parameters: { timeout: number({ unit: "s", default: 0.1 }) },
    returns: text,
  },
  ({ timeout }) => (waitUntil(Signal.topic("lang/go").isTrue(), timeout) ? "met" : "timed out"),
);

command(
  { name: "forks", summary: "Forks a command, goes on at once, and returns whether it runs.", returns: boolean },
  () => {
    const child = lookup(parks);
    fork(child);
    return child.isRunning;
  },
);

command(
  { name: "awaits", summary: "Returns what the command that it awaits returned.", returns: integer },
  () => awaitOne(lookup(yields, { n: 2 })).result(),
);

command({ name: "awaits-all", summary: "Returns the outcomes of three commands.", returns: text }, () =>
  awaitAll(lookup(yields, { n: 1 }), lookup(fails), lookup(returnsBoolean))
    .map((outcome) => outcome.status)
    .join(", "),
);

command(
  { name: "awaits-any", summary: "Returns which of three commands ended first.", returns: integer },
  () => awaitAny(lookup(parks), Command.delay(0.06), lookup(waits, { seconds: 0.2 })).index,
);

command({ name: "outcomes", summary: "Returns the four ways in which a command ends.", returns: text }, () => {
  const completed = awaitOne(lookup(yields, { n: 1 }));
  const failed = awaitOne(lookup(fails));
  const child = lookup(parks);
  const holding = new Topic("lang/holding", boolean);
  holding.publish(true);
  Signal.topic("lang/holding").isTrue().whileTrue(child);
  nextTick();
  fork(lookup(letsGo));
  const canceled = awaitOne(child);
  fork(lookup(takesLater));
  const interrupted = awaitOne(lookup(holds));
  const failure = failed.message.split(": ").at(-1);
  return `${completed.value}; ${failed.status} ${failure}; ${canceled.status}; interrupted by ${interrupted.by}`;
});

const letsGo = command({ name: "lets-go", summary: "Publishes false to `lang/holding`, a moment later." }, () => {
  wait(0.04);
  new Topic("lang/holding", boolean).publish(false);
});

const takesLater = command({ name: "takes-later", summary: "Takes the arm from whoever has it, a moment later." }, () => {
  wait(0.04);
  awaitOne(lookup(holds).withPriority(1).named("taker"));
});

const parks = command({ name: "parks", summary: "Waits until it is canceled." }, () => park());

const holds = command({ name: "holds", summary: "Holds the arm until it is canceled.", requires: "arm" }, () => park());

command({ name: "cleans-up", summary: "Parks, and publishes `lang/cleaned` when it is canceled." }, () => {
  try {
    park();
  } finally {
    new Topic("lang/cleaned", text).publish("park");
  }
});

command(
  {
    name: "cleans-up-at",
    summary: "Waits in the call of that name, and publishes `lang/cleaned` when it is canceled.",
    parameters: { call: text },
  },
  ({ call }) => {
    const never = Signal.topic("lang/never").isTrue();
    const calls = {
      yield: () => {
        for (;;) nextTick();
      },
      wait: () => wait(1000),
      "wait-until": () => waitUntil(never),
      park: () => park(),
      await: () => awaitOne(lookup(parks)),
      "await-all": () => awaitAll(lookup(parks), lookup(yields, { n: 1 })),
      "await-any": () => awaitAny(lookup(parks), lookup(waits, { seconds: 1000 })),
      sleep: () => wait(1000),
    };
    try {
      calls[call]();
    } finally {
      new Topic("lang/cleaned", text).publish(call);
    }
  },
);

const fails = command({ name: "fails", summary: "Throws an error." }, function fails() {
  throw new Error("the arm is stuck");
});

command({ name: "logs", summary: "Logs at each level." }, () => {
  for (const level of ["trace", "debug", "info", "warn", "error"]) log[level]("größe 机器人 🤖");
  console.log("printed", "größe 机器人 🤖");
});

command({ name: "large-values", summary: "Returns 10,000 numbers.", returns: numbers }, () =>
  Array.from({ length: 10_000 }, (_, index) => index / 2),
);

const publishes = command({ name: "publishes", summary: "Publishes one topic of each kind." }, () => {
  new Topic("lang/boolean", boolean).publish(true);
  new Topic("lang/integer", integer).publish(42);
  new Topic("lang/number", number).publish(2);
  new Topic("lang/text", text).publish("größe 机器人 🤖");
  new Topic("lang/numbers", numbers).publish([1, 2.5]);
});

command(
  { name: "reads", summary: "Returns what `publishes` published, and `nothing` for a topic that nobody did.", returns: text },
  () => {
    awaitOne(lookup(publishes)).result();
    const flag = new Topic("lang/boolean", boolean).read();
    const count = new Topic("lang/integer", integer).read();
    const ratio = new Topic("lang/number", number).read();
    const words = new Topic("lang/text", text).read();
    const points = new Topic("lang/numbers", numbers).read();
    const missing = new Topic("lang/nobody", boolean).read() === undefined ? "nothing" : "something";
    return `${flag} ${count} ${ratio} ${words} [${points}] ${missing}`;
  },
);

command(
  {
    name: "binds",
    summary: "Binds a command to the topic `lang/go`, publishes it twice, and returns how often it ran.",
    returns: integer,
  },
  () => {
    const go = new Topic("lang/go", boolean);
    const count = new Topic("lang/count", integer);
    count.publish(0);
    Signal.topic("lang/go").isTrue().onTrue(lookup(counts));
    for (const value of [true, false, true, false]) {
      go.publish(value);
      nextTick();
      nextTick();
    }
    return count.read();
  },
);

const counts = command({ name: "counts", summary: "Adds one to the topic `lang/count`." }, () => {
  const count = new Topic("lang/count", integer);
  count.publish(count.read() + 1);
});

command(
  { name: "sets-default", summary: "Makes `holds` the arm's default command, and returns whether it runs.", returns: boolean },
  () => {
    const standing = lookup(holds);
    setDefault("arm", standing);
    nextTick();
    nextTick();
    return standing.isRunning;
  },
);

command(
  { name: "config", summary: "Returns the entries `greeting` and `pid.kp`, and the default of a third.", returns: text },
  () => `${config.get("greeting", text)} ${config.get("pid.kp", number)} ${config.get("missing", integer, 7)}`,
);

command(
  {
    name: "drives",
    summary: "Drives the arm for five ticks, and returns how far it went.",
    parameters: { volts: number({ unit: "V", default: 2 }) },
    returns: number,
    requires: "arm",
  },
  ({ volts }) => {
    const angle = new NumberInput("arm.angle");
    const voltage = new NumberOutput("arm.voltage");
    const start = angle.get();
    voltage.set(volts);
    for (let i = 0; i < 5; i++) nextTick();
    return angle.get() - start;
  },
);

command({ name: "wrong-parameter", summary: "Returns what a lookup with a wrong argument answers.", returns: text }, () => {
  try {
    lookup(yields, { n: "three" });
  } catch (error) {
    return error.message;
  }
  return "accepted";
});

command(
  { name: "calls-other", summary: "Awaits a command by its full name, and returns its outcome.", parameters: { name: text }, returns: text },
  ({ name }) => {
    const outcome = awaitOne(lookup(name));
    return outcome.completed && typeof outcome.value === "string" ? `it completed with ${outcome.value}` : String(outcome);
  },
);

command({ name: "machine", summary: "Runs a state machine of three states, and returns its path.", returns: text }, () => {
  const path = new Topic("lang/path", text);
  const far = new Topic("lang/far", boolean);
  path.publish("");
  far.publish(false);
  const machine = new StateMachine("trip");
  const first = machine.state("first", lookup(walks, { step: "a", seconds: 0.04 }));
  const second = machine.state("second", lookup(walks, { step: "b", seconds: 1000 }));
  const third = machine.state("third", lookup(walks, { step: "c", seconds: 0.04 }));
  machine.switchOnCompletion(first, second);
  machine.switch(second, third, Signal.topic("lang/far").isTrue());
  const trip = machine.build(first);
  fork(trip);
  wait(0.2);
  far.publish(true);
  awaitOne(trip).result();
  return path.read();
});

const walks = command(
  {
    name: "walks",
    summary: "Adds a step to the topic `lang/path`, and waits.",
    parameters: { step: text, seconds: number({ unit: "s" }) },
  },
  ({ step, seconds }) => {
    const path = new Topic("lang/path", text);
    path.publish(path.read() + step);
    wait(seconds);
  },
);

command(
  { name: "sleeps", summary: "Waits for 0.1 s: the language has no sleep of its own.", returns: number },
  () => {
    const start = clock.now();
    wait(0.1);
    return clock.now() - start;
  },
);

command({ name: "random", summary: "Returns a random number of the language's own.", returns: number }, () => Math.random());

command(
  { name: "time", summary: "Returns how much the language's own clock goes on in 0.1 s of robot time.", returns: number },
  () => {
    const start = Date.now();
    wait(0.1);
    return (Date.now() - start) / 1000;
  },
);

command(
  {
    name: "defaults",
    summary: "Returns its arguments as a text; each has a default.",
    parameters: {
      flag: boolean({ default: true }),
      count: integer({ default: -3 }),
      ratio: number({ default: 0.5 }),
      words: text({ default: "größe 🤖" }),
      points: numbers({ default: [1, 2.5] }),
    },
    returns: text,
  },
  ({ flag, count, ratio, words, points }) => `${flag} ${count} ${ratio} ${words} [${points}]`,
);

command(
  { name: "echoes", summary: "Returns the text that it is given.", parameters: { words: text }, returns: text },
  ({ words }) => words,
);

command(
  {
    name: "stays",
    summary: "Waits until it is canceled, while the robot is disabled, too.",
    priority: -1,
    runsWhileDisabled: true,
  },
  () => park(),
);

const goesLater = command({ name: "goes-later", summary: "Publishes true to `lang/go`, a moment later." }, () => {
  wait(0.04);
  new Topic("lang/go", boolean).publish(true);
});

command(
  { name: "cancels", summary: "Cancels a command that it has forked, and returns whether it ran before and after.", returns: text },
  () => {
    const child = lookup(parks);
    fork(child);
    const before = child.isRunning;
    child.cancel();
    return `${before} ${child.isRunning}`;
  },
);

command(
  { name: "combines", summary: "Awaits a sequence, two groups and a condition, and returns their names.", returns: text },
  () => {
    const parked = lookup(parks);
    new Topic("lang/go", boolean).publish(false);
    const combined = [
      Command.sequence(lookup(yields, { n: 1 }), lookup(returnsBoolean)),
      Command.parallel([lookup(yields, { n: 1 }), Command.delay(0.04)], [parked]),
      Command.race(parked, Command.delay(0.04)),
      Command.parallel([lookup(goesLater), Command.condition(Signal.topic("lang/go").isTrue())]),
    ];
    for (const group of combined) awaitOne(group).result();
    return combined.map((group) => group.name).join("; ");
  },
);

command(
  {
    name: "decorates",
    summary: "Returns what is known of a command with another name and priority, and how those end that have a timeout or a condition.",
    returns: text,
  },
  () => {
    const keeper = lookup(holds).withPriority(3).named("keeper");
    const timeout = awaitOne(lookup(parks).withTimeout(0.04));
    new Topic("lang/go", boolean).publish(false);
    fork(lookup(goesLater));
    const until = awaitOne(lookup(parks).until(Signal.topic("lang/go").isTrue()));
    return `${keeper.name} ${keeper.priority} ${keeper.requirements}; ${timeout.status}; ${until.status}`;
  },
);

command(
  {
    name: "branches",
    summary: "Runs a state machine that chooses between two states and is ended by a signal, and returns `lang/path`.",
    returns: text,
  },
  () => {
    const path = new Topic("lang/path", text);
    const go = new Topic("lang/go", boolean);
    path.publish("");
    new Topic("lang/far", boolean).publish(true);
    go.publish(false);
    const machine = new StateMachine("choice");
    const first = machine.state("first", lookup(walks, { step: "a", seconds: 0.04 }));
    const second = machine.state("second", lookup(walks, { step: "b", seconds: 0.04 }));
    const third = machine.state("third", lookup(walks, { step: "c", seconds: 1000 }));
    machine.switchOnCompletion(first, second);
    machine.switchOnCompletion(first, third, Signal.topic("lang/far").isTrue());
    machine.switch([], null, Signal.topic("lang/go").isTrue());
    const choice = machine.build(first);
    fork(choice);
    wait(0.1);
    go.publish(true);
    awaitOne(choice).result();
    return path.read();
  },
);

/** What a call says that cannot be right. */
function answer(call) {
  try {
    call();
  } catch (error) {
    if (error instanceof GantryError) return error.message;
    throw error;
  }
  return "accepted";
}

command({ name: "invalid-calls", summary: "Returns what calls answer that cannot be right.", returns: text }, () => {
  const go = Signal.topic("lang/go").isTrue();
  const calls = [
    () => awaitAny(),
    () => wait(NaN),
    () => lookup("yeilds"),
    () => lookup(yields, { count: 3 }),
    () => lookup(walks, { seconds: 0.1 }),
    () => Command.parallel([lookup(holds), lookup(holds)]),
    () => Command.delay(Infinity),
    () => go.debounce(-1, "both"),
    () => go.multiPress(0, 1),
    () => new Topic("lang/a topic", boolean),
    () => new NumberInput("arm.angel"),
    () => Signal.channel("arm.angle").isTrue(),
    () => setDefault("leg", lookup(holds)),
  ];
  return calls.map(answer).join("\n");
});

command(
  { name: "wrong-topics", summary: "Returns what the host says of topics that may not be published, or not as this kind.", returns: text },
  () => {
    new Topic("lang/boolean", boolean).publish(true);
    const calls = [() => new Topic("other/boolean", boolean).publish(true), () => new Topic("lang/boolean", text).publish("true")];
    return calls.map(answer).join("\n");
  },
);

command(
  {
    name: "wrong-writes",
    summary: "Returns why outputs were not written: a number and an array out of range, and a mechanism of somebody else.",
    returns: text,
    requires: "arm",
  },
  () => {
    const calls = [
      () => new NumberOutput("arm.voltage").set(99),
      () => new ArrayOutput("arm.strip").set([0.5]),
      () => new NumberOutput("base.left-voltage").set(1),
    ];
    return calls.map(answer).join("\n");
  },
);

command({ name: "refuses", summary: "Returns whom the host names when it refuses to start a command.", returns: text }, () => {
  setCancelOnForkFailure(false);
  fork(lookup(holds).withPriority(5).named("keeper"));
  try {
    awaitOne(lookup(holds));
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    const [refusal] = error.refused;
    return `${error.forked.length} forked; ${refusal.command} is blocked by ${refusal.blocker}`;
  }
  return "accepted";
});

command(
  { name: "is-refused", summary: "Is canceled by the refusal of a command that it awaits, and publishes `lang/cleaned`." },
  () => {
    try {
      fork(lookup(holds).withPriority(5).named("keeper"));
      awaitOne(lookup(holds));
    } finally {
      new Topic("lang/cleaned", text).publish("refused");
    }
  },
);

command({ name: "binds-all", summary: "Binds a command in each of the eight ways, and returns when they ran.", returns: text }, () => {
  const path = new Topic("lang/path", text);
  const publisher = new Topic("lang/go", boolean);
  path.publish("");
  publisher.publish(true);
  const go = Signal.topic("lang/go").isTrue();
  const bindings = ["onTrue", "onFalse", "whileTrue", "whileFalse", "retryWhileTrue", "retryWhileFalse", "toggleOnTrue", "toggleOnFalse"];
  bindings.forEach((bind, index) => {
    // The retried ones end and start again; the last two still run when they are toggled.
    go[bind](lookup(walks, { step: "abcdefgh"[index], seconds: index < 6 ? 0.03 : 1000 }));
  });
  for (const value of [true, false, true, false]) {
    publisher.publish(value);
    path.publish(`${path.read()} `);
    wait(0.08);
  }
  return path.read();
});

command(
  { name: "signals", summary: "Returns the values of signals on topics and channels, and of what is made of them.", returns: text },
  () => {
    new Topic("lang/level", number).publish(2);
    new Topic("lang/go", boolean).publish(true);
    new Topic("lang/far", boolean).publish(false);
    const go = Signal.topic("lang/go").isTrue();
    const far = Signal.topic("lang/far").isTrue();
    const made = [
      Signal.topic("lang/level").above(1),
      Signal.topic("lang/level").below(1),
      go.and(far),
      go.or(far),
      go.not(),
      far.not(),
      Signal.channel("robot.enabled").isTrue(),
      Signal.channel("arm.angle").above(1),
      Signal.channel("arm.angle").below(1),
      go,
      far,
    ];
    return made.map((signal) => (signal.get() ? "1" : "0")).join("");
  },
);

command(
  { name: "edges", summary: "Binds steps to edges, debounced signals and presses of the topic `lang/go`, and returns when they ran.", returns: text },
  () => {
    const path = new Topic("lang/path", text);
    const publisher = new Topic("lang/go", boolean);
    path.publish("");
    publisher.publish(false);
    const go = Signal.topic("lang/go").isTrue();
    const made = {
      r: go.risingEdge(),
      f: go.fallingEdge(),
      u: go.debounce(0.05, "rising"),
      d: go.debounce(0.05, "falling").not(),
      b: go.debounce(0.05, "both"),
      m: go.multiPress(2, 1),
    };
    for (const [step, signal] of Object.entries(made)) signal.onTrue(lookup(walks, { step, seconds: 0 }));
    for (const value of [false, true, false, true]) {
      publisher.publish(value);
      path.publish(`${path.read()} `);
      wait(0.1);
    }
    return path.read();
  },
);

command(
  {
    name: "channels",
    summary: "Opens a channel of each kind, reads the inputs, writes the outputs, and returns what is known of them.",
    returns: text,
    requires: "arm",
  },
  () => {
    const angle = new NumberInput("arm.angle");
    const pose = new ArrayInput("base.pose");
    const enabled = new BooleanInput("robot.enabled");
    const voltage = new NumberOutput("arm.voltage");
    const strip = new ArrayOutput("arm.strip");
    new BooleanOutput("arm.lamp").set(true);
    strip.set([0, 0.5, 1]);
    const inputs = `${angle.unit} ${angle.age}; [${pose.get()}] ${pose.age}; ${enabled.get()} ${enabled.age}`;
    return `${inputs}; ${voltage.unit} ${voltage.minimum} ${voltage.maximum}; ${strip.length}; '${pose.unit}' '${strip.unit}'`;
  },
);

command({ name: "config-keys", summary: "Returns the names of all entries.", returns: text }, () => config.keys().join(","));

command({ name: "period", summary: "Returns the length of a tick.", returns: number }, () => clock.period());

command(
  {
    name: "joins",
    summary: "Awaits a command by its full name, and a race of two others, and returns how both ended.",
    parameters: { arm: text, work: text, timeout: text },
    returns: text,
  },
  ({ arm, work, timeout }) => {
    const race = Command.race(lookup(work), lookup(timeout));
    return awaitAll(lookup(arm), race)
      .map((outcome) => outcome.status)
      .join(", ");
  },
);

command(
  {
    name: "forwards",
    summary: "Awaits the first of some commands with the rest of them, and returns what it returned; its failure is this command's.",
    parameters: { path: text },
    returns: text,
  },
  ({ path }) => {
    const [name, ...rest] = path.split(",");
    try {
      return String(awaitOne(rest.length > 0 ? lookup(name, { path: rest.join(",") }) : lookup(name)).result());
    } finally {
      log.info("over");
    }
  },
);

const BAD = [NaN, Infinity, -Infinity];

command({ name: "not-a-number", summary: "Returns what outputs answer to what is no number.", returns: text, requires: "arm" }, () => {
  const voltage = new NumberOutput("arm.voltage");
  const strip = new ArrayOutput("arm.strip");
  const calls = BAD.flatMap((bad) => [() => voltage.set(bad), () => voltage.setClamped(bad), () => strip.set([0, bad, 1])]);
  return calls.map(answer).join("\n");
});

command(
  {
    name: "keeps-value",
    summary: "Drives the arm with 2 V for five ticks, in each of which it tries what is no number, and returns how far it went.",
    returns: number,
    requires: "arm",
  },
  () => {
    const angle = new NumberInput("arm.angle");
    const voltage = new NumberOutput("arm.voltage");
    const start = angle.get();
    voltage.setClamped(2);
    for (let i = 0; i < 5; i++) {
      for (const bad of BAD) answer(() => voltage.setClamped(bad));
      nextTick();
    }
    return angle.get() - start;
  },
);

command(
  {
    name: "hands-back",
    summary: "Makes handles in each tick, more than it may hold at once, and returns how many ticks it did.",
    parameters: { ticks: integer({ default: 100 }) },
    returns: integer,
  },
  ({ ticks }) => {
    for (let i = 0; i < ticks; i++) {
      new NumberInput("arm.angle").get();
      lookup(yields).named("other");
      Signal.channel("robot.enabled").isTrue().and(Signal.topic("lang/go").isTrue().not()).get();
      new Topic("lang/go", boolean).read();
      nextTick();
    }
    return ticks;
  },
);

command({ name: "fails-in-cleanup", summary: "Fails in the cleanup of a run that is canceled." }, () => {
  try {
    park();
  } finally {
    throw new Error("in cleanup");
  }
});

command({ name: "ignores-cancel", summary: "Goes on waiting although it is canceled." }, () => {
  for (;;) {
    try {
      wait(0.1);
    } catch {
      // Nobody should do this.
    }
  }
});

command({ name: "odd-texts", summary: "Logs, publishes and returns a text that is not UTF-8: half of a surrogate pair.", returns: text }, () => {
  const odd = "odd \ud800";
  log.info(odd);
  new Topic("lang/text", text).publish(odd);
  return odd;
});

command({ name: "fails-oddly", summary: "Fails with a text that is not UTF-8." }, () => {
  throw new Error("odd \ud800");
});

command({ name: "breaks-off", summary: "Prints a line, and throws an error." }, () => {
  console.log("before");
  throw new Error("the arm is stuck");
});
