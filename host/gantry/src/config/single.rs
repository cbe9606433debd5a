//! One plugin of a file that may be wrong in other places.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use gantry_plugin::Trust;
use toml::de::{DeTable, DeValue};

use super::reader::{Sink, Table};
use super::{ConfigErrors, LoadError, PluginConfig, Severity, Source, Span, syntax};

/// What a file says about one plugin.
#[derive(Clone, Debug)]
pub struct SinglePlugin {
    /// The file.
    pub file: PathBuf,
    /// The plugin.
    pub plugin: PluginConfig,
    /// Who has to vouch for it.
    pub trust: Trust,
}

/// Why there is no such plugin.
#[derive(Debug, thiserror::Error)]
pub enum SingleError {
    /// The file cannot be read, or what it says about the plugin or about signatures is wrong.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The plugin is not in the file.
    #[error(
        "{} has no plugin that is {wanted}; it has {}; `--plugin NAME` says which one is meant",
        path.display(), listed(.there)
    )]
    NotThere {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        wanted: String,
        /// The names of its plugins.
        there: Vec<String>,
    },
}

impl SinglePlugin {
    /// Reads what a robot.toml says about one plugin: that of this name or, without a name, the one
    /// whose file this is. What is wrong elsewhere in the robot.toml does not matter, as long as it
    /// is TOML.
    pub fn load(path: &Path, name: Option<&str>, file: &Path) -> Result<Self, SingleError> {
        let text = crate::text::read(path).map_err(|error| LoadError::Unreadable {
            path: path.to_owned(),
            error,
        })?;
        let source = Arc::new(Source::new(path, text));
        let sink = Sink::new(source.clone());
        let (root, syntax_errors) = DeTable::parse_recoverable(source.text());
        if !syntax_errors.is_empty() {
            syntax::report(&sink, &syntax_errors);
            return Err(LoadError::Invalid(ConfigErrors::new(sink.into_diagnostics())).into());
        }
        let root = root.get_ref();
        let config = super::read(Table::root(&sink, root), source.clone());
        let found = match name {
            Some(name) => config.plugins.iter().find(|plugin| plugin.name == name),
            None => of_file(&config.plugins, file),
        };
        let Some(plugin) = found else {
            return Err(SingleError::NotThere {
                path: path.to_owned(),
                wanted: match name {
                    Some(name) => format!("called `{name}`"),
                    None => format!("loaded from {}", file.display()),
                },
                there: config
                    .plugins
                    .into_iter()
                    .map(|plugin| plugin.name)
                    .collect(),
            });
        };
        let mut places = Vec::new();
        if let Some(DeValue::Table(plugins)) = root.get("plugins").map(|value| value.get_ref())
            && let Some(table) = plugins.get(plugin.name.as_str())
        {
            places.extend([plugin.span, table.span().into()]);
            spans(table.get_ref(), &mut places);
        }
        if let Some(signatures) = root.get("signatures") {
            places.push(signatures.span().into());
            spans(signatures.get_ref(), &mut places);
        }
        let mut wrong = sink.into_diagnostics();
        wrong.retain(|diagnostic| {
            diagnostic.severity == Severity::Error && places.contains(&diagnostic.span)
        });
        if !wrong.is_empty() {
            return Err(LoadError::Invalid(ConfigErrors::new(wrong)).into());
        }
        Ok(Self {
            file: path.to_owned(),
            plugin: plugin.clone(),
            trust: config.trust,
        })
    }
}

/// The plugin that is loaded from this very file or, failing that, the only one from a file of
/// this name.
fn of_file<'a>(plugins: &'a [PluginConfig], file: &Path) -> Option<&'a PluginConfig> {
    let whole = |path: &Path| path.canonicalize().ok();
    let wanted = whole(file)?;
    let same = plugins
        .iter()
        .find(|plugin| whole(&plugin.file).as_ref() == Some(&wanted));
    same.or_else(|| {
        let name = file.file_name();
        let mut named = plugins.iter().filter(|p| p.file.file_name() == name);
        named.next().filter(|_| named.next().is_none())
    })
}

/// Every place inside of a value.
fn spans(value: &DeValue<'_>, places: &mut Vec<Span>) {
    match value {
        DeValue::Table(entries) => {
            for (key, value) in entries {
                places.push(key.span().into());
                places.push(value.span().into());
                spans(value.get_ref(), places);
            }
        }
        DeValue::Array(elements) => {
            for element in elements {
                places.push(element.span().into());
                spans(element.get_ref(), places);
            }
        }
        _ => {}
    }
}

fn listed(names: &[String]) -> String {
    match names {
        [] => "none".to_owned(),
        names => super::names::list(names.iter().map(String::as_str)),
    }
}
