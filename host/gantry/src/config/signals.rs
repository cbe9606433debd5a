//! Conditions that the file names: `signal = …` of a binding, and `[signals]`.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::time::Duration;

use gantry_hardware::{Direction, Kind};
use toml::de::DeValue;

use super::channels::Channels;
use super::cycles::{self, Reference};
use super::prefixes::Published;
use super::reader::{Name, Node, Table, check_name};
use super::{Span, names};

/// A signal with a name of its own, for use in several places.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSignal {
    /// The name, which has no dot in it and so cannot be taken for a channel.
    pub name: String,
    /// What it is true of.
    pub signal: SignalExpr,
    /// Where its name is.
    pub span: Span,
}

/// A condition, and where it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct SignalExpr {
    /// What it is true of.
    pub kind: SignalKind,
    /// Where it is written.
    pub span: Span,
}

/// What a signal is true of.
#[derive(Clone, Debug, PartialEq)]
pub enum SignalKind {
    /// A boolean channel or topic is true.
    IsTrue(SignalSource),
    /// A number is greater than the threshold, in the channel's unit.
    Above(SignalSource, f64),
    /// A number is less than the threshold, in the channel's unit.
    Below(SignalSource, f64),
    /// Another signal is true: one of
    /// [`RobotConfig::signals`](super::RobotConfig::signals), which come before their users there.
    Named(String),
    /// All of them are true; at least one.
    All(Vec<SignalExpr>),
    /// One of them is true; at least one.
    Any(Vec<SignalExpr>),
    /// It is false.
    Not(Box<SignalExpr>),
    /// Its changes, once they have lasted.
    Debounce {
        /// What is debounced.
        signal: Box<SignalExpr>,
        /// How long a change has to last.
        time: Duration,
        /// Which changes have to.
        edge: DebounceEdge,
    },
    /// It has become true (or false) in this tick.
    Edge {
        /// What is watched.
        signal: Box<SignalExpr>,
        /// Whether becoming true counts (or becoming false).
        rising: bool,
    },
    /// It has become true several times in a row.
    MultiPress {
        /// What is counted.
        signal: Box<SignalExpr>,
        /// How often.
        count: u32,
        /// Within which time.
        window: Duration,
    },
}

/// Where a signal reads from, and how old a value may be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignalSource {
    /// A channel or a topic.
    pub of: SourceName,
    /// The signal is unknown while the value is older. None: a value counts until the next.
    pub max_age: Option<Duration>,
}

/// The name of what a signal reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceName {
    /// An input channel.
    Channel(String),
    /// A state topic.
    Topic(String),
}

impl SignalSource {
    fn channel(name: &str, max_age: Option<Duration>) -> Self {
        Self {
            of: SourceName::Channel(name.to_owned()),
            max_age,
        }
    }
}

/// Which changes are delayed by a debounce.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DebounceEdge {
    /// Those to true.
    #[default]
    Rising,
    /// Those to false.
    Falling,
    /// All.
    Both,
}

/// Reads `[signals]`, in an order in which each comes after those that it refers to.
pub(super) fn read(
    table: &Table<'_>,
    channels: &Channels,
    published: &Published<'_>,
) -> Vec<NamedSignal> {
    let scope = Scope {
        channels,
        published,
        named: Some(table),
    };
    let mut signals = Vec::new();
    let mut references = Vec::new();
    for (name, node) in table.entries() {
        check_name(table.sink, name, "signal");
        let Some(signal) = SignalExpr::read(&node, &scope) else {
            continue;
        };
        signal.each_reference(&mut |to, span| {
            references.push(Reference::new(name.text, to, span));
        });
        signals.push(NamedSignal {
            name: name.text.to_owned(),
            signal,
            span: name.span,
        });
    }
    cycles::report(table.sink, "signal", &references);
    in_order(signals)
}

impl SignalExpr {
    /// Reads a signal: the name of a channel or of one in `[signals]`, or a table.
    pub(super) fn read(node: &Node<'_>, scope: &Scope<'_>) -> Option<Self> {
        match node.value {
            DeValue::String(text) => scope.named(node, text),
            DeValue::Table(_) => scope.composed(node),
            _ => node.wrong_type(
                "a signal",
                "write the name of a channel in quotes, or a table such as \
                 `{ channel = \"driver.right-trigger\", above = 0.5 }`",
            ),
        }
    }

