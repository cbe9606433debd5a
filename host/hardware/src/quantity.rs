//! Physical quantities as people write them (`"6 in"`), and as formulas want them (SI).

use thiserror::Error;

use crate::wording::{Suggestion, article, nearest};

/// What a parameter is a measure of, which decides the units that it may be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quantity {
    /// In metres.
    Length,
    /// In kilograms.
    Mass,
    /// In seconds.
    Time,
    /// In volts.
    Voltage,
    /// In amperes.
    Current,
    /// In ohms.
    Resistance,
    /// In radians.
    Angle,
    /// In radians per second.
    AngularVelocity,
    /// In metres per second.
    Velocity,
    /// In kg·m².
    MomentOfInertia,
    /// A number without a unit.
    Ratio,
    /// A whole number.
    Count,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Free text; the parameter's summary says in which form.
    Text,
    /// The name of another device, of one of these models.
    Device(&'static [&'static str]),
}

impl Quantity {
    /// The quantity in words: `length`, `angular velocity`.
    pub fn name(self) -> &'static str {
        match self {
            Quantity::Length => "length",
            Quantity::Mass => "mass",
            Quantity::Time => "time",
            Quantity::Voltage => "voltage",
            Quantity::Current => "current",
            Quantity::Resistance => "resistance",
            Quantity::Angle => "angle",
            Quantity::AngularVelocity => "angular velocity",
            Quantity::Velocity => "velocity",
            Quantity::MomentOfInertia => "moment of inertia",
            Quantity::Ratio => "ratio",
            Quantity::Count => "count",
            Quantity::Choice(_) => "choice",
            Quantity::Text => "text",
            Quantity::Device(_) => "device",
        }
    }

    /// Whether values are numbers; the others are text.
    pub fn is_number(self) -> bool {
        !matches!(
            self,
            Quantity::Choice(_) | Quantity::Text | Quantity::Device(_)
        )
    }

    /// The units that it can be written in, the SI unit first; none for a pure number.
    pub fn units(self) -> impl Iterator<Item = &'static str> {
        UNITS
            .iter()
            .filter(move |unit| unit.quantity == self)
            .map(|unit| unit.symbol)
    }
}

/// A unit that quantities can be written in.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Unit {
    /// As it is written, `in` for instance.
    pub symbol: &'static str,
    /// What it is a unit of.
    pub quantity: Quantity,
    /// How many SI units one of it is.
    pub factor: f64,
}

/// Why a quantity cannot be read.
#[derive(Clone, Debug, Error, PartialEq)]
pub enum UnitError {
    /// The text does not begin with a number.
    #[error("\"{text}\" is not {} {quantity}: write {example}", article(.quantity))]
    NotANumber {
        /// What was written.
        text: String,
        /// The name of the quantity.
        quantity: &'static str,
        /// How it could be written.
        example: String,
    },
    /// A number without a unit where one is needed.
    #[error(
        "\"{text}\" has no unit: {} {quantity} is in {accepted}, as in \"{text} {first}\"",
        article(.quantity)
    )]
    NoUnit {
        /// What was written.
        text: String,
        /// The name of the quantity.
        quantity: &'static str,
        /// The units that are known.
        accepted: String,
        /// The first of them.
        first: &'static str,
    },
    /// A unit that is not known, or of something else.
    #[error(
        "\"{text}\": \"{unit}\" is not a unit of {quantity}; {accepted}{}",
        Suggestion(suggestion)
    )]
    WrongUnit {
        /// What was written.
        text: String,
        /// The unit in it.
        unit: String,
        /// The name of the quantity.
        quantity: &'static str,
        /// What is accepted, as a clause.
        accepted: String,
        /// A unit that may have been meant.
        suggestion: Option<String>,
    },
    /// A count that is not a whole number of zero or more.
    #[error("\"{text}\" is not a count: write a whole number, 0 or more")]
    NotWhole {
        /// What was written.
        text: String,
    },
}

