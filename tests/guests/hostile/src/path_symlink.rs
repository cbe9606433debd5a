//! Reads through symbolic links that lead out of its folder.

use crate::Answer;

pub(crate) fn run() -> Answer {
    crate::no_secret(&["/link", "/folder-link/outside.txt", "/sub/../link"])
}
