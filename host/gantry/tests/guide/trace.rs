//! What happens in an op mode, as the real binary writes it.

use serde_json::Value;

use super::root;
use super::support::TestRobot;

/// How long each op mode is played.
const TIME: &str = "6s";

/// The robot of the guide with the plugin of one language.
pub(crate) struct Player {
    robot: TestRobot,
}

/// What happens in one op mode, up to its end.
pub(crate) struct Trace {
    pub(crate) runs: Vec<Run>,
    pub(crate) moments: Vec<Moment>,
    /// The last tick in which something happens.
    pub(crate) end: u64,
}

/// A run, in the order in which they start.
pub(crate) struct Run {
    pub(crate) id: u64,
    pub(crate) parent: Option<u64>,
    pub(crate) name: String,
    pub(crate) start: u64,
    /// When and how it ends, if it does before its op mode.
    pub(crate) ending: Option<Ending>,
}

pub(crate) struct Ending {
    pub(crate) tick: u64,
    pub(crate) kind: String,
    /// For people, with what it returned or what was in its way.
    pub(crate) text: String,
}

/// Something that happens. Within a tick, what is logged stands behind what happens to runs.
pub(crate) struct Moment {
    pub(crate) tick: u64,
    pub(crate) command: String,
    /// `scheduled`, `completed`, …, or `says`.
    pub(crate) what: String,
    /// The text that is logged.
    pub(crate) said: String,
}

impl Player {
    pub(crate) fn new(component: &[u8]) -> Self {
        let robot = TestRobot::new("");
        let file = std::fs::read(root().join("plugins/patterns/robot.toml")).unwrap();
        robot.write("robot.toml", &file);
        robot.write("patterns.wasm", component);
        Self { robot }
    }

    /// The op modes of the robot, each of which plays an example.
    pub(crate) fn opmodes(&self) -> Vec<String> {
        let text = String::from_utf8(self.robot.read("robot.toml")).unwrap();
        let robot: toml::Table = text.parse().unwrap();
        robot["opmodes"]
            .as_table()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    }

    pub(crate) fn play(&self, opmode: &str) -> Trace {
        let events = self.robot.sim(opmode, TIME);
        let ends = events.iter().rfind(|event| event["event"] == "mode");
        let end = ends
            .and_then(|event| event["tick"].as_u64())
            .expect("the end of the op mode");
        Trace::of(&events, end)
    }
}

impl Trace {
    /// Of the events before a tick.
    fn of(events: &[Value], before: u64) -> Self {
        let mut trace = Self {
            runs: Vec::new(),
            moments: Vec::new(),
            end: 0,
        };
        for event in events {
            let Some(tick) = event["tick"].as_u64().filter(|tick| *tick < before) else {
                continue;
            };
            let what = event["event"].as_str().expect("what happened");
            trace.add(tick, what, event);
        }
        trace
    }

    fn add(&mut self, tick: u64, what: &str, event: &Value) {
        let command = event["command"].as_str().map(short).unwrap_or_default();
        let mut said = String::new();
        match what {
            "scheduled" => {
                self.runs.push(Run {
                    id: event["run"].as_u64().expect("a run"),
                    parent: event["parent"].as_u64(),
                    name: command.clone(),
                    start: tick,
                    ending: None,
                });
            }
            "completed" | "failed" | "canceled" | "interrupted" => {
                let id = event["run"].as_u64();
                let run = self.runs.iter_mut().find(|run| Some(run.id) == id);
                let run = run.expect("it was scheduled");
                // What has been interrupted is canceled next: the first tells more.
                run.ending.get_or_insert_with(|| Ending {
                    tick,
                    kind: what.to_owned(),
                    text: ending(what, event),
                });
            }
            // Tracebacks, which only some languages have.
            "log" if event["level"] == "error" => return,
            "log" => said = short(event["text"].as_str().expect("a text")),
            "refused" | "preempted" | "cleanup-overrun" | "late" => {}
            _ => return,
        }
        self.end = self.end.max(tick);
        let what = if what == "log" { "says" } else { what };
        self.moments.push(Moment {
            tick,
            command,
            what: what.to_owned(),
            said,
        });
    }
}

/// Without the plugin's name.
fn short(text: &str) -> String {
    text.replace("patterns/", "")
}

fn ending(what: &str, event: &Value) -> String {
    match what {
        "completed" => match &event["value"] {
            Value::Null => what.to_owned(),
            value => match value.as_f64().filter(|_| value.is_f64()) {
                Some(number) => format!("completed with {number:.2}"),
                None => format!("completed with {value}"),
            },
        },
        "failed" => format!("failed: {}", event["message"].as_str().unwrap_or_default()),
        "interrupted" => format!(
            "interrupted by {}",
            short(event["by"].as_str().unwrap_or_default())
        ),
        _ => what.to_owned(),
    }
}
