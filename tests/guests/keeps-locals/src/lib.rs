//! Counts across many ticks; everything it knows is in locals.
#![allow(missing_docs, unsafe_code, unreachable_pub)]

wit_bindgen::generate!({ path: "../../../wit/command/0.1", world: "command-plugin" });

use exports::gantry::command::plugin::{Definition, Description, Guest, Kind, Parameter};
use gantry::command::coroutine;
use gantry::command::types::{Argument, Value};

struct Plugin;

impl Guest for Plugin {
    fn describe() -> Result<Description, String> {
        Ok(Description {
            name: "keeps-locals".to_owned(),
            version: "0.1.0".to_owned(),
            summary: "Counts".to_owned(),
            commands: vec![
                Definition {
                    name: "yields-on".to_owned(),
                    summary: "Yields until it is canceled".to_owned(),
                    parameters: Vec::new(),
                    returns: None,
                    requirements: Vec::new(),
                    priority: 0,
                    runs_while_disabled: false,
                },
                Definition {
                    name: "count".to_owned(),
                    summary: "Adds up the numbers of as many ticks as it is told".to_owned(),
                    parameters: vec![Parameter {
                        name: "ticks".to_owned(),
                        kind: Kind::Integer,
                        unit: String::new(),
                        default: Some(Value::Integer(1000)),
                        summary: String::new(),
                    }],
                    returns: Some(Kind::Integer),
                    requirements: Vec::new(),
                    priority: 0,
                    runs_while_disabled: false,
                },
            ],
            reads: Vec::new(),
            publishes: Vec::new(),
        })
    }

    fn run(command: String, arguments: Vec<Argument>) -> Result<Option<Value>, String> {
        if command == "yields-on" {
            loop {
                coroutine::yield_().map_err(|error| format!("{error:?}"))?;
            }
        }
        let Some(Value::Integer(ticks)) = arguments.first().map(|argument| &argument.value) else {
            return Err("no number of ticks".to_owned());
        };
        let mut seen = Vec::new();
        let mut sum = 0;
        for tick in 0..*ticks {
            seen.push(tick.to_string());
            sum += tick;
            coroutine::yield_().map_err(|error| format!("{error:?}"))?;
        }
        let again: i64 = seen
            .iter()
            .filter_map(|text| text.parse::<i64>().ok())
            .sum();
        if again == sum {
            Ok(Some(Value::Integer(sum)))
        } else {
            Err("forgot".to_owned())
        }
    }
}

export!(Plugin);
