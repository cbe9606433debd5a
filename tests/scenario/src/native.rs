//! Scripted bodies as native async functions.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, Mutex};
use std::task::Poll;
use std::time::Duration;

use anyhow::Result;
use gantry_scheduler::{
    BodyError, Co, Command, CommandBuilder, Mechanisms, Outcome, Signal, Tick, WaitResult,
};
use gantry_script::{CallError, End, Run, Script, interpret};
use serde_json::Value;

use crate::player::{Bodies, Recorder, Setting, lock};
use crate::scenario::binding;

/// Makes native bodies.
pub struct Native(Arc<Shared>);

struct Shared {
    mechanisms: Arc<Mechanisms>,
    recorder: Recorder,
    operations_per_tick: u32,
    commands: Mutex<HashMap<String, Command>>,
    signals: Mutex<HashMap<String, Arc<AtomicBool>>>,
}

impl Native {
    /// Native bodies for a scenario.
    pub fn new(setting: Setting<'_>) -> Result<Self> {
        Ok(Self(Arc::new(Shared {
            mechanisms: setting.mechanisms,
            recorder: setting.recorder,
            operations_per_tick: setting.operations_per_tick,
            commands: Mutex::default(),
            signals: Mutex::default(),
        })))
    }
}

impl Bodies for Native {
    fn command(
        &self,
        builder: CommandBuilder,
        name: &str,
        script: &Arc<Script>,
    ) -> Result<Command> {
        let (shared, name, script) = (self.0.clone(), Arc::from(name), script.clone());
        Ok(builder.build_async(move |co| {
            let run = NativeRun {
                co,
                shared: shared.clone(),
                name: Arc::clone(&name),
            };
            let script = script.clone();
            async move {
                let operations = run.shared.operations_per_tick;
                match interpret(&run, &script, operations).await {
                    End::Completed => Ok(None),
                    End::Canceled => Err(BodyError::Canceled),
                    End::Failed(message) => Err(message.into()),
                }
            }
        }))
    }

    fn knows(&self, name: &str, command: &Command) {
        lock(&self.0.commands).insert(name.to_owned(), command.clone());
    }

    fn signal(&self, name: &str) -> Signal {
        self.0.signal(name)
    }

    fn set_signal(&self, name: &str, value: bool) {
        self.0.flag(name).store(value, Relaxed);
    }

    fn begin_tick(&self, _: Tick) {}

    fn forget(&self) {
        let commands = std::mem::take(&mut *lock(&self.0.commands));
        // Only now that the map is not locked: they may hold what holds it.
        drop(commands);
    }
}

impl Shared {
    fn flag(&self, name: &str) -> Arc<AtomicBool> {
        let mut signals = lock(&self.signals);
        match signals.get(name) {
            Some(flag) => flag.clone(),
            None => signals.entry(name.to_owned()).or_default().clone(),
        }
    }

    fn signal(&self, name: &str) -> Signal {
        let flag = self.flag(name);
        Signal::new(move || flag.load(Relaxed))
    }

    fn command(&self, name: &str) -> Result<Command, CallError> {
        let command = lock(&self.commands).get(name).cloned();
        command.ok_or_else(|| CallError::Invalid(format!("no command `{name}`")))
    }

    fn commands(&self, names: &[String]) -> Result<Vec<Command>, CallError> {
        names.iter().map(|name| self.command(name)).collect()
    }
}

struct NativeRun {
    co: Co,
    shared: Arc<Shared>,
    name: Arc<str>,
}

impl Run for NativeRun {
    async fn fork(&self, commands: &[String]) -> Result<(), CallError> {
        let commands = self.shared.commands(commands)?;
        self.co.fork(&commands).await.map_err(call_error)
    }

    async fn await_all(&self, commands: &[String]) -> Result<Vec<String>, CallError> {
        let commands = self.shared.commands(commands)?;
        let outcomes = self.co.await_all(&commands).await.map_err(call_error)?;
        Ok(outcomes.iter().map(words).collect())
    }

