//! `gantry inspect`: what a plugin is, what it offers, and what it asks for; with a robot, how that
//! compares with what it is granted.

use std::fmt::Write as _;
use std::io::Write as _;

use clap::Args;
use gantry_plugin::{
    Definition, GrantKind, GrantStatus, GrantUse, Inspection, Kind, Parameter, Policy,
    SignatureReport, Source, Trust, escape_json, escape_line,
};
use serde::Serialize;

use super::plugin::{self, PluginArgs, list};
use crate::config::{SinglePlugin, list as quoted};

#[derive(Debug, Args)]
pub(super) struct InspectArgs {
    #[command(flatten)]
    plugin: PluginArgs,
    /// Prints everything as JSON
    #[arg(long)]
    json: bool,
}

/// What is shown as JSON.
#[derive(Serialize)]
struct Report<'a> {
    file: &'a str,
    #[serde(flatten)]
    inspection: &'a Inspection,
    robot: Option<InRobot>,
}

/// The plugin in a robot.
#[derive(Serialize)]
struct InRobot {
    file: String,
    plugin: String,
    /// None if the plugin does not describe itself.
    grants: Option<Vec<GrantUse>>,
    /// Why the robot would refuse the file as it is: its digest, its signature.
    refused: Option<String>,
    /// The key that has to have signed it.
    signed_by: Option<String>,
    /// What a robot tells that loads it all the same.
    warning: Option<String>,
}

pub(super) fn inspect(args: &InspectArgs) -> anyhow::Result<()> {
    let source = args.plugin.source()?;
    let single = args.plugin.single()?;
    let policy = single.as_ref().map_or_else(Policy::default, plugin::policy);
    let inspection = plugin::look(&source, &policy)?;
    let robot = single.as_ref().map(|single| InRobot {
        file: single.file.display().to_string(),
        plugin: single.plugin.name.clone(),
        grants: inspection.compare(&policy),
        refused: source.admit(&policy).err().map(|error| error.to_string()),
        signed_by: policy.trust.signer.clone(),
        warning: unsigned(&policy.trust, &inspection),
    });
    let mut out = std::io::stdout().lock();
    if args.json {
        let report = Report {
            file: &source.origin,
            inspection: &inspection,
            robot,
        };
        let json = serde_json::to_string_pretty(&report)?;
        writeln!(out, "{}", escape_json(&json))?;
    } else {
        write!(out, "{}", describe(&source, &inspection))?;
        if let (Some(robot), Some(single)) = (&robot, &single) {
            write!(out, "{}", describe_robot(robot, single))?;
        }
    }
    Ok(())
}

// Writing to a string does not fail.
fn describe(source: &Source, inspection: &Inspection) -> String {
    let mut text = String::new();
    let out = &mut text;
    let _ = match &inspection.description {
        Some(description) => {
            let (name, version) = (&description.name, &description.version);
            writeln!(out, "{name} {version}: {}", description.summary)
        }
        None => writeln!(out, "{}", source.origin),
    };
    let sizes = &inspection.sizes;
    let mut fact = |name: &str, value: &str| {
        let _ = writeln!(out, "  {name:<11}{value}");
    };
    fact("contract", &inspection.contract.to_string());
    fact("digest", &format!("sha256:{}", inspection.digest));
    fact("signature", &signature(&inspection.signature));
    let (size, compiled) = (bytes(sizes.component), bytes(inspection.compiled));
    fact("size", &format!("{size}, {compiled} compiled"));
    let initial = bytes(sizes.initial_memory);
    let memory = match sizes.maximum_memory {
        Some(maximum) => format!("{initial} at first, {} at most", bytes(maximum)),
        None => format!("{initial} at first, as much as its limit lets it have"),
    };
    fact("memory", &memory);
    fact(
        "WASI",
        &list(&inspection.wasi).replace(", ", "\n             "),
    );
    if let Some(asks) = &inspection.asks {
        fact("mechanisms", &list(&asks.mechanisms));
        fact("reads", &list(&asks.reads));
        fact("publishes", &list(&asks.publishes));
        let files = match asks.files {
            true => "it imports wasi:filesystem, and sees a folder if it is granted one",
            false => "it cannot use any",
        };
        fact("folder", files);
    }
    if let Some(problem) = &inspection.problem {
        let _ = writeln!(
            out,
            "\nIt does not describe itself: {problem}\nIf it needs its table from a robot.toml, \
             give that with --robot."
        );
    }
    if let Some(description) = &inspection.description {
        let _ = writeln!(out, "\nCommands");
        for command in &description.commands {
            describe_command(out, command);
        }
    }
    text
}

