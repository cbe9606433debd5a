//! `gantry sign`: who vouches for a plugin, and for how much of a robot.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use gantry_plugin::{Access, Declared, MAX_SIGNATURE_BYTES, Policy, Source};

use super::plugin::{self, PluginArgs};
use crate::signing::SigningKey;

#[derive(Debug, Args)]
pub(super) struct SignArgs {
    #[command(flatten)]
    plugin: PluginArgs,
    /// The secret key
    #[arg(long, value_name = "NAME.key")]
    key: PathBuf,
    /// What the plugin does with a folder that a robot grants it
    #[arg(long, value_enum, default_value = "none")]
    folder: Folder,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Folder {
    /// It gets none
    None,
    /// It reads what is in it
    Read,
    /// It also changes what is in it
    Write,
}

pub(super) fn sign(args: &SignArgs) -> anyhow::Result<()> {
    let key = SigningKey::read(&args.key)?;
    let source = args.plugin.source()?;
    let single = args.plugin.single()?;
    // Its table counts, for a plugin may describe itself by it; who signed it before does not.
    let policy = Policy {
        digest: None,
        ..single.as_ref().map_or_else(Policy::default, plugin::policy)
    };
    let inspection = plugin::look(&source, &policy)?;
    let Some(description) = inspection.description else {
        bail!(
            "{} does not say what it asks for: {}; if it needs its table from a robot.toml, give \
             that with --robot",
            source.origin,
            inspection.problem.unwrap_or_default(),
        );
    };
    let declared = Declared::of(
        &description,
        match args.folder {
            Folder::None => Access::None,
            Folder::Read => Access::Read,
            Folder::Write => Access::Write,
        },
    );
    let text = key.sign(&source.bytes, &declared.to_comment())?;
    if text.len() > MAX_SIGNATURE_BYTES {
        bail!(
            "{} asks for too much to be signed: {} bytes of names",
            source.origin,
            text.len()
        );
    }
    let path = Source::signature_path(&args.plugin.file);
    gantry_files::replace(&path, gantry_files::SHARED, text.as_bytes())
        .with_context(|| format!("cannot write {}", path.display()))?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}: signed by the key {}", path.display(), key.id())?;
    show(&mut out, &declared)?;
    Ok(())
}

/// What is declared, line by line.
pub(super) fn show(out: &mut dyn std::io::Write, declared: &Declared) -> std::io::Result<()> {
    let folder = match declared.folder {
        Access::None => "none",
        Access::Read => "read",
        Access::Write => "write",
    };
    for (what, names) in [
        ("mechanisms", plugin::list(&declared.mechanisms)),
        ("reads", plugin::list(&declared.reads)),
        ("publishes", plugin::list(&declared.publishes)),
        ("folder", folder.to_owned()),
    ] {
        writeln!(out, "  {what:<11}{names}")?;
    }
    Ok(())
}
