//! Binds commands to signals without an end.

use crate::Answer;
use crate::gantry::command::commands::Command;
use crate::gantry::command::signals::{Signal, Source};
use crate::gantry::command::triggers::{self, Binding};

pub(crate) fn run() -> Answer {
    let idle = Command::lookup("idle", &[])?;
    loop {
        let signal = Signal::is_true(Source::Topic, "hostile.nothing")?;
        triggers::bind(&signal, Binding::WhileFalse, &idle).map_err(|error| format!("{error:?}"))?;
    }
}
