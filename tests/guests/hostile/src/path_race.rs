//! Reads a path again and again, while somebody turns a folder in it into a link that leads out.

use std::fs;

use crate::gantry::command::coroutine;
use crate::Answer;

pub(crate) fn run() -> Answer {
    let mut secrets = 0;
    for _ in 0..30 {
        for _ in 0..20 {
            let found = fs::read_to_string("/flip/outside.txt");
            secrets += u32::from(found.is_ok_and(|text| text.contains("secret")));
        }
        coroutine::yield_().map_err(|error| format!("{error:?}"))?;
    }
    Err(format!("{secrets} secrets seen"))
}
