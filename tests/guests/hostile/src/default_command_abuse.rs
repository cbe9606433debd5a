//! Makes an endless loop the default command of its mechanism, and of the arm, which is not its own.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::{coroutine, log, triggers};

pub(crate) fn run() -> Answer {
    let loops = Command::lookup("loops-on-lift", &[])?;
    let refused = triggers::set_default("arm", &loops);
    log::log(log::Level::Info, &format!("{refused:?}"));
    triggers::set_default("lift", &loops).map_err(|error| format!("{error:?}"))?;
    let _ = coroutine::park();
    Ok(None)
}
