//! Starts commands of its own and of others, reads and drives channels, and shares state.
#![allow(missing_docs, unsafe_code, unreachable_pub)]

wit_bindgen::generate!({ path: "../../../wit/command/0.1", world: "command-plugin" });

use exports::gantry::command::plugin::{Definition, Description, Guest, Kind, Parameter};
use gantry::command::commands::{Command, StateMachine};
use gantry::command::coroutine;
use gantry::command::hardware::{ArrayOutput, BooleanInput, NumberInput, NumberOutput};
use gantry::command::signals::{Edge, Signal, Source};
use gantry::command::state::Topic;
use gantry::command::triggers::{self, Binding};
use gantry::command::types::{Argument, SchedulingError, Value};

struct Plugin;

const COMMANDS: [&str; 13] = [
    "child",
    "fails",
    "parent",
    "looks-up",
    "groups",
    "drives",
    "trespasses",
    "shares",
    "follows",
    "signals",
    "binds",
    "machine",
    "wrong-times",
];

impl Guest for Plugin {
    fn describe() -> Result<Description, String> {
        let commands = COMMANDS.map(|name| Definition {
            name: name.to_owned(),
            summary: String::new(),
            parameters: match name {
                "child" => vec![Parameter {
                    name: "seconds".to_owned(),
                    kind: Kind::Number,
                    unit: "s".to_owned(),
                    default: Some(Value::Number(0.0)),
                    summary: String::new(),
                }],
                _ => Vec::new(),
            },
            returns: None,
            requirements: match name {
                "drives" => vec!["arm".to_owned()],
                _ => Vec::new(),
            },
            priority: 0,
            runs_while_disabled: false,
        });
        Ok(Description {
            name: "forks".to_owned(),
            version: "0.1.0".to_owned(),
            summary: String::new(),
            commands: commands.into(),
            reads: vec!["arm.angle".to_owned(), "driver.*".to_owned()],
            publishes: vec!["forks/*".to_owned()],
        })
    }

    fn run(command: String, arguments: Vec<Argument>) -> Result<Option<Value>, String> {
        match command.as_str() {
            "child" => {
                let Some(Value::Number(seconds)) = arguments.first().map(|a| &a.value) else {
                    return Err("no time".to_owned());
                };
                coroutine::wait(*seconds).map_err(text)?;
                Ok(Some(Value::Number(*seconds)))
            }
            "fails" => Err("no".to_owned()),
            "parent" => parent().map(Some),
            "looks-up" => Ok(Some(Value::Text(looks_up()))),
            "groups" => groups().map(Some),
            "drives" => drives(),
            "trespasses" => trespasses().map(Some),
            "shares" => shares().map(Some),
            "follows" => follows().map(Some),
            "signals" => signals().map(Some),
            "binds" => binds(),
            "machine" => machine().map(Some),
            "wrong-times" => Ok(Some(Value::Text(wrong_times()))),
            _ => Err(format!("no command {command}")),
        }
    }
}

fn text(error: SchedulingError) -> String {
    format!("{error:?}")
}

fn child(seconds: f64) -> Result<Command, String> {
    let seconds = Argument {
        name: "seconds".to_owned(),
        value: Value::Number(seconds),
    };
    Command::lookup("child", &[seconds])
}

fn parent() -> Result<Value, String> {
    let (short, long) = (child(0.1)?, child(0.5)?);
    let fails = Command::lookup("forks/fails", &[])?;
    let first = coroutine::await_any(&[&long, &short]).map_err(text)?;
    let all = coroutine::await_all(&[&short, &fails]).map_err(text)?;
    let alone = coroutine::await_(&child(0.0)?).map_err(text)?;
    Ok(Value::Text(format!(
        "{} {:?} {all:?} {alone:?}",
        first.index, first.outcome
    )))
}

fn looks_up() -> String {
    let wrong = Argument {
        name: "seconds".to_owned(),
        value: Value::Text("soon".to_owned()),
    };
    let unknown = Argument {
        name: "second".to_owned(),
        value: Value::Number(1.0),
    };
    let whole = Argument {
        name: "seconds".to_owned(),
        value: Value::Integer(1),
    };
    [
        Command::lookup("chid", &[]).err(),
        Command::lookup("fork/child", &[]).err(),
        Command::lookup("child", &[wrong]).err(),
        Command::lookup("child", &[unknown]).err(),
        Command::lookup("child", &[whole]).err(),
    ]
    .map(|error| error.unwrap_or_else(|| "found".to_owned()))
    .join("\n")
}

