//! The runtime: one engine, one linker per version of the contract, and what all plugins share.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Instant;

use wasmtime::component::Linker;

use crate::cache::{Cache, CacheError};
use crate::compiler::{Cancellation, Compiler, Settings};
use crate::config::{Budget, CacheConfig, Pool, Preemption, RuntimeConfig};
use crate::contract::{self, ContractVersion};
use crate::load::{self, LoadError};
use crate::plugin::{Plugin, Shared};
use crate::policy::{Policy, Source};
use crate::robot::Robot;
use crate::run::{Alarm, Graveyard, Meter, RunState, Share, StoreMaker, WarmLimits};
use crate::ticker::Ticker;

/// Loads plugins and looks after their instances.
#[derive(Clone)]
pub struct Runtime(pub(crate) Arc<RuntimeShared>);

/// What all plugins of a runtime share.
pub(crate) struct RuntimeShared {
    pub(crate) maker: StoreMaker,
    pub(crate) preemption: Preemption,
    pub(crate) describe_budget: Budget,
    pub(crate) cache: Option<Cache>,
    pub(crate) locked_code: Option<Cache>,
    private: Vec<PathBuf>,
    pub(crate) compiler: Compiler,
    pub(crate) settings: Settings,
    pub(crate) graveyard: Arc<Graveyard>,
    pub(crate) share: Arc<Share>,
    /// How many instances are kept ready.
    pub(crate) warm: WarmLimits,
    /// Runs of one plugin that may be alive at once if it has no limit of its own, so that there
    /// is room for others.
    pub(crate) runs_per_plugin: u32,
    linkers: Vec<(ContractVersion, Linker<RunState>)>,
    /// The plugins that are kept warm.
    plugins: Mutex<Vec<Weak<Shared>>>,
    /// Counts epochs until the runtime is dropped.
    ticker: Option<Ticker>,
}

/// Why a runtime could not be made.
#[derive(Debug, thiserror::Error)]
pub enum RuntimeError {
    /// The engine refused its configuration.
    #[error("the WebAssembly engine cannot be made: {0}")]
    Engine(String),
    /// The address space for the pool cannot be set aside.
    #[error(
        "{} GB of address space cannot be set aside for {} live runs: {reason}",
        bytes.div_ceil(1_000_000_000),
        pool.live_runs
    )]
    AddressSpace {
        /// The pool.
        pool: Pool,
        /// About how many bytes.
        bytes: u64,
        /// What the system says.
        reason: String,
    },
    /// The cache for compiled code cannot be used.
    #[error("the cache for compiled code cannot be used: {0}")]
    Cache(CacheError),
    /// The thread that counts time could not be started.
    #[error("the thread that counts time slices cannot be started: {0}")]
    Ticker(std::io::Error),
}

impl Runtime {
    /// Sets an engine up and sets the pool's address space aside.
    pub fn new(config: RuntimeConfig) -> Result<Self, RuntimeError> {
        let failed = |error: wasmtime::Error| RuntimeError::Engine(format!("{error:#}"));
        let engine = crate::engine::engine(&config).map_err(|error| {
            // What differs between the two is what is set aside.
            match crate::engine::for_code(&Settings::of(&config)) {
                Ok(_) => RuntimeError::AddressSpace {
                    pool: config.pool,
                    bytes: config.pool.address_space(),
                    reason: format!("{error:#}"),
                },
                Err(_) => failed(error),
            }
        })?;
        let (meter, ticker) = match config.preemption {
            Preemption::Epoch { period } => {
                let ticker = Ticker::start(&engine, period).map_err(RuntimeError::Ticker)?;
                (Meter::Epoch(ticker.epoch()), Some(ticker))
            }
            Preemption::Fuel { quantum } => (Meter::Fuel(quantum.max(1), Alarm::of(&engine)), None),
        };
        let open = |config: Option<&CacheConfig>| match config {
            None => Ok(None),
            Some(config) => Cache::open(config, &engine)
                .map(Some)
                .map_err(RuntimeError::Cache),
        };
        let cache = open(config.cache.as_ref())?;
        let locked_code = open(config.locked_code.as_ref())?;
        let mut private = config.private.clone();
        for kept in [&config.cache, &config.locked_code].into_iter().flatten() {
            private.extend([kept.folder.clone(), kept.key.clone()]);
        }
        let mut linkers = Vec::new();
        for &version in ContractVersion::ALL {
            let mut linker = Linker::new(&engine);
            crate::wasi::link(&mut linker).map_err(failed)?;
            contract::link(version, &mut linker).map_err(failed)?;
            linkers.push((version, linker));
        }
        Ok(Self(Arc::new(RuntimeShared {
            maker: StoreMaker { engine, meter },
            preemption: config.preemption,
            describe_budget: config.describe_budget,
            cache,
            locked_code,
            private,
            settings: Settings::of(&config),
            compiler: config.compiler,
            graveyard: Arc::new(Graveyard::default()),
            share: Arc::new(Share::default()),
            warm: WarmLimits::new(
                config.pool.warm_together as usize,
                config.pool.warm as usize,
            ),
            runs_per_plugin: config.pool.runs_per_plugin(),
            linkers,
            plugins: Mutex::new(Vec::new()),
            ticker,
        })))
    }

