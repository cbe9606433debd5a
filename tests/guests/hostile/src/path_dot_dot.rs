//! Reads files above its folder.

use crate::Answer;

pub(crate) fn run() -> Answer {
    crate::no_secret(&["/../outside.txt", "../outside.txt", "/sub/../../outside.txt"])
}
