//! Mechanisms: requiring one, and saying what runs on it by default, needs a grant.

use gantry_scheduler::{Command, MechanismId, Mechanisms};

use super::Grants;
use crate::nearest::nearest;

impl Grants {
    /// The mechanism whose default command this plugin wants to set.
    pub(crate) fn default_mechanism(
        &self,
        mechanisms: &Mechanisms,
        name: &str,
        command: &Command,
    ) -> Result<MechanismId, String> {
        let Some(id) = mechanisms.find(name) else {
            return Err(match nearest(name, mechanisms.names()) {
                Some(nearest) => {
                    format!("there is no mechanism `{name}`; did you mean `{nearest}`?")
                }
                None => format!("there is no mechanism `{name}`"),
            });
        };
        if !self.mechanisms.iter().any(|granted| granted == name) {
            return Err(format!(
                "mechanism `{name}` was not granted; the plugin's `mechanisms` in the robot's \
                 file must name it"
            ));
        }
        if command.requirements().len() != 1 || !command.requirements().contains(id) {
            let required: Vec<&str> = command
                .requirements()
                .iter()
                .map(|id| mechanisms.name(id))
                .collect();
            return Err(format!(
                "the default command of `{name}` must require `{name}` and nothing else; `{}` \
                 requires {}",
                command.name(),
                if required.is_empty() {
                    "nothing".to_owned()
                } else {
                    required.join(", ")
                }
            ));
        }
        Ok(id)
    }
}
