//! Takes what it can get: time, memory, stack, log, requests; and breaks.
#![allow(missing_docs, unsafe_code, unreachable_pub)]

wit_bindgen::generate!({ path: "../../../wit/command/0.1", world: "command-plugin" });

use exports::gantry::command::plugin::{Definition, Description, Guest};
use gantry::command::commands::Command;
use gantry::command::hardware::NumberOutput;
use gantry::command::types::{Argument, Value};
use gantry::command::{coroutine, log};

struct Plugin;

const COMMANDS: [&str; 14] = [
    "loops",
    "ping-pongs",
    "floods-the-log",
    "grows",
    "recurses",
    "traps",
    "panics",
    "exits",
    "hoards-handles",
    "shouts",
    "works-a-while",
    "works-a-little",
    "fails",
    "drives-and-logs",
];

impl Guest for Plugin {
    fn describe() -> Result<Description, String> {
        let commands = COMMANDS.map(|name| Definition {
            name: name.to_owned(),
            summary: String::new(),
            parameters: Vec::new(),
            returns: None,
            requirements: Vec::new(),
            priority: 0,
            runs_while_disabled: false,
        });
        Ok(Description {
            name: "hogs".to_owned(),
            version: "0.1.0".to_owned(),
            summary: String::new(),
            commands: commands.into(),
            reads: Vec::new(),
            publishes: Vec::new(),
        })
    }

    fn run(command: String, _: Vec<Argument>) -> Result<Option<Value>, String> {
        match command.as_str() {
            "loops" => loop {
                std::hint::spin_loop();
            },
            "ping-pongs" => loop {
                let _ = coroutine::fork(&[]);
            },
            "floods-the-log" => {
                for line in 0..100_000 {
                    log::log(log::Level::Info, &format!("line {line}"));
                }
                Ok(None)
            }
            "grows" => {
                let mut hoard: Vec<Vec<u8>> = Vec::new();
                loop {
                    hoard.push(vec![1; 1 << 20]);
                }
            }
            "recurses" => Ok(Some(Value::Integer(recurse(1)))),
            "traps" => fall_over(),
            "panics" => {
                std::panic::set_hook(Box::new(|info| {
                    log::log(log::Level::Error, &info.to_string());
                }));
                stumble(&[])
            }
            "exits" => std::process::exit(1),
            "hoards-handles" => {
                let mut hoard = Vec::new();
                loop {
                    hoard.push(Command::delay(1.0)?);
                }
            }
            "shouts" => {
                log::log(log::Level::Info, &"a".repeat(32 << 20));
                Ok(None)
            }
            "works-a-while" => work(500_000),
            "works-a-little" => work(50_000),
            "drives-and-logs" => {
                let output = NumberOutput::open("arm.voltage")?;
                output.set(6.0).map_err(|error| format!("{error:?}"))?;
                coroutine::yield_().map_err(|error| format!("{error:?}"))?;
                log::log(log::Level::Info, "the arm moves");
                coroutine::park().map_err(|error| format!("{error:?}"))?;
                Ok(None)
            }
            "fails" => Err("the arm is stuck".to_owned()),
            _ => Err(format!("no command {command}")),
        }
    }
}

fn work(numbers: u64) -> Result<Option<Value>, String> {
    let mut sum = 0_u64;
    for number in 0..numbers {
        sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(number));
    }
    Ok(Some(Value::Integer((sum >> 1) as i64)))
}

#[inline(never)]
fn fall_over() -> ! {
    std::process::abort()
}

#[inline(never)]
fn stumble(numbers: &[i64]) -> Result<Option<Value>, String> {
    Ok(Some(Value::Integer(numbers[std::hint::black_box(3)])))
}

#[inline(never)]
fn recurse(depth: i64) -> i64 {
    let frame = std::hint::black_box([depth; 64]);
    if frame[0] < 0 {
        0
    } else {
        recurse(frame[0] + 1) + frame[63]
    }
}

export!(Plugin);
