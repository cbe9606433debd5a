//! Bindings of commands to signals.

/// When a bound command is started and canceled. The first sample of a signal counts as an edge.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Binding {
    /// Started when the signal becomes true.
    OnTrue,
    /// Started when the signal becomes false.
    OnFalse,
    /// Started when the signal becomes true, canceled when it becomes false.
    WhileTrue,
    /// Started when the signal becomes false, canceled when it becomes true.
    WhileFalse,
    /// Like `WhileTrue`, and started again on every tick on which it is not running.
    RetryWhileTrue,
    /// Like `WhileFalse`, and started again on every tick on which it is not running.
    RetryWhileFalse,
    /// Started or, if it is running, canceled when the signal becomes true.
    ToggleOnTrue,
    /// Started or, if it is running, canceled when the signal becomes false.
    ToggleOnFalse,
}
