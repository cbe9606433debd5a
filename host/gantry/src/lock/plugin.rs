//! What a lock has of a plugin.

use std::path::Path;

use gantry_plugin::{Admission, LoadError, RuntimeConfig, Signed, Source};
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
        let folder = config.source.path().parent().unwrap_or(Path::new(""));
        let mut limits = toml::Table::try_from(policy.limits).unwrap_or_default();
        // The robot's, and the same for all plugins.
        let stack = config
            .stack
            .unwrap_or(RuntimeConfig::default().stack as u64);
        let stack = i64::try_from(stack).unwrap_or(i64::MAX);
        limits.insert("stack".to_owned(), stack.into());
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
            mechanisms: policy.mechanisms.clone(),
            reads: names(&policy.reads),
            publishes: names(&policy.publishes),
            commands: names(&policy.commands),
            folder: policy.folder.as_ref().map(|granted| LockedFolder {
                // As it is written, so that a lock is the same wherever the robot's folder is.
                path: granted
                    .path
                    .strip_prefix(folder)
                    .unwrap_or(&granted.path)
                    .display()
                    .to_string(),
                write: granted.write,
            }),
            limits,
            config: plugin
                .config
                .iter()
                .map(|(k, v)| (k.clone(), value(v)))
                .collect(),
        }
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
