//! Two lists of lines next to each other.

use std::fmt::Write as _;

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// The widest that the left column gets.
const WIDEST: usize = 72;

/// Both lists under their titles; lines that differ are marked.
pub(crate) fn side_by_side(left: (&str, &[String]), right: (&str, &[String])) -> String {
    let ((left_title, left), (right_title, right)) = (left, right);
    let widths = left.iter().map(|line| line.chars().count());
    let width = widths
        .chain([left_title.len()])
        .max()
        .unwrap_or(0)
        .min(WIDEST);
    let mut text = format!("    {left_title:width$}   {right_title}\n");
    let mut row = |mark: char, left: Option<&String>, right: Option<&String>| {
        let (left, right) = (left.map_or("", |l| l), right.map_or("", |r| r));
        let line = format!("  {mark} {left:width$} {mark} {right}");
        let _ = writeln!(text, "{}", line.trim_end());
    };
    for op in capture_diff_slices(Algorithm::Myers, left, right) {
        let (old, new) = (&left[op.old_range()], &right[op.new_range()]);
        let mark = match op {
            DiffOp::Equal { .. } => ' ',
            _ => '|',
        };
        for index in 0..old.len().max(new.len()) {
            row(mark, old.get(index), new.get(index));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_the_same_stands_in_one_row() {
        let list = |lines: &[&str]| {
            lines
                .iter()
                .map(|line| (*line).to_owned())
                .collect::<Vec<_>>()
        };
        let (left, right) = (list(&["a", "long line", "c"]), list(&["a", "b", "x", "c"]));
        let text = side_by_side(("left", &left), ("right", &right));
        let expected = "    left        right\n\
                        \x20   a           a\n\
                        \x20 | long line | b\n\
                        \x20 |           | x\n\
                        \x20   c           c\n";
        assert_eq!(text, expected);
    }
}
