//! What is passed in, returned and published.

use gantry_sdk::prelude::*;

use crate::{UNICODE, publish, read};

fn join(flag: bool, count: i64, ratio: f64, words: &str, points: &[f64]) -> String {
    let points: Vec<String> = points.iter().map(f64::to_string).collect();
    format!("{flag} {count} {ratio} {words} [{}]", points.join(","))
}

/// Returns its arguments as a text.
#[command]
pub(crate) fn returns_values(
    flag: bool,
    count: i64,
    ratio: f64,
    words: String,
    points: Vec<f64>,
) -> String {
    join(flag, count, ratio, &words, &points)
}

/// Returns its arguments as a text; each has a default.
#[command]
pub(crate) fn defaults(
    #[default(true)] flag: bool,
    #[default(-3)] count: i64,
    #[default(0.5)] ratio: f64,
    #[default("größe 🤖")] words: String,
    #[default(vec![1.0, 2.5])] points: Vec<f64>,
) -> String {
    join(flag, count, ratio, &words, &points)
}

/// Returns true.
#[command]
pub(crate) fn returns_boolean() -> bool {
    true
}

/// Returns 2^53 - 1.
#[command]
pub(crate) fn returns_integer() -> i64 {
    (1 << 53) - 1
}

/// Returns 0.1.
#[command]
pub(crate) fn returns_number() -> f64 {
    0.1
}

/// Returns 10,000 numbers.
#[command]
pub(crate) fn large_values() -> Vec<f64> {
    (0..10_000).map(|n| f64::from(n) / 2.0).collect()
}

/// Returns the text that it is given.
#[command]
pub(crate) fn echoes(words: String) -> String {
    words
}

/// Publishes one topic of each kind.
#[command]
pub(crate) fn publishes() -> Result<()> {
    publish::<bool>("lang/boolean", true)?;
    publish::<i64>("lang/integer", 42)?;
    publish::<f64>("lang/number", 2.0)?;
    publish::<String>("lang/text", UNICODE)?;
    publish::<Vec<f64>>("lang/numbers", [1.0, 2.5])
}

/// Returns what `publishes` published, and `nothing` for a topic that nobody did.
#[command]
pub(crate) fn reads(co: &Coroutine) -> Result<String> {
    co.await_(&lookup!(publishes)?)?.ok()?;
    let values = join(
        read("lang/boolean")?,
        read("lang/integer")?,
        read("lang/number")?,
        &read::<String>("lang/text")?,
        &read::<Vec<f64>>("lang/numbers")?,
    );
    let nobody = Topic::<bool>::open("lang/nobody")?.read()?;
    let missing = nobody.map_or("nothing", |_| "something");
    Ok(format!("{values} {missing}"))
}

/// Logs, publishes and returns a text of which one byte is not UTF-8.
#[command]
pub(crate) fn odd_texts() -> Result<String> {
    let odd = String::from_utf8_lossy(b"odd \xff").into_owned();
    info!("{odd}");
    publish::<String>("lang/text", odd.as_str())?;
    Ok(odd)
}
