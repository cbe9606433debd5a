//! The folders that plugins may see: opened once, and held apart from each other and from the robot.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, ErrorKind};
use std::path::Path;

use gantry_plugin::{Folder, FolderId};

use crate::config::{Diagnostic, FolderConfig, PluginConfig, RobotConfig};

/// What the host's own files are called.
const HOSTS: &str = "what Gantry keeps for itself";

/// The folders that were granted, open, by the plugins' names.
pub(super) type Granted = BTreeMap<String, Folder>;

/// The folders of a robot's plugins.
#[derive(Debug, Default)]
pub(super) struct Folders<'a> {
    grants: Vec<Grant<'a>>,
    /// By what they are, as one folder may be granted to several.
    known: HashMap<FolderId, Shared>,
}

/// Those who are granted one folder, as places in `grants`.
#[derive(Debug, Default)]
struct Shared {
    places: Vec<usize>,
    /// The first that may write.
    writer: Option<usize>,
}

#[derive(Debug)]
struct Grant<'a> {
    plugin: &'a PluginConfig,
    grant: &'a FolderConfig,
    folder: Folder,
    /// Itself and the folders that it lies in.
    holders: Vec<FolderId>,
    /// The folders with the links on the way to it, and those that they lie in.
    links: Vec<FolderId>,
}

impl<'a> Folders<'a> {
    /// Opens every folder that is granted, and reports those that overlap, and those in which files of
    /// the robot or of the host lie: `private` are the host's.
    pub(super) fn open(
        config: &'a RobotConfig,
        private: &[impl AsRef<Path>],
    ) -> (Self, Vec<Diagnostic>) {
        let mut folders = Self::default();
        let mut wrong = Vec::new();
        for plugin in &config.plugins {
            let Some(grant) = &plugin.folder else {
                continue;
            };
            match opened(grant) {
                Ok((folder, holders)) => {
                    let place = folders.grants.len();
                    let shared = folders.known.entry(holders[0]).or_default();
                    shared.places.push(place);
                    if folder.write {
                        shared.writer.get_or_insert(place);
                    }
                    let mut links = FolderId::holders_of(&grant.path);
                    links.retain(|id| !holders.contains(id));
                    folders.grants.push(Grant {
                        plugin,
                        grant,
                        folder,
                        holders,
                        links,
                    });
                }
                Err(error) => wrong.push(cannot_open(config, plugin, grant, &error)),
            }
        }
        if !folders.grants.is_empty() {
            folders.report_overlaps(config, &mut wrong);
            folders.report_own(config, private, &mut wrong);
        }
        (folders, wrong)
    }

    /// The folders, open, by the plugins' names.
    pub(super) fn into_granted(self) -> Granted {
        let granted = self.grants.into_iter();
        let named = granted.map(|grant| (grant.plugin.name.clone(), grant.folder));
        named.collect()
    }

    /// Two plugins may look at one folder. Where one of them writes, what the other sees would be in
    /// its hands.
    fn report_overlaps(&self, config: &RobotConfig, wrong: &mut Vec<Diagnostic>) {
        for (place, inner) in self.grants.iter().enumerate() {
            let Some((relation, outer)) = self.overlap(place, inner) else {
                continue;
            };
            let writer = match outer.folder.write {
                true => &outer.plugin.name,
                false => &inner.plugin.name,
            };
            let message = format!(
                "the folder `{}` of plugin `{}` {relation} the folder `{}` of plugin `{}`, and `{writer}` \
                 may write there",
                inner.folder.path.display(),
                inner.plugin.name,
                outer.folder.path.display(),
                outer.plugin.name,
            );
            let help =
                "give each of them a folder of its own; plugins that only read may share one";
            wrong.push(config.diagnostic(inner.grant.span, message, Some(help.to_owned())));
        }
    }

