//! Reads and writes files by their absolute paths.

use std::fs;

use crate::gantry::command::log;
use crate::Answer;

pub(crate) fn run() -> Answer {
    let written = fs::write("/etc/hostile", "x").is_ok();
    let listed = fs::read_dir("/..").is_ok();
    log::log(log::Level::Info, &format!("written {written}, listed {listed}"));
    crate::no_secret(&["/etc/passwd", "//etc/passwd", "/root-link/etc/passwd"])
}
