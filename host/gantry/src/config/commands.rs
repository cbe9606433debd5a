//! Commands that the file names, and when they run: `[defaults]` and `[[bindings]]`.

use std::time::Duration;

use super::{ConfigValue, SignalExpr, Span};

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
    /// The command.
    pub command: CommandRef,
    /// Where the binding is.
    pub span: Span,
}

/// When a bound command is started and canceled; `semantics.md` has the rules.
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
