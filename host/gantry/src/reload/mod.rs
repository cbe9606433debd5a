//! Plugins whose files change while the robot runs.
//!
//! A thread looks at the files; what has changed is read once, and those bytes are digested,
//! validated, compiled, described and compared with the grants by one of a few other threads, so that
//! one plugin does not wait for another that is slow to compile. The loop only puts the result in its
//! place. Files are polled, because not every file system tells of its changes: network drives and
//! what is mounted into containers do not.

mod watched;

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context;
use gantry_plugin::{Cancellation, Folder, Runtime, Source, spawn_thread};

use crate::config::{ReloadConfig, RobotConfig};
use crate::operator::Guard;
use crate::robot::{Remains, Replacement, Robot};

use watched::Watched;

/// From one look at the files to the next. What has changed is read when two looks agree.
const INTERVAL: Duration = Duration::from_millis(50);
/// How many plugins are loaded at a time. More would take the processors from each other, and from
/// the loop.
const LOADERS: usize = 2;

/// The loop's end of the thread that watches the files. The thread ends when this is dropped, and
/// what is being compiled then is given up.
pub(crate) struct Reloader {
    news: mpsc::Receiver<News>,
    remains: mpsc::Sender<Remains>,
}

/// What the threads have to tell.
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
        let (jobs, job_receiver) = mpsc::channel();
        let (done_sender, done) = mpsc::channel();
        let loader = Arc::new(Loader {
            config: robot.config().clone(),
            runtime: robot.runtime().clone(),
            surroundings: robot.plugins().clone(),
            folders: robot.folders().clone(),
            jobs: Mutex::new(job_receiver),
        });
        let start = |name: &'static str, thread: Box<dyn FnOnce() + Send>| {
            let guard = Guard::new(robot.stop().clone(), name);
            let started = spawn_thread(name, move || {
                let _guard = guard;
                thread();
            });
            started.context("cannot start the threads that reload plugins")
        };
        for _ in 0..LOADERS {
            let (loader, news, done) = (loader.clone(), news_sender.clone(), done_sender.clone());
            start("load", Box::new(move || loader.run(&news, &done)))?;
        }
        let mut watcher = Watcher {
            watched,
            news: news_sender,
            jobs,
            done,
            loading: HashMap::new(),
        };
        start("reload", Box::new(move || watcher.run(&old)))?;
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

/// The thread that looks at the files.
struct Watcher {
    watched: Vec<Watched>,
    news: mpsc::Sender<News>,
    jobs: mpsc::Sender<Job>,
    done: mpsc::Receiver<Done>,
    /// What is waiting to be loaded or being loaded, by its place in `watched`.
    loading: HashMap<usize, Cancellation>,
}

/// Files that are to be loaded.
struct Job {
    /// The plugin's place in [`Watcher::watched`].
    index: usize,
    source: Source,
    cancellation: Cancellation,
}

/// A job that is over.
struct Done {
    index: usize,
    /// The component's digest, if it was loaded.
    loaded: Option<String>,
}

impl Watcher {
    /// Looks at the files, and drops what is left of plugins, until the robot is over.
    fn run(&mut self, old: &mpsc::Receiver<Remains>) {
        loop {
            match old.recv_timeout(INTERVAL) {
                Ok(remains) => drop(remains),
                Err(RecvTimeoutError::Disconnected) => {
                    self.loading.values().for_each(Cancellation::cancel);
                    return;
                }
                Err(RecvTimeoutError::Timeout) => {
                    while let Ok(done) = self.done.try_recv() {
                        self.loading.remove(&done.index);
                        if let Some(digest) = done.loaded {
                            self.watched[done.index].is_loaded(digest);
                        }
                    }
                    for index in 0..self.watched.len() {
                        self.look(index);
                    }
                }
            }
        }
    }

    fn look(&mut self, index: usize) {
        let watched = &mut self.watched[index];
        if let Some(cancellation) = self.loading.get(&index) {
            // Whoever puts another file there does not have to wait for this one.
            if !cancellation.is_canceled() && watched.is_outdated() {
                cancellation.cancel();
            }
            return;
        }
        match watched.look() {
            None => {}
            Some(Ok(source)) => {
                tracing::debug!("loading {}", watched.name);
                let cancellation = Cancellation::default();
                self.loading.insert(index, cancellation.clone());
                // Without loaders, the robot is over.
                let _ = self.jobs.send(Job {
                    index,
                    source,
                    cancellation,
                });
            }
            Some(Err(reason)) => {
                let plugin = watched.name.clone();
                // Without a loop, nobody wants to know.
                let _ = self.news.send(News::Refused { plugin, reason });
            }
        }
    }
}

/// What the threads share that load plugins.
struct Loader {
    config: RobotConfig,
    runtime: Runtime,
    surroundings: gantry_plugin::Robot,
    folders: BTreeMap<String, Folder>,
    jobs: Mutex<mpsc::Receiver<Job>>,
}

impl Loader {
    /// Loads one plugin after the other, until the robot is over.
    fn run(&self, news: &mpsc::Sender<News>, done: &mpsc::Sender<Done>) {
        // A compiler in this process would use every processor. With a pool of this thread alone,
        // the others are left to the loop.
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(1)
            .use_current_thread()
            .build();
        if let Err(error) = &pool {
            tracing::debug!("compiling on all processors: {error}");
        }
        loop {
            let job = {
                let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
                jobs.recv()
            };
            let Ok(job) = job else { return };
            let result = self.load(&job);
            // What was given up is neither loaded nor refused.
            let given_up = job.cancellation.is_canceled();
            let loaded = (result.is_ok() && !given_up).then(|| job.source.digest());
            if !given_up {
                // Without a loop, nobody wants to know.
                let _ = news.send(match result {
                    Ok(replacement) => News::Ready(Box::new(replacement)),
                    Err(reason) => News::Refused {
                        plugin: job.source.name.clone(),
                        reason,
                    },
                });
            }
            let index = job.index;
            if done.send(Done { index, loaded }).is_err() {
                return;
            }
        }
    }

    fn load(&self, job: &Job) -> Result<Replacement, String> {
        let plugins = &self.config.plugins;
        let plugin = plugins
            .iter()
            .find(|plugin| plugin.name == job.source.name)
            .ok_or("it is not in the robot's file")?;
        // Whatever a file makes the compiler do, the robot and this thread go on.
        let prepared = catch_unwind(AssertUnwindSafe(|| {
            let surroundings = &self.surroundings;
            Replacement::prepare(
                &self.config,
                plugin,
                &job.source,
                self.folders.get(&plugin.name).cloned(),
                &self.runtime,
                surroundings,
                &job.cancellation,
            )
        }));
        prepared.unwrap_or_else(|_| Err("loading it panicked, which is a bug of gantry".to_owned()))
    }
}
