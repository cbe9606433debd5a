//! The list, and what has to come of each entry in every language.

use crate::{Expectation, Language};
use Expectation::{
    BreaksOff, CleansUp, Echoes, Fails, FailsInCleanup, IsInterrupted, Logs, OverrunsCleanup,
    Publishes, Returns, ReturnsFrom, ReturnsHalves, ReturnsLines, ReturnsOddly,
};

/// One entry: a command of the list, and what has to come of it.
#[derive(Debug)]
pub struct Behaviour {
    /// The command's name.
    pub command: &'static str,
    /// Its arguments, as robot.toml has them.
    pub arguments: &'static str,
    /// Commands that are started after it.
    pub beside: &'static [&'static str],
    /// How long the robot is simulated, in seconds.
    pub seconds: f64,
    /// Limits that it is played with beside the suite's, as robot.toml has them.
    pub limits: &'static str,
    /// What has to come of it.
    pub expectation: Expectation,
}

/// Something that a language does not have.
#[derive(Debug)]
pub struct Hole {
    /// The behaviours.
    pub command: &'static str,
    /// Their arguments.
    pub arguments: &'static str,
    /// Where.
    pub languages: &'static [Language],
    /// Why, and what is done instead.
    pub reason: &'static str,
    /// Whether it is played all the same.
    pub played: bool,
}

/// What is not in every language.
pub static HOLES: &[Hole] = &[
    Hole {
        command: "sleeps",
        arguments: "",
        languages: &[Language::JavaScript, Language::StarlingMonkey],
        reason: "JavaScript has no sleep of its own; the SDK's `wait` takes its place",
        played: true,
    },
    Hole {
        command: "cleans-up-at",
        arguments: "call = \"sleep\"",
        languages: &[Language::JavaScript, Language::StarlingMonkey],
        reason: "As for `sleeps`",
        played: true,
    },
    Hole {
        command: "echoes",
        arguments: "",
        languages: &[Language::StarlingMonkey],
        reason: "StarlingMonkey takes more than a second's slices to take in a text of 66,000 bytes",
        played: false,
    },
    Hole {
        command: "binds-all",
        arguments: "",
        languages: &[Language::StarlingMonkey],
        reason: "A run on StarlingMonkey is pre-empted while it starts, so that steps that are ticks apart fall together",
        played: false,
    },
    Hole {
        command: "keeps-value",
        arguments: "",
        languages: &[Language::StarlingMonkey],
        reason: "A run on StarlingMonkey is preempted while it starts, so that the arm moves for other ticks",
        played: false,
    },
    Hole {
        command: "fails-in-cleanup",
        arguments: "",
        languages: &[Language::StarlingMonkey],
        reason: "StarlingMonkey takes longer to tell an error than a cleanup has",
        played: false,
    },
    Hole {
        command: "breaks-off",
        arguments: "",
        languages: &[Language::StarlingMonkey],
        reason: "StarlingMonkey is ended by the error before what was printed last is handed on",
        played: false,
    },
    Hole {
        command: "hands-back",
        arguments: "",
        languages: &[Language::StarlingMonkey],
        reason: "StarlingMonkey gives handles back when it collects garbage, which is too late",
        played: false,
    },
];

/// Letters of one to four bytes.
pub(crate) const UNICODE: &str = "größe 机器人 🤖";

const fn behaviour(command: &'static str, expectation: Expectation) -> Behaviour {
    Behaviour {
        command,
        arguments: "",
        beside: &[],
        seconds: 1.0,
        limits: "cleanup = \"20 ms\"",
        expectation,
    }
}

const fn given(
    command: &'static str,
    arguments: &'static str,
    expectation: Expectation,
) -> Behaviour {
    Behaviour {
        arguments,
        ..behaviour(command, expectation)
    }
}

