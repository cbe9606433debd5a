//! Does its duty every tick: reads, writes, publishes and yields, whoever is beside it.
#![allow(missing_docs, unsafe_code, unreachable_pub)]

wit_bindgen::generate!({ path: "../../../wit/command/0.1", world: "command-plugin" });

use std::hash::{BuildHasher as _, Hasher as _, RandomState};

use exports::gantry::command::plugin::{Definition, Description, Guest};
use gantry::command::hardware::{NumberInput, NumberOutput};
use gantry::command::state::Topic;
use gantry::command::types::{Argument, Value};
use gantry::command::{clock, coroutine, log};

struct Plugin;

impl Guest for Plugin {
    fn describe() -> Result<Description, String> {
        let commands = [("holds", vec!["arm".to_owned()]), ("pulses", Vec::new())];
        let commands = commands.map(|(name, requirements)| Definition {
            name: name.to_owned(),
            summary: String::new(),
            parameters: Vec::new(),
            returns: None,
            requirements,
            priority: 0,
            runs_while_disabled: false,
        });
        Ok(Description {
            name: "innocent".to_owned(),
            version: "0.1.0".to_owned(),
            summary: String::new(),
            commands: commands.into(),
            reads: vec!["arm.*".to_owned()],
            publishes: vec!["innocent.*".to_owned()],
        })
    }

    fn run(command: String, _: Vec<Argument>) -> Result<Option<Value>, String> {
        match command.as_str() {
            "holds" => holds().map(|()| None),
            "pulses" => pulses().map(Some),
            _ => Err(format!("no command {command}")),
        }
    }
}

/// Holds the arm against gravity, forever.
fn holds() -> Result<(), String> {
    let angle = NumberInput::open("arm.angle")?;
    let voltage = NumberOutput::open("arm.voltage")?;
    let topic = Topic::open("innocent.angle")?;
    loop {
        let now = angle.get();
        voltage
            .set(now.cos() + 0.01 * (clock::now() % 100.0))
            .map_err(|error| format!("{error:?}"))?;
        topic.publish(&Value::Number(now))?;
        if clock::tick().is_multiple_of(10) {
            log::log(log::Level::Info, &format!("the arm is at {now}"));
        }
        coroutine::yield_().map_err(|error| format!("{error:?}"))?;
    }
}

/// Comes and goes: three ticks and a number.
fn pulses() -> Result<Value, String> {
    let start = clock::tick();
    let drawn = RandomState::new().build_hasher().finish();
    log::log(log::Level::Info, &format!("drew {drawn:x}"));
    for _ in 0..3 {
        coroutine::yield_().map_err(|error| format!("{error:?}"))?;
    }
    Ok(Value::Integer((clock::tick() - start) as i64))
}

export!(Plugin);