/// Reads a quantity such as `"6 in"` into SI units (0.1524 m).
///
/// ```
/// use gantry_hardware::quantity::{self, Quantity};
///
/// assert_eq!(quantity::parse("250 mm", Quantity::Length), Ok(0.25));
/// assert_eq!(
///     quantity::parse("6 inches", Quantity::Length).unwrap_err().to_string(),
///     "\"6 inches\": \"inches\" is not a unit of length; \
///      use m, cm, mm, in or ft; did you mean \"in\"?",
/// );
/// ```
///
/// # Errors
/// If there is no number, no unit, or another unit than the quantity is measured in.
pub fn parse(text: &str, quantity: Quantity) -> Result<f64, UnitError> {
    let trimmed = text.trim();
    let Some((number, unit)) = split(trimmed).filter(|_| quantity.is_number()) else {
        return Err(UnitError::NotANumber {
            text: text.to_owned(),
            quantity: quantity.name(),
            example: example(quantity),
        });
    };
    let factor = match (find(unit), quantity.units().next()) {
        (None, None) if unit.is_empty() => 1.0,
        (_, Some(first)) if unit.is_empty() => {
            return Err(UnitError::NoUnit {
                text: trimmed.to_owned(),
                quantity: quantity.name(),
                accepted: listed(quantity),
                first,
            });
        }
        (Some(found), _) if found.quantity == quantity => found.factor,
        _ => return Err(wrong_unit(trimmed, unit, quantity)),
    };
    if quantity == Quantity::Count && !(number >= 0.0 && number.fract() == 0.0) {
        return Err(UnitError::NotWhole {
            text: trimmed.to_owned(),
        });
    }
    Ok(number * factor)
}

/// The unit written like this.
pub fn find(symbol: &str) -> Option<&'static Unit> {
    UNITS.iter().find(|unit| unit.symbol == symbol)
}

/// The SI unit for what `symbol` measures: `m` for `ft`. None if the unit is not known.
pub fn canonical(symbol: &str) -> Option<&'static str> {
    find(symbol)?.quantity.units().next()
}

/// The SI unit of each quantity comes first. Inch, foot and pound are exact by definition
/// (international yard and pound agreement, 1959).
const UNITS: &[Unit] = &[
    unit("m", Quantity::Length, 1.0),
    unit("cm", Quantity::Length, 0.01),
    unit("mm", Quantity::Length, 0.001),
    unit("in", Quantity::Length, INCH),
    unit("ft", Quantity::Length, 12.0 * INCH),
    unit("kg", Quantity::Mass, 1.0),
    unit("g", Quantity::Mass, 0.001),
    unit("lb", Quantity::Mass, POUND),
    unit("s", Quantity::Time, 1.0),
    unit("ms", Quantity::Time, 1e-3),
    unit("us", Quantity::Time, 1e-6),
    unit("min", Quantity::Time, 60.0),
    unit("V", Quantity::Voltage, 1.0),
    unit("mV", Quantity::Voltage, 1e-3),
    unit("A", Quantity::Current, 1.0),
    unit("mA", Quantity::Current, 1e-3),
    unit("ohm", Quantity::Resistance, 1.0),
    unit("mohm", Quantity::Resistance, 1e-3),
    unit("rad", Quantity::Angle, 1.0),
    unit("deg", Quantity::Angle, TURN / 360.0),
    unit("rot", Quantity::Angle, TURN),
    unit("rad/s", Quantity::AngularVelocity, 1.0),
    unit("deg/s", Quantity::AngularVelocity, TURN / 360.0),
    unit("rpm", Quantity::AngularVelocity, TURN / 60.0),
    unit("rps", Quantity::AngularVelocity, TURN),
    unit("m/s", Quantity::Velocity, 1.0),
    unit("ft/s", Quantity::Velocity, 12.0 * INCH),
    unit("in/s", Quantity::Velocity, INCH),
    unit("kg*m^2", Quantity::MomentOfInertia, 1.0),
    unit("lb*in^2", Quantity::MomentOfInertia, POUND * INCH * INCH),
];

