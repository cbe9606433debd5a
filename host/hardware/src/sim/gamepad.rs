//! A gamepad whose sticks and buttons follow a script.

use super::SimError;
use super::builder::Arguments;
use super::device::{Device, Port, Surroundings};
use super::noise::Noise;
use super::spec::{ModelSpec, ParameterSpec, PortSpec};
use crate::driver::InputFrame;
use crate::quantity::{self, Quantity};
use crate::wording::nearest;

/// The names are those of WPILib's `XboxController`.
pub(super) const MODEL: ModelSpec = ModelSpec {
    name: "gamepad",
    summary: "A gamepad that plays a script; without one, nobody touches it.",
    parameters: &[ParameterSpec::new(
        "script",
        Quantity::Text,
        "Entries \"<time> <port> = <value>\", one per line or separated by semicolons, each \
             lasting until the next of its port: \"16 s left-y = -0.8; 17.5 s a = 1\".",
    )
    .or_text("")],
    ports: &[
        PortSpec::input("left-x", "", "The left stick, -1 (left) to 1.").within(-1.0, 1.0),
        PortSpec::input(
            "left-y",
            "",
            "The left stick, -1 (away from the driver) to 1.",
        )
        .within(-1.0, 1.0),
        PortSpec::input("right-x", "", "The right stick, -1 (left) to 1.").within(-1.0, 1.0),
        PortSpec::input(
            "right-y",
            "",
            "The right stick, -1 (away from the driver) to 1.",
        )
        .within(-1.0, 1.0),
        PortSpec::input("left-trigger", "", "0 to 1.").within(0.0, 1.0),
        PortSpec::input("right-trigger", "", "0 to 1.").within(0.0, 1.0),
        PortSpec::input(
            "pov",
            "",
            "Degrees clockwise from up; -1 if it is not pressed.",
        )
        .within(-1.0, 359.0),
        PortSpec::boolean_input("a", "The A button."),
        PortSpec::boolean_input("b", "The B button."),
        PortSpec::boolean_input("x", "The X button."),
        PortSpec::boolean_input("y", "The Y button."),
        PortSpec::boolean_input("left-bumper", "The left bumper."),
        PortSpec::boolean_input("right-bumper", "The right bumper."),
        PortSpec::boolean_input("back", "The back button."),
        PortSpec::boolean_input("start", "The start button."),
        PortSpec::boolean_input("left-stick", "The left stick, pressed."),
        PortSpec::boolean_input("right-stick", "The right stick, pressed."),
    ],
    make,
};

/// The ports from here on are buttons.
const FIRST_BUTTON: usize = 7;
const POV: usize = 6;

struct Gamepad {
    script: Vec<Entry>,
    /// The first entry that has not been played.
    next: usize,
    shown: [Shown; MODEL.ports.len()],
    ports: [Port; MODEL.ports.len()],
}

/// What a port shows, and what it is going to. Whatever is done on it for less than a tick is seen in one.
#[derive(Clone, Copy)]
struct Shown {
    now: f64,
    /// What comes with the next ticks, `coming` of them.
    next: [f64; MOST_COMING],
    coming: usize,
}

/// How far what is seen may be behind what is done, in ticks.
const MOST_COMING: usize = 4;

impl Shown {
    fn at_rest(port: usize) -> Self {
        Self {
            now: rest(port),
            next: [0.0; MOST_COMING],
            coming: 0,
        }
    }

    fn put(&mut self, port: usize, value: f64) {
        let last = match self.coming {
            0 => self.now,
            coming => self.next[coming - 1],
        };
        if value == last {
            return;
        }
        if port < POV {
            // A stick is where it is; only that it was moved and let go has to be seen.
            self.coming = match value == rest(port) && self.coming > 0 {
                true => {
                    self.next[0] = last;
                    1
                }
                false => 0,
            };
        } else if self.coming == MOST_COMING {
            // Nobody presses so often within a tick: the oldest press and its end are left out.
            self.next.copy_within(2.., 0);
            self.coming -= 2;
        }
        self.next[self.coming] = value;
        self.coming += 1;
    }

