// Every example of docs/guide, which shows the regions between `guide:` and `end`.

import {
  ArrayOutput,
  Command,
  CommandError,
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
  command,
  fork,
  integer,
  lookup,
  nextTick,
  number,
  park,
  plugin,
  setCancelOnForkFailure,
  text,
  wait,
  waitUntil,
} from "gantry-sdk";

plugin({
  reads: ["drive.*", "arm.*", "shooter.*", "feeder.*", "driver.*"],
  publishes: ["shooter/*"],
});

// ---- What the examples are put together from: one mechanism each --------------------------------

// guide: raise
const raise = command(
  {
    name: "raise",
    summary: "Raises the arm to an angle, and returns where it is.",
    parameters: { angle: number({ unit: "rad" }) },
    returns: number,
    requires: "arm",
  },
  ({ angle }) => {
    const measured = new NumberInput("arm.angle");
    const voltage = new NumberOutput("arm.voltage");
    for (;;) {
      const error = angle - measured.get();
      if (Math.abs(error) < 0.1) return measured.get();
      voltage.setClamped(5 * error);
      nextTick();
    }
  },
);
// end

// guide: drive
const drive = command(
  {
    name: "drive",
    summary: "Drives straight ahead, and returns how far it went.",
    parameters: { distance: number({ unit: "m" }) },
    returns: number,
    requires: "drive",
  },
  ({ distance }) => {
    const measured = new NumberInput("drive.left-distance");
    const left = new NumberOutput("drive.left-voltage");
    const right = new NumberOutput("drive.right-voltage");
    const start = measured.get();
    for (;;) {
      const gone = measured.get() - start;
      if (Math.abs(distance - gone) < 0.05) return gone;
      const volts = Math.min(Math.max(8 * (distance - gone), -8), 8);
      left.set(volts);
      right.set(volts);
      nextTick();
    }
  },
);
// end

// guide: collect
const collect = command(
  { name: "collect", summary: "Turns the intake until a ball is in the feeder.", requires: "intake" },
  () => {
    new NumberOutput("intake.voltage").set(10);
    waitUntil(Signal.channel("feeder.ball").isTrue());
  },
);
// end

// guide: feed
const feed = command(
  { name: "feed", summary: "Hands the ball to the shooter. Fails if there is none.", requires: "feeder" },
  () => {
    const ball = Signal.channel("feeder.ball").isTrue();
    if (!ball.get()) throw new CommandError("there is no ball in the feeder");
    new NumberOutput("feeder.voltage").set(6);
    waitUntil(ball.not());
  },
);
// end

// guide: spin-up
const spinUp = command(
  {
    name: "spin-up",
    summary: "Turns the shooter until it is canceled. `shooter/ready` says whether it is fast enough.",
    requires: "shooter",
  },
  () => {
    const measured = new NumberInput("shooter.speed");
    const voltage = new NumberOutput("shooter.voltage");
    const ready = new Topic("shooter/ready", boolean);
    for (;;) {
      const speed = measured.get();
      voltage.setClamped(4 + 0.05 * (200 - speed));
      ready.publish(speed > 180);
      nextTick();
    }
  },
);
// end

// guide: shoot
const shoot = command(
  { name: "shoot", summary: "Spins up, and feeds the ball once the wheel is fast enough." },
  () => {
    fork(lookup(spinUp));
    waitUntil(Signal.topic("shooter/ready").isTrue());
    awaitOne(lookup(feed)).result();
  },
);
// end

// guide: hold-arm
const holdArm = command(
  {
    name: "hold-arm",
    summary: "Pushes the arm with a voltage until it is canceled.",
    parameters: { volts: number({ unit: "V", default: 1 }) },
    requires: "arm",
  },
  ({ volts }) => {
    new NumberOutput("arm.voltage").set(volts);
    park();
  },
);
// end

// guide: blink
const blink = command({ name: "blink", summary: "Blinks until it is canceled.", requires: "leds" }, () => {
  const strip = new ArrayOutput("leds.strip");
  for (;;) {
    strip.set([1, 1, 1]);
    wait(0.2);
    strip.set([0, 0, 0]);
    wait(0.2);
  }
});
// end

// guide: say
const say = command(
  { name: "say", summary: "Writes to the log, and never waits.", parameters: { text } },
  ({ text }) => console.log(text),
);
// end

