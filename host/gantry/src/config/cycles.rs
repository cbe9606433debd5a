//! Finds names that are defined by themselves.

use std::collections::{HashMap, HashSet};

use super::Span;
use super::reader::Sink;

/// The most names of a cycle that are shown; nobody follows more of them.
const MOST_SHOWN: usize = 20;

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
        from: HashMap::new(),
        path: Vec::new(),
        places: HashMap::new(),
        done: HashSet::new(),
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
    from: HashMap<&'a str, Vec<&'a Reference>>,
    /// The references that lead to where the walk is.
    path: Vec<&'a Reference>,
    /// The names on the path, and where on it the reference from each is.
    places: HashMap<&'a str, usize>,
    done: HashSet<&'a str>,
}

impl<'a> Walk<'a> {
    /// Walks from a name through all that it leads to. The names that are not done are kept here: a
    /// chain of them may be longer than the stack of a recursion is deep.
    fn visit(&mut self, name: &'a str) {
        if self.done.contains(name) {
            return;
        }
        let mut open = vec![(name, 0)];
        self.places.insert(name, 0);
        while let Some((name, next)) = open.last_mut() {
            let name = *name;
            let references = self.from.get(name);
            let Some(&reference) = references.and_then(|all| all.get(*next)) else {
                self.done.insert(name);
                self.places.remove(name);
                self.path.pop();
                open.pop();
                continue;
            };
            *next += 1;
            let to = reference.to.as_str();
            if let Some(&start) = self.places.get(to) {
                self.path.push(reference);
                self.report_cycle(start);
                self.path.pop();
            } else if !self.done.contains(to) {
                self.path.push(reference);
                self.places.insert(to, open.len());
                open.push((to, 0));
            }
        }
    }

    fn report_cycle(&self, start: usize) {
        let cycle = &self.path[start..];
        let Some(closing) = cycle.last() else { return };
        let shown = &cycle[..cycle.len().min(MOST_SHOWN)];
        let mut route: Vec<_> = shown.iter().map(|step| step.from.as_str()).collect();
        if shown.len() < cycle.len() {
            route.push("…");
        }
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
        for step in shown.iter().take(cycle.len() - 1) {
            error = error.related(
                step.span,
                format!("`{}` refers to `{}`", step.from, step.to),
            );
        }
        self.sink.report(error);
    }
}
