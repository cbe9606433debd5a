//! Command bodies as data: what the conformance vectors and the random scenarios are played with.
//!
//! A [`Script`] is a list of [`Operation`]s in the vectors' format, `["yield", 2]` for instance.
//! [`interpret`] executes it on a [`Run`], which is implemented twice: over the scheduler's native
//! bodies, and in a guest over the contract. So both play the same script with the same code, and
//! whatever they do differently is the runtime's doing.
//!
//! Nothing here knows the scheduler, the contract, or the rules.

mod interpreter;
mod operation;

pub use interpreter::{CallError, End, Run, interpret};
pub use operation::{InvalidOperation, Operation, Script};

/// The topic in which a signal is kept where bodies are plugins. Its name has only characters that
/// a topic's may have.
///
/// ```
/// assert_eq!(gantry_script::topic_of("s1"), "signal/s1");
/// assert_eq!(gantry_script::topic_of("at goal"), "signal/at.20.goal");
/// ```
pub fn topic_of(signal: &str) -> String {
    let mut topic = String::from("signal/");
    for char in signal.chars() {
        if char.is_ascii_alphanumeric() || char == '-' || char == '_' {
            topic.push(char);
        } else {
            topic.push_str(&format!(".{:x}.", u32::from(char)));
        }
    }
    topic
}