// ---- Of fork.md ------------------------------------------------------------------------------------

// guide: drive-with-lights
command({ name: "drive-with-lights", summary: "Drives, and blinks meanwhile." }, () => {
  fork(lookup(blink));
  awaitOne(lookup(drive, { distance: 0.5 })).result();
});
// end

// guide: two-words
command({ name: "two-words", summary: "Forks a command that never waits." }, () => {
  console.log("before");
  fork(lookup(say, { text: "first" }));
  console.log("second");
});
// end

// guide: swap
command({ name: "swap", summary: "Holds the arm for a moment, and then raises it." }, () => {
  const hold = lookup(holdArm);
  fork(hold);
  wait(0.2);
  fork(lookup(raise, { angle: 0.5 }));
  console.log(`still holding: ${hold.isRunning}`);
  wait(0.6);
});
// end

// guide: lend
command({ name: "lend", summary: "Owns the arm throughout, and lends it to a child.", requires: "arm" }, () => {
  const voltage = new NumberOutput("arm.voltage");
  voltage.set(1);
  wait(0.2);
  awaitOne(lookup(raise, { angle: 0.5 })).result();
  voltage.set(1);
  wait(0.2);
});
// end

// guide: careless
const careless = command({ name: "careless", summary: "Forks what fails, and does not look." }, () => {
  fork(lookup(feed));
  awaitOne(lookup(drive, { distance: 0.5 })).result();
});
// end

// guide: careful
command({ name: "careful", summary: "Awaits a command whose child fails." }, () => {
  if (!awaitOne(lookup(careless)).completed) console.log("that went wrong");
  awaitOne(lookup(drive, { distance: 0.5 })).result();
});
// end

// guide: polite
command({ name: "polite", summary: "Raises the arm if it may, and drives in any case." }, () => {
  setCancelOnForkFailure(false);
  try {
    fork(lookup(raise, { angle: 0.5 }));
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    console.warn(`${error.refused[0].blocker} has the arm`);
  }
  awaitOne(lookup(drive, { distance: 0.5 })).result();
});
// end

// guide: stubborn
command({ name: "stubborn", summary: "Raises the arm and drives, or does neither." }, () => {
  fork(lookup(raise, { angle: 0.5 }));
  awaitOne(lookup(drive, { distance: 0.5 })).result();
});
// end

// ---- Of await.md -----------------------------------------------------------------------------------

// guide: measure
command({ name: "measure", summary: "Raises the arm, says where it is, and drives." }, () => {
  const reached = awaitOne(lookup(raise, { angle: 0.5 })).result();
  console.log(`the arm is at ${reached.toFixed(1)} rad`);
  awaitOne(lookup(drive, { distance: 0.5 })).result();
});
// end

// guide: keep-going
command(
  {
    name: "keep-going",
    summary: "Raises the arm further than it goes, unless the driver takes it with A; then drives.",
  },
  () => {
    Signal.channel("driver.a").isTrue().whileTrue(lookup(holdArm));
    const outcome = awaitOne(lookup(raise, { angle: 2.5 }));
    if (outcome.status === "interrupted") console.log(`${outcome.by} has taken the arm`);
    awaitOne(lookup(drive, { distance: 0.5 })).result();
  },
);
// end

// guide: give-way
command({ name: "give-way", summary: "Raises the arm further than it goes, and drives then." }, () => {
  const outcome = awaitOne(lookup(raise, { angle: 2.5 }));
  console.log(`the arm: ${outcome}`);
  awaitOne(lookup(drive, { distance: 0.5 })).result();
});
// end

// guide: lit-drive
command(
  {
    name: "lit-drive",
    summary: "Drives with the lights on, and turns them off however it ends.",
    requires: "leds",
  },
  () => {
    const strip = new ArrayOutput("leds.strip");
    strip.set([1, 1, 1]);
    try {
      awaitOne(lookup(drive, { distance: 5 })).result();
    } finally {
      strip.set([0, 0, 0]);
      console.log("lights off");
    }
  },
);
// end

// guide: join
command({ name: "join", summary: "Starts to raise the arm, drives, and waits for the arm then." }, () => {
  const raising = lookup(raise, { angle: 0.8 });
  fork(raising);
  awaitOne(lookup(drive, { distance: 0.5 })).result();
  if (raising.isRunning) awaitOne(raising).result();
});
// end

