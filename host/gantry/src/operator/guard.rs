//! What the end of a thread by a panic comes to.

use super::Stop;

/// Ends the program in an orderly way if the thread that holds it panics.
pub(crate) struct Guard {
    stop: Stop,
    thread: &'static str,
}

impl Guard {
    /// A guard of the thread with this name, which is told in the message.
    pub(crate) fn new(stop: Stop, thread: &'static str) -> Self {
        Self { stop, thread }
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.stop.end_for_panic(self.thread);
        }
    }
}

#[cfg(test)]
mod tests {
    use gantry_hardware::{Hardware, ImageBuilder};

    use super::*;

    #[test]
    fn a_panic_in_a_guarded_thread_ends_the_program_and_makes_outputs_safe() {
        let image = std::sync::Arc::new(ImageBuilder::new().build());
        let hardware = Hardware::new(image, Vec::new()).unwrap();
        let stop = Stop::new(hardware.safety().clone());
        let run = |panics: bool| {
            let guard = Guard::new(stop.clone(), "test");
            let thread = std::thread::spawn(move || {
                let _guard = guard;
                assert!(!panics, "as the test wants");
            });
            thread.join().is_ok()
        };
        assert!(run(false));
        assert!(!stop.take_end() && !hardware.safety().is_thrown());
        assert_eq!(stop.panicked(), None);
        assert!(!run(true));
        assert!(stop.take_end() && hardware.safety().is_thrown());
        assert_eq!(stop.panicked(), Some("test"));
    }
}
