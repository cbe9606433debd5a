//! Bindings of commands to signals.

/// When a bound command is started and canceled. The first sample of a signal counts as an edge, unless
/// the binding was [declared](crate::Scheduler::declare) otherwise.
///
/// A signal that is unknown is neither true nor false: what runs while it is true, or while it is false, is
/// canceled. One that is true after it was unknown has become true; one that is false after it was unknown
/// has not become false.
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

impl Binding {
    /// The value of the signal at which the command is started.
    pub(crate) fn wants(self) -> bool {
        match self {
            Binding::OnTrue
            | Binding::WhileTrue
            | Binding::RetryWhileTrue
            | Binding::ToggleOnTrue => true,
            Binding::OnFalse
            | Binding::WhileFalse
            | Binding::RetryWhileFalse
            | Binding::ToggleOnFalse => false,
        }
    }
}

/// What the first look at a signal is to a [declared](crate::Scheduler::declare) binding.
///
/// What runs *while* a signal is true, or false, starts with the first look if it is, either way.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum FirstLook {
    /// What changes are counted from: a command that starts when the signal becomes true is not started
    /// before the signal has been seen not to be, and the same with false.
    #[default]
    Baseline,
    /// A change to the value that it finds.
    Edge,
}
