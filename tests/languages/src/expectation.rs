//! What has to come of a behaviour.

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::behaviours::UNICODE;
use crate::{Behaviour, Trace};

/// What has to come of a behaviour, and nothing else of that sort.
#[derive(Debug, Clone, Copy)]
pub enum Expectation {
    /// It returns this value, which is written as JSON.
    Returns(&'static str),
    /// It returns these lines.
    ReturnsLines(&'static [&'static str]),
    /// It returns a number from the first to the second.
    ReturnsFrom(f64, f64),
    /// It returns 0, 0.5, 1 and so on, so many of them.
    ReturnsHalves(u32),
    /// It is given `größe 机器人 🤖` so many times in one text, and returns that.
    Echoes(usize),
    /// It fails, and says all of these.
    Fails(&'static [&'static str]),
    /// It is canceled, and has published this text to `lang/cleaned`.
    CleansUp(&'static str),
    /// It is refused what it needs, is canceled, and has published this text to `lang/cleaned`.
    IsInterrupted(&'static str),
    /// It is canceled, and the error of its cleanup is in the log and nowhere else.
    FailsInCleanup(&'static str),
    /// It is canceled, does not end, and is dropped when its cleanup has used up its time.
    OverrunsCleanup,
    /// It logs, publishes to `lang/text` and returns this text, whatever it had instead of U+FFFD.
    ReturnsOddly(&'static str),
    /// It fails with the second text, and the first is in the log.
    BreaksOff(&'static str, &'static str),
    /// It logs these lines.
    Logs(&'static [(&'static str, &'static str)]),
    /// It publishes these values, which are written as JSON.
    Publishes(&'static [(&'static str, &'static str)]),
}

impl Behaviour {
    /// Compares what came of the behaviour with what should have.
    ///
    /// # Errors
    ///
    /// When it differs, with both.
    pub fn judge(&self, trace: &Trace) -> Result<()> {
        let command = format!("lang/{}", self.command);
        let completed = trace.values_of("completed", &command);
        match self.expectation {
            Expectation::Returns(value) => {
                let value: Value = serde_json::from_str(value)?;
                ensure!(
                    completed == [value.clone()],
                    "it should return {value}: {}",
                    trace.ends()
                );
            }
            Expectation::ReturnsLines(lines) => {
                let text = lines.join("\n");
                ensure!(
                    completed == [json!(text)],
                    "it should return {text}\n\nbut: {}",
                    trace.ends()
                );
            }
            Expectation::ReturnsFrom(least, greatest) => {
                let number = completed.first().and_then(Value::as_f64);
                let fits = number.is_some_and(|it| (least..=greatest).contains(&it));
                ensure!(
                    fits,
                    "it should return a number from {least} to {greatest}: {}",
                    trace.ends()
                );
            }
            Expectation::ReturnsHalves(count) => {
                let halves: Vec<f64> = (0..count).map(|n| f64::from(n) / 2.0).collect();
                ensure!(
                    completed == [json!(halves)],
                    "it should return {count} numbers: {}",
                    trace.ends()
                );
            }
            Expectation::Echoes(times) => {
                let same = completed == [json!(UNICODE.repeat(times))];
                ensure!(same, "it should return what it was given: {}", trace.ends());
            }
            Expectation::Fails(parts) => {
                let failed = trace.of("failed", &command);
                let message = failed.first().and_then(|event| event["message"].as_str());
                let fits = message.is_some_and(|text| parts.iter().all(|part| text.contains(part)));
                ensure!(fits, "it should fail with {parts:?}: {}", trace.ends());
            }
            Expectation::CleansUp(text) | Expectation::IsInterrupted(text) => {
                let cleaned = trace.topic("lang/cleaned");
                ensure!(
                    cleaned == [json!(text)],
                    "it should clean up after {text}: {cleaned:?}"
                );
                ensure!(
                    trace.of("canceled", &command).len() == 1,
                    "it should be canceled: {}",
                    trace.ends()
                );
                let interrupted = matches!(self.expectation, Expectation::IsInterrupted(_));
                let found = trace.of("interrupted", &command).len();
                ensure!(
                    found == usize::from(interrupted),
                    "interrupted {found} times: {}",
                    trace.ends()
                );
                ensure!(
                    trace.of("cleanup-overrun", &command).is_empty(),
                    "its cleanup took too long"
                );
            }
            Expectation::FailsInCleanup(text) => {
                let errors = texts_of(trace, &command, "error");
                let told = errors.first().is_some_and(|line| {
                    line.starts_with("the cleanup failed: ") && line.contains(text)
                });
                ensure!(
                    told,
                    "the log should say how its cleanup failed: {errors:?}"
                );
                let count = |event| trace.of(event, &command).len();
                ensure!(
                    count("canceled") == 1 && count("failed") == 0 && count("cleanup-overrun") == 0,
                    "it should be canceled: {}",
                    trace.ends()
                );
            }
            Expectation::OverrunsCleanup => {
                let count = |event| trace.of(event, &command).len();
                ensure!(
                    count("canceled") == 1 && count("cleanup-overrun") == 1,
                    "it should overrun its cleanup: {}",
                    trace.ends()
                );
            }
            Expectation::ReturnsOddly(text) => {
                ensure!(
                    completed == [json!(text)],
                    "it should return {text}: {}",
                    trace.ends()
                );
                let (logged, published) =
                    (texts_of(trace, &command, "info"), trace.topic("lang/text"));
                ensure!(
                    logged == [text] && published == [json!(text)],
                    "it should log and publish {text}: {logged:?}, {published:?}"
                );
            }
            Expectation::BreaksOff(printed, failure) => {
                let logged = texts_of(trace, &command, "info");
                ensure!(logged == [printed], "it should print {printed}: {logged:?}");
                let failed = trace.of("failed", &command);
                let message = failed.first().and_then(|event| event["message"].as_str());
                let fits = message.is_some_and(|text| text.contains(failure));
                ensure!(fits, "it should fail with {failure}: {}", trace.ends());
            }
            Expectation::Logs(lines) => {
                let logged = trace.of("log", &command);
                let logged = logged
                    .iter()
                    .map(|line| (line["level"].as_str(), line["text"].as_str()));
                let lines = lines
                    .iter()
                    .map(|(level, text)| (Some(*level), Some(*text)));
                ensure!(
                    logged.clone().eq(lines),
                    "it logs {:?}",
                    logged.collect::<Vec<_>>()
                );
            }
            Expectation::Publishes(topics) => {
                for (topic, value) in topics {
                    let value: Value = serde_json::from_str(value)?;
                    let published = trace.topic(topic);
                    ensure!(
                        published == [value.clone()],
                        "{topic} should be {value}: {published:?}"
                    );
                }
            }
        }
        Ok(())
    }

    /// Whether what it returns is a matter of its own, to be left out of a comparison.
    pub(crate) fn returns_its_own(&self) -> bool {
        matches!(self.expectation, Expectation::ReturnsFrom(..))
    }
}

impl Expectation {
    /// For people, in a table.
    pub fn describe(&self) -> String {
        match self {
            Self::Returns(value) => format!("returns `{}`", shortened(value)),
            Self::ReturnsLines(lines) => {
                format!("returns {} lines: `{}`", lines.len(), shortened(lines[0]))
            }
            Self::ReturnsFrom(least, greatest) => format!("returns {least} to {greatest}"),
            Self::ReturnsHalves(count) => format!("returns {count} numbers"),
            Self::Echoes(times) => format!("returns a text of {} bytes", times * UNICODE.len()),
            Self::Fails(parts) => format!("fails: `{}`", parts.join(" … ")),
            Self::CleansUp(text) => format!("is canceled, publishes `{text}`"),
            Self::IsInterrupted(text) => format!("is interrupted, publishes `{text}`"),
            Self::FailsInCleanup(text) => format!("is canceled, logs `{text}`"),
            Self::OverrunsCleanup => "is canceled, overruns its cleanup".to_owned(),
            Self::ReturnsOddly(text) => format!("logs, publishes and returns `{text}`"),
            Self::BreaksOff(printed, failure) => {
                format!("logs `{printed}`, fails: `{failure}`")
            }
            Self::Logs(lines) => format!("logs {} lines", lines.len()),
            Self::Publishes(topics) => format!("publishes {} topics", topics.len()),
        }
    }
}

/// The lines that a command logged at one level.
fn texts_of<'a>(trace: &'a Trace, command: &str, level: &str) -> Vec<&'a str> {
    let lines = trace.of("log", command);
    let lines = lines.iter().filter(|line| line["level"] == level);
    lines.filter_map(|line| line["text"].as_str()).collect()
}

/// The beginning of a text as it can stand in a table.
pub(crate) fn shortened(text: &str) -> String {
    const MOST: usize = 70;
    let end = text.floor_char_boundary(MOST);
    let rest = if end < text.len() { "…" } else { "" };
    format!("{}{rest}", &text[..end])
        .replace('|', "\\|")
        .replace('`', "'")
}
