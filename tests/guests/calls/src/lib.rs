//! Plays any sequence of calls of the contract: bytes that come as an argument, a character each.
//!
//! Whatever the bytes are, they are a program (`play`): each call is a number and what it takes, and
//! one that ends in the middle goes on with zeros. The fuzz target `host_calls` draws them.
#![allow(missing_docs, unsafe_code, unreachable_pub)]

mod handles;
mod play;
mod reader;

wit_bindgen::generate!({ path: "../../../wit/command/0.1", world: "command-plugin" });

use exports::gantry::command::plugin::{Definition, Description, Guest, Kind, Parameter};
use gantry::command::types::{Argument, Value};
use play::Player;

/// The commands: name, requirements, priority, whether it runs while disabled.
const COMMANDS: [(&str, &[&str], i32, bool); 6] = [
    ("play", &[], 0, false),
    ("play-lift", &["lift"], 0, false),
    ("play-claw", &["claw"], 0, false),
    ("play-both", &["lift", "claw"], 0, false),
    ("play-urgent", &["lift"], i32::MAX, false),
    ("play-disabled", &["claw"], -1, true),
];

struct Plugin;

impl Guest for Plugin {
    fn describe() -> Result<Description, String> {
        let commands =
            COMMANDS.map(
                |(name, requirements, priority, runs_while_disabled)| Definition {
                    name: name.to_owned(),
                    summary: String::new(),
                    parameters: vec![Parameter {
                        name: "program".to_owned(),
                        kind: Kind::Text,
                        unit: String::new(),
                        default: Some(Value::Text(String::new())),
                        summary: String::new(),
                    }],
                    returns: None,
                    requirements: requirements.iter().map(|&name| name.to_owned()).collect(),
                    priority,
                    runs_while_disabled,
                },
            );
        Ok(Description {
            name: "calls".to_owned(),
            version: "0.1.0".to_owned(),
            summary: String::new(),
            commands: commands.into(),
            reads: vec!["lift.*".to_owned(), "driver.*".to_owned()],
            publishes: vec!["calls.*".to_owned()],
        })
    }

    fn run(_: String, arguments: Vec<Argument>) -> Result<Option<Value>, String> {
        let Some(Value::Text(program)) = arguments.into_iter().map(|a| a.value).next() else {
            return Err("there is no program".to_owned());
        };
        let bytes: Vec<u8> = program.chars().map(|c| c as u8).collect();
        Player::new(&bytes).play()
    }
}

export!(Plugin);
