//! What a lock has of a plugin.

use std::path::Path;

use gantry_plugin::{Admission, Limits, LoadError, RuntimeConfig, Signed, Source};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::config::{ConfigValue, PluginConfig, RobotConfig};
use crate::robot;

/// A plugin, and what it is given.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct LockedPlugin {
    /// SHA-256 of the component.
    digest: String,
    /// Its bytes.
    size: u64,
    /// The version of the contract.
    contract: String,
    /// The trusted key that vouches for it, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    signed_by: Option<String>,
    /// The trusted key that has to, if the robot's file names one.
    #[serde(skip_serializing_if = "Option::is_none")]
    signer: Option<String>,
    mechanisms: Vec<String>,
    reads: Vec<String>,
    publishes: Vec<String>,
    commands: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    folder: Option<LockedFolder>,
    #[serde(deserialize_with = "flat")]
    limits: toml::Table,
    #[serde(
        default,
        deserialize_with = "flat",
        skip_serializing_if = "toml::Table::is_empty"
    )]
    config: toml::Table,
}

/// Reads a table whose entries are nested no deeper than those that are written.
fn flat<'de, D: Deserializer<'de>>(deserializer: D) -> Result<toml::Table, D::Error> {
    fn is_plain(value: &toml::Value) -> bool {
        match value {
            toml::Value::Table(_) => false,
            toml::Value::Array(elements) => elements.iter().all(|element| !is_nested(element)),
            _ => true,
        }
    }
    fn is_nested(value: &toml::Value) -> bool {
        value.is_table() || value.is_array()
    }
    let table = toml::Table::deserialize(deserializer)?;
    let deep = table.iter().find(|(_, value)| match value {
        toml::Value::Table(entries) => !entries.values().all(is_plain),
        value => !is_plain(value),
    });
    match deep {
        Some((key, _)) => Err(D::Error::custom(format!("`{key}` is nested too deeply"))),
        None => Ok(table),
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LockedFolder {
    path: String,
    write: bool,
}

impl LockedPlugin {
    /// A plugin with what it is given; with what the robot grants it, if it cannot be loaded.
    pub(super) fn of(
        config: &RobotConfig,
        plugin: &PluginConfig,
        source: &Source,
        admission: &Result<Admission, LoadError>,
    ) -> Self {
        let granted;
        let policy = match admission {
            Ok(admission) => &admission.policy,
            Err(_) => {
                granted = robot::policy(plugin, &config.trust);
                &granted
            }
        };
        let admission = admission.as_ref().ok();
        let names = |patterns: &[gantry_plugin::Pattern]| {
            patterns.iter().map(ToString::to_string).collect()
        };
        Self {
            digest: format!("sha256:{}", source.digest()),
            size: source.bytes.len() as u64,
            contract: match admission {
                Some(admission) => admission.contract.to_string(),
                None => "unknown".to_owned(),
            },
            signed_by: match admission.map(|admission| &admission.signed) {
                Some(Signed::By { key, id, .. }) => Some(format!("{key} {id}")),
                _ => None,
            },
            signer: plugin.signed_by.as_ref().map(|signer| signer.name.clone()),
            mechanisms: policy.mechanisms.clone(),
            reads: names(&policy.reads),
            publishes: names(&policy.publishes),
            commands: names(&policy.commands),
            folder: policy.folder.as_ref().map(|granted| LockedFolder {
                path: path_in(config.source.path(), &granted.path),
                write: granted.write,
            }),
            limits: limits(config, policy.limits),
            config: plugin
                .config
                .iter()
                .map(|(k, v)| (k.clone(), value(v)))
                .collect(),
        }
    }
}

/// The limits that count for a plugin: those of the robot and of the host where it has none.
fn limits(config: &RobotConfig, mut limits: Limits) -> toml::Table {
    let runtime = robot::sized(RuntimeConfig::default(), config);
    let scheduler = gantry_scheduler::Limits::default();
    limits.time_per_tick = Some(limits.time_per_tick(config.period));
    limits.preemptions.get_or_insert(scheduler.preemptions);
    limits
        .live_runs
        .get_or_insert(runtime.pool.runs_per_plugin());
    // Tables with plain values always are TOML.
    let mut limits = toml::Table::try_from(limits).unwrap_or_default();
    // The engine's, and the same for all plugins.
    let stack = i64::try_from(runtime.stack).unwrap_or(i64::MAX);
    limits.insert("stack".to_owned(), stack.into());
    limits
}

/// Where a folder is: from that of the robot's file if it is inside, so that a lock is the same
/// wherever that is.
fn path_in(robot: &Path, folder: &Path) -> String {
    let written = robot.parent().unwrap_or(Path::new(""));
    let here = match written.as_os_str().is_empty() {
        true => Path::new("."),
        false => written,
    };
    // The folder was looked for, unless it is not there; then it is as it is written.
    let real = here.canonicalize().unwrap_or_default();
    let inside = [real.as_path(), written].into_iter();
    let mut inside = inside.filter_map(|start| folder.strip_prefix(start).ok());
    let path = inside.next().unwrap_or(folder);
    match path.to_str() {
        Some("") => ".".to_owned(),
        Some(path) => path.to_owned(),
        // With what is not text escaped, so that no two look alike.
        None => format!("{path:?}"),
    }
}

fn value(value: &ConfigValue) -> toml::Value {
    match value {
        ConfigValue::Boolean(value) => (*value).into(),
        ConfigValue::Integer(value) => (*value).into(),
        ConfigValue::Number(value) => (*value).into(),
        ConfigValue::Text(value) => value.clone().into(),
        ConfigValue::Numbers(values) => values.clone().into(),
    }
}