    async fn await_any(&self, commands: &[String]) -> Result<(usize, String), CallError> {
        let commands = self.shared.commands(commands)?;
        let (index, outcome) = self.co.await_any(&commands).await.map_err(call_error)?;
        Ok((index, words(&outcome)))
    }

    async fn yield_now(&self) -> Result<(), CallError> {
        self.co.yield_now().await.map_err(call_error)
    }

    async fn wait(&self, milliseconds: u64) -> Result<(), CallError> {
        let time = Duration::from_millis(milliseconds);
        self.co.wait(time).await.map_err(call_error)
    }

    async fn wait_until(&self, signal: &str, timeout: Option<u64>) -> Result<bool, CallError> {
        let condition = self.shared.signal(signal);
        let timeout = timeout.map(Duration::from_millis);
        let result = self.co.wait_until_timeout(&condition, timeout).await;
        Ok(result.map_err(call_error)? == WaitResult::Met)
    }

    async fn park(&self) -> Result<(), CallError> {
        match self.co.park().await {
            Err(error) => Err(call_error(error)),
            Ok(never) => match never {},
        }
    }

    async fn cancel(&self, command: &str) -> Result<(), CallError> {
        let command = self.shared.command(command)?;
        self.co.cancel(&command).await.map_err(call_error)
    }

    async fn set_cancel_on_fork_failure(&self, on: bool) {
        // A canceled run forks nothing any more.
        let _ = self.co.set_cancel_on_fork_failure(on).await;
    }

    async fn set_default(&self, mechanism: &str, command: &str) -> Result<(), CallError> {
        let command = self.shared.command(command)?;
        let mechanism = self.shared.mechanisms.find(mechanism);
        let mechanism = mechanism.ok_or_else(|| CallError::Invalid("no mechanism".to_owned()))?;
        let set = self.co.set_default(mechanism, &command).await;
        set.map_err(call_error)
    }

    async fn bind(&self, signal: &str, on: &str, command: &str) -> Result<(), CallError> {
        let (signal, command) = (self.shared.signal(signal), self.shared.command(command)?);
        let binding = binding(on).ok_or_else(|| CallError::Invalid("no binding".to_owned()))?;
        let bound = self.co.bind(&signal, binding, &command).await;
        bound.map_err(call_error)
    }

    async fn compute(&self, ticks: u32) {
        let end = self.tick() + u64::from(ticks);
        while self.tick() < end {
            // Pending without a request is how a body is pre-empted.
            let mut pending = true;
            std::future::poll_fn(|_| match std::mem::take(&mut pending) {
                true => Poll::Pending,
                false => Poll::Ready(()),
            })
            .await;
        }
    }

    fn tick(&self) -> u64 {
        self.shared.recorder.tick()
    }

    fn signal(&self, name: &str) -> bool {
        self.shared.flag(name).load(Relaxed)
    }

    fn set_signal(&self, name: &str, value: bool) {
        self.shared.flag(name).store(value, Relaxed);
    }

    fn record(&self, kind: &str, extra: Option<Value>) {
        self.shared
            .recorder
            .record(kind.to_owned(), &self.name, extra);
    }
}

fn call_error(error: BodyError) -> CallError {
    match error {
        BodyError::Canceled => CallError::Canceled,
        BodyError::Refused(failure) => {
            let refused = failure.refused.iter();
            CallError::Refused(refused.map(|refusal| refusal.command.to_string()).collect())
        }
        BodyError::Invalid(message) | BodyError::Failed(message) => CallError::Invalid(message),
    }
}

/// An outcome as scripts record it.
fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Completed(_) => "completed".to_owned(),
        Outcome::Failed(failure) => failure.to_string(),
        Outcome::Canceled => "canceled".to_owned(),
        Outcome::Interrupted(by) => format!("interrupted by {by}"),
    }
}
