//! Forks ninety children that compute for ever.

use crate::Answer;

pub(crate) fn run() -> Answer {
    crate::crowd("endless-loop")
}
