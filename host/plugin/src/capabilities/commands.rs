//! Commands: a plugin's own are its own, those of others need a grant.

use gantry_scheduler::{Claim, Command, Value};

use super::Grants;
use crate::registry::Registry;

/// Bytes of a name that is looked up.
const MAX_NAME: usize = 256;

impl Grants {
    /// The command of this name as the plugin `own` may have it. Whoever has a command can start
    /// it, at any priority, and with it drives what it requires. A name without a plugin is one of
    /// its own.
    pub(crate) fn command(
        &self,
        registry: &Registry,
        own: &str,
        name: &str,
        arguments: Vec<(String, Value)>,
        claim: Claim,
    ) -> Result<Command, String> {
        if name.len() > MAX_NAME {
            let bytes = name.len();
            return Err(format!("a name of {bytes} bytes; {MAX_NAME} is the most"));
        }
        let name = match name.contains('/') {
            true => name.to_owned(),
            false => format!("{own}/{name}"),
        };
        let is_own = name
            .split_once('/')
            .is_some_and(|(plugin, _)| plugin == own);
        // Whether a command exists is for those to know who may start it.
        if !is_own && !self.commands.iter().any(|pattern| pattern.matches(&name)) {
            return Err(format!(
                "starting `{name}` was not granted; the plugin's `commands` in the robot's file \
                 must name it"
            ));
        }
        let command = registry.command_for(&name, arguments, Some(claim));
        command.map_err(|error| error.to_string())
    }
}
