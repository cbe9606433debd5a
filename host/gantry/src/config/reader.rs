//! A typed view of the parsed file that reports what is wrong instead of failing on it.
//!
//! Every method that cannot give what was asked for has said why; the caller goes on with a
//! stand-in, so that one slip does not hide the next. Nothing that was made with a stand-in leaves
//! this module's parent, because a file with one error gives no robot.

use std::cell::RefCell;
use std::sync::Arc;

use toml::de::{DeTable, DeValue};

use super::{Diagnostic, Source, Span, names};

/// So many remarks are enough; twice as many as are shown.
const ENOUGH: usize = 200;

/// The longest key that is shown whole in the path of a value, in bytes.
const MOST_SHOWN_OF_KEY: usize = 100;

/// Collects what is wrong with one file.
pub(super) struct Sink {
    source: Arc<Source>,
    diagnostics: RefCell<Vec<Diagnostic>>,
}

impl Sink {
    pub(super) fn new(source: Arc<Source>) -> Self {
        Self {
            source,
            diagnostics: RefCell::default(),
        }
    }

    /// Whether so much was reported that nobody reads more. From then on nothing is searched for that
    /// would help with one mistake, so that many take no longer than their number.
    pub(super) fn is_full(&self) -> bool {
        self.diagnostics.borrow().len() >= ENOUGH
    }

    /// As [`names::suggest`], as long as somebody reads it.
    pub(super) fn suggest<'a>(
        &self,
        name: &str,
        what: &str,
        candidates: impl IntoIterator<Item = &'a str> + Clone,
    ) -> String {
        match self.is_full() {
            true => String::new(),
            false => names::suggest(name, what, candidates),
        }
    }

    /// As [`names::did_you_mean`], as long as somebody reads it.
    pub(super) fn did_you_mean<'a>(
        &self,
        name: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Option<String> {
        match self.is_full() {
            true => None,
            false => names::did_you_mean(name, candidates),
        }
    }

    pub(super) fn source(&self) -> &Source {
        &self.source
    }

    /// An error that is not reported yet.
    pub(super) fn error(&self, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(self.source.clone(), span, message)
    }

    pub(super) fn report(&self, diagnostic: Diagnostic) {
        self.diagnostics.borrow_mut().push(diagnostic);
    }

    /// Everything that was reported, in the order of the lines.
    pub(super) fn into_diagnostics(self) -> Vec<Diagnostic> {
        let mut diagnostics = self.diagnostics.into_inner();
        diagnostics.sort_by_key(|diagnostic| diagnostic.span);
        diagnostics
    }
}

/// A key as it is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Name<'a> {
    pub(super) text: &'a str,
    pub(super) span: Span,
}

/// A value of the file, and what it is called.
#[derive(Clone)]
pub(super) struct Node<'a> {
    pub(super) sink: &'a Sink,
    /// `plugins.drivetrain.file`
    pub(super) path: String,
    pub(super) span: Span,
    pub(super) value: &'a DeValue<'a>,
}

impl<'a> Node<'a> {
    /// An error about this value that is not reported yet.
    pub(super) fn error(&self, message: impl Into<String>) -> Diagnostic {
        self.sink.error(self.span, message)
    }

    /// Reports that something else should stand here.
    pub(super) fn wrong_type<T>(&self, expected: &str, help: &str) -> Option<T> {
        let found = type_name(self.value);
        let error = self
            .error(format!("`{}` should be {expected}, not {found}", self.path))
            .help(help);
        self.sink.report(error);
        None
    }

