//! Groups: sequence, parallel, race, and what is made of them.

use std::sync::Arc;
use std::time::Duration;

use crate::{
    BodyError, Command, CommandBuilder, MAX_MECHANISMS, MAX_SIGNAL_PARTS, MechanismId,
    MechanismSet, Outcome, Signal, Value,
};

/// Why commands cannot be grouped.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GroupError {
    /// A race without members.
    #[error("a race needs at least one member; with none, nothing could end it")]
    Empty,
    /// Members that run side by side share a mechanism.
    #[error(
        "`{0}` and `{1}` cannot run side by side: both require the same mechanism; put them in a \
         sequence instead"
    )]
    Conflict(Arc<str>, Arc<str>),
    /// Members that are groups of groups of groups, too many times over.
    #[error("`{0}` groups commands more than {MAX_NESTING} deep, which none could run")]
    TooDeep(Arc<str>),
    /// Transitions whose signals are too much to look at in every tick.
    #[error(
        "the transitions of state machine `{0}` look at more than {MAX_SIGNAL_PARTS} conditions"
    )]
    TooLarge(Arc<str>),
    /// A state that was never added.
    #[error("state machine `{machine}` has no state {state}: it has {count}, counted from 0")]
    NoState {
        /// The machine's name.
        machine: String,
        /// What was asked for.
        state: usize,
        /// How many there are.
        count: usize,
    },
}

/// How deeply groups can be nested.
pub const MAX_NESTING: usize = 100;

/// An automatic name is cut after so many bytes: that of a group of groups would grow without end.
const MAX_NAME: usize = 200;

/// Awaits each member in turn; without members it ends at once. Named `A -> B -> C`.
///
/// If that would be nested more than [`MAX_NESTING`] deep it is a command that fails, as are
/// [`with_timeout`](Command::with_timeout) and [`until`](Command::until).
///
/// ```
/// # use gantry_scheduler::{Command, sequence};
/// # use std::time::Duration;
/// # let (a, b) = (gantry_scheduler::delay(Duration::ZERO), gantry_scheduler::delay(Duration::ZERO));
/// let both = sequence(&[a.named("raise"), b.named("shoot")]);
/// assert_eq!(&**both.name(), "raise -> shoot");
/// ```
pub fn sequence(members: &[Command]) -> Command {
    let name = joined(members, " -> ");
    if let Err(error) = check_nesting(&name, members) {
        return failing(name, &error);
    }
    let group = group(name, members);
    let members: Arc<[Command]> = Arc::from(members);
    group.build_async(move |co| {
        let members = members.clone();
        async move {
            for member in &*members {
                fail_if_any_failed([co.await_one(member).await?])?;
            }
            Ok(None)
        }
    })
}

/// Runs all members at once and ends when the required ones have ended; optional ones that are
/// left are canceled then. Named `(A & B)`, with optional members `[(A & B) * (C | D)]`.
pub fn parallel(required: &[Command], optional: &[Command]) -> Result<Command, GroupError> {
    let all: Vec<Command> = optional.iter().chain(required).cloned().collect();
    check_conflicts(&all)?;
    let mut name = format!("({})", joined(required, " & "));
    if !optional.is_empty() {
        name = format!("[{name} * ({})]", joined(optional, " | "));
    }
    check_nesting(&name, &all)?;
    let group = group(name, &all);
    let (required, optional): (Arc<[_]>, Arc<[_]>) = (Arc::from(required), Arc::from(optional));
    Ok(group.build_async(move |co| {
        let (required, optional) = (required.clone(), optional.clone());
        async move {
            co.fork(&optional).await?;
            fail_if_any_failed(co.await_all(&required).await?)
        }
    }))
}

/// Runs all members at once and ends, with its outcome, when the first one ends; the others are
/// canceled. Named `(A | B)`.
pub fn race(members: &[Command]) -> Result<Command, GroupError> {
    if members.is_empty() {
        return Err(GroupError::Empty);
    }
    check_conflicts(members)?;
    let name = format!("({})", joined(members, " | "));
    check_nesting(&name, members)?;
    let group = group(name, members);
    let members: Arc<[Command]> = Arc::from(members);
    Ok(group.build_async(move |co| {
        let members = members.clone();
        async move {
            let (_, outcome) = co.race(&members).await?;
            fail_if_any_failed([outcome])
        }
    }))
}

/// Waits for a time and ends. Named `wait 1.5 s`.
pub fn delay(time: Duration) -> Command {
    Command::builder(format!("wait {} s", time.as_secs_f64()))
        .runs_while_disabled(true)
        .build_async(move |co| async move { co.wait(time).await.map(|()| None) })
}

/// Waits until a condition holds and ends. Named `wait until`.
pub fn condition(signal: &Signal) -> Command {
    let signal = signal.clone();
    Command::builder("wait until")
        .runs_while_disabled(true)
        .build_async(move |co| {
            let signal = signal.clone();
            async move { co.wait_until(&signal).await.map(|()| None) }
        })
}

