//! What the macros make of functions, seen from a crate that uses them.

use gantry_sdk::__private::bindings::exports::gantry::command::plugin::Kind;
use gantry_sdk::__private::bindings::gantry::command::types::{Argument, Value as WitValue};
use gantry_sdk::__private::{Arguments, CommandFunction};
use gantry_sdk::prelude::*;

const HIGH: i32 = 7;

/// Adds two numbers
/// and says so.
///
/// Not part of the summary.
#[command(requires("drive", "arm"), priority = HIGH - 2, runs_while_disabled)]
fn add_up(
    /// The first one.
    #[unit("m")]
    first: f64,
    #[default(2)] second: f64,
    #[default(["a"; 1].concat())] mut label: String,
) -> Result<f64> {
    label.push('!');
    if label != "a!" {
        bail!("the label is {label}");
    }
    Ok(first + second)
}

#[command(name = "nothing-at-all")]
fn nothing() {}

/// Fails with an error that is not this crate's.
#[command]
fn parse(text: String) -> Result<i64, std::num::ParseIntError> {
    text.parse()
}

#[command]
fn park_here(co: &Coroutine) -> Result<std::convert::Infallible> {
    co.park()
}

// The list of commands takes paths, not only names.
mod inner {
    use gantry_sdk::prelude::*;

    #[command(priority = -10)]
    pub(crate) fn nested(_numbers: [f64; 2]) -> bool {
        true
    }
}

plugin! {
    reads = ["drive.*"],
    publishes = [],
    commands = [add_up, nothing, parse, park_here, inner::nested],
    configure = |config: &Config| config.in_range("kp", 1.0, 0.0..=2.0).map_err(Into::into),
}

fn run<C: CommandFunction>(arguments: &[(&str, WitValue)]) -> Result<Option<Value>> {
    C::run(Arguments::new(
        arguments
            .iter()
            .map(|(name, value)| Argument {
                name: (*name).to_owned(),
                value: value.clone(),
            })
            .collect(),
    ))
}

#[test]
fn a_declaration_says_what_stands_next_to_the_function() {
    let definition = add_up::definition();
    assert_eq!(definition.name, "add-up");
    assert_eq!(definition.summary, "Adds two numbers and says so.");
    assert_eq!(definition.requirements, ["drive", "arm"]);
    assert_eq!(definition.priority, 5);
    assert!(definition.runs_while_disabled);
    assert!(matches!(definition.returns, Some(Kind::Number)));

    let [first, second, label] = &definition.parameters[..] else {
        panic!("not three parameters: {definition:?}");
    };
    assert_eq!(
        (&*first.name, &*first.unit, &*first.summary),
        ("first", "m", "The first one.")
    );
    assert!(matches!(first.kind, Kind::Number));
    assert!(first.default.is_none());
    assert!(matches!(second.default, Some(WitValue::Number(2.0))));
    assert!(matches!(&label.default, Some(WitValue::Text(text)) if text == "a"));
}

#[test]
fn what_is_not_said_is_empty() {
    let definition = nothing::definition();
    assert_eq!(definition.name, "nothing-at-all");
    assert_eq!(definition.summary, "");
    assert!(definition.parameters.is_empty());
    assert!(definition.requirements.is_empty());
    assert!(definition.returns.is_none());
    assert_eq!(definition.priority, 0);
    assert!(!definition.runs_while_disabled);
    assert!(park_here::definition().returns.is_none());
}

#[test]
fn arguments_reach_the_function_and_its_result_comes_back() {
    let text = || ("label", WitValue::Text("a".to_owned()));
    let sum = run::<add_up>(&[
        ("first", WitValue::Number(1.5)),
        ("second", WitValue::Number(2.0)),
        text(),
    ]);
    assert_eq!(sum, Ok(Some(Value::Number(3.5))));
    assert_eq!(run::<nothing>(&[]), Ok(None));
    assert_eq!(
        run::<inner::nested>(&[("numbers", WitValue::Numbers(vec![1.0, 2.0]))]),
        Ok(Some(Value::Boolean(true)))
    );
}

#[test]
fn any_error_fails_the_command_with_its_text() {
    let error = run::<parse>(&[("text", WitValue::Text("one".to_owned()))]).unwrap_err();
    assert_eq!(
        error,
        Error::Failed("invalid digit found in string".to_owned())
    );
}

#[test]
fn an_argument_that_does_not_fit_is_named() {
    let error = run::<inner::nested>(&[("numbers", WitValue::Numbers(vec![1.0]))]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the argument `numbers`: it should be an array of 2 numbers, not [1.0]"
    );
    let error = run::<parse>(&[]).unwrap_err();
    assert_eq!(error.to_string(), "the argument `text` is missing");
}

#[test]
fn a_function_is_still_a_function() {
    assert_eq!(add_up(1.0, 2.0, "a".to_owned()), Ok(3.0));
    assert!(inner::nested([0.0, 0.0]));
}
