//! `[mechanisms]`: what one command at a time may drive, and its channels.

use std::collections::BTreeSet;

use gantry_hardware::quantity::{Quantity, UnitError};
use gantry_hardware::{Channel, Direction, Kind, MechanismIndex, OnRelease, Value, quantity};
use gantry_scheduler::MAX_MECHANISMS;
use toml::de::DeValue;

use super::channels::{self, Channels};
use super::reader::{Node, Table, check_name};
use super::{Span, names};

/// A mechanism. Its index in [`RobotConfig::mechanisms`](super::RobotConfig::mechanisms) is the
/// [`MechanismIndex`](gantry_hardware::MechanismIndex) that its channels name.
#[derive(Clone, Debug, PartialEq)]
pub struct MechanismConfig {
    /// `drive`.
    pub name: String,
    /// Where its name is.
    pub span: Span,
}

/// A channel of the process image.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelConfig {
    /// The declaration, as the image takes it. A mechanism's channel is called
    /// `<mechanism>.<channel>`, a device's own one `<prefix>.<port>`, the host's own ones
    /// `robot.<channel>`.
    pub channel: Channel,
    /// Where it is declared; none for the channels that every robot has.
    pub span: Option<Span>,
}

/// The names of all mechanisms, those with an error too.
#[derive(Debug, Default)]
pub(super) struct Mechanisms(BTreeSet<String>);

impl Mechanisms {
    pub(super) fn named(table: Option<&Table<'_>>) -> Self {
        let names = table.into_iter().flat_map(Table::names);
        Self(names.map(str::to_owned).collect())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(String::as_str)
    }
}

/// Reads `[mechanisms]`. The scheduler looks at them in this order.
pub(super) fn read(table: &Table<'_>, channels: &mut Channels) -> Vec<MechanismConfig> {
    let mut mechanisms = Vec::new();
    let entries = table.sorted_entries();
    let count = entries.len();
    for (name, node) in entries {
        if mechanisms.len() == MAX_MECHANISMS {
            let message = format!(
                "there are {count} mechanisms, and a robot has {MAX_MECHANISMS} at most: `{}` is one too \
                 many",
                name.text
            );
            let help = "put what is driven together into one mechanism";
            table
                .sink
                .report(table.sink.error(name.span, message).help(help));
        }
        if mechanisms.len() >= MAX_MECHANISMS {
            // No word about its channels: the robot has to be made smaller first.
            channels.add_broken_prefix(name.text);
            mechanisms.push(MechanismConfig {
                name: name.text.to_owned(),
                span: name.span,
            });
            continue;
        }
        if name.text.len() > names::MOST_LETTERS {
            // The names of its channels would begin with that.
            check_name(table.sink, name, "mechanism");
            channels.add_broken_prefix(name.text);
            continue;
        }
        check_name(table.sink, name, "mechanism");
        if name.text == channels::RESERVED {
            let message = format!("no mechanism can be called `{}`", name.text);
            let help = "`robot.enabled` and the like are the host's own: choose another name";
            table
                .sink
                .report(table.sink.error(name.span, message).help(help));
        }
        let index = MechanismIndex(u16::try_from(mechanisms.len()).unwrap_or(u16::MAX));
        mechanisms.push(MechanismConfig {
            name: name.text.to_owned(),
            span: name.span,
        });
        if let Some(mechanism) = node.table("{ outputs = { … }, inputs = { … } }") {
            read_mechanism(mechanism, name.text, index, channels);
        }
    }
    mechanisms
}

fn read_mechanism(
    mut table: Table<'_>,
    name: &str,
    index: MechanismIndex,
    channels: &mut Channels,
) {
    for (key, direction) in [("outputs", Direction::Output), ("inputs", Direction::Input)] {
        let declared = table.optional(key);
        let declared = declared.and_then(|node| node.table("{ voltage = { unit = \"V\" } }"));
        for (key, node) in declared.iter().flat_map(Table::sorted_entries) {
            check_name(table.sink, key, "channel");
            let channel = node
                .table("{ unit = \"V\", range = [-12, 12], safe = 0 }")
                .and_then(|declaration| read_channel(declaration, direction));
            let name = format!("{name}.{}", key.text);
            match channel {
                Some(channel) => channels.add(
                    table.sink,
                    Channel {
                        name,
                        mechanism: Some(index),
                        ..channel
                    },
                    key.span,
                ),
                None => channels.add_broken(name),
            }
        }
    }
    table.finish();
}

/// The word for the kind; its length is another key.
#[derive(Clone, Copy, PartialEq)]
enum KindWord {
    Number,
    Boolean,
    Array,
}

const KINDS: &[(&str, KindWord)] = &[
    ("number", KindWord::Number),
    ("boolean", KindWord::Boolean),
    ("array", KindWord::Array),
];

const RELEASES: &[(&str, OnRelease)] = &[("safe", OnRelease::Safe), ("hold", OnRelease::Hold)];

/// What a channel can be a measure of, for the list of units.
const MEASURES: &[Quantity] = &[
    Quantity::Length,
    Quantity::Velocity,
    Quantity::Angle,
    Quantity::AngularVelocity,
    Quantity::Voltage,
    Quantity::Current,
    Quantity::Time,
    Quantity::Mass,
];