    /// The folder that this one is in conflict with, and how it is related to it. Of two that are the same,
    /// the later one is.
    fn overlap(&self, place: usize, inner: &Grant<'a>) -> Option<(&'static str, &Grant<'a>)> {
        let holders = inner.holders.iter().enumerate();
        let holders = holders.map(|(at, id)| match at {
            0 => ("is", id),
            _ => ("lies in", id),
        });
        let links = inner.links.iter().map(|id| ("is reached by a link in", id));
        for (relation, id) in holders.chain(links) {
            let Some(shared) = self.known.get(id) else {
                continue;
            };
            // Whoever has the folder with a link only reads through it is of no matter to that.
            let other = match inner.folder.write && relation != "is reached by a link in" {
                true => shared.places.first().copied(),
                false => shared.writer,
            };
            let is_told = |other: &usize| relation != "is" || *other < place;
            if let Some(other) = other.filter(|other| *other != place).filter(is_told) {
                return Some((relation, &self.grants[other]));
            }
        }
        None
    }

    /// A plugin that sees the robot's own files could read secrets and, if it writes, make itself into
    /// another robot.
    fn report_own(
        &self,
        config: &RobotConfig,
        private: &[impl AsRef<Path>],
        wrong: &mut Vec<Diagnostic>,
    ) {
        let own = config.own_files();
        let files = own
            .iter()
            .map(|own| (own.path.as_path(), own.what.as_str()));
        let private = private.iter().map(|path| path.as_ref());
        let host = private.map(|path| (path, HOSTS));
        let mut told = vec![false; self.grants.len()];
        let mut tell = |place: usize, relation: &str, (path, what): (&Path, &str)| {
            if std::mem::replace(&mut told[place], true) {
                return;
            }
            let Grant { plugin, grant, .. } = &self.grants[place];
            let message = format!(
                "the folder `{}` of plugin `{}` {relation} {what}: {}",
                grant.path.display(),
                plugin.name,
                path.display()
            );
            let help = match what {
                HOSTS => {
                    "give the plugin a folder of its own, or put that elsewhere (`--cache`, XDG_STATE_HOME)"
                }
                _ => {
                    "give the plugin a folder of its own, such as `data`, in which nothing else is"
                }
            };
            wrong.push(config.diagnostic(grant.span, message, Some(help.to_owned())));
        };
        // Those of which nothing was told yet.
        let mut known: HashMap<_, _> = self.known.iter().collect();
        for (path, what) in files.chain(host.clone()) {
            for id in FolderId::holders_of(path) {
                for place in known
                    .remove(&id)
                    .into_iter()
                    .flat_map(|shared| &shared.places)
                {
                    tell(*place, "holds", (path, what));
                }
            }
        }
        for (path, what) in host {
            let mut host = Folder::new(path, false);
            let Some(id) = host.open().and_then(|()| host.holders()).ok() else {
                continue;
            };
            for (place, granted) in self.grants.iter().enumerate() {
                if granted.holders.contains(&id[0]) {
                    tell(place, "lies in", (path, what));
                }
            }
        }
    }
}

fn opened(grant: &FolderConfig) -> io::Result<(Folder, Vec<FolderId>)> {
    let mut folder = Folder::new(&grant.path, grant.write);
    match grant.without_links {
        true => folder.open_without_links()?,
        false => folder.open()?,
    }
    let holders = folder.holders()?;
    Ok((folder, holders))
}

fn cannot_open(
    config: &RobotConfig,
    plugin: &PluginConfig,
    grant: &FolderConfig,
    error: &io::Error,
) -> Diagnostic {
    let reason = match error.kind() {
        ErrorKind::NotADirectory if grant.without_links => {
            "it is not a folder, or a link leads to it: a locked robot follows none".to_owned()
        }
        ErrorKind::NotADirectory => "it is not a folder".to_owned(),
        _ => error.to_string(),
    };
    let message = format!(
        "the folder `{}` cannot be granted to plugin `{}`: {reason}",
        grant.path.display(),
        plugin.name,
    );
    let help = match error.kind() {
        ErrorKind::NotFound => "make it, or take the grant out",
        ErrorKind::NotADirectory => "name a folder, or take the grant out",
        ErrorKind::PermissionDenied => "let whoever runs Gantry read it, or take the grant out",
        _ => "name a folder that can be opened, or take the grant out",
    };
    config.diagnostic(grant.span, message, Some(help.to_owned()))
}