    /// A string, for instance `example`.
    pub(super) fn string(&self, example: &str) -> Option<&'a str> {
        match self.value {
            DeValue::String(text) => Some(text),
            _ => self.wrong_type("a string", &format!("write it as \"{example}\"")),
        }
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        match self.value {
            DeValue::Boolean(value) => Some(*value),
            _ => self.wrong_type("true or false", "write `true` or `false`, without quotes"),
        }
    }

    /// A finite number, whole or not.
    pub(super) fn number(&self) -> Option<f64> {
        let number = match self.value {
            DeValue::Integer(_) => self.integer()? as f64,
            DeValue::Float(float) => float.as_str().parse().unwrap_or(f64::INFINITY),
            _ => return self.wrong_type("a number", "write it without quotes: `0.5`"),
        };
        if !number.is_finite() {
            let written = self.sink.source().slice(self.span);
            let message = format!("`{}` is `{written}`, which is not finite", self.path);
            let error = self.error(message);
            self.sink
                .report(error.help("only finite numbers make sense here"));
            return None;
        }
        Some(number)
    }

    pub(super) fn integer(&self) -> Option<i64> {
        let DeValue::Integer(integer) = self.value else {
            return self.wrong_type("a whole number", "write it without quotes: `3`");
        };
        let value = i64::from_str_radix(integer.as_str(), integer.radix()).ok();
        if value.is_none() {
            let error = self
                .error(format!("`{}` does not fit 64 bits", self.path))
                .help(format!("it is at most {}", i64::MAX));
            self.sink.report(error);
        }
        value
    }

    /// A whole number in a range, both ends allowed.
    pub(super) fn count(&self, least: u32, most: u32) -> Option<u32> {
        let value = self.integer()?;
        let allowed = u32::try_from(value)
            .ok()
            .filter(|value| (least..=most).contains(value));
        if allowed.is_none() {
            let error = self
                .error(format!("`{}` is {value}, which is out of range", self.path))
                .help(match most {
                    u32::MAX => format!("it is at least {least}"),
                    _ => format!("it is between {least} and {most}"),
                });
            self.sink.report(error);
        }
        allowed
    }

    /// One of the given words, and what it stands for.
    pub(super) fn choice<T: Copy>(&self, choices: &[(&str, T)]) -> Option<T> {
        let words = choices.iter().map(|(word, _)| *word);
        let all = || names::list(words.clone()).replace(" and ", " or ");
        let DeValue::String(text) = self.value else {
            return self.wrong_type("a string", &format!("write {} in quotes", all()));
        };
        let found = choices.iter().find(|(word, _)| word == text);
        if found.is_none() {
            let error = self
                .error(format!("`{}` cannot be `{text}`", self.path))
                .help(format!("it is {}", all()))
                .maybe_help(self.sink.did_you_mean(text, words));
            self.sink.report(error);
        }
        found.map(|(_, meaning)| *meaning)
    }

    /// The elements of an array.
    pub(super) fn array(&self, example: &str) -> Option<Vec<Node<'a>>> {
        let DeValue::Array(elements) = self.value else {
            return self.wrong_type("an array", &format!("write it as `{example}`"));
        };
        let elements = elements.iter().enumerate();
        let nodes = elements.map(|(index, element)| Node {
            sink: self.sink,
            path: format!("{}[{index}]", self.path),
            span: element.span().into(),
            value: element.get_ref(),
        });
        Some(nodes.collect())
    }

    /// An array of numbers.
    pub(super) fn numbers(&self) -> Option<Vec<f64>> {
        let elements = self.array("[0.0, 1.0]")?;
        // All are looked at before any is missed.
        let numbers: Vec<_> = elements.iter().map(Node::number).collect();
        numbers.into_iter().collect()
    }

    pub(super) fn table(&self, example: &str) -> Option<Table<'a>> {
        let DeValue::Table(entries) = self.value else {
            return self.wrong_type("a table", &format!("write it as `{example}`"));
        };
        Some(Table {
            sink: self.sink,
            path: self.path.clone(),
            span: self.span,
            entries,
            known: Vec::new(),
        })
    }
}

/// A table whose keys are asked for by name; those that nobody asked for are reported.
pub(super) struct Table<'a> {
    pub(super) sink: &'a Sink,
    pub(super) path: String,
    /// What a missing key is blamed on.
    pub(super) span: Span,
    entries: &'a DeTable<'a>,
    known: Vec<&'static str>,
}

impl<'a> Table<'a> {
    pub(super) fn root(sink: &'a Sink, entries: &'a DeTable<'a>) -> Self {
        Self {
            sink,
            path: String::new(),
            span: Span::default(),
            entries,
            known: Vec::new(),
        }
    }

    pub(super) fn optional(&mut self, key: &'static str) -> Option<Node<'a>> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        let value = self.entries.get(key)?;
        Some(Node {
            sink: self.sink,
            path: self.path_of(key),
            span: value.span().into(),
            value: value.get_ref(),
        })
    }

