//! Describes itself as the entry `how` of its configuration says.
#![allow(missing_docs, unsafe_code, unreachable_pub)]

wit_bindgen::generate!({ path: "../../../wit/command/0.1", world: "command-plugin" });

use exports::gantry::command::plugin::{Definition, Description, Guest, Kind, Parameter};
use gantry::command::types::{Argument, Value};
use gantry::command::{config, coroutine};

struct Plugin;

impl Guest for Plugin {
    fn describe() -> Result<Description, String> {
        let text = |key| match config::get(key) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        };
        match text("how").as_deref() {
            Some("traps") => std::process::abort(),
            Some("loops") => loop {
                std::hint::spin_loop();
            },
            Some("suspends") => drop(coroutine::yield_()),
            Some("sleeps") => std::thread::sleep(std::time::Duration::from_secs(1)),
            Some("rejects") => {
                let error = text("error");
                return Err(error.unwrap_or("`pid.kp` is -1 and must be positive".to_owned()));
            }
            _ => {}
        }
        let command = |name: &str| Definition {
            name: name.to_owned(),
            summary: "Raises the arm".to_owned(),
            parameters: vec![Parameter {
                name: "height".to_owned(),
                kind: Kind::Number,
                unit: "m".to_owned(),
                default: None,
                summary: "Above the floor".to_owned(),
            }],
            returns: None,
            requirements: text("requires").into_iter().collect(),
            priority: 3,
            runs_while_disabled: false,
        };
        let mut commands = vec![command("raise")];
        commands.extend(text("second").map(|name| command(&name)));
        Ok(Description {
            name: "describes".to_owned(),
            version: "0.1.0".to_owned(),
            summary: format!("{:?}", config::keys()),
            commands,
            reads: text("reads").into_iter().collect(),
            publishes: text("publishes").into_iter().collect(),
        })
    }

    fn run(_: String, arguments: Vec<Argument>) -> Result<Option<Value>, String> {
        Ok(arguments.into_iter().next().map(|argument| argument.value))
    }
}

export!(Plugin);
