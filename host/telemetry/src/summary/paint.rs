//! Colours, and text that fits.

use std::time::Duration;

/// What a piece of text means.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Paint {
    Plain,
    Strong,
    Heading,
    Faint,
    Good,
    Warning,
    Bad,
    Bar,
}

/// Writes the colours, or does not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Painter {
    coloured: bool,
}

impl Painter {
    pub(super) fn new(coloured: bool) -> Self {
        Self { coloured }
    }

    pub(super) fn paint(self, paint: Paint, text: &str) -> String {
        let code = match paint {
            _ if !self.coloured || text.is_empty() => return text.to_owned(),
            Paint::Plain => return text.to_owned(),
            Paint::Strong => "1",
            Paint::Heading => "1;36",
            Paint::Faint => "2",
            Paint::Good => "32",
            Paint::Warning => "33",
            Paint::Bad => "31",
            Paint::Bar => "34",
        };
        format!("\u{1b}[{code}m{text}\u{1b}[0m")
    }
}

/// Columns that a text takes.
pub(super) fn width(text: &str) -> usize {
    text.chars().count()
}

/// The text without control characters, cut to this many columns. Names and messages come from
/// plugins, and must not be able to move the cursor.
pub(super) fn fit(text: &str, columns: usize) -> String {
    let visible = |c: char| if c.is_control() { '\u{fffd}' } else { c };
    if width(text) <= columns {
        return text.chars().map(visible).collect();
    }
    let kept = columns.saturating_sub(1);
    text.chars().take(kept).map(visible).chain(['…']).collect()
}

/// A number with its thousands set apart.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A duration with three digits or so, in the unit that suits it.
pub(super) fn short_time(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    match seconds {
        0.0 => "0 s".to_owned(),
        _ if seconds < 1e-3 => format!("{:.1} µs", seconds * 1e6),
        _ if seconds < 1.0 => trimmed(format!("{:.2}", seconds * 1e3), "ms"),
        _ if seconds < 3600.0 => trimmed(format!("{seconds:.2}"), "s"),
        _ => format!("{:.2} h", seconds / 3600.0),
    }
}

/// Whole numbers without a fraction: `20 ms`, not `20.00 ms`.
fn trimmed(number: String, unit: &str) -> String {
    format!("{} {unit}", number.strip_suffix(".00").unwrap_or(&number))
}
