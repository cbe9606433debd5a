//! What somebody may have meant.

/// The candidate most like `name`, if any is like it at all.
pub(crate) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (likeness(name, candidate), candidate))
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// From 0 to 1; high for a typing slip even in a short name, where it changes most letters.
fn likeness(a: &str, b: &str) -> f64 {
    let slip = strsim::damerau_levenshtein(a, b) <= 1 && a.len() > 2;
    strsim::jaro_winkler(a, b).max(if slip { 0.9 } else { 0.0 })
}

/// `; did you mean …?`, or nothing, for the end of a message.
pub(crate) fn suggestion(nearest: Option<&str>) -> String {
    nearest
        .map(|name| format!("; did you mean `{name}`?"))
        .unwrap_or_default()
}
