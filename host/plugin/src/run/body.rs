//! The body of a command that a plugin offers.

use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Weak};

use gantry_scheduler::{
    Body, BodyResult, Command, Coroutine, FutureCoroutine, Mailbox, RunId, Value,
};

use super::control::Control;
use super::coroutine::WasmCoroutine;
use super::fault::fault;
use super::graveyard::{Graveyard, Remains, RunFuture};
use super::size;
use super::store::Instance;
use crate::log::visible_lines;
use crate::plugin::Shared;
use crate::quarantine::Quarantine;

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
        let number = plugin.counters.started.fetch_add(1, Relaxed) + 1;
        let call = Call {
            name: command.name().clone(),
            run,
            number,
            command: self.command.clone(),
            arguments: self.arguments.clone(),
            graveyard: Arc::downgrade(&plugin.runtime.graveyard),
            quarantine: plugin.quarantine.clone(),
        };
        let (future, control, mailbox) = match plugin.take_warm() {
            Some(instance) => {
                let (control, mailbox) = (instance.control.clone(), instance.mailbox.clone());
                let future: RunFuture = Box::pin(call.on(instance));
                (future, control, mailbox)
            }
            None => self.cold(call),
        };
        let panicked = {
            let plugin = plugin.clone();
            move |message: &str| {
                let now = plugin.context.clock.tick().time;
                plugin.quarantine.failed(now, message);
            }
        };
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
                call.make_room(MAX_REMAINS);
                let mut store = match maker.store(&context, &control, &mailbox) {
                    Ok(store) => store,
                    Err(error) => return Err(error.to_string()),
                };
                let mut made = pre.instantiate(&mut store).await;
                if made.as_ref().is_err_and(is_full) && call.make_room(1) {
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
                            let now = context.clock.tick().time;
                            call.quarantine.failed(now, &message);
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

fn is_full(error: &wasmtime::Error) -> bool {
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
    /// It holds such calls when they are over, so they must not hold it.
    graveyard: Weak<Graveyard>,
    quarantine: Arc<Quarantine>,
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
                self.quarantine.failed(state.moment().time, &message);
                Err(message)
            }
        };
        let tick = state.moment().number;
        state.run_log().finish(tick);
        // What it held is free at once, whenever the rest of it is cleared away.
        store.data_mut().drop_handles();
        if let Some(graveyard) = self.graveyard.upgrade() {
            graveyard.bury(Remains::Store(Box::new(store)));
        }
        result
    }

    /// Clears away what is left of runs that are over, if it is at least that much. Says whether.
    fn make_room(&self, least: usize) -> bool {
        let Some(graveyard) = self.graveyard.upgrade() else {
            return false;
        };
        let clears = graveyard.len() >= least;
        if clears {
            graveyard.clear();
        }
        clears
    }
}
