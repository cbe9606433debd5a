//! The folders that plugins may see: opened once, and held apart from each other and from the robot.

use std::collections::HashMap;
use std::io::{self, ErrorKind};
use std::path::Path;

use gantry_plugin::{Folder, FolderId};

use crate::config::{Diagnostic, FolderConfig, PluginConfig, RobotConfig};

/// The folders of a robot's plugins.
#[derive(Debug, Default)]
pub(super) struct Folders<'a> {
    granted: Vec<Granted<'a>>,
    /// By what they are, places in `granted`: one folder may be granted twice.
    known: HashMap<FolderId, Vec<usize>>,
}

#[derive(Debug)]
struct Granted<'a> {
    plugin: &'a PluginConfig,
    grant: &'a FolderConfig,
    folder: Folder,
    /// Itself and the folders that it lies in.
    holders: Vec<FolderId>,
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
                    let place = folders.granted.len();
                    folders.known.entry(holders[0]).or_default().push(place);
                    folders.granted.push(Granted {
                        plugin,
                        grant,
                        folder,
                        holders,
                    });
                }
                Err(error) => wrong.push(cannot_open(config, plugin, grant, &error)),
            }
        }
        if !folders.granted.is_empty() {
            folders.report_overlaps(config, &mut wrong);
            folders.report_own(config, private, &mut wrong);
        }
        (folders, wrong)
    }

    /// The folder of a plugin, open; none if it has none, or if there is something wrong with it.
    pub(super) fn of(&self, plugin: &PluginConfig) -> Option<Folder> {
        let mut granted = self.granted.iter();
        let found = granted.find(|granted| granted.plugin.name == plugin.name);
        found.map(|granted| granted.folder.clone())
    }

    /// Two plugins may look at one folder. Where one of them writes, what the other sees would be in
    /// its hands.
    fn report_overlaps(&self, config: &RobotConfig, wrong: &mut Vec<Diagnostic>) {
        for (place, inner) in self.granted.iter().enumerate() {
            let outer = inner.holders.iter().filter_map(|id| self.known.get(id));
            let other = outer.flatten().map(|at| (*at, &self.granted[*at]));
            let mut other = other.filter(|(at, outer)| {
                let is_same = outer.holders[0] == inner.holders[0];
                // Of two that are the same, one report, at the later one.
                let is_told = *at != place && (!is_same || *at < place);
                is_told && (inner.folder.write || outer.folder.write)
            });
            let Some((_, outer)) = other.next() else {
                continue;
            };
            let relation = match outer.holders[0] == inner.holders[0] {
                true => "is",
                false => "lies in",
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
        let host = private.map(|path| (path, "what Gantry keeps for itself"));
        let mut told = vec![false; self.granted.len()];
        let mut tell = |place: usize, relation: &str, (path, what): (&Path, &str)| {
            if std::mem::replace(&mut told[place], true) {
                return;
            }
            let Granted { plugin, grant, .. } = &self.granted[place];
            let message = format!(
                "the folder `{}` of plugin `{}` {relation} {what}: {}",
                grant.path.display(),
                plugin.name,
                path.display()
            );
            let help =
                "give the plugin a folder of its own, such as `data`, in which nothing else is";
            wrong.push(config.diagnostic(grant.span, message, Some(help.to_owned())));
        };
        for (path, what) in files.chain(host.clone()) {
            for id in FolderId::holders_of(path) {
                for place in self.known.get(&id).into_iter().flatten() {
                    tell(*place, "holds", (path, what));
                }
            }
        }
        for (path, what) in host {
            let mut host = Folder::new(path, false);
            let Some(id) = host.open().and_then(|()| host.holders()).ok() else {
                continue;
            };
            for (place, granted) in self.granted.iter().enumerate() {
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
    let help = "make it, or take the grant out".to_owned();
    config.diagnostic(grant.span, message, Some(help))
}
