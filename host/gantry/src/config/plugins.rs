//! `[plugins]`: the code that is loaded, and what it may do.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::time::Duration;

use gantry_hardware::Direction;
use gantry_plugin::{LoadError, LoadErrorKind};

use super::channels::Channels;
use super::mechanisms::Mechanisms;
use super::reader::{Name, Node, Sink, Table, check_name};
use super::signatures::Signers;
use super::{ConfigValue, LimitsConfig, Span, names, value};

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
    /// The trusted key that has to vouch for it.
    pub signed_by: Option<Grant>,
    /// Mechanisms that its commands may require, in the file's order.
    pub mechanisms: Vec<Grant>,
    /// Input channels that it may open; a name may end in `*`.
    pub reads: Vec<Grant>,
    /// Topics that it may publish; a name may end in `*`.
    pub publishes: Vec<Grant>,
    /// Commands of other plugins that it may start.
    pub commands: Vec<Grant>,
    /// The only folder that it can see, if any.
    pub folder: Option<FolderConfig>,
    /// Its own limits, those of the robot where it has none.
    pub limits: LimitsConfig,
    /// What becomes of its running commands when its file changes.
    pub reload: ReloadConfig,
    /// The plugin's own table; nested entries are called `pid.kp`.
    pub config: BTreeMap<String, ConfigValue>,
    /// Where its name is.
    pub span: Span,
}

impl PluginConfig {
    /// What of the file is the reason that the plugin is not loaded.
    pub(crate) fn place_of(&self, error: &LoadError) -> Span {
        match (&*error.kind, &self.signed_by) {
            (LoadErrorKind::Signature(_), Some(signer)) => signer.span,
            _ => self.span,
        }
    }

    /// Whether its commands may require this mechanism.
    pub fn may_require(&self, mechanism: &str) -> bool {
        self.mechanisms.iter().any(|grant| grant.name == mechanism)
    }

    /// Holds it to what a locked robot allows: it sees the folder to which the path of the granted one
    /// leads now, wherever that leads later; and if it is quarantined, it has no other chance, unless
    /// the file says `retry-when-locked`.
    pub fn lock(&mut self) {
        if let Some(folder) = &mut self.folder {
            // One that is not there is reported when it is opened.
            if let Ok(real) = folder.path.canonicalize() {
                folder.path = real;
            }
            folder.without_links = true;
        }
        let quarantine = &mut self.limits.quarantine;
        quarantine.for_good = !quarantine.retry_when_locked.unwrap_or(false);
    }
}

/// What `gantry run` does when a plugin's file changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReloadConfig {
    /// Loads it, and cancels the commands of the old one that are running.
    #[default]
    Cancel,
    /// Loads it, and lets the commands of the old one that are running finish.
    Finish,
    /// Goes on with the old one.
    Off,
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
    /// Whether no link on the way to it is followed.
    pub without_links: bool,
    /// Where its table is.
    pub span: Span,
}

/// What the rest of the file says that plugins are checked against.
pub(super) struct Surroundings<'a> {
    pub(super) mechanisms: &'a Mechanisms,
    pub(super) channels: &'a Channels,
    /// What counts where a plugin has no limit of its own.
    pub(super) limits: LimitsConfig,
    /// The same for reloading.
    pub(super) reload: ReloadConfig,
    pub(super) period: Duration,
    /// Whose signatures count.
    pub(super) signers: Signers<'a>,
    /// The names of all plugins.
    pub(super) plugins: BTreeSet<&'a str>,
}

/// Reads `[plugins]`, in the order in which they are loaded.
pub(super) fn read(table: &Table<'_>, around: &Surroundings<'_>) -> Vec<PluginConfig> {
    let entries = table.sorted_entries().into_iter().map(|(name, node)| {
        check_name(table.sink, name, "plugin");
        let plugin = node.table("{ file = \"plugins/drivetrain.wasm\" }");
        match plugin {
            Some(plugin) => read_plugin(plugin, name, around),
            // Known all the same, so that its commands are not reported too.
            None => PluginConfig {
                limits: around.limits,
                ..PluginConfig::unknown(name)
            },
        }
    });
    entries.collect()
}

