//! `gantry new`: a project for a plugin.

use std::io::Write as _;
use std::path::Path;

use clap::Args;

use crate::project::{self, Language};

#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// What it is written in
    #[arg(value_name = "LANG")]
    language: Language,
    /// What the plugin is called, and the folder that is made for it here
    #[arg(value_name = "NAME")]
    name: String,
}

pub(super) fn new(args: &NewArgs) -> anyhow::Result<()> {
    project::new(args.language, &args.name, Path::new(""))?;
    let mut out = std::io::stdout().lock();
    let (name, language) = (&args.name, args.language.title());
    writeln!(out, "{name}: a plugin in {language}. Next:")?;
    writeln!(out, "  cd {name}")?;
    writeln!(out, "  gantry build")?;
    writeln!(out, "  gantry sim robot.toml")?;
    Ok(())
}
