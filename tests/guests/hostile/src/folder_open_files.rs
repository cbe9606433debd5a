//! Opens a file as often as it can, and keeps it open.

use std::fs::{File, read_dir};

use crate::Answer;

pub(crate) fn run() -> Answer {
    let mut files = Vec::new();
    let opened = crate::until_refused(2000, |_| {
        files.push(File::open("/inside.txt")?);
        Ok(())
    });
    let listed = crate::until_refused(1, |_| read_dir("/").map(drop));
    files.pop();
    let opened_again = crate::until_refused(2, |_| {
        files.push(File::open("/inside.txt")?);
        Ok(())
    });
    Err(format!("{opened}, {listed}, {opened_again}"))
}
