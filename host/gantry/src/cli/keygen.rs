//! `gantry keygen`: a pair of keys for signatures.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::bail;
use clap::Args;

use crate::config::is_plain;
use crate::signing::SigningKey;

#[derive(Debug, Args)]
pub(super) struct KeygenArgs {
    /// What the files are called: NAME.key, which is secret, and NAME.pub
    #[arg(value_name = "NAME")]
    name: PathBuf,
}

pub(super) fn keygen(args: &KeygenArgs) -> anyhow::Result<()> {
    let name = args.name.file_name().unwrap_or_default().to_string_lossy();
    if !is_plain(&name) {
        bail!(
            "{:?} cannot be the name of a key: a name is made of letters, digits, `-` and `_`, and \
             starts with a letter, such as `alice`",
            args.name
        );
    }
    let key = SigningKey::generate()?;
    let (secret, public) = key.write(&args.name)?;
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "{}: the secret key {}; whoever has it signs as you",
        secret.display(),
        key.id()
    )?;
    writeln!(out, "{}: the public key\n", public.display())?;
    writeln!(out, "A robot that trusts it has in its robot.toml")?;
    writeln!(out, "  [signatures]\n  required = true")?;
    writeln!(out, "  trusted.{name} = \"{}\"", key.public())?;
    Ok(())
}