// guide: feed-or-collect
command({ name: "feed-or-collect", summary: "Feeds a ball. If there is none, it collects one and shoots that." }, () => {
  if (!awaitOne(lookup(feed)).completed) {
    console.log("nothing to feed");
    awaitOne(lookup(collect)).result();
    awaitOne(lookup(shoot)).result();
  }
});
// end

// ---- Of await-all.md -------------------------------------------------------------------------------

// guide: one-by-one
command({ name: "one-by-one", summary: "Raises the arm, then drives, then collects." }, () => {
  for (const each of [lookup(raise, { angle: 0.5 }), lookup(drive, { distance: 0.5 }), lookup(collect)]) {
    awaitOne(each).result();
  }
});
// end

// guide: together
command({ name: "together", summary: "Raises the arm, drives and collects, all at once." }, () => {
  const raising = lookup(raise, { angle: 0.5 });
  const driving = lookup(drive, { distance: 0.5 });
  for (const outcome of awaitAll(raising, driving, lookup(collect))) outcome.result();
});
// end

// guide: together-with-failure
command({ name: "together-with-failure", summary: "Feeds without a ball, and drives." }, () => {
  const [fed, driven] = awaitAll(lookup(feed), lookup(drive, { distance: 0.5 }));
  console.log(`feed: ${fed.completed}`);
  console.log(`drive: ${driven.completed}`);
});
// end

// ---- Of await-any.md -------------------------------------------------------------------------------

// guide: collect-while-driving
command({ name: "collect-while-driving", summary: "Drives two metres, or until it has a ball." }, () => {
  const winner = awaitAny(lookup(drive, { distance: 2 }), lookup(collect));
  console.log(winner.index === 0 ? "no ball on the way" : "got one");
});
// end

// guide: photo-finish
command({ name: "photo-finish", summary: "Two waits that end in the same tick." }, () => {
  const left = Command.delay(0.2).named("left");
  const right = Command.delay(0.2).named("right");
  const winner = awaitAny(left, right);
  console.log(`the winner is ${winner.index}`);
});
// end

// guide: first-to-fail
command(
  { name: "first-to-fail", summary: "Drives, or feeds without a ball: what fails at once ends first." },
  () => {
    const winner = awaitAny(lookup(drive, { distance: 0.5 }), lookup(feed));
    if (!winner.outcome.completed) console.log(`${winner.index} was no success`);
  },
);
// end

// guide: as-a-race
command({ name: "as-a-race", summary: "The same as a command of its own, which others can be handed." }, () => {
  const race = Command.race(lookup(drive, { distance: 2 }), lookup(collect));
  awaitOne(race).result();
});
// end

// guide: raise-or-give-up
command(
  {
    name: "raise-or-give-up",
    summary: "Raises the arm further than it goes, and gives up after half a second.",
  },
  () => {
    if (awaitAny(lookup(raise, { angle: 2.5 }), Command.delay(0.5)).index === 1) {
      console.warn("the arm is stuck");
      const lower = lookup(holdArm, { volts: -2 }).withTimeout(0.3);
      awaitOne(lower).result();
    }
  },
);
// end

// ---- Of patterns.md --------------------------------------------------------------------------------

// guide: as-a-group
command(
  { name: "as-a-group", summary: "Drives and raises the arm then; owns both from the first tick on." },
  () => {
    const both = Command.sequence(lookup(drive, { distance: 0.6 }), lookup(raise, { angle: 0.5 }));
    awaitOne(both).result();
  },
);
// end

// guide: as-a-body
command(
  { name: "as-a-body", summary: "Drives and raises the arm then; takes the arm when it gets there." },
  () => {
    awaitOne(lookup(drive, { distance: 0.6 })).result();
    awaitOne(lookup(raise, { angle: 0.5 })).result();
  },
);
// end

// guide: prepare
command({ name: "prepare", summary: "Makes the robot ready to shoot, whatever it has done before." }, () => {
  if (!Signal.channel("feeder.ball").isTrue().get()) awaitOne(lookup(collect)).result();
  if (new NumberInput("arm.angle").get() < 0.5) awaitOne(lookup(raise, { angle: 0.8 })).result();
});
// end