impl PluginConfig {
    fn unknown(name: Name<'_>) -> Self {
        Self {
            name: name.text.to_owned(),
            file: PathBuf::new(),
            file_span: name.span,
            digest: None,
            signed_by: None,
            mechanisms: Vec::new(),
            reads: Vec::new(),
            publishes: Vec::new(),
            commands: Vec::new(),
            folder: None,
            limits: LimitsConfig::default(),
            reload: ReloadConfig::default(),
            config: BTreeMap::new(),
            span: name.span,
        }
    }
}

fn read_plugin(mut table: Table<'_>, name: Name<'_>, around: &Surroundings<'_>) -> PluginConfig {
    let mut plugin = PluginConfig::unknown(name);
    if let Some(node) = table.required("file", "\"plugins/drivetrain.wasm\"") {
        plugin.file_span = node.span;
        plugin.file = read_path(&node, "plugins/drivetrain.wasm").unwrap_or_default();
    }
    plugin.digest = table.optional("digest").and_then(|node| read_digest(&node));
    plugin.signed_by = read_signer(&mut table, &around.signers);
    plugin.mechanisms = grants(&mut table, "mechanisms", "[\"drive\"]", |sink, name| {
        check_mechanism(sink, name, around.mechanisms);
    });
    plugin.reads = grants(&mut table, "reads", "[\"drive.*\"]", |sink, name| {
        check_readable(sink, name, around.channels);
    });
    plugin.publishes = grants(&mut table, "publishes", "[\"drive/*\"]", check_topic);
    plugin.commands = grants(
        &mut table,
        "commands",
        "[\"drivetrain/*\"]",
        |sink, name| {
            check_command(sink, name, &plugin.name, &around.plugins);
        },
    );
    let folder = table.optional("folder");
    plugin.folder = folder.and_then(|node| read_folder(node.table("{ path = \"data\" }")?));
    let limits = table.optional("limits");
    let limits = limits.and_then(|node| node.table("{ memory = \"16 MiB\" }"));
    plugin.limits = match limits {
        Some(limits) => LimitsConfig::read(limits, around.limits, around.period),
        None => around.limits,
    };
    plugin.reload = read_reload(&mut table).unwrap_or(around.reload);
    let config = table.optional("config");
    let config = config.and_then(|node| node.table("{ kp = 4.0 }"));
    plugin.config = config.map_or_else(BTreeMap::new, |config| value::read_entries(&config));
    table.finish();
    plugin
}

/// Reads `signed-by`, which names one of the trusted keys.
fn read_signer(table: &mut Table<'_>, signers: &Signers<'_>) -> Option<Grant> {
    let node = table.optional("signed-by")?;
    let text = node.string("alice")?;
    if !signers.contains(text) {
        let message = format!("there is no trusted key `{text}`");
        let help = match signers.is_empty() {
            false => (table.sink).suggest(text, "trusted keys", signers.iter().copied()),
            true => format!("add `trusted.{text} = \"RW…\"` to [signatures]"),
        };
        table.sink.report(node.error(message).help(help));
    }
    Some(Grant {
        name: text.to_owned(),
        span: node.span,
    })
}

/// Reads `reload`, if it is there.
pub(super) fn read_reload(table: &mut Table<'_>) -> Option<ReloadConfig> {
    const CHOICES: &[(&str, ReloadConfig)] = &[
        ("cancel", ReloadConfig::Cancel),
        ("finish", ReloadConfig::Finish),
        ("off", ReloadConfig::Off),
    ];
    table.optional("reload")?.choice(CHOICES)
}

/// Reports a name that is not one of the robot's mechanisms.
pub(super) fn check_mechanism(sink: &Sink, name: Name<'_>, mechanisms: &Mechanisms) {
    if !mechanisms.has(name.text) {
        let message = format!("there is no mechanism `{}`", name.text);
        let help = sink.suggest(name.text, "mechanisms", mechanisms.names());
        sink.report(sink.error(name.span, message).help(help));
    }
}

