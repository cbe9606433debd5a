//! Lists its folder, in which there are 20,000 files, again and again.

use std::fs;

use crate::Answer;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    for _ in 0..10 {
        if let Err(error) = fs::read_dir("/") {
            return Err(error.to_string());
        }
        coroutine::yield_().map_err(|error| format!("{error:?}"))?;
    }
    Err("it was listed".to_owned())
}
