//! Bodies that are async functions: the mailbox, the adapter, and the native body's own handle.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use crate::{
    Answer, AwaitMode, Binding, Command, CommandBuilder, Coroutine, ForkFailure, MechanismId,
    Outcome, Request, RunId, Signal, Step, Tick, Value, WaitResult,
};

/// Carries requests out of a future and answers in. Shared between a [`FutureCoroutine`] and
/// whatever asks from inside its future.
#[derive(Debug, Default)]
pub struct Mailbox(Mutex<Slot>);

#[derive(Debug, Default)]
enum Slot {
    /// Nothing is asked: the future is running, or pre-empted.
    #[default]
    Empty,
    /// The future asked this and is about to be suspended.
    Request(Request),
    /// The scheduler has the request.
    Waiting,
    /// The scheduler has answered, and the future is about to be resumed.
    Answer(Answer),
}

impl Mailbox {
    /// Asks the scheduler and suspends the future until the answer is there.
    ///
    /// One at a time: a second request before the first is answered, as when two calls are joined,
    /// is answered with [`Answer::Invalid`] at once.
    pub fn ask(&self, request: Request) -> impl Future<Output = Answer> + Send + '_ {
        let mut request = Some(request);
        std::future::poll_fn(move |_| {
            let mut slot = self.lock();
            if let Some(request) = request.take() {
                if matches!(*slot, Slot::Request(_)) {
                    return Poll::Ready(Answer::Invalid(
                        "a body can ask for one thing at a time; use await-all or await-any to wait \
                         for several"
                            .to_owned(),
                    ));
                }
                *slot = Slot::Request(request);
                return Poll::Pending;
            }
            match std::mem::take(&mut *slot) {
                Slot::Answer(answer) => Poll::Ready(answer),
                other => {
                    *slot = other;
                    Poll::Pending
                }
            }
        })
    }

    fn lock(&self) -> MutexGuard<'_, Slot> {
        self.0
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The result of a body that is a future.
pub type BodyResult = Result<Option<Value>, String>;

/// A coroutine made of a future that asks through a [`Mailbox`].
///
/// The future is polled with a waker that does nothing: it is polled again when the scheduler has
/// an answer. If it is pending without having asked, it was pre-empted.
pub struct FutureCoroutine {
    future: Pin<Box<dyn Future<Output = BodyResult>>>,
    mailbox: Arc<Mailbox>,
}

impl FutureCoroutine {
    /// A coroutine of a future whose requests go through this mailbox.
    pub fn new(mailbox: Arc<Mailbox>, future: impl Future<Output = BodyResult> + 'static) -> Self {
        Self {
            future: Box::pin(future),
            mailbox,
        }
    }
}