    /// As [`optional`](Self::optional), but a missing key is reported with an example of it.
    pub(super) fn required(&mut self, key: &'static str, example: &str) -> Option<Node<'a>> {
        let node = self.optional(key);
        if node.is_none() {
            let place = match self.path.as_str() {
                "" => "the file".to_owned(),
                path => format!("`{path}`"),
            };
            let error = self
                .sink
                .error(self.span, format!("{place} has no `{key}`"));
            let help = match self.path.as_str() {
                "" => format!("add a section [{key}] with `{example}`"),
                _ => format!("add `{key} = {example}`"),
            };
            self.sink.report(error.help(help));
        }
        node
    }

    /// Whether a key is there, asked for or not.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.contains_key(key)
    }

    /// All entries, for a table whose keys are names that the user chose, in the file's order.
    pub(super) fn entries(&self) -> impl Iterator<Item = (Name<'a>, Node<'a>)> + use<'a> {
        let (sink, path) = (self.sink, self.path.clone());
        self.entries.iter().map(move |(key, value)| {
            let name = Name {
                text: key.get_ref(),
                span: key.span().into(),
            };
            let node = Node {
                sink,
                path: join(&path, name.text),
                span: value.span().into(),
                value: value.get_ref(),
            };
            (name, node)
        })
    }

    /// All entries in the order of their names, for what an order makes a difference to: that of the
    /// file is not part of what a table means, and not locked.
    pub(super) fn sorted_entries(&self) -> Vec<(Name<'a>, Node<'a>)> {
        let mut entries: Vec<_> = self.entries().collect();
        entries.sort_by_key(|(name, _)| name.text);
        entries
    }

    /// The keys of all entries, in the file's order.
    pub(super) fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        self.entries.keys().map(|key| key.get_ref().as_ref())
    }

    /// Whether there are keys that nobody has asked for.
    pub(super) fn has_unknown(&self) -> bool {
        self.names().any(|name| !self.known.contains(&name))
    }

    /// Reports the keys that nobody has asked for.
    pub(super) fn finish(self) {
        for (name, _) in self.entries() {
            if !self.known.contains(&name.text) {
                let place = match self.path.as_str() {
                    "" => "a robot.toml".to_owned(),
                    path => format!("`{path}`"),
                };
                let message = format!("there is no key `{}` in {place}", name.text);
                let other = OTHER_WORDS
                    .iter()
                    .find(|(word, key)| *word == name.text && self.known.contains(key));
                let help = match other {
                    Some((_, key)) => format!("did you mean `{key}`?"),
                    None => {
                        let known = self.known.iter().copied();
                        self.sink.suggest(name.text, "keys here", known)
                    }
                };
                self.sink
                    .report(self.sink.error(name.span, message).help(help));
            }
        }
    }

    fn path_of(&self, key: &str) -> String {
        join(&self.path, key)
    }
}

/// Keys as they are called elsewhere, for the suggestion.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("and", "all"),
    ("args", "arguments"),
    ("command", "name"),
    ("driver", "model"),
    ("max", "range"),
    ("min", "range"),
    ("negate", "not"),
    ("or", "any"),
    ("over", "above"),
    ("requires", "mechanisms"),
    ("type", "kind"),
    ("under", "below"),
];

/// Reports a name that is not [plain](names::is_plain).
pub(super) fn check_name(sink: &Sink, name: Name<'_>, what: &str) {
    if name.text.len() > names::MOST_LETTERS {
        let message = format!("the name of this {what} has {} letters", name.text.len());
        let help = format!("a name has {} at most", names::MOST_LETTERS);
        sink.report(sink.error(name.span, message).help(help));
    } else if !names::is_plain(name.text) {
        let message = format!("\"{}\" cannot be the name of a {what}", name.text);
        let help = "a name is made of letters, digits, `-` and `_`, and starts with a letter";
        sink.report(sink.error(name.span, message).help(help));
    }
}

fn join(path: &str, key: &str) -> String {
    // The path of every value below begins with this one.
    let cut = &key[..key.floor_char_boundary(MOST_SHOWN_OF_KEY)];
    let key = match names::is_topic(cut) && !cut.contains('.') {
        true => cut.to_owned(),
        false => format!("{cut:?}"),
    } + if cut == key { "" } else { "…" };
    match path {
        "" => key,
        path => format!("{path}.{key}"),
    }
}

fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a decimal number",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
