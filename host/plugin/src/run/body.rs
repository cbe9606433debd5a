//! The body of a command that a plugin offers.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};

use gantry_scheduler::{
    Body, BodyResult, Command, Coroutine, FutureCoroutine, Mailbox, RunId, Supplier, Value,
};

use super::control::Control;
use super::coroutine::WasmCoroutine;
use super::fault::fault;
use super::graveyard::{Remains, RunFuture};
use super::size;
use super::state::Context;
use super::store::Instance;
use crate::log::visible_lines;
use crate::plugin::Shared;
use crate::quarantine::Quarantine;
use crate::runtime::RuntimeShared;

/// A command of a plugin with its arguments. Each run gets an instance of its own.
pub(crate) struct WasmBody {
    pub(crate) plugin: Arc<Shared>,
    /// The name in the plugin's description.
    pub(crate) command: Arc<str>,
    /// Complete, and in the order of the declaration.
    pub(crate) arguments: Arc<[(String, Value)]>,
}

impl Body for WasmBody {
    fn start(&self, run: RunId, command: &Command) -> Box<dyn Coroutine> {
        self.start_for(run, command, None)
    }

    fn start_for(
        &self,
        run: RunId,
        command: &Command,
        account: Option<&Supplier>,
    ) -> Box<dyn Coroutine> {
        let plugin = &self.plugin;
        let most = plugin.context.limits.live_runs;
        let most = most.unwrap_or(plugin.runtime.runs_per_plugin);
        let live = match plugin.context.usage.enter(run.0, most) {
            Ok(live) => live,
            Err(message) => {
                let refused = std::future::ready(Err(message));
                return Box::new(FutureCoroutine::new(Arc::default(), refused));
            }
        };
        let account = Account {
            command: command.name().clone(),
            payer: account.cloned(),
            context: plugin.context.clone(),
            own: plugin.quarantine.clone(),
        };
        let number = plugin.counters.started.fetch_add(1, Relaxed) + 1;
        let call = Call {
            name: command.name().clone(),
            run,
            number,
            command: self.command.clone(),
            arguments: self.arguments.clone(),
            runtime: Arc::downgrade(&plugin.runtime),
            account: account.clone(),
        };
        let (future, control, mailbox) = match plugin.warm.take() {
            Some(instance) => {
                let (control, mailbox) = (instance.control.clone(), instance.mailbox.clone());
                let future: RunFuture = Box::pin(call.on(instance));
                (future, control, mailbox)
            }
            None => self.cold(call),
        };
        let panicked = move |message: &str| account.failed(message);
        let period = plugin.context.clock.period();
        Box::new(WasmCoroutine::new(
            future,
            mailbox,
            (control, panicked),
            plugin.context.limits,
            plugin.counters.clone(),
            plugin.runtime.graveyard.clone(),
            (plugin.runtime.share.clone(), period, live),
        ))
    }
}

impl WasmBody {
    /// The future of a run that makes its instance first.
    fn cold(&self, call: Call) -> (RunFuture, Arc<Control>, Arc<Mailbox>) {
        let plugin = &self.plugin;
        plugin.counters.cold.fetch_add(1, Relaxed);
        let control = Arc::new(Control::new(plugin.runtime.maker.meter.clone()));
        let mailbox = Arc::new(Mailbox::default());
        let future: RunFuture = {
            let (maker, pre) = (plugin.runtime.maker.clone(), plugin.pre.clone());
            let (context, control, mailbox) =
                (plugin.context.clone(), control.clone(), mailbox.clone());
            Box::pin(async move {
                // What is over may hold the room that this run needs.
                call.clear_remains(MAX_REMAINS);
                let mut store = match maker.store(&context, &control, &mailbox) {
                    Ok(store) => store,
                    Err(error) => return Err(error.to_string()),
                };
                let mut made = pre.instantiate(&mut store).await;
                while made.as_ref().is_err_and(is_full) && call.make_room() {
                    // A store whose instantiation failed is not used again.
                    store = match maker.store(&context, &control, &mailbox) {
                        Ok(store) => store,
                        Err(error) => return Err(error.to_string()),
                    };
                    made = pre.instantiate(&mut store).await;
                }
                match made {
                    Ok(guest) => {
                        call.on(Instance {
                            store,
                            guest,
                            control,
                            mailbox,
                        })
                        .await
                    }
                    Err(error) => {
                        let message = format!("could not start: {}", fault(&error, store.data()));
                        // That there is no room may be due to others.
                        if !is_full(&error) {
                            call.account.failed(&message);
                        }
                        Err(message)
                    }
                }
            })
        };
        (future, control, mailbox)
    }
}

