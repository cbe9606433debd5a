//! What the TOML parser says, with what would be right.

use toml::de::{DeTable, Error};

use super::reader::Sink;
use super::{Source, Span};

/// How many of the errors without a place are looked for, which takes reading the file several times.
const MOST_SEARCHED: usize = 5;

/// Reports the parser's errors at their places.
pub(super) fn report(sink: &Sink, errors: &[Error]) {
    // A table that is there twice is read as one, and then its keys are there twice too.
    let mut in_second_table = false;
    let mut without_place = 0;
    let mut last_place = Span::default();
    for error in errors {
        let span: Span = match error.span() {
            Some(span) => span.into(),
            None => {
                without_place += 1;
                if without_place <= MOST_SEARCHED {
                    last_place = line_of(without_place, sink.source().text());
                }
                last_place
            }
        };
        if sink.is_full() {
            // Nobody reads it, and to look for more would take as long as the line is, each time.
            sink.report(sink.error(span, "this is not TOML"));
            continue;
        }
        if !error.message().starts_with("duplicate key") {
            let message = format!("this is not TOML: {}", error.message());
            sink.report(sink.error(span, message).maybe_help(help(error.message())));
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

fn help(message: &str) -> Option<String> {
    if message.contains("string") {
        Some("text and quantities are in quotes: `period = \"20 ms\"`".to_owned())
    } else if message.contains("recurs") {
        Some("tables, lists and the parts of a key are nested 80 deep at most".to_owned())
    } else {
        None
    }
}

/// An error of the text with its place, over lines of their own.
pub(crate) fn describe(error: &Error, text: &str) -> String {
    if error.span().is_some() {
        return error.to_string();
    }
    let source = Source::new("", text);
    let line = source.position(line_of(1, text)).line;
    format!("TOML parse error at line {line}, column 1\n{error}")
}

/// The line of the parser's `number`th error without a place, which it gives for a key of too many
/// parts: the line without which there are fewer of them.
fn line_of(number: usize, text: &str) -> Span {
    let after_newlines = text.match_indices('\n').map(|(at, _)| at + 1);
    let starts: Vec<usize> = [0].into_iter().chain(after_newlines).collect();
    let end_of = |line: usize| starts.get(line + 1).copied().unwrap_or(text.len());
    let lines: Vec<usize> = (0..starts.len()).collect();
    let line = lines.partition_point(|line| {
        let (_, errors) = DeTable::parse_recoverable(&text[..end_of(*line)]);
        let without_place = errors.iter().filter(|error| error.span().is_none());
        without_place.count() < number
    });
    let line = line.min(lines.len() - 1);
    let start = starts[line];
    let length = text[start..end_of(line)].trim_end().len();
    Span::from(start..start + length)
}