    /// Loads a plugin. It can be registered then, which makes its commands known by name.
    pub fn load(
        &self,
        source: &Source,
        policy: &Policy,
        robot: &Robot,
    ) -> Result<Plugin, LoadError> {
        let plugin = load::load(&self.0, source, policy, robot, None)?;
        self.0.lock_plugins().push(Arc::downgrade(&plugin.0));
        Ok(plugin)
    }

    /// Loads a plugin beside a loop that is more important: a process that compiles it uses one
    /// processor at most, and gives way. It is ended when the load is canceled.
    pub fn load_in_background(
        &self,
        source: &Source,
        policy: &Policy,
        robot: &Robot,
        cancellation: &Cancellation,
    ) -> Result<Plugin, LoadError> {
        let plugin = load::load(&self.0, source, policy, robot, Some(cancellation))?;
        self.0.lock_plugins().push(Arc::downgrade(&plugin.0));
        Ok(plugin)
    }

    /// Names of the entries with the code of the plugins that were loaded: of
    /// [`locked_code`](RuntimeConfig::locked_code) or, if there is no such folder, of the cache. They
    /// are what [`Pins`](crate::Pins) takes.
    pub fn code_used(&self) -> BTreeSet<String> {
        let folder = self.0.locked_code.as_ref().or(self.0.cache.as_ref());
        folder.map_or_else(BTreeSet::new, Cache::used)
    }

    /// Files and folders of the host's own, which no plugin is to see: the code that it keeps, the secret
    /// that this is authenticated with, and [`private`](RuntimeConfig::private).
    pub fn private(&self) -> &[PathBuf] {
        &self.0.private
    }

    /// Calls `handler` with the name of a thread of the runtime that panics, or has panicked. Only the
    /// first handler is kept, and it is called from that thread.
    pub fn on_panic(&self, handler: impl Fn(&'static str) + Send + Sync + 'static) {
        if let Some(ticker) = &self.0.ticker {
            ticker.on_panic(Box::new(handler));
        }
    }

    /// Makes the thread that counts time slices panic, for tests of what becomes of it.
    #[doc(hidden)]
    pub fn inject_panic(&self) {
        if let Some(ticker) = &self.0.ticker {
            ticker.inject_panic();
        }
    }

    /// Clears away what is left of runs that are over, and makes instances ready for those to
    /// come. To be called between ticks; `maintain_until` bounds the time it takes.
    pub fn maintain(&self) {
        self.maintain_while(|| true);
    }

    /// The same, until it is done or this moment has come. Says whether it is done.
    pub fn maintain_until(&self, deadline: Instant) -> bool {
        self.maintain_while(|| Instant::now() < deadline)
    }

    fn maintain_while(&self, mut go_on: impl FnMut() -> bool) -> bool {
        loop {
            if !go_on() {
                return false;
            }
            if !self.0.graveyard.clear_one() {
                break;
            }
        }
        let plugins = self.0.plugins();
        // Who starts runs comes first, and has one each before a second.
        let used: Vec<&Arc<Shared>> = plugins.iter().filter(|plugin| plugin.is_used()).collect();
        let all: Vec<&Arc<Shared>> = plugins.iter().collect();
        for (plugins, exchange) in [(used, true), (all, false)] {
            let mut made = true;
            while std::mem::take(&mut made) {
                for plugin in &plugins {
                    // Not used any more once it has been given one, so that no two of them take
                    // turns at one place.
                    if plugin.warm_one(exchange && plugin.is_used()) {
                        made = true;
                        if !go_on() {
                            return false;
                        }
                    }
                }
            }
        }
        true
    }
}

impl std::fmt::Debug for Runtime {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runtime")
            .field("preemption", &self.0.preemption)
            .finish_non_exhaustive()
    }
}

impl RuntimeShared {
    pub(crate) fn linker(&self, version: ContractVersion) -> &Linker<RunState> {
        let linker = self.linkers.iter().find(|(linked, _)| *linked == version);
        // `new` makes one for every version there is.
        &linker.unwrap_or(&self.linkers[0]).1
    }

    /// The plugins that are loaded, in the order of loading.
    fn plugins(&self) -> Vec<Arc<Shared>> {
        let mut plugins = self.lock_plugins();
        plugins.retain(|plugin| plugin.strong_count() > 0);
        plugins.iter().filter_map(Weak::upgrade).collect()
    }

    /// Makes room in the pool for an instance that is needed now: what is over goes first, then what
    /// is only kept ready. Says whether there was any of it.
    pub(crate) fn make_room(&self) -> bool {
        if self.graveyard.len() > 0 {
            self.graveyard.clear();
            return true;
        }
        self.drop_oldest_warm()
    }

    /// Drops the instance that has been ready longest. Says whether there was one.
    pub(crate) fn drop_oldest_warm(&self) -> bool {
        let plugins = self.plugins();
        let oldest = plugins
            .iter()
            .filter_map(|plugin| Some((plugin.warm.oldest()?, plugin)))
            .min_by_key(|(number, _)| *number);
        oldest.is_some_and(|(_, plugin)| plugin.warm.drop_oldest())
    }

    fn lock_plugins(&self) -> std::sync::MutexGuard<'_, Vec<Weak<Shared>>> {
        self.plugins.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