    /// Every named signal that it refers to, as often as it does.
    pub(crate) fn each_reference(&self, found: &mut dyn FnMut(&str, Span)) {
        match &self.kind {
            SignalKind::IsTrue(_) | SignalKind::Above(..) | SignalKind::Below(..) => {}
            SignalKind::Named(name) => found(name, self.span),
            SignalKind::All(signals) | SignalKind::Any(signals) => {
                for signal in signals {
                    signal.each_reference(found);
                }
            }
            SignalKind::Not(signal)
            | SignalKind::Debounce { signal, .. }
            | SignalKind::Edge { signal, .. }
            | SignalKind::MultiPress { signal, .. } => signal.each_reference(found),
        }
    }
}

/// What a signal can name.
#[derive(Clone, Copy)]
pub(super) struct Scope<'a> {
    pub(super) channels: &'a Channels,
    pub(super) published: &'a Published<'a>,
    /// `[signals]`.
    pub(super) named: Option<&'a Table<'a>>,
}

/// The keys that say what a signal is of; exactly one of them is there.
const BASES: &[&str] = &["channel", "topic", "signal", "all", "any", "not"];

const EDGES: &[(&str, bool)] = &[("rising", true), ("falling", false)];

const DEBOUNCES: &[(&str, DebounceEdge)] = &[
    ("rising", DebounceEdge::Rising),
    ("falling", DebounceEdge::Falling),
    ("both", DebounceEdge::Both),
];

impl Scope<'_> {
    /// `"driver.a"`, `"ready"`, and either with a `!` before it.
    fn named(&self, node: &Node<'_>, text: &str) -> Option<SignalExpr> {
        let span = node.span;
        if let Some(rest) = text.strip_prefix('!') {
            let signal = Box::new(self.named(node, rest.trim_start())?);
            let kind = SignalKind::Not(signal);
            return Some(SignalExpr { kind, span });
        }
        let kind = if text.contains('.') {
            let name = Name { text, span };
            self.channel(node, name, None, None)?
        } else {
            self.signal(node, text)?
        };
        Some(SignalExpr { kind, span })
    }

    fn signal(&self, node: &Node<'_>, text: &str) -> Option<SignalKind> {
        if self.named.is_some_and(|named| named.has(text)) {
            return Some(SignalKind::Named(text.to_owned()));
        }
        let inputs = self.channels.names(Some(Direction::Input));
        let candidates = self.named.into_iter().flat_map(Table::names).chain(inputs);
        let help = node.sink.did_you_mean(text, candidates).unwrap_or_else(|| {
            if text.contains('/') {
                return format!("a topic is written `{{ topic = \"{text}\" }}`");
            }
            "write the name of an input channel, `driver.a` for instance, or define it in [signals]"
                .to_owned()
        });
        let message = format!("there is no signal or channel `{text}`");
        node.sink.report(node.error(message).help(help));
        None
    }

    /// A channel by itself, or compared with limits.
    fn channel(
        &self,
        node: &Node<'_>,
        name: Name<'_>,
        limits: Option<Limits>,
        max_age: Option<Duration>,
    ) -> Option<SignalKind> {
        let channel = &self.channels.find_input(node.sink, name)?.channel;
        let source = SignalSource::channel(name.text, max_age);
        let (message, help) = match (channel.kind, limits) {
            (Kind::Boolean, None) => return Some(SignalKind::IsTrue(source)),
            (Kind::Number, Some(limits)) => return Some(limits.of(source, node.span)),
            (Kind::Boolean, Some(_)) => (
                format!("`{}` is a boolean and has no `above` or `below`", name.text),
                format!("write `\"{0}\"`, or `\"!{0}\"` for its opposite", name.text),
            ),
            (Kind::Number, None) => (
                format!("`{}` is a number, not true or false", name.text),
                format!(
                    "compare it: `{{ channel = \"{}\", above = 0.5 }}`",
                    name.text
                ),
            ),
            (Kind::Array { .. }, _) => (
                format!(
                    "`{}` is an array, which no signal can be made of",
                    name.text
                ),
                "use a channel that is a boolean or a number, or publish a topic".to_owned(),
            ),
        };
        node.sink
            .report(node.sink.error(name.span, message).help(help));
        None
    }

    /// Warns of a topic that nobody may publish.
    fn check_published(&self, node: &Node<'_>, topic: &str) {
        if self.published.has(topic) {
            return;
        }
        let message =
            format!("no plugin may publish the topic `{topic}`, so this signal never has a value");
        let warning = node.error(message).warning();
        node.sink.report(match node.sink.is_full() {
            true => warning,
            false => warning.help(self.published.suggest(topic)),
        });
    }

    fn composed(&self, node: &Node<'_>) -> Option<SignalExpr> {
        const EXAMPLE: &str = "{ channel = \"driver.right-trigger\", above = 0.5 }";
        let mut table = node.table(EXAMPLE)?;
        let bases = BASES.iter().map(|base| (*base, table.optional(base)));
        let bases: Vec<_> = bases.collect();
        let mut present = bases
            .into_iter()
            .filter_map(|(base, node)| Some((base, node?)));
        let base = present.next();
        let second = present.next();
        let compared = matches!(base, Some(("channel" | "topic", _)));
        let limits = match compared {
            true => Limits::read(&mut table),
            false => Some(None),
        };
        let max_age = match base {
            Some(("channel", _)) => optional_duration(&mut table, "max-age"),
            Some(("topic", _)) => match table.optional("max-age") {
                Some(node) => node.max_age().map(Some),
                None => Some(None),
            },
            _ => Some(None),
        };
        let modifiers = Modifiers::read(&mut table);
        let unknown = table.has_unknown();
        table.finish();
        if unknown {
            // What it is of may be among what was misspelled.
            return None;
        }
        let Some((key, of)) = base else {
            let error = node.error("this signal does not say what it is of");
            let bases = names::list(BASES.iter().copied()).replace(" and ", " or ");
            node.sink
                .report(error.help(format!("add {bases}: `{EXAMPLE}`")));
            return None;
        };
        if let Some((other, second)) = second {
            let message = format!("a signal is either of `{key}` or of `{other}`");
            let error = second.error(message).related(of.span, "the other one");
            let help = "combine two signals with `all = [ … ]` or `any = [ … ]`";
            node.sink.report(error.help(help));
            return None;
        }
        let kind = self.base(key, &of, limits?, max_age?)?;
        let span = node.span;
        Some(modifiers?.apply(SignalExpr { kind, span }))
    }

    fn base(
        &self,
        key: &str,
        of: &Node<'_>,
        limits: Option<Limits>,
        max_age: Option<Duration>,
    ) -> Option<SignalKind> {
        let read = |node: &Node<'_>| SignalExpr::read(node, self);
        match key {
            "channel" => {
                let text = of.string("driver.a")?;
                let span = of.span;
                self.channel(of, Name { text, span }, limits, max_age)
            }
            "topic" => {
                let text = of.string("drive/ready")?;
                if !names::is_topic(text) {
                    let help = "a topic is made of letters, digits, `-`, `_`, `.` and `/`";
                    let error = of.error(format!("\"{text}\" cannot be a topic"));
                    of.sink.report(error.help(help));
                    return None;
                }
                self.check_published(of, text);
                let source = SignalSource {
                    of: SourceName::Topic(text.to_owned()),
                    max_age,
                };
                Some(match limits {
                    Some(limits) => limits.of(source, of.span),
                    None => SignalKind::IsTrue(source),
                })
            }
            "signal" => self.signal(of, of.string("ready")?),
            "not" => Some(SignalKind::Not(Box::new(read(of)?))),
            _ => {
                let nodes = of.array("[\"driver.a\", \"driver.b\"]")?;
                if nodes.is_empty() {
                    let error = of.error(format!("`{}` is empty", of.path));
                    of.sink.report(error.help("name at least one signal in it"));
                }
                let signals: Vec<_> = nodes.iter().map(read).collect();
                let signals = signals.into_iter().collect::<Option<Vec<_>>>()?;
                Some(match key {
                    "all" => SignalKind::All(signals),
                    _ => SignalKind::Any(signals),
                })
            }
        }
    }
}

