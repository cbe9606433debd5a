//! Values that a plugin is handed: the entries of its own table, and the arguments of commands.

use std::collections::BTreeMap;

use toml::de::DeValue;

use super::Span;
use super::reader::{Node, Table};

/// A value of a kind that the contract knows.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigValue {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number: `3`.
    Integer(i64),
    /// A number: `0.5`.
    Number(f64),
    /// A string: `"left"`.
    Text(String),
    /// Numbers in a row: `[0.0, 1.5, 3]`.
    Numbers(Vec<f64>),
}

impl ConfigValue {
    /// Reads a value; a table has no place among them.
    pub(super) fn read(node: &Node<'_>) -> Option<Self> {
        match node.value {
            DeValue::Boolean(value) => Some(ConfigValue::Boolean(*value)),
            DeValue::Integer(_) => node.integer().map(ConfigValue::Integer),
            DeValue::Float(_) => node.number().map(ConfigValue::Number),
            DeValue::String(text) => Some(ConfigValue::Text(text.to_string())),
            DeValue::Array(elements) => {
                let is_number = |v: &DeValue<'_>| v.is_integer() || v.is_float();
                if elements.iter().all(|element| is_number(element.get_ref())) {
                    return node.numbers().map(ConfigValue::Numbers);
                }
                let message = format!("`{}` is an array of something else than numbers", node.path);
                let help =
                    "a plugin can be handed booleans, numbers, strings and arrays of numbers";
                node.sink.report(node.error(message).help(help));
                None
            }
            DeValue::Datetime(_) => {
                let help = "write it in quotes, or as a number of seconds";
                node.wrong_type("something that a plugin can be handed", help)
            }
            DeValue::Table(_) => node.wrong_type(
                "a boolean, a number, a string or an array of numbers",
                "give its entries one by one",
            ),
        }
    }
}

/// The longest name of an entry of a plugin's own table, in bytes.
const MOST_LETTERS_OF_KEY: usize = 1_000;

/// Reads a plugin's own table. Nested entries are called `pid.kp`, however they are written.
pub(super) fn read_entries(table: &Table<'_>) -> BTreeMap<String, ConfigValue> {
    let mut entries = BTreeMap::new();
    let mut places = BTreeMap::new();
    flatten(table, "", &mut |key, name_span, node| {
        if let Some(first) = places.insert(key.clone(), name_span) {
            let error = node
                .sink
                .error(name_span, format!("`{key}` is there twice"));
            let error = error.related(first, "first here");
            let help = "a nested entry and a quoted key with dots are one and the same to a plugin";
            node.sink.report(error.help(help));
        }
        if let Some(value) = ConfigValue::read(&node) {
            entries.insert(key, value);
        }
    });
    entries
}

fn flatten(table: &Table<'_>, prefix: &str, found: &mut dyn FnMut(String, Span, Node<'_>)) {
    for (name, node) in table.entries() {
        if prefix.len() + name.text.len() > MOST_LETTERS_OF_KEY {
            // The names of all entries below begin with it.
            let message = format!("`{}` is too long for the name of an entry", node.path);
            let help = format!(
                "with the tables around it, a name has {MOST_LETTERS_OF_KEY} bytes at most"
            );
            node.sink
                .report(node.sink.error(name.span, message).help(help));
            continue;
        }
        let key = format!("{prefix}{}", name.text);
        match node.value {
            DeValue::Table(_) => {
                if let Some(nested) = node.table("{ … }") {
                    flatten(&nested, &format!("{key}."), found);
                }
            }
            _ => found(key, name.span, node),
        }
    }
}