impl Command {
    /// A new command that runs this one and cancels it after a time: a race with a wait.
    #[must_use]
    pub fn with_timeout(&self, time: Duration) -> Command {
        self.against(
            delay(time),
            format!("{} [{} s at most]", self.name(), time.as_secs_f64()),
        )
    }

    /// A new command that runs this one and cancels it once the condition holds: a race with a
    /// wait-until.
    #[must_use]
    pub fn until(&self, signal: &Signal) -> Command {
        self.against(condition(signal), format!("{} [until]", self.name()))
    }

    /// A race of this command with one that requires nothing. Completes with this one's value, or
    /// with none if the other was first.
    fn against(&self, other: Command, name: String) -> Command {
        let name = cut(name);
        let members = [self.clone(), other];
        if let Err(error) = check_nesting(&name, &members) {
            return failing(name, &error);
        }
        let bounding = group(name, std::slice::from_ref(self)).bounds(self);
        bounding.build_async(move |co| {
            let members = members.clone();
            async move {
                match co.race(&members).await? {
                    (0, Outcome::Completed(value)) => Ok(value),
                    (_, outcome) => fail_if_any_failed([outcome]),
                }
            }
        })
    }
}

/// A command with the union of its members' mechanisms and the highest of their priorities, that
/// runs while disabled if all of them do.
fn group(name: String, members: &[Command]) -> CommandBuilder {
    Command::builder(name)
        .requires(
            members
                .iter()
                .flat_map(|member| member.requirements().iter()),
        )
        .priority(members.iter().map(Command::priority).max().unwrap_or(0))
        .runs_while_disabled(members.iter().all(Command::runs_while_disabled))
        .nesting(nesting(members))
}

/// Stands for a group that cannot be, without its members.
fn failing(name: String, error: &GroupError) -> Command {
    let error = error.to_string();
    Command::builder(name)
        .runs_while_disabled(true)
        .build_async(move |_| std::future::ready(Err(BodyError::Failed(error.clone()))))
}

/// How deep a group of these members is.
pub(crate) fn nesting(members: &[Command]) -> usize {
    members.iter().map(Command::nesting).max().unwrap_or(0) + 1
}

/// Groups are started, dropped and named recursively, which the stack has to bear.
pub(crate) fn check_nesting(name: &str, members: &[Command]) -> Result<(), GroupError> {
    if nesting(members) > MAX_NESTING {
        return Err(GroupError::TooDeep(Arc::from(name)));
    }
    Ok(())
}

/// A group does not decide about its members' failures: it fails with the first of them.
fn fail_if_any_failed(
    outcomes: impl IntoIterator<Item = Outcome>,
) -> Result<Option<Value>, BodyError> {
    for outcome in outcomes {
        if let Outcome::Failed(failure) = outcome {
            return Err(BodyError::Failed(failure.to_string()));
        }
    }
    Ok(None)
}

fn joined(members: &[Command], separator: &str) -> String {
    let mut name = String::new();
    for (index, member) in members.iter().enumerate() {
        if index > 0 {
            name.push_str(separator);
        }
        name.push_str(member.name());
        if name.len() > MAX_NAME {
            break;
        }
    }
    cut(name)
}

fn cut(mut name: String) -> String {
    if name.len() > MAX_NAME {
        name.truncate(name.floor_char_boundary(MAX_NAME));
        name.push('…');
    }
    name
}

/// Refuses members that need one mechanism. A command that is named twice cannot run beside itself either.
fn check_conflicts(members: &[Command]) -> Result<(), GroupError> {
    let mut taken = MechanismSet::EMPTY;
    for (at, member) in members.iter().enumerate() {
        let needed = member.requirements();
        if taken.intersects(needed) {
            let mut before = members[..at].iter();
            let earlier = before.find(|earlier| earlier.requirements().intersects(needed));
            let earlier = earlier.unwrap_or(member).name().clone();
            return Err(GroupError::Conflict(earlier, member.name().clone()));
        }
        taken = taken.union(*needed);
    }
    Ok(())
}

/// Two different commands of a list that share a mechanism, and the mechanism.
pub(crate) fn first_conflict(commands: &[Command]) -> Option<(&Command, &Command, MechanismId)> {
    let mut taken = MechanismSet::EMPTY;
    let shared = commands.iter().any(|command| {
        let shared = taken.intersects(command.requirements());
        taken = taken.union(*command.requirements());
        shared
    });
    if !shared {
        return None;
    }
    // It may be one command twice, which is no conflict.
    let mut first = [None; MAX_MECHANISMS];
    for command in commands {
        for mechanism in command.requirements().iter() {
            match first[mechanism.index()] {
                Some(earlier) if earlier != command => return Some((earlier, command, mechanism)),
                Some(_) => {}
                None => first[mechanism.index()] = Some(command),
            }
        }
    }
    None
}
