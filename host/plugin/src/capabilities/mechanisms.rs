//! Mechanisms: requiring one, and saying what runs on it by default, needs a grant.

use gantry_scheduler::{MechanismId, Mechanisms};

use super::Grants;
use crate::nearest::nearest;

impl Grants {
    /// The mechanism whose default command this plugin wants to set. Whether the command fits it is
    /// the scheduler's to say.
    pub(crate) fn default_mechanism(
        &self,
        mechanisms: &Mechanisms,
        name: &str,
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
        Ok(id)
    }
}
