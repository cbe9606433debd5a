//! What the TOML parser says, with what would be right.

use toml::de::Error;

use super::Span;
use super::reader::Sink;

/// Reports the parser's errors at their places.
pub(super) fn report(sink: &Sink, errors: &[Error]) {
    // A table that is there twice is read as one, and then its keys are there twice too.
    let mut in_second_table = false;
    for error in errors {
        let span: Span = error.span().unwrap_or_default().into();
        if !error.message().starts_with("duplicate key") {
            let message = format!("this is not TOML: {}", error.message());
            let hint = error.message().contains("string");
            let hint =
                hint.then(|| "text and quantities are in quotes: `period = \"20 ms\"`".into());
            sink.report(sink.error(span, message).maybe_help(hint));
            continue;
        }
        let text = sink.source().text();
        let line_start = text[..span.start]
            .rfind('\n')
            .map_or(0, |newline| newline + 1);
        let is_header = text[line_start..].trim_start().starts_with('[');
        if is_header || !in_second_table {
            let message = format!("`{}` is there twice", sink.source().slice(span));
            let help = "give one of them another name, or put what is in both into one";
            sink.report(sink.error(span, message).help(help));
        }
        in_second_table |= is_header;
    }
}
