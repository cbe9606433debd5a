//! `[plugins]`: the code that is loaded, and what it may do.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::{ConfigValue, Span};

/// A plugin, what it was granted, and its own table.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginConfig {
    /// The name that its commands go by: `drivetrain` in `drivetrain/drive-distance`.
    pub name: String,
    /// The component. A relative path starts at the folder of the robot.toml. Not opened here.
    pub file: PathBuf,
    /// Where the file is named.
    pub file_span: Span,
    /// The SHA-256 that the file must have.
    pub digest: Option<[u8; 32]>,
    /// Mechanisms that its commands may require, in the file's order.
    pub mechanisms: Vec<Grant>,
    /// Input channels that it may open; a name may end in `*`.
    pub reads: Vec<Grant>,
    /// Topics that it may publish; a name may end in `*`.
    pub publishes: Vec<Grant>,
    /// The only folder that it can see, if any.
    pub folder: Option<FolderConfig>,
    /// Its own limits, those of the robot where it has none.
    pub limits: LimitsConfig,
    /// The plugin's own table; nested entries are called `pid.kp`.
    pub config: BTreeMap<String, ConfigValue>,
    /// Where its name is.
    pub span: Span,
}

impl PluginConfig {
    /// Whether its commands may require this mechanism.
    pub fn may_require(&self, mechanism: &str) -> bool {
        self.mechanisms.iter().any(|grant| grant.name == mechanism)
    }
}

/// One name that was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// The name, or a pattern such as `drive.*`.
    pub name: String,
    /// Where it is granted.
    pub span: Span,
}

impl Grant {
    /// Whether the pattern covers a name: it is equal to it, or ends in `*` and what is before the
    /// star starts it.
    pub fn covers(&self, name: &str) -> bool {
        match self.name.strip_suffix('*') {
            Some(start) => name.starts_with(start),
            None => self.name == name,
        }
    }
}

/// A folder that a plugin may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FolderConfig {
    /// The folder. A relative path starts at the folder of the robot.toml.
    pub path: PathBuf,
    /// Whether the plugin may change what is in it.
    pub write: bool,
}

/// How much a plugin may take. None: the host's default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LimitsConfig {
    /// Linear memory of one run, in bytes.
    pub memory: Option<u64>,
    /// Elements of one run's tables (its function pointers).
    pub table_elements: Option<u32>,
    /// Stack of one run, in bytes.
    pub stack: Option<u64>,
    /// How long one resume may take before it is pre-empted.
    pub slice: Option<Duration>,
    /// How long a canceled run may clean up before it is dropped.
    pub cleanup: Option<Duration>,
    /// How many ticks in a row a run may be pre-empted before it is canceled.
    pub preemption_limit: Option<u32>,
    /// How many runs of its commands there may be at a time.
    pub live_runs: Option<u32>,
    /// How many instances are kept ready for the next runs.
    pub warm_instances: Option<u32>,
}
