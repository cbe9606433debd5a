//! Plugins whose files change while the robot runs.
//!
//! A thread looks at the files; what has changed is read once, and those bytes are digested,
//! validated, compiled, described and compared with the grants there. The loop only puts the result
//! in its place. Files are polled, because not every file system tells of its changes: network
//! drives and what is mounted into containers do not.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant, SystemTime};

use anyhow::Context;
use gantry_plugin::{Runtime, Source};

use crate::config::{PluginConfig, ReloadConfig, RobotConfig};
use crate::operator::Guard;
use crate::robot::{Remains, Replacement, Robot};

/// From one look at the files to the next. What has changed is read when two looks agree.
const INTERVAL: Duration = Duration::from_millis(50);
/// File systems note the times of changes in steps of up to 2 s: a file that was read sooner after
/// its last change is read once more then, even if it looks the same.
const TIME_STEP: Duration = Duration::from_secs(2);
/// Tools remove a file before they write it anew: for so long nothing is said.
const GRACE: Duration = Duration::from_secs(1);

/// The loop's end of the thread that watches the files. The thread ends when this is dropped.
pub(crate) struct Reloader {
    news: mpsc::Receiver<News>,
    remains: mpsc::Sender<Remains>,
}

/// What the thread has to tell.
enum News {
    Ready(Box<Replacement>),
    Refused { plugin: String, reason: String },
}

impl Reloader {
    /// Watches the plugins of a robot; none if none of them is to be reloaded.
    pub(crate) fn watch(robot: &Robot) -> anyhow::Result<Option<Self>> {
        let plugins = robot.plugins().registry.plugins();
        let watched: Vec<Watched> = (robot.config().plugins.iter())
            .filter(|plugin| plugin.reload != ReloadConfig::Off)
            .filter_map(|plugin| {
                let loaded = plugins.get(&plugin.name)?;
                Some(Watched::new(plugin, loaded.digest()))
            })
            .collect();
        if watched.is_empty() {
            return Ok(None);
        }
        let (news_sender, news) = mpsc::channel();
        let (remains, old) = mpsc::channel();
        let mut watcher = Watcher {
            config: robot.config().clone(),
            runtime: robot.runtime().clone(),
            surroundings: robot.plugins().clone(),
            watched,
            news: news_sender,
        };
        let guard = Guard::new(robot.stop().clone(), "reload");
        std::thread::Builder::new()
            .name("reload".to_owned())
            .spawn(move || {
                let _guard = guard;
                watcher.run(&old);
            })
            .context("cannot start the thread that watches plugins")?;
        Ok(Some(Self { news, remains }))
    }

    /// Puts a plugin in place that has become ready. One at a time, for each takes a little of the
    /// time between two ticks.
    pub(crate) fn apply(&self, robot: &mut Robot) {
        match self.news.try_recv() {
            Ok(News::Ready(replacement)) => {
                let remains = robot.replace(*replacement);
                // If the thread is gone, they are dropped here.
                let _ = self.remains.send(remains);
            }
            Ok(News::Refused { plugin, reason }) => robot.refuse_reload(&plugin, &reason),
            Err(_) => {}
        }
    }
}

/// The thread's side.
struct Watcher {
    config: RobotConfig,
    runtime: Runtime,
    surroundings: gantry_plugin::Robot,
    watched: Vec<Watched>,
    news: mpsc::Sender<News>,
}

impl Watcher {
    /// Looks at the files, and drops what is left of plugins, until the robot is over.
    fn run(&mut self, old: &mpsc::Receiver<Remains>) {
        // The compiler would use every processor. With a pool of this thread alone, the others are
        // left to the loop.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .use_current_thread()
            .build();
        if let Err(error) = &pool {
            tracing::debug!("compiling on all processors: {error}");
        }
        loop {
            match old.recv_timeout(INTERVAL) {
                Ok(remains) => drop(remains),
                Err(RecvTimeoutError::Disconnected) => return,
                Err(RecvTimeoutError::Timeout) => {
                    for index in 0..self.watched.len() {
                        self.look(index);
                    }
                }
            }
        }
    }

