//! Quantities with a unit, as strings: `"20 ms"`, `"16 MiB"`, `"6 in"`.

use std::time::Duration;

use gantry_hardware::quantity::{self, Quantity};
use toml::de::DeValue;

use super::names;
use super::reader::Node;

impl Node<'_> {
    /// A quantity, in its SI unit. Pure numbers and counts are written without quotes.
    pub(super) fn quantity(&self, quantity: Quantity) -> Option<f64> {
        if quantity == Quantity::Count {
            return self.count(0, u32::MAX).map(f64::from);
        }
        if quantity.units().next().is_none() {
            return self.number();
        }
        let DeValue::String(text) = self.value else {
            return self.without_unit(quantity);
        };
        let parsed = quantity::parse(text, quantity);
        if let Err(error) = &parsed {
            let error = self.error(format!("`{}`: {error}", self.path));
            self.sink.report(error);
        }
        parsed.ok()
    }

    /// A time of zero or more.
    pub(super) fn duration(&self) -> Option<Duration> {
        let seconds = self.quantity(Quantity::Time)?;
        let duration = Duration::try_from_secs_f64(seconds).ok();
        if duration.is_none() {
            let written = self.sink.source().slice(self.span);
            let message = format!(
                "`{}` is {written}, which is not a length of time",
                self.path
            );
            let error = self.error(message);
            self.sink
                .report(error.help("write a time of zero or more, such as \"20 ms\""));
        }
        duration
    }

    /// A time in a range, both ends allowed; `reason` says why it cannot be any other.
    pub(super) fn duration_within(
        &self,
        least: Duration,
        most: Duration,
        reason: &str,
    ) -> Option<Duration> {
        let duration = self.duration()?;
        if (least..=most).contains(&duration) {
            return Some(duration);
        }
        let message = format!("`{}` is {duration:?}: {reason}", self.path);
        let help = format!(
            "write a time between \"{}\" and \"{}\"",
            spell(least),
            spell(most)
        );
        self.sink.report(self.error(message).help(help));
        None
    }

    /// An amount of memory, in bytes.
    pub(super) fn bytes(&self, least: u64, most: u64) -> Option<u64> {
        const EXAMPLE: &str = "write it with its unit: \"16 MiB\"";
        let DeValue::String(text) = self.value else {
            return self.wrong_type("an amount of memory", EXAMPLE);
        };
        let bytes = match parse_bytes(text) {
            Ok(bytes) => bytes,
            Err(unit) => {
                let symbols = BYTE_UNITS.iter().map(|(symbol, _)| *symbol);
                let error = self.error(format!(
                    "`{}`: \"{text}\" is not an amount of memory",
                    self.path
                ));
                let help = match unit {
                    Some(unit) => (self.sink).suggest(unit, "units of memory", symbols),
                    None => EXAMPLE.to_owned(),
                };
                self.sink.report(error.help(help));
                return None;
            }
        };
        if (least..=most).contains(&bytes) {
            return Some(bytes);
        }
        let message = format!("`{}` is {bytes} bytes, which is out of range", self.path);
        let help = format!("it is between {} and {} KiB", least >> 10, most >> 10);
        self.sink.report(self.error(message).help(help));
        None
    }

    fn without_unit<T>(&self, quantity: Quantity) -> Option<T> {
        let units: Vec<_> = quantity.units().collect();
        let name = quantity.name();
        if !matches!(self.value, DeValue::Integer(_) | DeValue::Float(_)) {
            let help = format!("write it as a string, \"1.5 {}\" for instance", units[0]);
            return self.wrong_type(&format!("a {name} with its unit"), &help);
        }
        let written = self.sink.source().slice(self.span);
        let error = self
            .error(format!("`{}` is a {name} without a unit", self.path))
            .help(format!(
                "write it as a string with its unit, \"{written} {}\" for instance; the units of {name} are {}",
                units[0],
                names::list(units.iter().copied())
            ));
        self.sink.report(error);
        None
    }
}

/// Units of memory; those of a thousand are left out because they are usually a slip.
const BYTE_UNITS: &[(&str, u64)] = &[
    ("MiB", 1 << 20),
    ("KiB", 1 << 10),
    ("GiB", 1 << 30),
    ("B", 1),
];

/// Reads `"16 MiB"`; the error is the unit that is not known, if there is a number before it.
pub(super) fn parse_bytes(text: &str) -> Result<u64, Option<&str>> {
    let text = text.trim();
    let digits = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    let amount: u64 = text[..digits].parse().map_err(|_| None)?;
    let unit = text[digits..].trim_start();
    let factor = BYTE_UNITS.iter().find(|(symbol, _)| *symbol == unit);
    let (_, factor) = factor.ok_or(Some(unit))?;
    amount.checked_mul(*factor).ok_or(None)
}

fn spell(duration: Duration) -> String {
    let micros = duration.as_micros();
    match micros {
        _ if micros.is_multiple_of(1_000_000) => format!("{} s", micros / 1_000_000),
        _ if micros.is_multiple_of(1_000) => format!("{} ms", micros / 1_000),
        _ => format!("{micros} us"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_need_a_binary_unit() {
        assert_eq!(parse_bytes("16 MiB"), Ok(16 << 20));
        assert_eq!(parse_bytes("512KiB"), Ok(512 << 10));
        assert_eq!(parse_bytes("16 MB"), Err(Some("MB")));
        assert_eq!(parse_bytes("16"), Err(Some("")));
        assert_eq!(parse_bytes("lots"), Err(None));
        assert_eq!(parse_bytes("99999999999 GiB"), Err(None));
    }
}
