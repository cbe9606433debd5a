//! Checking a description in itself.

use std::collections::HashSet;

use super::LoadErrorKind;
use crate::description::{Definition, Description, Kind, Parameter};
use crate::log::visible;

/// The most commands of a plugin, and the most entries of its other lists.
const MAX_COMMANDS: usize = 1000;
/// The most parameters of a command.
const MAX_PARAMETERS: usize = 64;
/// The longest name, in bytes.
const MAX_NAME: usize = 64;

/// The description as it may be used and shown: names checked, defaults of the declared types,
/// texts without control characters.
pub(super) fn check(mut description: Description) -> Result<Description, LoadErrorKind> {
    check_name("a plugin", &description.name)?;
    if !is_semantic(&description.version) {
        return Err(LoadErrorKind::SemanticVersion(visible(
            description.version.as_bytes(),
        )));
    }
    at_most("commands", description.commands.len(), MAX_COMMANDS)?;
    at_most(
        "channels that it reads",
        description.reads.len(),
        MAX_COMMANDS,
    )?;
    at_most(
        "topics that it publishes",
        description.publishes.len(),
        MAX_COMMANDS,
    )?;
    let mut names = HashSet::new();
    for definition in &mut description.commands {
        check_command(definition)?;
        if !names.insert(definition.name.clone()) {
            return Err(LoadErrorKind::DuplicateCommand(definition.name.clone()));
        }
    }
    description.summary = visible(description.summary.as_bytes());
    make_visible(&mut description.reads);
    make_visible(&mut description.publishes);
    Ok(description)
}

fn check_command(definition: &mut Definition) -> Result<(), LoadErrorKind> {
    check_name("a command", &definition.name)?;
    at_most(
        "parameters of one command",
        definition.parameters.len(),
        MAX_PARAMETERS,
    )?;
    at_most(
        "mechanisms of one command",
        definition.requirements.len(),
        MAX_COMMANDS,
    )?;
    let mut names = HashSet::new();
    for parameter in &mut definition.parameters {
        check_parameter(&definition.name, parameter)?;
        if !names.insert(parameter.name.clone()) {
            return Err(LoadErrorKind::DuplicateParameter {
                command: definition.name.clone(),
                parameter: parameter.name.clone(),
            });
        }
    }
    definition.summary = visible(definition.summary.as_bytes());
    make_visible(&mut definition.requirements);
    Ok(())
}

fn check_parameter(command: &str, parameter: &mut Parameter) -> Result<(), LoadErrorKind> {
    check_name("a parameter", &parameter.name)?;
    if let Some(default) = parameter.default.take() {
        let default =
            parameter
                .kind
                .accept(default)
                .map_err(|default| LoadErrorKind::DefaultType {
                    command: command.to_owned(),
                    parameter: parameter.name.clone(),
                    kind: parameter.kind,
                    default: Kind::of(&default),
                })?;
        parameter.default = Some(default);
    }
    parameter.unit = visible(parameter.unit.as_bytes());
    parameter.summary = visible(parameter.summary.as_bytes());
    Ok(())
}

/// Names of what a robot has, which is never called by what is not visible.
fn make_visible(names: &mut [String]) {
    for name in names {
        *name = visible(name.as_bytes());
    }
}

fn check_name(what: &'static str, name: &str) -> Result<(), LoadErrorKind> {
    let is_word = |word: &str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    let starts = name.starts_with(|c: char| c.is_ascii_lowercase());
    if name.len() <= MAX_NAME && starts && name.split('-').all(is_word) {
        return Ok(());
    }
    let end = name.floor_char_boundary(MAX_NAME);
    Err(LoadErrorKind::Name {
        what,
        name: visible(&name.as_bytes()[..end]),
    })
}

/// `1.2.3`, with anything after a `-` or `+`.
fn is_semantic(version: &str) -> bool {
    let numbers = version.split(['-', '+']).next().unwrap_or_default();
    let parts: Vec<&str> = numbers.split('.').collect();
    version.len() <= MAX_NAME
        && version.bytes().all(|byte| byte.is_ascii_graphic())
        && parts.len() == 3
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn at_most(what: &'static str, count: usize, most: usize) -> Result<(), LoadErrorKind> {
    if count > most {
        return Err(LoadErrorKind::TooMany { what, count, most });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use gantry_scheduler::Value;

    use super::*;

    fn command(name: &str) -> Definition {
        Definition {
            name: name.to_owned(),
            summary: "Raises\u{7} the arm".to_owned(),
            parameters: vec![Parameter {
                name: "height".to_owned(),
                kind: Kind::Number,
                unit: "m".to_owned(),
                default: Some(Value::Integer(1)),
                summary: String::new(),
            }],
            returns: None,
            requirements: Vec::new(),
            priority: 0,
            runs_while_disabled: false,
        }
    }

    fn description(commands: Vec<Definition>) -> Description {
        Description {
            name: "arm-kit".to_owned(),
            version: "1.2.3-beta".to_owned(),
            summary: String::new(),
            commands,
            reads: Vec::new(),
            publishes: Vec::new(),
        }
    }

    fn error(description: Description) -> String {
        check(description).unwrap_err().to_string()
    }

    #[test]
    fn a_sound_description_is_made_presentable() {
        let checked = check(description(vec![command("raise"), command("lower-2")])).unwrap();
        assert_eq!(checked.commands[0].summary, "Raises\\u{7} the arm");
        let mut hidden = description(Vec::new());
        hidden.reads.push("arm.\u{1b}[31m".to_owned());
        assert_eq!(check(hidden).unwrap().reads, ["arm.\\u{1b}[31m"]);
        assert_eq!(
            checked.commands[0].parameters[0].default,
            Some(Value::Number(1.0))
        );
    }

    #[test]
    fn names_are_lower_case_words() {
        for bad in [
            "",
            "Raise",
            "raise_it",
            "raise--it",
            "-raise",
            "2raise",
            "raise it",
            "a/b",
        ] {
            let expected = format!(
                "`{bad}` cannot be the name of a command; use lower-case words joined by `-`"
            );
            assert_eq!(error(description(vec![command(bad)])), expected);
        }
    }

    #[test]
    fn commands_are_described_once() {
        assert_eq!(
            error(description(vec![command("raise"), command("raise")])),
            "the command `raise` is described twice; each needs a name of its own"
        );
    }

    #[test]
    fn parameters_are_described_once_and_have_defaults_of_their_type() {
        let mut twice = command("raise");
        twice.parameters.push(twice.parameters[0].clone());
        assert_eq!(
            error(description(vec![twice])),
            "the parameter `height` of `raise` is described twice; each needs a name of its own"
        );
        let mut wrong = command("raise");
        wrong.parameters[0].default = Some(Value::Text("high".into()));
        assert_eq!(
            error(description(vec![wrong])),
            "the default of `raise`'s parameter `height` is a text, and the parameter takes a \
             number"
        );
    }

    #[test]
    fn the_version_is_semantic() {
        let mut wrong = description(Vec::new());
        wrong.version = "v2".to_owned();
        assert_eq!(
            error(wrong),
            "`v2` is not a semantic version; write it as `1.2.3`"
        );
    }
}
