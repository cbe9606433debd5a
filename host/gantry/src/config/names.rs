//! Names: which are allowed, and which one was probably meant.

/// The most candidates that are compared with a name.
const MOST_COMPARED: usize = 1_000;
/// The most letters of a name. Longer ones are not compared: the time and the memory for it grow with
/// their square.
pub(super) const MOST_LETTERS: usize = 100;
/// The most names that are listed.
const MOST_LISTED: usize = 40;

/// The candidate that `name` is probably a slip of, if there is one.
///
/// A third of the letters may differ, as in rustc's suggestions. The same words in another order
/// count as a slip too, and so does a last part that stands alone: `voltage` for
/// `elevator.voltage`.
pub(super) fn nearest<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let most = name.chars().count().max(3) / 3;
    candidates
        .into_iter()
        .take(MOST_COMPARED)
        .filter_map(|candidate| Some((distance(name, candidate, most)?, candidate)))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// ``did you mean `…`?``, if something is near.
pub(super) fn did_you_mean<'a>(
    name: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    nearest(name, candidates).map(|nearest| format!("did you mean `{nearest}`?"))
}

/// What may be meant, for a help: the nearest, or else all there are.
pub(super) fn suggest<'a>(
    name: &str,
    what: &str,
    candidates: impl IntoIterator<Item = &'a str> + Clone,
) -> String {
    did_you_mean(name, candidates.clone()).unwrap_or_else(|| {
        match candidates.clone().into_iter().count() {
            0 => format!("there are no {what}"),
            1 => format!("there is only {}", list(candidates)),
            _ => format!("the {what} are {}", list(candidates)),
        }
    })
}

/// `` `a`, `b` and `c` ``; of many, the first.
pub(crate) fn list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let listed = names.by_ref().take(MOST_LISTED);
    let mut quoted: Vec<_> = listed.map(|name| format!("`{name}`")).collect();
    match names.count() {
        0 => {}
        more => quoted.push(format!("{more} more")),
    }
    match quoted.pop() {
        None => String::new(),
        Some(last) if quoted.is_empty() => last,
        Some(last) => format!("{} and {last}", quoted.join(", ")),
    }
}

/// Whether a name is made of letters, digits, `-` and `_`, a letter first, 100 at most. Names of channels and
/// commands are put together with `.` and `/`, so these are kept free.
pub(crate) fn is_plain(name: &str) -> bool {
    name.len() <= MOST_LETTERS
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

/// Whether a state topic may be called so; the contract's rule.
pub(super) fn is_topic(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/'))
}

/// How many letters differ, if those are not too many.
fn distance(name: &str, candidate: &str, most: usize) -> Option<usize> {
    let same_words = || name.len() == candidate.len() && words(name) == words(candidate);
    let last_part = || {
        candidate
            .strip_suffix(name)
            .is_some_and(|rest| rest.ends_with(['.', '/']))
    };
    if name.len().max(candidate.len()) > MOST_LETTERS {
        return None;
    }
    if last_part() || name.eq_ignore_ascii_case(candidate) || same_words() {
        return Some(0);
    }
    // At least as many differ as one has more than the other, which is known sooner.
    let more = name.chars().count().abs_diff(candidate.chars().count());
    let differ = (more <= most).then(|| strsim::damerau_levenshtein(name, candidate));
    differ.filter(|differ| *differ <= most)
}

fn words(name: &str) -> Vec<&str> {
    let mut words: Vec<_> = name.split(['-', '_']).collect();
    words.sort_unstable();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        let channels = [
            "drive.left-voltage",
            "drive.right-voltage",
            "elevator.height",
        ];
        for (slip, meant) in [
            ("drive.left-voltge", "drive.left-voltage"),
            ("drive.left_voltage", "drive.left-voltage"),
            ("height", "elevator.height"),
            ("Elevator.Height", "elevator.height"),
        ] {
            assert_eq!(nearest(slip, channels), Some(meant), "{slip}");
        }
        assert_eq!(nearest("shooter.speed", channels), None);
    }

    #[test]
    fn what_would_take_long_to_compare_is_not_compared() {
        let long = "a".repeat(1 << 20);
        let (name, candidate) = (format!("{long}b"), format!("{long}c"));
        assert_eq!(nearest(&name, [candidate.as_str()]), None);
        let many = std::iter::repeat_n("shooter", MOST_COMPARED);
        assert_eq!(nearest("shootr", many.clone()), Some("shooter"));
        assert_eq!(nearest("lift", many.chain(["lifts"])), None);
    }

    #[test]
    fn a_help_lists_everything_when_nothing_is_near() {
        let modes = ["autonomous", "teleoperated", "test"];
        let all = "the modes are `autonomous`, `teleoperated` and `test`";
        assert_eq!(suggest("driving", "modes", modes), all);
        assert_eq!(suggest("tset", "modes", modes), "did you mean `test`?");
        assert_eq!(
            suggest("driving", "plugins", ["leds"]),
            "there is only `leds`"
        );
        assert_eq!(suggest("driving", "plugins", []), "there are no plugins");
    }
}