fn grants(
    table: &mut Table<'_>,
    key: &'static str,
    example: &str,
    check: impl Fn(&Sink, Name<'_>),
) -> Vec<Grant> {
    let nodes = table.optional(key).and_then(|node| node.array(example));
    let mut grants: Vec<Grant> = Vec::new();
    let mut first_ones = HashMap::new();
    for node in nodes.into_iter().flatten() {
        let Some(text) = node.string("drive") else {
            continue;
        };
        let span = node.span;
        check(node.sink, Name { text, span });
        if let Some(first) = first_ones.get(text) {
            let message = format!("`{text}` is granted twice");
            let warning = node.error(message).warning();
            node.sink.report(warning.related(*first, "first here"));
        }
        first_ones.entry(text).or_insert(span);
        grants.push(Grant {
            name: text.to_owned(),
            span,
        });
    }
    grants
}

fn check_readable(sink: &Sink, name: Name<'_>, channels: &Channels) {
    let Some(start) = name.text.strip_suffix('*') else {
        channels.find_input(sink, name);
        return;
    };
    if channels.any_starts_with(start) {
        return;
    }
    let message = format!("no input channel begins with `{start}`");
    if sink.is_full() {
        return sink.report(sink.error(name.span, message));
    }
    let mut owners: Vec<_> = channels
        .names(Some(Direction::Input))
        .filter_map(|channel| channel.split('.').next())
        .collect();
    owners.dedup();
    let owner = start.trim_end_matches('.');
    let nearest = names::nearest(owner, owners.iter().copied());
    let help = match nearest.filter(|nearest| *nearest != owner) {
        Some(nearest) => format!("did you mean `{nearest}.*`?"),
        None => format!("input channels begin with {}", names::list(owners)),
    };
    sink.report(sink.error(name.span, message).help(help));
}

fn check_topic(sink: &Sink, name: Name<'_>) {
    let bare = name.text.strip_suffix('*').unwrap_or(name.text);
    if name.text != "*" && !names::is_topic(bare) {
        let message = format!("\"{}\" cannot be a topic", name.text);
        let help = "a topic is made of letters, digits, `-`, `_`, `.` and `/`; a `*` at the end \
                    stands for any rest";
        sink.report(sink.error(name.span, message).help(help));
    }
}

/// Reports what cannot be a command of another plugin.
fn check_command(sink: &Sink, name: Name<'_>, own: &str, plugins: &BTreeSet<&str>) {
    const HELP: &str = "write `plugin/command`; a `*` at the end stands for any rest";
    if name.text == "*" {
        return;
    }
    let Some((plugin, _)) = name.text.split_once('/') else {
        let message = format!("\"{}\" cannot be a command of another plugin", name.text);
        sink.report(sink.error(name.span, message).help(HELP));
        return;
    };
    if plugin == own {
        let message = format!("\"{}\" is a command of this plugin itself", name.text);
        let help = "a plugin may start its own commands without being granted them";
        sink.report(sink.error(name.span, message).warning().help(help));
    } else if !plugins.contains(plugin) {
        let message = format!("there is no plugin `{plugin}`");
        let help = sink.suggest(plugin, "plugins", plugins.iter().copied());
        sink.report(sink.error(name.span, message).help(help));
    }
}

fn read_path(node: &Node<'_>, example: &str) -> Option<PathBuf> {
    let text = node.string(example)?;
    if text.is_empty() {
        let error = node.error(format!("`{}` is empty", node.path));
        let help = format!("write a path from the folder of this file, such as \"{example}\"");
        node.sink.report(error.help(help));
        return None;
    }
    Some(node.sink.source().resolve(text))
}

fn read_folder(mut table: Table<'_>) -> Option<FolderConfig> {
    let span = table.span;
    let path = table.required("path", "\"data\"");
    let write = table.optional("write").and_then(|node| node.boolean());
    let folder = path.and_then(|node| read_path(&node, "data"));
    table.finish();
    Some(FolderConfig {
        path: folder?,
        write: write.unwrap_or(false),
        without_links: false,
        span,
    })
}

fn read_digest(node: &Node<'_>) -> Option<[u8; 32]> {
    let text = node.string("sha256:…")?;
    let digest = text.strip_prefix("sha256:").and_then(parse_hex);
    if digest.is_none() {
        let message = format!("`{}` is not a SHA-256 digest", node.path);
        let help = "write \"sha256:\" and 64 hexadecimal digits; `gantry inspect` shows a file's";
        node.sink.report(node.error(message).help(help));
    }
    digest
}

fn parse_hex(text: &str) -> Option<[u8; 32]> {
    let mut digest = [0; 32];
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    for (index, byte) in digest.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok()?;
    }
    Some(digest)
}
