//! Commands that the file names, and when they run: `[defaults]` and `[[bindings]]`.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use gantry_scheduler::FirstLook;
use toml::de::DeValue;

use super::mechanisms::Mechanisms;
use super::plugins::check_mechanism;
use super::reader::{Name, Node, Table};
use super::{ConfigValue, PluginConfig, SignalExpr, Span, names, signals};

/// A command of a plugin, with its arguments. Whether the plugin has such a command is only known
/// once it is loaded; the spans are for what is found out then.
#[derive(Clone, Debug, PartialEq)]
pub struct CommandRef {
    /// `superstructure` in `superstructure/intake`: one of the robot's plugins.
    pub plugin: String,
    /// `intake` in `superstructure/intake`.
    pub command: String,
    /// What is passed, in the file's order.
    pub arguments: Vec<Argument>,
    /// After this time it is canceled.
    pub timeout: Option<Duration>,
    /// Its priority, if it is not the one that the plugin declares.
    pub priority: Option<i32>,
    /// Where the command is named.
    pub span: Span,
}

/// One argument of a command.
#[derive(Clone, Debug, PartialEq)]
pub struct Argument {
    /// The parameter's name.
    pub name: String,
    /// What it is given.
    pub value: ConfigValue,
    /// Where the name is.
    pub name_span: Span,
    /// Where the value is.
    pub value_span: Span,
}

/// The command that runs on a mechanism when no other command requires it.
#[derive(Clone, Debug, PartialEq)]
pub struct DefaultConfig {
    /// The mechanism's name.
    pub mechanism: String,
    /// The command.
    pub command: CommandRef,
    /// Where the mechanism is named.
    pub span: Span,
}

/// A command that follows a signal.
#[derive(Clone, Debug, PartialEq)]
pub struct BindingConfig {
    /// The signal.
    pub signal: SignalExpr,
    /// When the command is started and canceled.
    pub on: BindingKind,
    /// What the first look at the signal is, in an op mode and whenever that changes.
    pub first: FirstLook,
    /// The command.
    pub command: CommandRef,
    /// Where the binding is.
    pub span: Span,
}

/// When a bound command is started and canceled; `docs/robot-toml.md` has the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// Started when the signal becomes true.
    OnTrue,
    /// Started when the signal becomes false.
    OnFalse,
    /// Started when the signal becomes true, canceled when it becomes false.
    WhileTrue,
    /// Started when the signal becomes false, canceled when it becomes true.
    WhileFalse,
    /// Like [`WhileTrue`](Self::WhileTrue), and started again whenever it is not running.
    RetryWhileTrue,
    /// Like [`WhileFalse`](Self::WhileFalse), and started again whenever it is not running.
    RetryWhileFalse,
    /// Started, or canceled if it is running, when the signal becomes true.
    ToggleOnTrue,
    /// Started, or canceled if it is running, when the signal becomes false.
    ToggleOnFalse,
}

/// A plugin, and what its commands may require.
pub(super) struct Granted<'a> {
    plugin: &'a PluginConfig,
    mechanisms: HashSet<&'a str>,
}

impl<'a> Granted<'a> {
    pub(super) fn by_name(plugins: &'a [PluginConfig]) -> BTreeMap<&'a str, Self> {
        let granted = plugins.iter().map(|plugin| {
            let mechanisms = plugin.mechanisms.iter();
            let mechanisms = mechanisms.map(|grant| grant.name.as_str()).collect();
            (plugin.name.as_str(), Self { plugin, mechanisms })
        });
        granted.collect()
    }
}

/// What the rest of the file says that commands and bindings are checked against.
pub(super) struct Surroundings<'a> {
    pub(super) mechanisms: &'a Mechanisms,
    /// By name.
    pub(super) plugins: BTreeMap<&'a str, Granted<'a>>,
    pub(super) signals: signals::Scope<'a>,
}

/// Reads default commands: mechanism = command. They are started in this order.
pub(super) fn read_defaults(table: &Table<'_>, around: &Surroundings<'_>) -> Vec<DefaultConfig> {
    let mut defaults = Vec::new();
    for (name, node) in table.sorted_entries() {
        check_mechanism(table.sink, name, around.mechanisms);
        let Some(command) = CommandRef::read(&node, around) else {
            continue;
        };
        check_granted(&node, name, &command, around);
        defaults.push(DefaultConfig {
            mechanism: name.text.to_owned(),
            command,
            span: name.span,
        });
    }
    defaults
}

/// Reads an array of bindings.
pub(super) fn read_bindings(node: &Node<'_>, around: &Surroundings<'_>) -> Vec<BindingConfig> {
    const EXAMPLE: &str =
        "[{ signal = \"driver.a\", on = \"on-true\", command = \"superstructure/score\" }]";
    let bindings = node.array(EXAMPLE).into_iter().flatten();
    let read = |node: Node<'_>| read_binding(node.table(&EXAMPLE[1..EXAMPLE.len() - 1])?, around);
    bindings.filter_map(read).collect()
}