/// Reads what is declared, without a name yet; none if anything is wrong with it.
fn read_channel(mut table: Table<'_>, direction: Direction) -> Option<Channel> {
    let word = match table.optional("kind") {
        Some(node) => node.choice(KINDS),
        None => Some(KindWord::Number),
    };
    let kind = match word {
        Some(KindWord::Array) => table
            .required("length", "24")
            .and_then(|node| node.count(1, 1 << 20))
            .map(|length| Kind::Array { length }),
        Some(KindWord::Number) => Some(Kind::Number),
        Some(KindWord::Boolean) => Some(Kind::Boolean),
        None => None,
    };
    let of_numbers = word.is_some_and(|word| word != KindWord::Boolean);
    // A boolean has neither unit nor range; asked for only where they belong, so that the others
    // are told which keys there are.
    let unit = match of_numbers {
        true => optional(&mut table, "unit", read_unit),
        false => Some(None),
    };
    let range = match of_numbers {
        true => optional(&mut table, "range", read_range),
        false => Some(None),
    };
    let (mut safe, mut on_release, mut while_disabled) = (None, Some(None), Some(None));
    if direction == Direction::Output {
        let example = match kind {
            Some(Kind::Boolean) => "false",
            _ => "0",
        };
        let node = table.required("safe", example);
        safe = node.and_then(|node| read_safe(&node, kind?, range.flatten()));
        on_release = optional(&mut table, "on-release", |node| node.choice(RELEASES));
        while_disabled = optional(&mut table, "while-disabled", Node::boolean);
    } else if let Some(kind) = kind {
        safe = Some(Value::zero(kind));
    }
    // Which keys there are depends on what it was meant to be.
    let kind = kind?;
    table.finish();
    Some(Channel {
        name: String::new(),
        direction,
        kind,
        unit: unit?.unwrap_or_default().to_owned(),
        range: range?,
        safe: safe?,
        on_release: on_release?.unwrap_or_default(),
        mechanism: None,
        while_disabled: while_disabled?.unwrap_or(false),
    })
}

/// `None` if it is wrong, `Some(None)` if it is not there.
fn optional<'a, T>(
    table: &mut Table<'a>,
    key: &'static str,
    read: impl FnOnce(&Node<'a>) -> Option<T>,
) -> Option<Option<T>> {
    match table.optional(key) {
        Some(node) => read(&node).map(Some),
        None => Some(None),
    }
}

fn read_unit(node: &Node<'_>) -> Option<&'static str> {
    let text = node.string("m/s")?;
    match (quantity::find(text), quantity::canonical(text)) {
        (Some(unit), Some(canonical)) if unit.symbol == canonical => Some(canonical),
        (_, Some(canonical)) => {
            let message = format!("a channel cannot be in {text}: channels are in SI units");
            let help = format!("write `unit = \"{canonical}\"`");
            node.sink.report(node.error(message).help(help));
            None
        }
        (_, None) => {
            let message = format!("there is no unit `{text}`");
            let units = MEASURES.iter().filter_map(|measure| measure.units().next());
            let help = match MEASURES.iter().find_map(|measure| spelled(text, *measure)) {
                Some(unit) => format!("did you mean `{unit}`?"),
                None => (node.sink).suggest(text, "units of channels", units),
            };
            node.sink.report(node.error(message).help(help));
            None
        }
    }
}

/// The unit that was meant by another spelling of it: `V` for `volts`.
fn spelled(text: &str, measure: Quantity) -> Option<&'static str> {
    match quantity::parse(&format!("1 {text}"), measure) {
        Err(UnitError::WrongUnit {
            suggestion: Some(unit),
            ..
        }) => quantity::canonical(&unit),
        _ => None,
    }
}

fn read_range(node: &Node<'_>) -> Option<(f64, f64)> {
    const HELP: &str = "write it as `[least, greatest]`, in the channel's unit: `[-12, 12]`";
    let numbers = node.numbers()?;
    let [least, greatest] = numbers[..] else {
        let message = format!("`{}` has {} numbers, not two", node.path, numbers.len());
        node.sink.report(node.error(message).help(HELP));
        return None;
    };
    if least >= greatest {
        let message = format!("`{}` is empty: {least} is not below {greatest}", node.path);
        node.sink.report(node.error(message).help(HELP));
        return None;
    }
    Some((least, greatest))
}

/// The safe value; one number stands for every element of an array.
fn read_safe(node: &Node<'_>, kind: Kind, range: Option<(f64, f64)>) -> Option<Value> {
    let value = match kind {
        Kind::Boolean => return node.boolean().map(Value::Boolean),
        Kind::Number => Value::Number(node.number()?),
        Kind::Array { length } if !matches!(node.value, DeValue::Array(_)) => {
            Value::Array(vec![node.number()?; length as usize])
        }
        Kind::Array { length } => {
            let values = node.numbers()?;
            if values.len() != length as usize {
                let found = values.len();
                let message = format!("`{}` has {found} numbers, not {length}", node.path);
                let help = "write as many numbers as the channel is long, or a single one for all";
                node.sink.report(node.error(message).help(help));
                return None;
            }
            Value::Array(values)
        }
    };
    let numbers = match &value {
        Value::Number(number) => std::slice::from_ref(number),
        Value::Array(numbers) => numbers,
        Value::Boolean(_) => &[],
    };
    let (least, greatest) = range.unwrap_or((f64::NEG_INFINITY, f64::INFINITY));
    let outside = |number: &&f64| !(least..=greatest).contains(*number);
    if let Some(number) = numbers.iter().find(outside) {
        let message = format!(
            "`{}` is {number}, which is outside the channel's range [{least}, {greatest}]",
            node.path
        );
        let help = "the safe value is what the device gets when nothing may drive it: choose one \
                    that could be written";
        node.sink.report(node.error(message).help(help));
        return None;
    }
    Some(value)
}
