//! What a run that ended in a fault has to say.

use wasmtime::{PoolConcurrencyLimitError, Trap, WasmBacktrace};

use super::state::RunState;
use crate::wasi::Exit;

/// The most functions of a backtrace that are named.
const MAX_FRAMES: usize = 16;
/// The most bytes of a function's name.
const MAX_NAME: usize = 160;

/// A message about a fault: the guest's own panic message, what went wrong, and where.
pub(crate) fn fault(error: &wasmtime::Error, state: &RunState) -> String {
    let mut message = String::new();
    if let Some(panic) = state.run_log().take_panic() {
        message.push_str(&panic);
        message.push('\n');
    }
    message.push_str(&cause(error));
    if let Some(hint) = state.limiter.hint() {
        message.push_str("; ");
        message.push_str(&hint);
    }
    if let Some(backtrace) = error.downcast_ref::<WasmBacktrace>() {
        frames(&mut message, backtrace);
    }
    message
}

fn cause(error: &wasmtime::Error) -> String {
    if let Some(exit) = error.downcast_ref::<Exit>() {
        return exit.to_string();
    }
    if let Some(limit) = error.downcast_ref::<PoolConcurrencyLimitError>() {
        return format!(
            "no room for another run ({limit}); the runtime's pool decides how many fit"
        );
    }
    if let Some(trap) = error.downcast_ref::<Trap>() {
        let trap = trap.to_string();
        return format!(
            "trap: {}",
            trap.strip_prefix("wasm trap: ").unwrap_or(&trap)
        );
    }
    let cause = error.root_cause().to_string();
    match cause.contains("too much data is being copied") {
        true => format!("{cause} (`limits.call-bytes`)"),
        false => cause,
    }
}

fn frames(message: &mut String, backtrace: &WasmBacktrace) {
    // Wasmtime's own text has the demangled names, one frame per line behind a heading:
    // `    0:     0x1a3 - module!function`.
    let text = backtrace.to_string();
    let lines = text
        .lines()
        .filter_map(|line| line.split_once('!').map(|(_, name)| name));
    for (index, name) in lines.enumerate() {
        if index == MAX_FRAMES {
            message.push_str("\n  at …");
            break;
        }
        let end = name.floor_char_boundary(MAX_NAME);
        message.push_str("\n  at ");
        message.push_str(&crate::log::visible(&name.as_bytes()[..end]));
        if end < name.len() {
            message.push('…');
        }
    }
}