impl CommandRef {
    /// Reads `"plugin/command"`, or a table with that name, arguments and so on.
    pub(super) fn read(node: &Node<'_>, around: &Surroundings<'_>) -> Option<Self> {
        const EXAMPLE: &str = "superstructure/score";
        let DeValue::Table(_) = node.value else {
            let text = node.string(EXAMPLE)?;
            return Self::named(node, text, around);
        };
        let mut table = node.table("{ name = \"superstructure/score\" }")?;
        let name = table.required("name", "\"superstructure/score\"");
        let arguments = table.optional("arguments");
        let timeout = table.optional("timeout").and_then(|node| node.duration());
        let priority = table
            .optional("priority")
            .and_then(|node| read_priority(&node));
        table.finish();
        let arguments = arguments
            .map(|node| read_arguments(&node))
            .unwrap_or_default();
        let name = name?;
        Some(Self {
            arguments,
            timeout,
            priority,
            ..Self::named(&name, name.string(EXAMPLE)?, around)?
        })
    }

    fn named(node: &Node<'_>, text: &str, around: &Surroundings<'_>) -> Option<Self> {
        let Some((plugin, command)) = text
            .split_once('/')
            .filter(|(plugin, command)| names::is_plain(plugin) && names::is_plain(command))
        else {
            let error = node
                .error(format!("`{text}` is not the name of a command"))
                .help("a command is called `<plugin>/<command>`: `superstructure/score`");
            node.sink.report(error);
            return None;
        };
        if !around.plugins.contains_key(plugin) {
            let plugins = around.plugins.keys().copied();
            let error = node
                .error(format!("`{text}`: there is no plugin `{plugin}`"))
                .help(node.sink.suggest(plugin, "plugins", plugins));
            node.sink.report(error);
            return None;
        }
        Some(Self {
            plugin: plugin.to_owned(),
            command: command.to_owned(),
            arguments: Vec::new(),
            timeout: None,
            priority: None,
            span: node.span,
        })
    }
}

const KINDS: &[(&str, BindingKind)] = &[
    ("on-true", BindingKind::OnTrue),
    ("on-false", BindingKind::OnFalse),
    ("while-true", BindingKind::WhileTrue),
    ("while-false", BindingKind::WhileFalse),
    ("retry-while-true", BindingKind::RetryWhileTrue),
    ("retry-while-false", BindingKind::RetryWhileFalse),
    ("toggle-on-true", BindingKind::ToggleOnTrue),
    ("toggle-on-false", BindingKind::ToggleOnFalse),
];

const FIRST_LOOKS: &[(&str, FirstLook)] =
    &[("baseline", FirstLook::Baseline), ("edge", FirstLook::Edge)];

fn read_binding(mut table: Table<'_>, around: &Surroundings<'_>) -> Option<BindingConfig> {
    let span = table.span;
    let signal = table.required("signal", "\"driver.a\"");
    let signal = signal.and_then(|node| SignalExpr::read(&node, &around.signals));
    let on = table.required("on", "\"while-true\"");
    let on = on.and_then(|node| node.choice(KINDS));
    let first = table.optional("first");
    let first = first.and_then(|node| node.choice(FIRST_LOOKS));
    let command = table.required("command", "\"superstructure/score\"");
    let command = command.and_then(|node| CommandRef::read(&node, around));
    table.finish();
    Some(BindingConfig {
        signal: signal?,
        on: on?,
        first: first.unwrap_or_default(),
        command: command?,
        span,
    })
}

fn read_arguments(node: &Node<'_>) -> Vec<Argument> {
    let table = node.table("{ power = 0.8 }");
    let entries = table.iter().flat_map(Table::entries);
    let read = |(name, node): (Name<'_>, Node<'_>)| {
        Some(Argument {
            name: name.text.to_owned(),
            value: ConfigValue::read(&node)?,
            name_span: name.span,
            value_span: node.span,
        })
    };
    entries.filter_map(read).collect()
}

fn read_priority(node: &Node<'_>) -> Option<i32> {
    let value = node.integer()?;
    let priority = i32::try_from(value).ok();
    if priority.is_none() {
        let error = node.error(format!("`{}` is {value}, which is out of range", node.path));
        let help = format!("it is between {} and {}", i32::MIN, i32::MAX);
        node.sink.report(error.help(help));
    }
    priority
}

/// A default command requires its mechanism, so its plugin has to be granted that.
fn check_granted(
    node: &Node<'_>,
    mechanism: Name<'_>,
    command: &CommandRef,
    around: &Surroundings<'_>,
) {
    let known = around.mechanisms.has(mechanism.text);
    let granted = around.plugins.get(command.plugin.as_str());
    let refuses = |granted: &&Granted<'_>| known && !granted.mechanisms.contains(mechanism.text);
    let Some(Granted { plugin, .. }) = granted.filter(refuses) else {
        return;
    };
    let message = format!(
        "`{}/{}` cannot be the default command of `{}`: its plugin may not require that mechanism",
        command.plugin, command.command, mechanism.text
    );
    let help = format!(
        "add \"{}\" to `mechanisms` of [plugins.{}]",
        mechanism.text, plugin.name
    );
    let error = node.sink.error(command.span, message).help(help);
    node.sink.report(error.related(plugin.span, "this plugin"));
}