fn signature(report: &SignatureReport) -> String {
    match report {
        SignatureReport::None => "none".to_owned(),
        SignatureReport::Trusted { key, key_id, .. } => format!("of {key} ({key_id}), trusted"),
        SignatureReport::Untrusted { key_id } => {
            format!("of the key {key_id}, as it says; no trusted key was given to check it with")
        }
        SignatureReport::Invalid { reason } => format!("invalid: {}", escape_line(reason)),
    }
}

/// What is to be told of a plugin that a robot loads without a signature.
fn unsigned(trust: &Trust, inspection: &Inspection) -> Option<String> {
    let expected = !trust.keys.is_empty() && !trust.required && trust.signer.is_none();
    (expected && inspection.signature == SignatureReport::None).then(|| {
        let keys = quoted(trust.keys.iter().map(|key| key.name.as_str()));
        format!("it is not signed, and the robot trusts {keys}")
    })
}

fn describe_robot(robot: &InRobot, single: &SinglePlugin) -> String {
    let mut text = String::new();
    let out = &mut text;
    let _ = writeln!(
        out,
        "\nAs `{}` in {}",
        robot.plugin,
        escape_line(&robot.file)
    );
    if let Some(reason) = &robot.refused {
        let _ = writeln!(out, "  refused: {reason}");
    }
    if let Some(warning) = &robot.warning {
        let _ = writeln!(out, "  warning: {warning}");
    }
    let Some(grants) = &robot.grants else {
        return text;
    };
    if grants.is_empty() {
        let _ = writeln!(out, "  it is granted nothing, and asks for nothing");
    }
    let width = grants.iter().map(|grant| grant.name.chars().count()).max();
    let width = width.unwrap_or_default().min(40);
    for grant in grants {
        let kind = match grant.kind {
            GrantKind::Mechanism => "mechanism",
            GrantKind::Channel => "channel",
            GrantKind::Topic => "topic",
            GrantKind::Command => "command",
            GrantKind::Folder => "folder",
        };
        let status = match grant.status {
            GrantStatus::Used => "used".to_owned(),
            GrantStatus::Missing => "missing".to_owned(),
            GrantStatus::Excessive if grant.asked.is_empty() => {
                "excessive: it does not ask for it".to_owned()
            }
            GrantStatus::Unknown => "unknown: it shows when the plugin runs".to_owned(),
            GrantStatus::Excessive => {
                format!("excessive: it asks for {} only", list(&grant.asked))
            }
        };
        let _ = writeln!(
            out,
            "  {kind:<11}{:<width$}  {status}",
            escape_line(&grant.name)
        );
    }
    if let Some(signer) = &robot.signed_by {
        let _ = writeln!(out, "  The robot requires a signature of {signer}.");
    } else if single.trust.required {
        let names: Vec<String> = single
            .trust
            .keys
            .iter()
            .map(|key| key.name.clone())
            .collect();
        let _ = writeln!(
            out,
            "  The robot requires a signature of {}.",
            names.join(" or ")
        );
    }
    text
}

pub(super) fn describe_command(out: &mut String, command: &Definition) {
    let returns = command
        .returns
        .map_or(String::new(), |kind| format!(" -> {kind}"));
    let _ = writeln!(out, "  {}{returns}", command.name);
    if !command.summary.is_empty() {
        let _ = writeln!(out, "      {}", command.summary);
    }
    let mut facts = Vec::new();
    if !command.requirements.is_empty() {
        facts.push(format!("requires {}", list(&command.requirements)));
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

pub(super) fn bytes(count: u64) -> String {
    match count {
        0..10_000 => format!("{count} bytes"),
        10_000..10_000_000 => format!("{} KiB", count >> 10),
        _ => format!("{} MiB", count >> 20),
    }
}