    fn look(&mut self, index: usize) {
        let watched = &mut self.watched[index];
        let news = match watched.look() {
            None => return,
            Some(Ok(source)) => self.load(index, &source),
            Some(Err(reason)) => Err(reason),
        };
        let news = match news {
            Ok(replacement) => News::Ready(Box::new(replacement)),
            Err(reason) => News::Refused {
                plugin: self.watched[index].name.clone(),
                reason,
            },
        };
        // Without a loop, nobody wants to know.
        let _ = self.news.send(news);
    }

    fn load(&mut self, index: usize, source: &Source) -> Result<Replacement, String> {
        let plugins = &self.config.plugins;
        let plugin = plugins
            .iter()
            .find(|plugin| plugin.name == source.name)
            .ok_or("it is not in the robot's file")?;
        // Whatever a file makes the compiler do, the robot and this thread go on.
        let prepared = catch_unwind(AssertUnwindSafe(|| {
            let (runtime, surroundings) = (&self.runtime, &self.surroundings);
            Replacement::prepare(&self.config, plugin, source, runtime, surroundings)
        }));
        let prepared = prepared
            .unwrap_or_else(|_| Err("loading it panicked, which is a bug of gantry".to_owned()))?;
        self.watched[index].loaded = source.digest();
        Ok(prepared)
    }
}

/// A file, and what was seen of it.
struct Watched {
    name: String,
    file: PathBuf,
    /// What it looked like at the last look, and since when.
    seen: Option<(Result<Stamp, String>, Instant)>,
    /// What it looked like when it was last read, and whether any change since would show.
    read: Option<(Stamp, bool)>,
    /// Digest of the bytes that are loaded.
    loaded: String,
    /// What was refused last, by its digest or by why it cannot be read: it is told once.
    refused: Option<String>,
}

/// What can be seen of a file without reading it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Stamp {
    size: u64,
    modified: Option<SystemTime>,
    /// Another one when the file was replaced by renaming.
    inode: u64,
}

impl Watched {
    fn new(plugin: &PluginConfig, digest: &str) -> Self {
        Self {
            name: plugin.name.clone(),
            file: plugin.file.clone(),
            seen: None,
            read: None,
            loaded: digest.to_owned(),
            refused: None,
        }
    }

    /// The file's bytes, if they are others than those that are loaded and than those that were
    /// refused; or why there are none.
    fn look(&mut self) -> Option<Result<Source, String>> {
        let now = Stamp::of(&self.file);
        let since = match &self.seen {
            Some((before, since)) if *before == now => *since,
            _ => {
                // It may be in the middle of being written.
                self.seen = Some((now, Instant::now()));
                return None;
            }
        };
        let stamp = match now {
            Ok(stamp) => stamp,
            Err(_) if since.elapsed() < GRACE => return None,
            Err(reason) => return self.refuse(&reason.clone(), Err(reason)),
        };
        let settled = since.elapsed() > TIME_STEP;
        if self.read == Some((stamp, true)) || self.read == Some((stamp, settled)) {
            return None;
        }
        let source = match Source::read(self.name.as_str(), &self.file) {
            Ok(source) => source,
            Err(error) => {
                let reason = error.kind.to_string();
                return self.refuse(&reason.clone(), Err(reason));
            }
        };
        if Stamp::of(&self.file) != Ok(stamp) {
            // It was changed while it was read: the next looks will see.
            return None;
        }
        self.read = Some((stamp, settled));
        let digest = source.digest();
        if digest == self.loaded {
            self.refused = None;
            return None;
        }
        self.refuse(&digest, Ok(source))
    }

    /// What has come out, unless that was told already. What is loaded after all is not refused,
    /// and is not looked at again for being loaded.
    fn refuse<T>(&mut self, what: &str, told: T) -> Option<T> {
        if self.refused.as_deref() == Some(what) {
            return None;
        }
        self.refused = Some(what.to_owned());
        Some(told)
    }
}

impl Stamp {
    fn of(file: &Path) -> Result<Self, String> {
        let metadata = std::fs::metadata(file).map_err(|error| error.to_string())?;
        if !metadata.is_file() {
            return Err("it is not a file".to_owned());
        }
        #[cfg(unix)]
        let inode = std::os::unix::fs::MetadataExt::ino(&metadata);
        #[cfg(not(unix))]
        let inode = 0;
        Ok(Self {
            size: metadata.len(),
            modified: metadata.modified().ok(),
            inode,
        })
    }
}
