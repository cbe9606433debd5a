//! The channels that a file declares, by name.

use std::collections::{BTreeSet, HashMap};

use gantry_hardware::{Channel, Direction, Kind};

use super::prefixes::{Prefixes, first_with};
use super::reader::{Name, Sink};
use super::{ChannelConfig, Diagnostic, Span, names};

/// The host's own channels; every robot has them.
const HOST: &[(&str, Kind, &str)] = &[
    ("robot.enabled", Kind::Boolean, ""),
    ("robot.autonomous", Kind::Boolean, ""),
    ("robot.teleoperated", Kind::Boolean, ""),
    ("robot.test", Kind::Boolean, ""),
    ("robot.emergency-stopped", Kind::Boolean, ""),
    (BATTERY, Kind::Number, "V"),
];

/// The only one of the host's own channels that a device can be behind.
pub(crate) const BATTERY: &str = "robot.battery";

/// What the host's own channels begin with, which nothing else may be called.
pub(super) const RESERVED: &str = "robot";

/// Every channel that was declared so far.
pub(super) struct Channels {
    list: Vec<ChannelConfig>,
    index: HashMap<String, usize>,
    /// The names of all inputs.
    inputs: BTreeSet<String>,
    /// Those with an error in their declaration: what follows from it is not reported.
    broken: BTreeSet<String>,
    /// Prefixes of devices with an error.
    broken_prefixes: Prefixes,
}

impl Channels {
    pub(super) fn new() -> Self {
        let mut channels = Self {
            list: Vec::new(),
            index: HashMap::new(),
            inputs: BTreeSet::new(),
            broken: BTreeSet::new(),
            broken_prefixes: Prefixes::default(),
        };
        for (name, kind, unit) in HOST {
            let mut channel = Channel::input(*name, *kind);
            channel.unit = (*unit).to_owned();
            channels.push(channel, None);
        }
        channels
    }

    pub(super) fn all(&self) -> &[ChannelConfig] {
        &self.list
    }

    pub(super) fn into_list(self) -> Vec<ChannelConfig> {
        self.list
    }

    /// Adds a channel, or reports that its name is taken.
    pub(super) fn add(&mut self, sink: &Sink, channel: Channel, span: Span) {
        if let Some(&first) = self.index.get(&channel.name) {
            let name = &channel.name;
            let mut error = sink.error(span, format!("there are two channels `{name}`"));
            if let Some(first) = self.list[first].span {
                error = error.related(first, "the first one");
            }
            let help = "the inputs and the outputs of a mechanism share their names: give one of \
                        them another one";
            sink.report(error.help(help));
            return;
        }
        self.push(channel, Some(span));
    }

    /// Notes that a channel was declared, but wrongly.
    pub(super) fn add_broken(&mut self, name: String) {
        self.broken.insert(name);
    }

    /// Notes that a device would have declared channels with this prefix.
    pub(super) fn add_broken_prefix(&mut self, prefix: &str) {
        self.broken_prefixes.insert(&format!("{prefix}."));
    }

    /// Whether nothing should be said about this name: its declaration has an error.
    pub(super) fn is_broken(&self, name: &str) -> bool {
        self.broken.contains(name) || self.broken_prefixes.cover(name)
    }

    pub(super) fn get(&self, name: &str) -> Option<&ChannelConfig> {
        self.index.get(name).map(|&index| &self.list[index])
    }

    /// The channel that a name in the file means, or a report that there is none.
    pub(super) fn find(&self, sink: &Sink, name: Name<'_>) -> Option<&ChannelConfig> {
        let found = self.get(name.text);
        if found.is_none() && !self.is_broken(name.text) {
            sink.report(self.unknown(sink, name, None));
        }
        found
    }

    /// As [`find`](Self::find), for what can only be an input.
    pub(super) fn find_input(&self, sink: &Sink, name: Name<'_>) -> Option<&ChannelConfig> {
        match self.get(name.text) {
            Some(found) if found.channel.direction == Direction::Output => {
                let message = format!("`{}` is an output, but an input is needed here", name.text);
                let mut error = sink.error(name.span, message);
                if let Some(declared) = found.span {
                    error = error.related(declared, "declared as an output");
                }
                let inputs = self.names(Some(Direction::Input));
                sink.report(error.maybe_help(sink.did_you_mean(name.text, inputs)));
                None
            }
            Some(found) => Some(found),
            None if self.is_broken(name.text) => None,
            None => {
                sink.report(self.unknown(sink, name, Some(Direction::Input)));
                None
            }
        }
    }

    /// The names of all channels, or of those of one direction.
    pub(super) fn names(&self, direction: Option<Direction>) -> impl Iterator<Item = &str> + Clone {
        let channels = self.list.iter().map(|declared| &declared.channel);
        channels
            .filter(move |channel| direction.is_none_or(|d| d == channel.direction))
            .map(|channel| channel.name.as_str())
    }

    /// Whether there is an input whose name begins like this, or was meant to be.
    pub(super) fn any_starts_with(&self, start: &str) -> bool {
        let declared = [&self.inputs, &self.broken];
        let mut declared = declared.iter();
        declared.any(|names| first_with(names, start).is_some())
            || self.broken_prefixes.any_starts_with(start)
    }

    fn unknown(&self, sink: &Sink, name: Name<'_>, direction: Option<Direction>) -> Diagnostic {
        let error = sink.error(name.span, format!("there is no channel `{}`", name.text));
        if sink.is_full() {
            return error;
        }
        if let Some(help) = names::did_you_mean(name.text, self.names(direction)) {
            return error.help(help);
        }
        let siblings = self
            .names(direction)
            .filter(|known| known.split('.').next() == name.text.split('.').next());
        match names::list(siblings).as_str() {
            "" => error.help(format!(
                "channels are called `<mechanism>.<channel>` or `<prefix>.<port>`, and nothing \
                 here begins with `{}`",
                name.text.split('.').next().unwrap_or_default()
            )),
            siblings => error.help(format!("there are {siblings}")),
        }
    }

    fn push(&mut self, channel: Channel, span: Option<Span>) {
        if channel.direction == Direction::Input {
            self.inputs.insert(channel.name.clone());
        }
        self.index.insert(channel.name.clone(), self.list.len());
        self.list.push(ChannelConfig { channel, span });
    }
}
