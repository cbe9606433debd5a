//! Lists its folder, to see the order in which the disk has it.

use std::fs;

use crate::Answer;

pub(crate) fn run() -> Answer {
    let entries = fs::read_dir("/").map_err(|error| error.to_string())?;
    let names = entries.map(|entry| entry.map(|entry| entry.file_name().into_string()));
    let names: Vec<_> = names.filter_map(|name| name.ok()?.ok()).collect();
    Err(names.join(" "))
}
