//! What the TOML parser says, with what would be right.

use toml::de::Error;

use super::reader::Sink;
use super::{Diagnostic, Span};

/// The parser's error at its place.
pub(super) fn describe(sink: &Sink, error: &Error) -> Diagnostic {
    let span: Span = error.span().unwrap_or_default().into();
    let message = error.message();
    let written = sink.source().slice(span);
    if message.starts_with("duplicate key") {
        return sink
            .error(span, format!("`{written}` is there twice"))
            .help("give one of them another name, or put what is in both into one");
    }
    let error = sink.error(span, format!("this is not TOML: {message}"));
    match hint(message, written) {
        Some(help) => error.help(help),
        None => error,
    }
}

fn hint(message: &str, _written: &str) -> Option<&'static str> {
    message
        .contains("string")
        .then_some("text and quantities are in quotes: `period = \"20 ms\"`")
}
