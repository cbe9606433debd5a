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
    use std::sync::{Arc, OnceLock};

    use gantry_hardware::driver::{InputFrame, OutputFrame};
    use gantry_hardware::{ChannelId, Driver, DriverError, Hardware, ImageBuilder, Safety, Tick};

    use super::*;

    /// A driver that looks why the program ends when its outputs are made safe.
    #[derive(Clone, Default)]
    struct Curious(Arc<(OnceLock<Stop>, OnceLock<Option<&'static str>>)>);

    impl Safety for Curious {
        fn make_safe(&self) {
            if let Some(stop) = self.0.0.get() {
                let _ = self.0.1.set(stop.panicked());
            }
        }

        fn rearm(&self) {}
    }

    impl Driver for Curious {
        fn name(&self) -> &str {
            "curious"
        }

        fn channels(&self) -> &[ChannelId] {
            &[]
        }

        fn sample(&mut self, _: Tick, _: &mut InputFrame<'_>) -> Result<(), DriverError> {
            Ok(())
        }

        fn flush(&mut self, _: Tick, _: &OutputFrame<'_>) -> Result<(), DriverError> {
            Ok(())
        }

        fn safe(&mut self, _: &OutputFrame<'_>) {}

        fn safety(&self) -> Arc<dyn Safety> {
            Arc::new(self.clone())
        }
    }

    #[test]
    fn whoever_sees_the_end_sees_the_panic_that_it_is_for() {
        let curious = Curious::default();
        let image = Arc::new(ImageBuilder::new().build());
        let hardware = Hardware::new(image, vec![Box::new(curious.clone())]).unwrap();
        let stop = Stop::new(hardware.safety().clone());
        assert!(curious.0.0.set(stop.clone()).is_ok());
        stop.end_for_panic("test");
        assert_eq!(curious.0.1.get(), Some(&Some("test")));
    }

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
