//! Forks ninety children that compute for ever once they are canceled.

use crate::Answer;

pub(crate) fn run() -> Answer {
    crate::crowd("endless-loop-in-cleanup")
}