/// `None` if it is wrong, `Some(None)` if it is not there.
fn optional_duration(table: &mut Table<'_>, key: &'static str) -> Option<Option<Duration>> {
    match table.optional(key) {
        Some(node) => node.duration().map(Some),
        None => Some(None),
    }
}

impl Node<'_> {
    /// How old a value may be.
    fn max_age(&self) -> Option<Duration> {
        const LEAST: Duration = Duration::from_millis(1);
        const MOST: Duration = Duration::from_secs(24 * 60 * 60);
        const REASON: &str = "a value is looked at in the tick after it was published, or later";
        self.duration_within(LEAST, MOST, REASON)
    }
}

/// `above` and `below`, at least one of them.
#[derive(Clone, Copy)]
struct Limits {
    above: Option<f64>,
    below: Option<f64>,
}

impl Limits {
    /// `None` if they are wrong, `Some(None)` if they are not there.
    fn read(table: &mut Table<'_>) -> Option<Option<Self>> {
        let mut limit = |key| match table.optional(key) {
            Some(node) => node.number().map(Some),
            None => Some(None),
        };
        let (above, below) = (limit("above"), limit("below"));
        let limits = Limits {
            above: above?,
            below: below?,
        };
        if let (Some(above), Some(below)) = (limits.above, limits.below)
            && above >= below
        {
            let message = format!(
                "this signal is never true: nothing is above {above} and below {below} at the same time"
            );
            let help = format!(
                "write `any` of the two for what is outside of them, or `above = {below}, below = \
                 {above}` for what is between"
            );
            let warning = table.sink.error(table.span, message).warning();
            table.sink.report(warning.help(help));
        }
        Some((limits.above.is_some() || limits.below.is_some()).then_some(limits))
    }