    /// What the next tick sees.
    fn advance(&mut self) -> f64 {
        if self.coming > 0 {
            self.now = self.next[0];
            self.next.copy_within(1.., 0);
            self.coming -= 1;
        }
        self.now
    }
}

/// What a port shows while nobody touches it.
fn rest(port: usize) -> f64 {
    match port {
        POV => -1.0,
        _ => 0.0,
    }
}

/// From `at` seconds on, a port has this value.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Entry {
    at: f64,
    port: usize,
    value: f64,
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    let mut script = entries(a.text("script"))
        .map(|entry| parse(entry).map_err(|problem| a.bad("script", &problem)))
        .collect::<Result<Vec<_>, _>>()?;
    // Stable: of two entries for the same moment, the later one counts.
    script.sort_by(|a, b| a.at.total_cmp(&b.at).then(a.port.cmp(&b.port)));
    script.dedup_by(|later, entry| {
        let same = (entry.at, entry.port) == (later.at, later.port);
        if same {
            entry.value = later.value;
        }
        same
    });
    let mut gamepad = Gamepad {
        script,
        next: 0,
        shown: std::array::from_fn(Shown::at_rest),
        ports: std::array::from_fn(|index| a.port(MODEL.ports[index].name)),
    };
    gamepad.play(0.0);
    Ok(Box::new(gamepad))
}

fn entries(script: &str) -> impl Iterator<Item = &str> {
    let entries = script.split([';', '\n']).map(str::trim);
    entries.filter(|entry| !entry.is_empty())
}

/// Everything that is wrong with the script of a gamepad.
pub fn script_problems(script: &str) -> Vec<String> {
    entries(script)
        .filter_map(|entry| parse(entry).err())
        .collect()
}

impl Device for Gamepad {
    fn step(&mut self, _h: f64, around: &Surroundings<'_>) {
        self.play(around.time);
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, _noise: &mut Noise) {
        for (index, (port, shown)) in self.ports.iter().zip(&mut self.shown).enumerate() {
            let value = shown.advance();
            if index < FIRST_BUTTON {
                port.put(inputs, value);
            } else {
                port.put_boolean(inputs, value != 0.0);
            }
        }
    }
}

impl Gamepad {
    fn play(&mut self, time: f64) {
        // Half a microsecond of leeway: `time` is a sum of steps.
        while let Some(entry) = self.script.get(self.next).filter(|e| e.at <= time + 5e-7) {
            self.shown[entry.port].put(entry.port, entry.value);
            self.next += 1;
        }
    }
}

/// Reads `16 s left-y = -0.8`.
fn parse(entry: &str) -> Result<Entry, String> {
    let form = || format!("\"{entry}\" is not of the form \"16 s left-y = -0.8\"");
    let (moment, value) = entry.split_once('=').ok_or_else(form)?;
    let (time, name) = moment.trim().rsplit_once(' ').ok_or_else(form)?;
    let at = quantity::parse(time, Quantity::Time).map_err(|error| error.to_string())?;
    let Some(port) = MODEL.ports.iter().position(|port| port.name == name) else {
        let names = MODEL.ports.iter().map(|port| port.name);
        let hint =
            nearest(name, names).map_or(String::new(), |n| format!("; did you mean \"{n}\"?"));
        return Err(format!(
            "\"{entry}\": there is no \"{name}\" on a gamepad{hint}"
        ));
    };
    let value = match value.trim() {
        "true" => 1.0,
        "false" => 0.0,
        number => number.parse::<f64>().map_err(|_| form())?,
    };
    // Buttons are numbers here.
    let (least, greatest) = MODEL.ports[port].range.unwrap_or((0.0, 1.0));
    if !(least..=greatest).contains(&value) {
        return Err(format!(
            "\"{entry}\": {name} is between {least} and {greatest}"
        ));
    }
    Ok(Entry { at, port, value })
}