impl Coroutine for FutureCoroutine {
    fn resume(&mut self, _: Tick, answer: Answer) -> Step {
        {
            let mut slot = self.mailbox.lock();
            // A pre-empted body has asked nothing; it will hear of its cancellation when it does.
            if matches!(*slot, Slot::Waiting) {
                *slot = Slot::Answer(answer);
            }
        }
        let mut context = Context::from_waker(Waker::noop());
        let poll = catch_unwind(AssertUnwindSafe(|| self.future.as_mut().poll(&mut context)));
        match poll {
            Ok(Poll::Ready(result)) => Step::Finished(result),
            Ok(Poll::Pending) => {
                let mut slot = self.mailbox.lock();
                match std::mem::replace(&mut *slot, Slot::Waiting) {
                    Slot::Request(request) => Step::Asked(request),
                    other => {
                        *slot = other;
                        Step::Preempted
                    }
                }
            }
            Err(panic) => Step::Finished(Err(format!("panicked: {}", panic_message(&*panic)))),
        }
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}

/// Why a native body ends early. Made by the calls on [`Co`]; `?` hands it on.
#[derive(Clone, PartialEq, Debug)]
pub enum BodyError {
    /// The run was canceled.
    Canceled,
    /// Commands were refused.
    Refused(ForkFailure),
    /// A request was wrong.
    Invalid(String),
    /// The body's own error.
    Failed(String),
}

impl From<String> for BodyError {
    fn from(message: String) -> Self {
        BodyError::Failed(message)
    }
}

impl From<&str> for BodyError {
    fn from(message: &str) -> Self {
        BodyError::Failed(message.to_owned())
    }
}

impl fmt::Display for BodyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BodyError::Canceled => f.write_str("canceled"),
            BodyError::Refused(failure) => write!(f, "{failure}"),
            BodyError::Invalid(message) | BodyError::Failed(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for BodyError {}

impl CommandBuilder {
    /// The command, with an async function as its body.
    pub fn build_async<F, Fut>(self, body: F) -> Command
    where
        F: Fn(Co) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Option<Value>, BodyError>> + 'static,
    {
        let body = Arc::new(body);
        self.build(move |_: RunId, _: &Command| {
            let body = body.clone();
            // Called by the coroutine, which turns a panic into a failure.
            coroutine(move |co| async move { body(co).await })
        })
    }
}

/// A coroutine of a native async function.
pub fn coroutine<F, Fut>(body: F) -> Box<dyn Coroutine>
where
    F: FnOnce(Co) -> Fut,
    Fut: Future<Output = Result<Option<Value>, BodyError>> + 'static,
{
    let mailbox = Arc::new(Mailbox::default());
    let future = body(Co {
        mailbox: mailbox.clone(),
    });
    Box::new(FutureCoroutine::new(mailbox, async move {
        future.await.map_err(|error| error.to_string())
    }))
}

/// A native body's side of its coroutine: what it can ask of the scheduler.
///
/// Every call answers [`BodyError::Canceled`] once the run is canceled.
#[derive(Clone, Debug)]
pub struct Co {
    mailbox: Arc<Mailbox>,
}

impl Co {
    /// Waits for the next tick.
    pub async fn yield_now(&self) -> Result<(), BodyError> {
        self.done(Request::Yield).await
    }

    /// Waits for a time.
    pub async fn wait(&self, time: Duration) -> Result<(), BodyError> {
        self.done(Request::Wait(time)).await
    }

    /// Waits until a condition holds.
    pub async fn wait_until(&self, condition: &Signal) -> Result<(), BodyError> {
        self.wait_until_timeout(condition, None).await.map(|_| ())
    }

    /// Waits until a condition holds, or until the timeout.
    pub async fn wait_until_timeout(
        &self,
        condition: &Signal,
        timeout: Option<Duration>,
    ) -> Result<WaitResult, BodyError> {
        let request = Request::WaitUntil {
            condition: condition.clone(),
            timeout,
        };
        match self.ask(request).await? {
            Answer::Waited(result) => Ok(result),
            other => unexpected(other),
        }
    }

    /// Waits until canceled.
    pub async fn park(&self) -> Result<std::convert::Infallible, BodyError> {
        self.ask(Request::Park).await.and_then(unexpected)
    }

    /// Starts children and goes on.
    pub async fn fork(&self, commands: &[Command]) -> Result<(), BodyError> {
        self.done(Request::Fork(commands.to_vec())).await
    }

    /// Forks a command and waits until it has ended.
    pub async fn await_one(&self, command: &Command) -> Result<Outcome, BodyError> {
        let mut outcomes = self.await_all(std::slice::from_ref(command)).await?;
        outcomes
            .pop()
            .ok_or_else(|| BodyError::Failed("no outcome of an await".to_owned()))
    }

    /// Forks commands and waits until all have ended.
    pub async fn await_all(&self, commands: &[Command]) -> Result<Vec<Outcome>, BodyError> {
        match self
            .ask(Request::Await(commands.to_vec(), AwaitMode::All))
            .await?
        {
            Answer::Outcomes(outcomes) => Ok(outcomes),
            other => unexpected(other),
        }
    }

    /// Forks commands, waits until the first has ended, and cancels the others. Returns the
    /// winner's index and outcome.
    pub async fn await_any(&self, commands: &[Command]) -> Result<(usize, Outcome), BodyError> {
        self.winner(commands, AwaitMode::Any).await
    }

    /// Awaits the first of a race's members.
    pub(crate) async fn race(&self, commands: &[Command]) -> Result<(usize, Outcome), BodyError> {
        self.winner(commands, AwaitMode::Race).await
    }

    async fn winner(
        &self,
        commands: &[Command],
        mode: AwaitMode,
    ) -> Result<(usize, Outcome), BodyError> {
        match self.ask(Request::Await(commands.to_vec(), mode)).await? {
            Answer::Winner { index, outcome } => Ok((index, outcome)),
            other => unexpected(other),
        }
    }

    /// Cancels a command and all below it.
    pub async fn cancel(&self, command: &Command) -> Result<(), BodyError> {
        self.done(Request::Cancel(command.clone())).await
    }

    /// Binds a command to a signal, for as long as this run lives.
    pub async fn bind(
        &self,
        signal: &Signal,
        binding: Binding,
        command: &Command,
    ) -> Result<(), BodyError> {
        let (signal, command) = (signal.clone(), command.clone());
        self.done(Request::Bind {
            signal,
            binding,
            command,
        })
        .await
    }

    /// Sets a mechanism's default command, for as long as this run lives.
    pub async fn set_default(
        &self,
        mechanism: MechanismId,
        command: &Command,
    ) -> Result<(), BodyError> {
        self.done(Request::SetDefault {
            mechanism,
            command: command.clone(),
        })
        .await
    }

    /// Sets whether a refused fork cancels this run's tree.
    pub async fn set_cancel_on_fork_failure(&self, on: bool) -> Result<(), BodyError> {
        self.done(Request::SetCancelOnForkFailure(on)).await
    }

    async fn done(&self, request: Request) -> Result<(), BodyError> {
        match self.ask(request).await? {
            Answer::Done => Ok(()),
            other => unexpected(other),
        }
    }

    async fn ask(&self, request: Request) -> Result<Answer, BodyError> {
        match self.mailbox.ask(request).await {
            Answer::Canceled => Err(BodyError::Canceled),
            Answer::Refused(failure) => Err(BodyError::Refused(failure)),
            Answer::Invalid(message) => Err(BodyError::Invalid(message)),
            answer => Ok(answer),
        }
    }
}

/// The scheduler broke its side of the seam. The run fails; nothing else does.
fn unexpected<T>(answer: Answer) -> Result<T, BodyError> {
    Err(BodyError::Failed(format!(
        "the scheduler answered {answer:?}, which was not asked"
    )))
}