const INCH: f64 = 0.0254;
const POUND: f64 = 0.453_592_37;
const TURN: f64 = std::f64::consts::TAU;

/// Units as people also write them, for the suggestion.
const OTHER_SPELLINGS: &[(&str, &str)] = &[
    ("inch", "in"),
    ("inches", "in"),
    ("\"", "in"),
    ("foot", "ft"),
    ("feet", "ft"),
    ("'", "ft"),
    ("meter", "m"),
    ("meters", "m"),
    ("metre", "m"),
    ("metres", "m"),
    ("lbs", "lb"),
    ("pounds", "lb"),
    ("sec", "s"),
    ("second", "s"),
    ("seconds", "s"),
    ("minutes", "min"),
    ("µs", "us"),
    ("volt", "V"),
    ("volts", "V"),
    ("amp", "A"),
    ("amps", "A"),
    ("Ω", "ohm"),
    ("ohms", "ohm"),
    ("°", "deg"),
    ("degree", "deg"),
    ("degrees", "deg"),
    ("radians", "rad"),
    ("rotations", "rot"),
    ("rev", "rot"),
    ("rev/min", "rpm"),
    ("rot/min", "rpm"),
    ("rot/s", "rps"),
    ("kgm^2", "kg*m^2"),
    ("kg m^2", "kg*m^2"),
    ("kg·m²", "kg*m^2"),
];

const fn unit(symbol: &'static str, quantity: Quantity, factor: f64) -> Unit {
    Unit {
        symbol,
        quantity,
        factor,
    }
}

/// The longest beginning that is a number, and the rest.
fn split(text: &str) -> Option<(f64, &str)> {
    let digits = text
        .find(|c: char| !matches!(c, '0'..='9' | '.' | '+' | '-' | 'e' | 'E'))
        .unwrap_or(text.len());
    (1..=digits).rev().find_map(|end| {
        let number: f64 = text[..end].parse().ok()?;
        number
            .is_finite()
            .then(|| (number, text[end..].trim_start()))
    })
}

fn wrong_unit(text: &str, unit: &str, quantity: Quantity) -> UnitError {
    let spelled = OTHER_SPELLINGS
        .iter()
        .find(|(spelling, _)| spelling.eq_ignore_ascii_case(unit))
        .map(|(_, symbol)| *symbol);
    let suggestion = spelled
        .filter(|symbol| quantity.units().any(|accepted| accepted == *symbol))
        .or_else(|| quantity.units().find(|u| u.eq_ignore_ascii_case(unit)))
        .or_else(|| nearest(unit, quantity.units()));
    let accepted = match (quantity.units().next(), find(unit)) {
        (None, _) => "write the number alone".to_owned(),
        (Some(_), Some(other)) => {
            let of = other.quantity.name();
            format!("it is one of {of}; use {}", listed(quantity))
        }
        (Some(_), None) => format!("use {}", listed(quantity)),
    };
    UnitError::WrongUnit {
        text: text.to_owned(),
        unit: unit.to_owned(),
        quantity: quantity.name(),
        accepted,
        suggestion: suggestion.map(str::to_owned),
    }
}

/// `m, cm, mm, in or ft`
fn listed(quantity: Quantity) -> String {
    let mut units: Vec<_> = quantity.units().collect();
    let last = units.pop().unwrap_or_default();
    if units.is_empty() {
        return last.to_owned();
    }
    format!("{} or {last}", units.join(", "))
}

fn example(quantity: Quantity) -> String {
    match quantity.units().next() {
        Some(unit) => format!("a number and a unit, \"1.5 {unit}\" for instance"),
        None if quantity.is_number() => "a number".to_owned(),
        None => "it as text".to_owned(),
    }
}