// guide: meet
command(
  {
    name: "meet",
    summary: "Drives and collects at once; when both are done, raises the arm and spins up at once.",
  },
  () => {
    for (const outcome of awaitAll(lookup(drive, { distance: 0.5 }), lookup(collect))) outcome.result();
    console.log("both are done");
    const ready = Command.condition(Signal.topic("shooter/ready").isTrue());
    fork(lookup(spinUp));
    for (const outcome of awaitAll(lookup(raise, { angle: 0.5 }), ready)) outcome.result();
    awaitOne(lookup(feed)).result();
  },
);
// end

// guide: warm-up
command({ name: "warm-up", summary: "Lets the shooter spin up while the robot drives." }, () => {
  fork(lookup(spinUp));
  awaitOne(lookup(drive, { distance: 0.5 })).result();
  waitUntil(Signal.topic("shooter/ready").isTrue());
  console.log("ready to shoot");
});
// end

// guide: cycle
command(
  { name: "cycle", summary: "Collects, raises the arm and shoots, as a state machine. B ends it at any time." },
  () => {
    const machine = new StateMachine("scoring");
    const fetch = machine.state("fetch", lookup(collect));
    const aim = machine.state("aim", lookup(raise, { angle: 0.5 }));
    const score = machine.state("score", lookup(shoot));
    machine.switchOnCompletion(fetch, aim);
    machine.switchOnCompletion(aim, score);
    machine.switchOnCompletion(score, null);
    machine.switch([], null, Signal.channel("driver.b").isTrue());
    awaitOne(machine.build(fetch)).result();
  },
);
// end

// guide: retry
command(
  {
    name: "retry",
    summary: "Feeds a ball, in three attempts at most, and returns how many it took.",
    returns: integer,
  },
  () => {
    fork(lookup(spinUp));
    for (let attempt = 1; attempt <= 3; attempt++) {
      if (awaitOne(lookup(feed)).completed) return attempt;
      console.log(`attempt ${attempt} failed`);
      awaitOne(lookup(collect).withTimeout(1));
    }
    throw new CommandError("three attempts, and no ball");
  },
);
// end

// guide: try-to-score
command({ name: "try-to-score", summary: "Collects a ball and shoots it, and gives up after three seconds." }, () => {
  const score = Command.sequence(lookup(collect), lookup(shoot));
  const giveUp = Command.delay(3);
  if (awaitAny(score, giveUp).index === 1) {
    console.warn("no luck this time");
    awaitOne(lookup(raise, { angle: 0 })).result();
  }
});
// end

// guide: climb
command(
  {
    name: "climb",
    summary: "Pulls the robot up until the driver presses B, and lets it down then. Nobody else gets the arm.",
    priority: 10,
  },
  () => {
    const abort = Command.condition(Signal.channel("driver.b").isTrue());
    if (awaitAny(abort, lookup(holdArm, { volts: 6 })).index === 0) {
      console.log("the driver lets the robot down");
      awaitOne(lookup(raise, { angle: 0 })).result();
    }
  },
);
// end

// guide: home-arm
command(
  {
    name: "home-arm",
    summary: "Pushes the arm down to its stop, and fails if it does not get there within a second.",
  },
  () => {
    const push = lookup(holdArm, { volts: -3 });
    fork(push);
    if (!waitUntil(Signal.channel("arm.angle").below(-0.5), 1)) {
      throw new CommandError("the arm does not reach its stop");
    }
    push.cancel();
    console.log("the arm is at its stop");
  },
);
// end

// guide: two-ball
command(
  {
    name: "two-ball",
    summary: "Scores the ball in front of the robot, and one more if there is one on the way.",
    returns: integer,
  },
  () => {
    const collecting = lookup(collect);
    const feeding = lookup(feed);
    fork(lookup(spinUp));
    for (const outcome of awaitAll(collecting, lookup(raise, { angle: 0.5 }))) outcome.result();
    waitUntil(Signal.topic("shooter/ready").isTrue());
    awaitOne(feeding).result();
    if (awaitAny(collecting, lookup(drive, { distance: 2 })).index === 1) {
      console.log("there is no second ball");
      return 1;
    }
    awaitOne(feeding).result();
    return 2;
  },
);
// end
