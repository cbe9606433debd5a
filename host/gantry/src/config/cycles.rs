//! Finds names that are defined by themselves.

use std::collections::BTreeMap;

use super::Span;
use super::reader::Sink;

/// One definition that names another.
pub(super) struct Reference {
    from: String,
    to: String,
    /// Where the other one is named.
    span: Span,
}

impl Reference {
    pub(super) fn new(from: impl Into<String>, to: impl Into<String>, span: Span) -> Self {
        Self {
            from: from.into(),
            to: to.into(),
            span,
        }
    }
}

/// Reports every cycle once, at the reference that closes it. `what` is what the names are of.
pub(super) fn report(sink: &Sink, what: &str, references: &[Reference]) {
    let mut walk = Walk {
        sink,
        what,
        from: BTreeMap::new(),
        path: Vec::new(),
        done: Vec::new(),
    };
    for reference in references {
        let from = walk.from.entry(reference.from.as_str()).or_default();
        from.push(reference);
    }
    for reference in references {
        walk.visit(&reference.from);
    }
}

struct Walk<'a> {
    sink: &'a Sink,
    what: &'a str,
    from: BTreeMap<&'a str, Vec<&'a Reference>>,
    /// The references that lead to where the walk is.
    path: Vec<&'a Reference>,
    done: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn visit(&mut self, name: &'a str) {
        if self.done.contains(&name) {
            return;
        }
        for reference in self.from.get(name).cloned().unwrap_or_default() {
            self.path.push(reference);
            let start = self.path.iter().position(|step| step.from == reference.to);
            match start {
                Some(start) => self.report_cycle(start),
                None => self.visit(&reference.to),
            }
            self.path.pop();
        }
        self.done.push(name);
    }

    fn report_cycle(&self, start: usize) {
        let cycle = &self.path[start..];
        let Some(closing) = cycle.last() else { return };
        let mut route: Vec<_> = cycle.iter().map(|step| step.from.as_str()).collect();
        route.push(&closing.to);
        let (what, route) = (self.what, route.join(" -> "));
        let mut error = self
            .sink
            .error(
                closing.span,
                format!("{what} `{}` refers to itself: {route}", closing.to),
            )
            .label("closes the circle")
            .help(format!(
                "let one of them refer to another {what}, or to none"
            ));
        for step in &cycle[..cycle.len() - 1] {
            error = error.related(
                step.span,
                format!("`{}` refers to `{}`", step.from, step.to),
            );
        }
        self.sink.report(error);
    }
}