    fn of(self, source: SignalSource, span: Span) -> SignalKind {
        match (self.above, self.below) {
            (Some(above), Some(below)) => SignalKind::All(vec![
                SignalExpr {
                    kind: SignalKind::Above(source.clone(), above),
                    span,
                },
                SignalExpr {
                    kind: SignalKind::Below(source, below),
                    span,
                },
            ]),
            (Some(above), None) => SignalKind::Above(source, above),
            (None, below) => SignalKind::Below(source, below.unwrap_or_default()),
        }
    }
}

/// What is done to a signal, in this order.
struct Modifiers {
    debounce: Option<(Duration, DebounceEdge)>,
    multi_press: Option<(u32, Duration)>,
    rising: Option<bool>,
}

impl Modifiers {
    fn read(table: &mut Table<'_>) -> Option<Self> {
        let debounce = table.optional("debounce").map(|node| match node.value {
            DeValue::Table(_) => read_debounce(node.table("{ time = \"100 ms\" }")?),
            _ => Some((node.duration()?, DebounceEdge::default())),
        });
        let multi_press = table.optional("multi-press");
        let multi_press = multi_press
            .map(|node| read_multi_press(node.table("{ count = 2, window = \"500 ms\" }")?));
        let rising = table.optional("edge").map(|node| node.choice(EDGES));
        // Nothing that is there may be wrong.
        Some(Self {
            debounce: debounce.map_or(Some(None), |read| read.map(Some))?,
            multi_press: multi_press.map_or(Some(None), |read| read.map(Some))?,
            rising: rising.map_or(Some(None), |read| read.map(Some))?,
        })
    }

    fn apply(self, mut signal: SignalExpr) -> SignalExpr {
        let span = signal.span;
        if let Some((time, edge)) = self.debounce {
            let kind = SignalKind::Debounce {
                signal: Box::new(signal),
                time,
                edge,
            };
            signal = SignalExpr { kind, span };
        }
        if let Some((count, window)) = self.multi_press {
            let kind = SignalKind::MultiPress {
                signal: Box::new(signal),
                count,
                window,
            };
            signal = SignalExpr { kind, span };
        }
        if let Some(rising) = self.rising {
            let kind = SignalKind::Edge {
                signal: Box::new(signal),
                rising,
            };
            signal = SignalExpr { kind, span };
        }
        signal
    }
}

fn read_debounce(mut table: Table<'_>) -> Option<(Duration, DebounceEdge)> {
    let time = table.required("time", "\"100 ms\"");
    let time = time.and_then(|node| node.duration());
    let edge = match table.optional("edge") {
        Some(node) => node.choice(DEBOUNCES),
        None => Some(DebounceEdge::default()),
    };
    table.finish();
    Some((time?, edge?))
}

fn read_multi_press(mut table: Table<'_>) -> Option<(u32, Duration)> {
    let count = table.required("count", "2");
    let count = count.and_then(|node| node.count(1, 100));
    let window = table.required("window", "\"500 ms\"");
    let window = window.and_then(|node| node.duration());
    table.finish();
    Some((count?, window?))
}

/// Puts signals after those that they refer to; in the file's order where that does not matter.
fn in_order(signals: Vec<NamedSignal>) -> Vec<NamedSignal> {
    let places = signals.iter().enumerate();
    let places: HashMap<&str, usize> = places.map(|(at, s)| (s.name.as_str(), at)).collect();
    // Of each signal, how many references it waits for, and which signals wait for it.
    let mut missing = vec![0_usize; signals.len()];
    let mut waiting = vec![Vec::new(); signals.len()];
    for (at, signal) in signals.iter().enumerate() {
        signal.signal.each_reference(&mut |to, _| {
            if let Some(&to) = places.get(to) {
                missing[at] += 1;
                waiting[to].push(at);
            }
        });
    }
    let ready = (0..signals.len()).filter(|&at| missing[at] == 0);
    let mut ready: BinaryHeap<_> = ready.map(Reverse).collect();
    let mut signals: Vec<_> = signals.into_iter().map(Some).collect();
    let mut ordered = Vec::with_capacity(signals.len());
    // Those of a cycle never are ready, and that has been reported.
    while let Some(Reverse(at)) = ready.pop() {
        ordered.extend(signals[at].take());
        for &next in &waiting[at] {
            missing[next] -= 1;
            if missing[next] == 0 {
                ready.push(Reverse(next));
            }
        }
    }
    ordered
}
