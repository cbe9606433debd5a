use gantry_sdk::prelude::*;

plugin! {
    commands = [hello],
}

/// Says hello, again and again.
#[command]
fn hello(
    co: &Coroutine,
    /// Whom to greet.
    #[default("robot")]
    name: String,
    /// Time between two greetings.
    #[unit("s")]
    #[default(1.0)]
    interval: f64,
) -> Result<()> {
    let ended = greet(co, &name, interval);
    // Reached when the run is canceled, too: every wait answers an error then.
    info!("Goodbye, {name}!");
    ended
}

fn greet(co: &Coroutine, name: &str, interval: f64) -> Result<()> {
    loop {
        info!("Hello, {name}!");
        co.wait(interval)?;
    }
}
