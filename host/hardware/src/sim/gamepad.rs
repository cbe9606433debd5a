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
        PortSpec::input("left-x", "", "The left stick, -1 (left) to 1."),
        PortSpec::input(
            "left-y",
            "",
            "The left stick, -1 (away from the driver) to 1.",
        ),
        PortSpec::input("right-x", "", "The right stick, -1 (left) to 1."),
        PortSpec::input(
            "right-y",
            "",
            "The right stick, -1 (away from the driver) to 1.",
        ),
        PortSpec::input("left-trigger", "", "0 to 1."),
        PortSpec::input("right-trigger", "", "0 to 1."),
        PortSpec::input(
            "pov",
            "",
            "Degrees clockwise from up; -1 if it is not pressed.",
        ),
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
    values: [f64; MODEL.ports.len()],
    ports: [Port; MODEL.ports.len()],
}

/// From `at` seconds on, a port has this value.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Entry {
    at: f64,
    port: usize,
    value: f64,
}

fn make(a: &Arguments<'_>) -> Result<Box<dyn Device>, SimError> {
    let entries = a.text("script").split([';', '\n']).map(str::trim);
    let mut script = entries
        .filter(|entry| !entry.is_empty())
        .map(|entry| parse(entry).map_err(|problem| a.bad("script", &problem)))
        .collect::<Result<Vec<_>, _>>()?;
    // Stable: of two entries for the same moment, the later one counts.
    script.sort_by(|a, b| a.at.total_cmp(&b.at));
    let mut values = [0.0; MODEL.ports.len()];
    values[POV] = -1.0;
    let mut gamepad = Gamepad {
        script,
        next: 0,
        values,
        ports: std::array::from_fn(|index| a.port(MODEL.ports[index].name)),
    };
    gamepad.play(0.0);
    Ok(Box::new(gamepad))
}

impl Device for Gamepad {
    fn step(&mut self, _h: f64, around: &Surroundings<'_>) {
        self.play(around.time);
    }

    fn measure(&mut self, inputs: &mut InputFrame<'_>, _noise: &mut Noise) {
        for (index, (port, value)) in self.ports.into_iter().zip(self.values).enumerate() {
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
            self.values[entry.port] = entry.value;
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
    let (least, greatest) = match port {
        POV => (-1.0, 359.0),
        index if index >= FIRST_BUTTON => (0.0, 1.0),
        _ if name.ends_with("trigger") => (0.0, 1.0),
        _ => (-1.0, 1.0),
    };
    if !(least..=greatest).contains(&value) {
        return Err(format!(
            "\"{entry}\": {name} is between {least} and {greatest}"
        ));
    }
    Ok(Entry { at, port, value })
}
