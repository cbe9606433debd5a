//! Files that were read once.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

use gantry_plugin::Source;

use crate::config::RobotConfig;
use crate::robot::PluginFiles;

/// The files of a robot's plugins, as they were when they were read: what is checked is what is
/// loaded afterwards, whatever happens to the disk in between.
#[derive(Debug, Default)]
pub struct Held(HashMap<PathBuf, Result<Vec<u8>, (io::ErrorKind, String)>>);

impl Held {
    /// Reads the plugins of a robot, and their signatures.
    pub fn read(config: &RobotConfig, files: &dyn PluginFiles) -> Self {
        let mut held = HashMap::new();
        for plugin in &config.plugins {
            for path in [plugin.file.clone(), Source::signature_path(&plugin.file)] {
                let read = files.read(&path);
                let read = read.map_err(|error| (error.kind(), error.to_string()));
                held.insert(path, read);
            }
        }
        Self(held)
    }
}

impl PluginFiles for Held {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        match self.0.get(path) {
            Some(Ok(bytes)) => Ok(bytes.clone()),
            Some(Err((kind, message))) => Err(io::Error::new(*kind, message.clone())),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}
