//! Asking a plugin what it offers, in a store that is thrown away.

use std::sync::Arc;

use gantry_scheduler::Mailbox;

use super::{LoadErrorKind, Stage, Staged};
use crate::config::Preemption;
use crate::contract::GuestPre;
use crate::description::Description;
use crate::log::{visible, visible_lines};
use crate::run::{Context, Control, Phase, drive, fault, is_full};
use crate::runtime::RuntimeShared;

pub(super) fn describe(
    runtime: &RuntimeShared,
    pre: &GuestPre,
    context: Arc<Context>,
) -> Staged<Description> {
    let result = call(runtime, pre, context);
    result.map_err(|kind| (Stage::Describe, kind))
}

fn call(
    runtime: &RuntimeShared,
    pre: &GuestPre,
    context: Arc<Context>,
) -> Result<Description, LoadErrorKind> {
    let control = Arc::new(Control::new(runtime.maker.meter.clone()));
    let failed = |error: wasmtime::Error| LoadErrorKind::Fault(super::text(&error));
    let mut store = runtime
        .maker
        .store(&context, &control, &Arc::new(Mailbox::default()))
        .map_err(failed)?;
    runtime.graveyard.clear();
    control.begin(runtime.describe_budget, u32::MAX);
    let described = drive(&control, async {
        let guest = pre.instantiate(&mut store).await?;
        control.set_phase(Phase::Describing);
        guest.describe(&mut store).await
    });
    let tick = store.data().moment().number;
    store.data().run_log().finish(tick);
    match described {
        Some(Ok(Ok(Ok(description)))) => Ok(description),
        Some(Ok(Ok(Err(message)))) => Err(LoadErrorKind::Rejected(visible(message.as_bytes()))),
        Some(Err(panic)) => Err(LoadErrorKind::Fault(visible(panic.to_string().as_bytes()))),
        Some(Ok(Err(error))) if is_full(&error) && runtime.make_room() => {
            drop(store);
            call(runtime, pre, context)
        }
        Some(Ok(Err(error))) => Err(LoadErrorKind::Fault(told(&fault(&error, store.data())))),
        None => Err(LoadErrorKind::OutOfTime(match runtime.preemption {
            Preemption::Epoch { .. } => runtime.describe_budget.time,
            // Instructions as a time, as in `Budget::of`.
            Preemption::Fuel { .. } => {
                std::time::Duration::from_micros(runtime.describe_budget.fuel / 500)
            }
        })),
    }
}

/// What a guest says in several lines. All but the first are indented, so that none of them looks
/// like the beginning of another message.
fn told(fault: &str) -> String {
    visible_lines(fault).replace('\n', "\n  ")
}
