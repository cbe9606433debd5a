//! Computes for ever once it is canceled.

use crate::Answer;
use crate::gantry::command::coroutine;

pub(crate) fn run() -> Answer {
    let _guard = LoopsWhenDropped;
    let _ = coroutine::park();
    Ok(None)
    }

    struct LoopsWhenDropped;

    impl Drop for LoopsWhenDropped {
        fn drop(&mut self) {
            loop {
                std::hint::spin_loop();
            }
        }
}
