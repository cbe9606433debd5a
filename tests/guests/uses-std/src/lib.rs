//! Sleeps, prints, draws random numbers, looks at clocks, files and sockets.
#![allow(missing_docs, unsafe_code, unreachable_pub)]

wit_bindgen::generate!({ path: "../../../wit/command/0.1", world: "command-plugin" });

use std::collections::HashMap;
use std::io::Write as _;
use std::time::{Duration, Instant, SystemTime};

use exports::gantry::command::plugin::{Definition, Description, Guest};
use gantry::command::types::{Argument, Value};

struct Plugin;

const COMMANDS: [&str; 9] = [
    "sleeps",
    "prints",
    "draws",
    "tells-time",
    "looks-around",
    "connects",
    "reads-a-file",
    "writes-a-file",
    "reads-input",
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
            name: "uses-std".to_owned(),
            version: "0.1.0".to_owned(),
            summary: String::new(),
            commands: commands.into(),
            reads: Vec::new(),
            publishes: Vec::new(),
        })
    }

    fn run(command: String, _: Vec<Argument>) -> Result<Option<Value>, String> {
        let text = match command.as_str() {
            "sleeps" => {
                let start = Instant::now();
                std::thread::sleep(Duration::from_millis(50));
                format!("{:?}", start.elapsed())
            }
            "prints" => {
                println!("out \x1b[31mred");
                eprintln!("err");
                print!("no end");
                let _ = std::io::stdout().flush();
                String::new()
            }
            "draws" => {
                // The order of a hash map follows its random seed.
                let map: HashMap<u32, ()> = (0..32).map(|key| (key, ())).collect();
                format!("{:?}", map.keys().collect::<Vec<_>>())
            }
            "tells-time" => {
                let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
                format!("{:?}", since.map_err(|error| error.to_string())?)
            }
            "looks-around" => {
                let arguments = std::env::args().count();
                let variables = std::env::vars().count();
                let root = std::fs::read_dir("/")
                    .map(|_| ())
                    .map_err(|error| error.kind());
                format!("{arguments} {variables} {root:?}")
            }
            "connects" => {
                let connected = std::net::TcpStream::connect("127.0.0.1:80").map(|_| ());
                let bound = std::net::UdpSocket::bind("127.0.0.1:0").map(|_| ());
                format!("{:?} {:?}", connected.is_err(), bound.is_err())
            }
            "reads-a-file" => format!(
                "{:?}",
                std::fs::read_to_string("/notes.txt").map_err(|e| e.kind())
            ),
            "writes-a-file" => {
                let written = std::fs::write("/written.txt", "by the guest").map_err(|e| e.kind());
                let outside = std::fs::read_to_string("/../secret.txt").map_err(|_| ());
                format!("{written:?} {outside:?}")
            }
            "reads-input" => format!("{:?}", std::io::read_to_string(std::io::stdin())),
            _ => return Err(format!("no command {command}")),
        };
        Ok(Some(Value::Text(text)))
    }
}

export!(Plugin);