fn groups() -> Result<Value, String> {
    let (a, b) = (child(0.1)?.named("a"), child(0.2)?.named("b"));
    let group = Command::parallel(&[&Command::sequence(&[&a, &b])], &[])?
        .with_timeout(5.0)?
        .with_priority(7);
    let about = format!("{} {}", group.name(), group.priority());
    let outcome = coroutine::await_(&group).map_err(text)?;
    Ok(Value::Text(format!("{about} {outcome:?}")))
}

fn drives() -> Result<Option<Value>, String> {
    let angle = NumberInput::open("arm.angle")?;
    let voltage = NumberOutput::open("arm.voltage")?;
    let lights = ArrayOutput::open("arm.lights")?;
    let about = format!(
        "{} {} {}",
        angle.unit(),
        voltage.minimum(),
        voltage.maximum()
    );
    for _ in 0..3 {
        voltage
            .set(angle.get() * 2.0)
            .map_err(|error| format!("{error:?}"))?;
        lights
            .set(&[0.5; 3])
            .map_err(|error| format!("{error:?}"))?;
        coroutine::yield_().map_err(text)?;
    }
    let refused = [voltage.set(13.0), voltage.set(f64::NAN), lights.set(&[0.0])];
    Ok(Some(Value::Text(format!("{about}\n{refused:?}"))))
}

fn trespasses() -> Result<Value, String> {
    let written = NumberOutput::open("arm.voltage")?.set(1.0);
    let secret = NumberInput::open("secret.number").err();
    let kind = BooleanInput::open("arm.angle").err();
    let unknown = NumberOutput::open("arm.voltag").err();
    let own = Command::delay(0.0)?;
    let default = triggers::set_default("arm", &own);
    let lift = triggers::set_default("lift", &own);
    Ok(Value::Text(format!(
        "{written:?}\n{secret:?}\n{kind:?}\n{unknown:?}\n{default:?}\n{lift:?}"
    )))
}

fn shares() -> Result<Value, String> {
    let own = Topic::open("forks/pose")?;
    own.publish(&Value::Numbers(vec![1.0, 2.0]))?;
    let kind = own.publish(&Value::Boolean(true)).err();
    let other = Topic::open("else/pose")?.publish(&Value::Integer(1)).err();
    let name = Topic::open("a b").err();
    Ok(Value::Text(format!(
        "{:?}\n{kind:?}\n{other:?}\n{name:?}",
        own.read()
    )))
}

fn follows() -> Result<Value, String> {
    let ready = Signal::is_true(Source::Topic, "forks/ready")?;
    let met = coroutine::wait_until(&ready, Some(0.1)).map_err(text)?;
    Topic::open("forks/ready")?.publish(&Value::Boolean(true))?;
    let then = coroutine::wait_until(&ready, Some(0.1)).map_err(text)?;
    Ok(Value::Text(format!("{met:?} {then:?}")))
}

fn signals() -> Result<Value, String> {
    let button = Signal::is_true(Source::Channel, "driver.a")?;
    let high = Signal::above(Source::Channel, "arm.angle", 1.0)?;
    let both = button.both(&high.negate()).debounce(0.05, Edge::Rising)?;
    let met = coroutine::wait_until(&both, Some(1.0)).map_err(text)?;
    let nan = Signal::above(Source::Channel, "arm.angle", f64::NAN).err();
    let secret = Signal::is_true(Source::Channel, "secret.flag").err();
    Ok(Value::Text(format!("{met:?}\n{nan:?}\n{secret:?}")))
}

fn binds() -> Result<Option<Value>, String> {
    let button = Signal::is_true(Source::Channel, "driver.a")?;
    triggers::bind(&button, Binding::WhileTrue, &child(100.0)?).map_err(text)?;
    coroutine::park().map_err(text)?;
    Ok(None)
}

fn machine() -> Result<Value, String> {
    let machine = StateMachine::new("shooter");
    let up = machine.add_state("up", &child(0.05)?);
    let down = machine.add_state("down", &child(0.05)?);
    machine.switch_on_completion(&[up], Some(down), None)?;
    let wrong = machine.switch_on_completion(&[7], None, None).err();
    let command = machine.build(up)?;
    let again = machine.build(up).err();
    let outcome = coroutine::await_(&command).map_err(text)?;
    Ok(Value::Text(format!("{wrong:?}\n{again:?}\n{outcome:?}")))
}

fn wrong_times() -> String {
    let waits = [
        coroutine::wait(f64::NAN),
        coroutine::wait(f64::INFINITY),
        coroutine::wait(-1.0),
    ];
    let timeout = Command::delay(0.0)
        .and_then(|command| command.with_timeout(f64::NAN))
        .err();
    format!("{waits:?}\n{timeout:?}")
}

export!(Plugin);
