//! `gantry inspect`: what a plugin is, without a robot.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;
use gantry_plugin::{
    Definition, Inspection, Kind, Parameter, Policy, Runtime, RuntimeConfig, Source,
};

#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    /// The plugin
    #[arg(value_name = "PLUGIN.wasm")]
    plugin: PathBuf,
    /// Prints everything as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn inspect(args: &InspectArgs) -> anyhow::Result<()> {
    let path = &args.plugin;
    let bytes = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let source = Source {
        name: name_of(path),
        origin: path.display().to_string(),
        bytes,
    };
    let runtime = Runtime::new(RuntimeConfig::deterministic())?;
    let inspection = runtime.inspect(&source, &Policy::default())?;
    let mut out = std::io::stdout().lock();
    if args.json {
        writeln!(out, "{}", serde_json::to_string_pretty(&inspection)?)?;
    } else {
        write!(out, "{}", describe(&source, &inspection))?;
    }
    Ok(())
}

fn name_of(path: &Path) -> String {
    path.file_stem()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

fn describe(source: &Source, inspection: &Inspection) -> String {
    let mut text = String::new();
    let out = &mut text;
    // Writing to a string does not fail.
    let _ = match &inspection.description {
        Some(description) => {
            let (name, version) = (&description.name, &description.version);
            writeln!(out, "{name} {version}: {}", description.summary)
        }
        None => writeln!(out, "{}", source.origin),
    };
    let _ = writeln!(out, "  contract   {}", inspection.contract);
    let _ = writeln!(out, "  digest     sha256:{}", inspection.digest);
    let _ = writeln!(
        out,
        "  size       {}, {} compiled",
        bytes(source.bytes.len() as u64),
        bytes(inspection.compiled),
    );
    let _ = writeln!(
        out,
        "  imports    {}",
        inspection.imports.join("\n             ")
    );
    if let Some(problem) = &inspection.problem {
        let _ = writeln!(
            out,
            "\nIt does not describe itself without a robot: {problem}"
        );
    }
    if let Some(description) = &inspection.description {
        let list = |names: &[String]| {
            if names.is_empty() {
                "nothing".to_owned()
            } else {
                names.join(", ")
            }
        };
        let _ = writeln!(out, "  reads      {}", list(&description.reads));
        let _ = writeln!(out, "  publishes  {}", list(&description.publishes));
        let _ = writeln!(out, "\nCommands");
        for command in &description.commands {
            describe_command(out, command);
        }
    }
    text
}

fn describe_command(out: &mut String, command: &Definition) {
    let returns = command
        .returns
        .map_or(String::new(), |kind| format!(" -> {kind}"));
    let _ = writeln!(out, "  {}{returns}", command.name);
    if !command.summary.is_empty() {
        let _ = writeln!(out, "      {}", command.summary);
    }
    let mut facts = Vec::new();
    if !command.requirements.is_empty() {
        facts.push(format!("requires {}", command.requirements.join(", ")));
    }
    if command.priority != 0 {
        facts.push(format!("priority {}", command.priority));
    }
    if command.runs_while_disabled {
        facts.push("runs while disabled".to_owned());
    }
    if !facts.is_empty() {
        let _ = writeln!(out, "      {}", facts.join("; "));
    }
    for parameter in &command.parameters {
        describe_parameter(out, parameter);
    }
}

fn describe_parameter(out: &mut String, parameter: &Parameter) {
    let mut kind = match parameter.kind {
        Kind::Number if !parameter.unit.is_empty() => parameter.unit.clone(),
        kind => kind.to_string(),
    };
    match &parameter.default {
        Some(default) => {
            let _ = write!(kind, ", default {default}");
        }
        None => kind.push_str(", required"),
    }
    let _ = writeln!(
        out,
        "      {} ({kind})  {}",
        parameter.name, parameter.summary
    );
}

fn bytes(count: u64) -> String {
    match count {
        0..10_000 => format!("{count} bytes"),
        10_000..10_000_000 => format!("{} KiB", count >> 10),
        _ => format!("{} MiB", count >> 20),
    }
}
