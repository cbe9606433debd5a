//! Is canceled, and cleans up in time, too late, or with the help of others.
#![allow(missing_docs, unsafe_code, unreachable_pub)]

wit_bindgen::generate!({ path: "../../../wit/command/0.1", world: "command-plugin" });

use exports::gantry::command::plugin::{Definition, Description, Guest};
use gantry::command::commands::Command;
use gantry::command::coroutine;
use gantry::command::hardware::NumberOutput;
use gantry::command::state::Topic;
use gantry::command::types::{Argument, SchedulingError, Value};

struct Plugin;

/// Says that it was dropped.
struct Guard(&'static str);

impl Drop for Guard {
    fn drop(&mut self) {
        let _ = say("cleaned-up", self.0);
    }
}

fn say(topic: &str, text: &str) -> Result<(), String> {
    Topic::open(topic)?.publish(&Value::Text(text.to_owned()))
}

impl Guest for Plugin {
    fn describe() -> Result<Description, String> {
        let names = [
            "in-time",
            "never",
            "writes",
            "asks-on",
            "cancels-another",
            "sleeps-on",
        ];
        let commands = names.map(|name| Definition {
            name: name.to_owned(),
            summary: String::new(),
            parameters: Vec::new(),
            returns: None,
            requirements: match name {
                "writes" => vec!["arm".to_owned()],
                _ => Vec::new(),
            },
            priority: 0,
            runs_while_disabled: false,
        });
        Ok(Description {
            name: "cleans-up".to_owned(),
            version: "0.1.0".to_owned(),
            summary: String::new(),
            commands: commands.into(),
            reads: Vec::new(),
            publishes: vec!["*".to_owned()],
        })
    }

    fn run(command: String, _: Vec<Argument>) -> Result<Option<Value>, String> {
        match command.as_str() {
            "in-time" => {
                let _guard = Guard("in-time");
                coroutine::park().map_err(|error| format!("{error:?}"))?;
            }
            "never" => {
                let _guard = Guard("never");
                let _ = coroutine::park();
                say("cleaning-up", "never")?;
                loop {
                    std::hint::spin_loop();
                }
            }
            "writes" => {
                let output = NumberOutput::open("arm.voltage")?;
                output.set(6.0).map_err(|error| format!("{error:?}"))?;
                let _ = coroutine::park();
                // Still the owner, so it may bring the arm to rest its own way.
                output.set(1.5).map_err(|error| format!("{error:?}"))?;
                let written = output.set(99.0);
                say("refused", &format!("{written:?}"))?;
            }
            "asks-on" => {
                let _ = coroutine::park();
                let mut canceled = 0;
                for _ in 0..100 {
                    if matches!(coroutine::yield_(), Err(SchedulingError::Canceled)) {
                        canceled += 1;
                    }
                }
                say("asked-on", &format!("{canceled} times canceled"))?;
            }
            "cancels-another" => {
                let other = Command::lookup("in-time", &[])?;
                coroutine::fork(&[&other]).map_err(|error| format!("{error:?}"))?;
                let _ = coroutine::park();
                let canceled = other.cancel();
                say(
                    "canceled-another",
                    &format!("{canceled:?} {}", other.is_running()),
                )?;
            }
            "sleeps-on" => {
                let _ = coroutine::park();
                std::thread::sleep(std::time::Duration::from_secs(3600));
                say("slept-on", "an hour")?;
            }
            _ => return Err(format!("no command {command}")),
        }
        Ok(None)
    }
}

export!(Plugin);
