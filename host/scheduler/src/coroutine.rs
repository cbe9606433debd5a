//! The seam between the scheduler and the bodies of commands: a coroutine that asks.
//!
//! The scheduler resumes a [`Coroutine`] with an [`Answer`] and gets a [`Step`] back. Everything a
//! body wants of the scheduler is a [`Request`], plain data: the scheduler acts only while no
//! coroutine is being resumed, so that it can cancel any run at any time, the asking one included.
//!
//! Bodies that are async functions, native ones and those inside WebAssembly, share one adapter,
//! [`FutureCoroutine`](crate::FutureCoroutine).

use std::time::Duration;

use crate::{Binding, Command, ForkFailure, MechanismId, Outcome, Signal, Tick, Value};

/// A command body that the scheduler can advance. Dropping it ends it, at whatever point it is.
pub trait Coroutine {
    /// Goes on with the answer to what it asked last, until it asks again, ends, or has used up
    /// its slice.
    ///
    /// The first answer is [`Answer::Start`]. After [`Step::Preempted`] it is
    /// [`Answer::Continue`], or [`Answer::Canceled`] when the run was canceled meanwhile.
    ///
    /// Implementors
    ///
    /// - MUST return within the time slice they were given. All resumes with the same
    ///   `tick.number` share one slice; when it is used up they MUST keep the answer and return
    ///   [`Step::Preempted`].
    /// - MUST NOT unwind: a fault of the body is `Finished(Err(message))`.
    /// - MUST be prepared for [`Answer::Canceled`] at every resume but the first. From then on the
    ///   body is in its cleanup, which has a budget of its own: when that is used up they MUST
    ///   return [`Step::Preempted`], and are dropped.
    /// - are never resumed again after [`Step::Finished`].
    fn resume(&mut self, tick: Tick, answer: Answer) -> Step;
}

/// What a coroutine does when it has been resumed.
pub enum Step {
    /// It asks for something and is suspended until it is resumed with the answer.
    Asked(Request),
    /// Its body has returned, with a value or with an error's message.
    Finished(Result<Option<Value>, String>),
    /// It has used up its slice and goes on when it is resumed with [`Answer::Continue`].
    Preempted,
}

/// What a body can ask of the scheduler.
///
/// Those that wait are answered when their wait is over; all others at once, in the same tick.
#[derive(Debug)]
pub enum Request {
    /// Until the next tick. Answer: [`Answer::Done`].
    Yield,
    /// For a time; zero is answered at once. Answer: [`Answer::Done`].
    Wait(Duration),
    /// Until the condition holds, or until the timeout. Answer: [`Answer::Waited`].
    WaitUntil {
        /// Looked at first.
        condition: Signal,
        /// Looked at second; none waits for ever.
        timeout: Option<Duration>,
    },
    /// Until canceled.
    Park,
    /// Starts children. Answer: [`Answer::Done`].
    Fork(Vec<Command>),
    /// Forks and waits. Answers: [`Answer::Outcomes`] or [`Answer::Winner`].
    Await(Vec<Command>, AwaitMode),
    /// Cancels a command and all below it. Answer: [`Answer::Done`].
    Cancel(Command),
    /// Binds a command to a signal for as long as this run lives. Answer: [`Answer::Done`].
    Bind {
        /// Sampled once per tick.
        signal: Signal,
        /// When to start and cancel.
        binding: Binding,
        /// What to start and cancel.
        command: Command,
    },
    /// Sets a mechanism's default command for as long as this run lives. Answer:
    /// [`Answer::Done`].
    SetDefault {
        /// Whose default.
        mechanism: MechanismId,
        /// Requires that mechanism and no other.
        command: Command,
    },
    /// Whether a refused fork cancels this run's tree. Answer: [`Answer::Done`].
    SetCancelOnForkFailure(bool),
}

/// What an await waits for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AwaitMode {
    /// All of the commands have ended.
    All,
    /// One of the commands has ended; the others are canceled then.
    Any,
    /// Like `Any`, but a command that is canceled while the others are still being started is
    /// started once more: how the members of a race begin.
    Race,
}

/// What the scheduler resumes a coroutine with.
#[derive(Clone, PartialEq, Debug)]
pub enum Answer {
    /// The first resume.
    Start,
    /// Go on after a pre-emption.
    Continue,
    /// What was asked is done, or its wait is over.
    Done,
    /// A `WaitUntil` is over.
    Waited(WaitResult),
    /// Everything awaited has ended. In the order given.
    Outcomes(Vec<Outcome>),
    /// The first of the awaited has ended.
    Winner {
        /// Index into the list that was awaited.
        index: usize,
        /// How it ended.
        outcome: Outcome,
    },
    /// Commands were refused, and cancel-on-fork-failure is off.
    Refused(ForkFailure),
    /// The request was wrong; the text says why.
    Invalid(String),
    /// The run was canceled: clean up and return.
    Canceled,
}

/// How a `WaitUntil` ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum WaitResult {
    /// The condition was true.
    Met,
    /// The timeout came first.
    TimedOut,
}