/// Bytes of an error's message that are shown.
const MAX_MESSAGE: usize = 4 << 10;

/// An error's message as people may see it: what cannot be seen is written in words, and what is too
/// long is cut.
fn shown(message: &str) -> String {
    let cut = |text: &str| text.floor_char_boundary(MAX_MESSAGE);
    let mut visible = visible_lines(&message[..cut(message)]);
    let end = cut(&visible);
    if end < visible.len() || message.len() > MAX_MESSAGE {
        visible.truncate(end);
        visible.push('…');
    }
    visible
}

/// Stores that may wait for being dropped before a run that needs room drops them itself.
const MAX_REMAINS: usize = 256;

/// Whether there is no room in the pool for an instance.
pub(crate) fn is_full(error: &wasmtime::Error) -> bool {
    error
        .downcast_ref::<wasmtime::PoolConcurrencyLimitError>()
        .is_some()
}

/// One call of `run`.
struct Call {
    /// The command's name in telemetry.
    name: Arc<str>,
    run: RunId,
    /// How many runs of the plugin there have been, this one included.
    number: u64,
    command: Arc<str>,
    arguments: Arc<[(String, Value)]>,
    /// Its graveyard holds such calls when they are over, so they must not hold it.
    runtime: Weak<RuntimeShared>,
    account: Account,
}

/// Whose failure it is when a run fails.
///
/// It is not always that of the plugin whose command runs: whoever may start one command of another
/// plugin could make it fail again and again, and so take all of that plugin off the robot.
#[derive(Clone)]
struct Account {
    /// The command's name in telemetry.
    command: Arc<str>,
    /// Who started the run, or the first of its ancestors.
    payer: Option<Supplier>,
    /// The part of the robot of the plugin whose command runs,
    context: Arc<Context>,
    /// and its quarantine.
    own: Arc<Quarantine>,
}

impl Account {
    /// The run has failed, other than by returning an error.
    fn failed(&self, message: &str) {
        let now = self.context.clock.tick().time;
        match self.starter() {
            Some(starter) => {
                let command = &self.command;
                let message = format!("`{command}`, which it has started: {message}");
                starter.quarantine.failed(now, &message);
            }
            None => self.own.failed(now, message),
        }
    }

    /// The plugin that started it, if that is another one than whose command it is.
    fn starter(&self) -> Option<Arc<Shared>> {
        let payer = self.payer.as_ref()?;
        if payer.same(&self.context.supplier) {
            return None;
        }
        let plugins = self.context.registry.upgrade()?.plugins();
        let starter = plugins
            .values()
            .find(|plugin| plugin.supplier().same(payer));
        starter.map(|starter| starter.0.clone())
    }
}

impl Call {
    async fn on(self, instance: Instance) -> BodyResult {
        let Instance {
            mut store, guest, ..
        } = instance;
        store
            .data_mut()
            .belongs_to(&self.name, self.run, self.number);
        let result = guest.run(&mut store, &self.command, &self.arguments).await;
        let state = store.data();
        let result = result.and_then(|result| {
            state.hand_over(match &result {
                Ok(value) => value.as_ref().map_or(0, size::of_value),
                Err(message) => message.len(),
            })?;
            Ok(result)
        });
        let result = match result {
            // It is shown to people, as its log is.
            Ok(result) => result.map_err(|message| shown(&message)),
            Err(error) => {
                let message = fault(&error, state);
                self.account.failed(&message);
                Err(message)
            }
        };
        let tick = state.moment().number;
        state.run_log().finish(tick);
        // What it held is free at once, whenever the rest of it is cleared away.
        store.data_mut().drop_handles();
        if let Some(runtime) = self.runtime.upgrade() {
            runtime.graveyard.bury(Remains::Store(Box::new(store)));
        }
        result
    }

    /// Clears away what is left of runs that are over, if it is at least that much.
    fn clear_remains(&self, least: usize) {
        if let Some(runtime) = self.runtime.upgrade()
            && runtime.graveyard.len() >= least
        {
            runtime.graveyard.clear();
        }
    }

    /// Makes room in the pool, if there is anything that can go.
    fn make_room(&self) -> bool {
        (self.runtime.upgrade()).is_some_and(|runtime| runtime.make_room())
    }
}
