//! A guest that does nothing but log.

use gantry_sdk::prelude::*;

plugin! {
    name = "hello",
    commands = [hello],
}

/// Says hello.
#[command]
fn hello(
    /// Whom to greet.
    #[default("robot")]
    name: String,
) {
    info!("Hello, {name}!");
}
