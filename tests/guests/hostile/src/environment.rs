//! Looks at the environment, the arguments, the standard input and the working folder.

use std::io::Read as _;
use crate::Answer;

pub(crate) fn run() -> Answer {
    let variables = std::env::vars().count();
    let arguments = std::env::args().count();
    let mut input = String::new();
    let read = std::io::stdin().read_to_string(&mut input).unwrap_or(0);
    Err(format!(
        "{variables} variables, {arguments} arguments, {read} bytes of input, files in {:?}",
        std::fs::read_dir("/").map(Iterator::count).ok()
    ))
}