/// The list.
pub const BEHAVIOURS: &[Behaviour] = &[
    given(
        "returns-values",
        "flag = true, count = -3, ratio = 0.5, words = \"größe 🤖\", points = [1, 2.5]",
        Returns("\"true -3 0.5 größe 🤖 [1,2.5]\""),
    ),
    given(
        "returns-values",
        "flag = false, count = 9007199254740991, ratio = 1e-3, words = \"\", points = []",
        Returns("\"false 9007199254740991 0.001  []\""),
    ),
    behaviour("defaults", Returns("\"true -3 0.5 größe 🤖 [1,2.5]\"")),
    given(
        "defaults",
        "words = \"other\", count = 4",
        Returns("\"true 4 0.5 other [1,2.5]\""),
    ),
    behaviour("returns-boolean", Returns("true")),
    behaviour("returns-integer", Returns("9007199254740991")),
    behaviour("returns-number", Returns("0.1")),
    behaviour("large-values", ReturnsHalves(10_000)),
    behaviour("echoes", Echoes(3_000)),
    behaviour("yields", Returns("3")),
    given("yields", "n = 0", Returns("0")),
    behaviour("waits", ReturnsFrom(0.0999, 0.1001)),
    given("waits", "seconds = 0.0", Returns("0.0")),
    behaviour("waits-until", Returns("\"timed out\"")),
    Behaviour {
        beside: &["binds"],
        ..given("waits-until", "timeout = 1.0", Returns("\"met\""))
    },
    behaviour("forks", Returns("true")),
    behaviour("awaits", Returns("2")),
    behaviour("awaits-all", Returns("\"completed, failed, completed\"")),
    behaviour("awaits-any", Returns("1")),
    behaviour(
        "outcomes",
        Returns("\"1; failed the arm is stuck; canceled; interrupted by taker\""),
    ),
    behaviour("cancels", Returns("\"true false\"")),
    behaviour(
        "combines",
        Returns(
            "\"lang/yields -> lang/returns-boolean; [(lang/yields & wait 0.04 s) * (lang/parks)]; \
             (lang/parks | wait 0.04 s); (lang/goes-later & wait until)\"",
        ),
    ),
    behaviour(
        "decorates",
        Returns("\"keeper 3 arm; completed; completed\""),
    ),
    behaviour("machine", Returns("\"abc\"")),
    behaviour("branches", Returns("\"ac\"")),
    given(
        "calls-other",
        "name = \"other/awaits-all\"",
        Returns("\"it completed with completed, failed, completed\""),
    ),
    given(
        "calls-other",
        "name = \"other/yields\"",
        Returns("\"it completed with 3\""),
    ),
    given(
        "calls-other",
        "name = \"other/publishes\"",
        Returns("\"it completed\""),
    ),
    given(
        "calls-other",
        "name = \"other/fails\"",
        Returns("\"`other/fails` failed: the arm is stuck\""),
    ),
    given(
        "calls-other",
        "name = \"other/nobody\"",
        Fails(&["other", "nobody"]),
    ),
    behaviour("cleans-up", CleansUp("park")),
    given("cleans-up-at", "call = \"yield\"", CleansUp("yield")),
    given("cleans-up-at", "call = \"wait\"", CleansUp("wait")),
    given(
        "cleans-up-at",
        "call = \"wait-until\"",
        CleansUp("wait-until"),
    ),
    given("cleans-up-at", "call = \"park\"", CleansUp("park")),
    given("cleans-up-at", "call = \"await\"", CleansUp("await")),
    given(
        "cleans-up-at",
        "call = \"await-all\"",
        CleansUp("await-all"),
    ),
    given(
        "cleans-up-at",
        "call = \"await-any\"",
        CleansUp("await-any"),
    ),
    given("cleans-up-at", "call = \"sleep\"", CleansUp("sleep")),
    behaviour("fails", Fails(&["the arm is stuck"])),
    behaviour(
        "wrong-parameter",
        Returns("\"the argument `n` of `lang/yields` is a integer, not a text\""),
    ),
    behaviour(
        "invalid-calls",
        ReturnsLines(&[
            "await-any needs at least one command; with none, nothing could end it",
            "a time of NaN s; give a finite number of seconds",
            "plugin `lang` has no command `yeilds`; did you mean `yields`?",
            "`lang/yields` has no parameter `count`",
            "`lang/walks` needs the argument `step`, a text",
            "`lang/holds` and `lang/holds` cannot run side by side: both require the same mechanism; put them in a \
             sequence instead",
            "a time of inf s; give a finite number of seconds",
            "a time of -1 s; give zero or more",
            "a count of 0 presses; give 1 to 100",
            "`lang/a topic` cannot be a topic: names are made of letters, digits, `-`, `_`, `.` and `/`, 128 bytes at \
             most",
            "there is no channel `arm.angel`; did you mean `arm.angle`?",
            "channel `arm.angle` carries a number, not a boolean",
            "there is no mechanism `leg`",
        ]),
    ),
    behaviour(
        "wrong-topics",
        ReturnsLines(&[
            "publishing `other/boolean` was not granted; the plugin's `publishes` in the robot's file must name it",
            "topic `lang/boolean` was first published as boolean and cannot carry text",
        ]),
    ),
    behaviour(
        "wrong-writes",
        ReturnsLines(&[
            "99 V is outside the range of \"arm.voltage\", -12 to 12 V",
            "\"arm.strip\" takes 3 numbers, 1 were written",
            "run 1 may not write \"base.left-voltage\": no running command requires \"base\"; a command writes what \
             it requires, while it requires it",
        ]),
    ),
    behaviour(
        "not-a-number",
        ReturnsLines(&[
            "NaN V is outside the range of \"arm.voltage\", -12 to 12 V",
            "NaN V is outside the range of \"arm.voltage\", -12 to 12 V",
            "NaN at index 1 is outside the range of \"arm.strip\", 0 to 1",
            "inf V is outside the range of \"arm.voltage\", -12 to 12 V",
            "inf V is outside the range of \"arm.voltage\", -12 to 12 V",
            "inf at index 1 is outside the range of \"arm.strip\", 0 to 1",
            "-inf V is outside the range of \"arm.voltage\", -12 to 12 V",
            "-inf V is outside the range of \"arm.voltage\", -12 to 12 V",
            "-inf at index 1 is outside the range of \"arm.strip\", 0 to 1",
        ]),
    ),
    // As far as with 2 V alone.
    behaviour("keeps-value", ReturnsFrom(0.1458, 0.1459)),
    // With what `cleanup` is if nobody says.
    Behaviour {
        limits: "",
        ..behaviour("fails-in-cleanup", FailsInCleanup("in cleanup"))
    },
    behaviour("ignores-cancel", OverrunsCleanup),
    behaviour("odd-texts", ReturnsOddly("odd \u{fffd}")),
    behaviour("fails-oddly", Fails(&["odd \u{fffd}"])),
    behaviour("breaks-off", BreaksOff("before", "the arm is stuck")),
    Behaviour {
        seconds: 3.0,
        limits: "cleanup = \"20 ms\", handles = 64",
        ..behaviour("hands-back", Returns("100"))
    },
    given(
        "drives",
        "volts = 99.0",
        Fails(&["99 V", "arm.voltage", "-12 to 12 V"]),
    ),
    behaviour(
        "refuses",
        Returns("\"0 forked; lang/holds is blocked by keeper\""),
    ),
    behaviour("is-refused", IsInterrupted("refused")),
    behaviour("binds", Returns("2")),
    behaviour("binds-all", Returns("\" gecae hfdbf ecae fdbf\"")),
    behaviour("signals", Returns("\"10010110110\"")),
    behaviour("edges", Returns("\" d rbu fd mrbu\"")),
    behaviour("sets-default", Returns("true")),
    behaviour("drives", ReturnsFrom(0.05, 1.0)),
    behaviour(
        "channels",
        Returns("\"rad 0; [1,2,0] 0; true 0; V -12 12; 3; '' ''\""),
    ),
    behaviour(
        "publishes",
        Publishes(&[
            ("lang/boolean", "true"),
            ("lang/integer", "42"),
            ("lang/number", "2.0"),
            ("lang/text", "\"größe 机器人 🤖\""),
            ("lang/numbers", "[1.0, 2.5]"),
        ]),
    ),
    behaviour(
        "reads",
        Returns("\"true 42 2 größe 机器人 🤖 [1,2.5] nothing\""),
    ),
    behaviour("config", Returns("\"größe 4 7\"")),
    behaviour("config-keys", Returns("\"greeting,pid.kp\"")),
    behaviour("period", Returns("0.02")),
    behaviour(
        "logs",
        Logs(&[
            ("trace", UNICODE),
            ("debug", UNICODE),
            ("info", UNICODE),
            ("warn", UNICODE),
            ("error", UNICODE),
            ("info", "printed größe 机器人 🤖"),
        ]),
    ),
    behaviour("sleeps", ReturnsFrom(0.0999, 0.1201)),
    behaviour("random", ReturnsFrom(0.0, 1.0)),
    behaviour("time", ReturnsFrom(0.0989, 0.1011)),
];

impl Behaviour {
    /// What people call it: the command with its arguments.
    pub fn title(&self) -> String {
        let mut title = self.command.to_owned();
        if !self.arguments.is_empty() {
            let arguments = crate::expectation::shortened(self.arguments);
            title.push_str(&format!(" `{arguments}`"));
        }
        for beside in self.beside {
            title.push_str(&format!(", beside {beside}"));
        }
        title
    }

    /// The hole that the language has here.
    pub fn hole(&self, language: Language) -> Option<&'static Hole> {
        HOLES.iter().find(|hole| {
            hole.languages.contains(&language)
                && hole.command == self.command
                && hole.arguments == self.arguments
        })
    }

    pub(crate) fn schedule(&self) -> String {
        let command = self.command;
        let arguments = match self.expectation {
            Echoes(times) => format!("words = \"{}\"", UNICODE.repeat(times)),
            _ => self.arguments.to_owned(),
        };
        let mut schedule =
            format!("{{ name = \"lang/{command}\", arguments = {{ {arguments} }} }}");
        for beside in self.beside {
            schedule.push_str(&format!(", \"lang/{beside}\""));
        }
        schedule
    }
}
