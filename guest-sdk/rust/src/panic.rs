//! How a panic's message reaches the host.
//!
//! A panic on `wasm32-wasip2` aborts: nothing unwinds, no guard is dropped, and the host sees a
//! trap without words. So the hook hands the words over before that, as a line of level `error`
//! that starts with `panicked at`, followed by the place and the message:
//!
//! ```text
//! panicked at src/lib.rs:12:5: the arm is at NaN rad
//! ```
//!
//! When a run traps, the host takes the last such line of that run as the message of its `failed`
//! event. This is an agreement between the SDKs and the host: change neither alone.

use std::io::Write as _;
use std::panic::PanicHookInfo;

use crate::log::{Level, log};

/// Has panics reported as above, instead of on standard error.
pub(crate) fn report_to_host() {
    std::panic::set_hook(Box::new(|info| {
        log(Level::Error, &line(info));
        // What was printed without an end of its line would be lost with the instance.
        let _ = std::io::stdout().flush();
    }));
}

fn line(info: &PanicHookInfo<'_>) -> String {
    let message = info.payload_as_str().unwrap_or("no message");
    match info.location() {
        Some(place) => format!("panicked at {place}: {message}"),
        None => format!("panicked at an unknown place: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn the_line_says_where_and_what() {
        static LINE: Mutex<String> = Mutex::new(String::new());
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(|info| *LINE.lock().unwrap() = line(info)));
        let place = line!() + 1;
        let _ = std::panic::catch_unwind(|| panic!("the arm is at {} rad", f64::NAN));
        std::panic::set_hook(before);

        let line = LINE.lock().unwrap();
        assert!(line.starts_with("panicked at "), "{line}");
        assert!(
            line.contains(&format!("panic.rs:{place}:")),
            "{line} does not name line {place}"
        );
        assert!(line.ends_with(": the arm is at NaN rad"), "{line}");
    }
}
