//! `[opmodes]`: what the robot does while it is enabled.

use super::commands::{self, Surroundings};
use super::reader::{Name, Table, check_name};
use super::{BindingConfig, CommandRef, DefaultConfig, Span};

/// An op mode: what it schedules when it is enabled, and what holds while it is.
#[derive(Clone, Debug, PartialEq)]
pub struct OpModeConfig {
    /// `two-ball`. Never `disabled`, which is what the robot is without an op mode.
    pub name: String,
    /// What kind of op mode it is.
    pub mode: Mode,
    /// A sentence for people; may be empty.
    pub summary: String,
    /// Scheduled, in this order, when it is enabled.
    pub schedule: Vec<CommandRef>,
    /// Default commands while it is enabled; the global ones count for other mechanisms.
    pub defaults: Vec<DefaultConfig>,
    /// Bindings while it is enabled, next to the global ones.
    pub bindings: Vec<BindingConfig>,
    /// Where its name is.
    pub span: Span,
}

/// The kind of an op mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Nobody touches the gamepad.
    Autonomous,
    /// Somebody does.
    Teleoperated,
    /// In the workshop.
    Test,
}

const MODES: &[(&str, Mode)] = &[
    ("autonomous", Mode::Autonomous),
    ("teleoperated", Mode::Teleoperated),
    ("test", Mode::Test),
];

/// What the robot is without an op mode; no op mode can be called so.
pub(super) const DISABLED: &str = "disabled";

/// Reads `[opmodes]`. `idle` says that nothing runs in every op mode anyway.
pub(super) fn read(table: &Table<'_>, around: &Surroundings<'_>, idle: bool) -> Vec<OpModeConfig> {
    let mut opmodes = Vec::new();
    for (name, node) in table.entries() {
        check_name(table.sink, name, "op mode");
        if name.text == DISABLED {
            let message = format!("no op mode can be called `{DISABLED}`");
            let help = "that is what the robot is while no op mode is enabled; what runs then is \
                        in [defaults] and [[bindings]]";
            let error = table.sink.error(name.span, message);
            table.sink.report(error.help(help));
        }
        let example = "{ mode = \"autonomous\", schedule = [\"autos/two-ball\"] }";
        let Some(opmode) = node.table(example) else {
            continue;
        };
        let sink = table.sink;
        let (opmode, empty) = read_opmode(opmode, name, around);
        if empty && idle {
            let message = format!("the op mode `{}` does nothing", name.text);
            let warning = sink.error(name.span, message).warning();
            sink.report(warning.help("give it `schedule`, `defaults` or `bindings`"));
        }
        opmodes.extend(opmode);
    }
    opmodes
}

/// Reads an op mode, and says whether there is nothing in it.
fn read_opmode(
    mut table: Table<'_>,
    name: Name<'_>,
    around: &Surroundings<'_>,
) -> (Option<OpModeConfig>, bool) {
    let mode = table.required("mode", "\"autonomous\"");
    let mode = mode.and_then(|node| node.choice(MODES));
    let summary = table.optional("summary");
    let summary = summary.and_then(|node| node.string("Scores two"));
    let schedule = table.optional("schedule");
    let schedule = schedule.and_then(|node| node.array("[\"autos/two-ball\"]"));
    let scheduled = schedule.into_iter().flatten();
    let scheduled = scheduled.filter_map(|node| CommandRef::read(&node, around));
    let schedule: Vec<_> = scheduled.collect();
    let defaults = table.optional("defaults");
    let defaults = defaults.and_then(|node| node.table("{ drive = \"drivetrain/arcade-drive\" }"));
    let defaults = defaults.map_or_else(Vec::new, |table| commands::read_defaults(&table, around));
    let bindings = table.optional("bindings");
    let bindings = bindings.map_or_else(Vec::new, |node| commands::read_bindings(&node, around));
    let things = ["schedule", "defaults", "bindings"];
    let empty = !table.has_unknown() && !things.iter().any(|key| table.has(key));
    table.finish();
    let opmode = mode.map(|mode| OpModeConfig {
        name: name.text.to_owned(),
        mode,
        summary: summary.unwrap_or_default().to_owned(),
        schedule,
        defaults,
        bindings,
        span: name.span,
    });
    (opmode, empty)
}
