//! What somebody may have meant.

/// Longer names are not compared. Guests make names up, and comparing takes time in proportion.
const MAX_NAME: usize = 100;

/// The candidate most like `name`, if any is like it at all.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .filter(|_| name.len() <= MAX_NAME)
        .map(|candidate| (likeness(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// From 0 to 1; high for a typing slip even in a short name, where it changes most letters.
fn likeness(a: &str, b: &str) -> f64 {
    // The cheap questions first, for a guest may ask thousands of times per tick.
    let alike = a.chars().next() == b.chars().next();
    let slip = a.len() > 2 && a.len().abs_diff(b.len()) <= 4;
    let slip = slip && strsim::osa_distance(a, b) <= 1;
    let likeness = if alike {
        strsim::jaro_winkler(a, b)
    } else {
        0.0
    };
    likeness.max(if slip { 0.9 } else { 0.0 })
}

/// `; did you mean …?`, or nothing, for the end of a message.
pub(crate) fn suggestion(nearest: Option<&str>) -> String {
    nearest
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}
