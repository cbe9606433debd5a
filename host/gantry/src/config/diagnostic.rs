//! What is wrong with a robot.toml, where, and what would be right.

use std::fmt;
use std::sync::Arc;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};

use super::{Position, Source, Span};

/// The most remarks that are shown. Each takes as long as looking through the file.
const MOST_SHOWN: usize = 100;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// The robot does not run with this file.
    Error,
    /// The robot runs, but probably not as it was meant.
    Warning,
}

/// One remark about one place of the file.
///
/// `{}` shows it as compilers do, with the line it is about and no colours; `{:#}` is one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, and why.
    pub message: String,
    /// Where.
    pub span: Span,
    /// A few words next to the caret.
    pub label: Option<String>,
    /// Another place that has to do with it, and what it has.
    pub related: Vec<(Span, String)>,
    /// What would be right.
    pub help: Option<String>,
    source: Arc<Source>,
}

impl Diagnostic {
    /// An error at one place of a file.
    pub fn error(source: Arc<Source>, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            message: message.into(),
            span,
            label: None,
            related: Vec::new(),
            help: None,
            source,
        }
    }

    /// The same as a warning.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.severity = Severity::Warning;
        self
    }

    /// Says what would be right.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        let help = help.into();
        self.help = (!help.is_empty()).then_some(help);
        self
    }

    /// Says what would be right, if anybody knows.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    /// Puts a few words next to the caret.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Points at another place too.
    #[must_use]
    pub fn related(mut self, span: Span, label: impl Into<String>) -> Self {
        self.related.push((span, label.into()));
        self
    }

    /// The file it is about.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The line and the column it is about.
    pub fn position(&self) -> Position {
        self.source.position(self.span)
    }

    /// The text to show, with colours for a terminal or without.
    pub fn render(&self, colours: bool) -> String {
        let level = match self.severity {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut primary = AnnotationKind::Primary.span(self.visible(self.span).into());
        if let Some(label) = &self.label {
            primary = primary.label(label.as_str());
        }
        let related = self.related.iter().map(|(span, label)| {
            let span = self.visible(*span).into();
            AnnotationKind::Context.span(span).label(label.as_str())
        });
        let path = self.source.path().display().to_string();
        let snippet = Snippet::source(self.source.text())
            .path(path)
            .annotation(primary)
            .annotations(related);
        let mut group = level.primary_title(self.message.as_str()).element(snippet);
        if let Some(help) = &self.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        renderer(colours).render(&[group] as &[Group<'_>])
    }

    /// A place that fits the text, at least as wide as a caret, and on one line: the part of a
    /// multi-line table that matters is where it begins.
    fn visible(&self, span: Span) -> Span {
        let text = self.source.text();
        let start = text.floor_char_boundary(span.start);
        let end = text.floor_char_boundary(span.end).max(start);
        let line = text[start..end].find('\n').unwrap_or(end - start);
        Span {
            start,
            end: start + line,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !f.alternate() {
            return f.write_str(&self.render(false));
        }
        let Position { line, column } = self.position();
        let path = self.source.path().display();
        write!(f, "{path}:{line}:{column}: {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Diagnostic {}

/// Everything that is wrong with a file, in the order of the lines; at least one error, and the
/// warnings too.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigErrors {
    diagnostics: Vec<Diagnostic>,
}

impl ConfigErrors {
    pub(crate) fn new(diagnostics: Vec<Diagnostic>) -> Self {
        Self { diagnostics }
    }

    /// Every remark, errors and warnings.
    pub fn diagnostics(&self) -> &[Diagnostic] {
        &self.diagnostics
    }

    /// Every remark, to go on with.
    pub fn into_diagnostics(self) -> Vec<Diagnostic> {
        self.diagnostics
    }

    /// How many of them are errors.
    pub fn error_count(&self) -> usize {
        let errors = self.diagnostics.iter();
        errors.filter(|d| d.severity == Severity::Error).count()
    }

    /// The text to show, with colours for a terminal or without.
    pub fn render(&self, colours: bool) -> String {
        render_all(&self.diagnostics, colours)
    }
}

/// The text of several remarks. If there are too many to read, only of the first errors.
pub(crate) fn render_all(diagnostics: &[Diagnostic], colours: bool) -> String {
    let all = diagnostics.len() <= MOST_SHOWN;
    let errors = diagnostics.iter().any(|d| d.severity == Severity::Error);
    let matter = diagnostics
        .iter()
        .filter(|d| all || !errors || d.severity == Severity::Error);
    let shown = matter.take(MOST_SHOWN);
    let mut shown: Vec<_> = shown.map(|d| d.render(colours)).collect();
    if !all {
        shown.push(format!("and {} more", diagnostics.len() - shown.len()));
    }
    shown.join("\n\n")
}

impl From<Diagnostic> for ConfigErrors {
    fn from(diagnostic: Diagnostic) -> Self {
        Self::new(vec![diagnostic])
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for ConfigErrors {}

fn renderer(colours: bool) -> Renderer {
    let renderer = if colours {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    renderer.decor_style(DecorStyle::Ascii)
}
