//! The files that a robot is made of.

use std::path::PathBuf;

use gantry_plugin::Source;

use super::RobotConfig;

/// A file that a robot is made of.
#[derive(Clone, Debug)]
pub(crate) struct OwnFile {
    pub(crate) path: PathBuf,
    /// What it is, as messages call it.
    pub(crate) what: String,
}

impl RobotConfig {
    /// The files that the robot is made of, whether they are there or not: no recording goes to them, and
    /// no plugin may see them.
    pub(crate) fn own_files(&self) -> Vec<OwnFile> {
        let robot = self.source.path();
        let mut files = vec![
            OwnFile {
                path: robot.to_owned(),
                what: "the robot's file".to_owned(),
            },
            OwnFile {
                path: robot.with_extension("lock"),
                what: "the robot's lock".to_owned(),
            },
        ];
        for plugin in &self.plugins {
            let name = &plugin.name;
            files.push(OwnFile {
                path: plugin.file.clone(),
                what: format!("the plugin `{name}`"),
            });
            files.push(OwnFile {
                path: Source::signature_path(&plugin.file),
                what: format!("the signature of the plugin `{name}`"),
            });
        }
        files
    }
}
