//! `gantry verify`: whether a plugin is what somebody has signed.

use std::io::Write as _;

use anyhow::{Context, bail};
use clap::Args;
use gantry_plugin::{Policy, Signed, Trust, TrustedKey};

use super::plugin::{self, PluginArgs};
use super::sign::show;
use crate::signing::read_public;

#[derive(Debug, Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    plugin: PluginArgs,
    /// The public key that it should be signed with: a file, or the key itself [default: those
    /// that the robot trusts]
    #[arg(long, value_name = "NAME.pub", required_unless_present = "robot")]
    key: Option<String>,
}

pub(super) fn verify(args: &VerifyArgs) -> anyhow::Result<()> {
    let source = args.plugin.source()?;
    let single = args.plugin.single()?;
    let mut policy = single.as_ref().map_or_else(Policy::default, plugin::policy);
    if let Some(key) = &args.key {
        let public = read_public(key)?;
        let key = TrustedKey::new(key, &public).with_context(|| format!("cannot use {key}"))?;
        policy.trust.keys = vec![key];
        // It is this key that is asked about.
        policy.trust.signer = None;
    }
    policy.trust = Trust {
        required: true,
        ..policy.trust
    };
    let admission = source.admit(&policy)?;
    let Signed::By { key, id, declared } = admission.signed else {
        bail!(
            "{} is not signed by a key that is trusted here",
            source.origin
        );
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}: signed by {key} ({id}), for", source.origin)?;
    show(&mut out, &declared)?;
    Ok(())
}
