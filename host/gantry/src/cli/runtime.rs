//! The runtime of the plugins as the command line makes it: sized for a robot, with a cache and a
//! compiler.

use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow};
use gantry_plugin::{
    CacheConfig, CompileLimits, Compiler, CompilerProcess, Pins, Pool, Preemption, Runtime,
    RuntimeConfig, RuntimeError,
};

use super::{COMPILE_WORKER, Common, lock};
use crate::config::RobotConfig;
use crate::lock::Lock;
use crate::robot;

impl Common {
    /// A runtime for a robot, whose runs are pre-empted by time or by what repeats exactly.
    /// One for a locked robot compiles nothing.
    pub(super) fn runtime(
        &self,
        config: &RobotConfig,
        real_time: bool,
        locked: bool,
    ) -> anyhow::Result<Runtime> {
        let mut runtime = sized(config, real_time);
        runtime.cache = match locked {
            true => Some(CacheConfig {
                only: true,
                ..self.locked_code()?
            }),
            false => self.cache(),
        };
        start_runtime(runtime)
    }

    /// One for a robot that is being locked: the code of its plugins is kept there.
    pub(super) fn runtime_that_keeps(
        &self,
        config: &RobotConfig,
        real_time: bool,
        code: &CacheConfig,
    ) -> anyhow::Result<Runtime> {
        let mut runtime = sized(config, real_time);
        runtime.cache = self.cache();
        runtime.locked_code = Some(code.clone());
        start_runtime(runtime)
    }

    /// Where the code of locked robots is kept: with the secret, and so of this machine and this user,
    /// whatever becomes of the cache or of the robot's folder.
    pub(super) fn locked_code(&self) -> anyhow::Result<CacheConfig> {
        let state = own_state().context(
            "there is no folder for the code of locked robots; say where it is with XDG_STATE_HOME",
        )?;
        Ok(CacheConfig {
            folder: state.join("locked"),
            key: state.join("cache.key"),
            only: false,
        })
    }

    /// Notes that a locked robot was started, so that its code is kept wherever its folder is now.
    pub(super) fn note_start(&self, robot: &Path, runtime: &Runtime) {
        let lock = Lock::path_of(robot).ok();
        let lock = lock.and_then(|lock| lock::absolute(&lock).ok());
        if let (Some(lock), Ok(code)) = (lock, self.locked_code()) {
            Pins::new(&code.folder).renew(&lock, &runtime.code_used());
        }
    }

    /// Where compiled code is kept, and the secret that it is authenticated with, if anywhere.
    pub(super) fn cache(&self) -> Option<CacheConfig> {
        if self.no_cache {
            return None;
        }
        let own = dirs::cache_dir().map(|folder| folder.join("gantry"));
        Some(CacheConfig {
            folder: self.cache.clone().or(own)?,
            key: own_state()?.join("cache.key"),
            only: false,
        })
    }
}

/// The user's folder for what is of this machine, and not for others: what a home folder that is shared
/// has elsewhere.
fn own_state() -> Option<PathBuf> {
    let state = dirs::state_dir().or_else(dirs::data_local_dir)?;
    Some(state.join("gantry"))
}

/// Makes a runtime. If there is too little address space, the error says how much would do.
fn start_runtime(config: RuntimeConfig) -> anyhow::Result<Runtime> {
    let error = match Runtime::new(config) {
        Ok(runtime) => return Ok(runtime),
        Err(error) => error,
    };
    let remedy = match &error {
        RuntimeError::AddressSpace { .. } => format!("; {}", less_address_space(address_space())),
        _ => String::new(),
    };
    Err(anyhow!("cannot start the plugin runtime: {error}{remedy}"))
}

/// A runtime in which one plugin describes itself, and nothing else runs.
pub(super) fn for_one_plugin(cache: Option<CacheConfig>) -> anyhow::Result<Runtime> {
    let runtime = |pool| {
        Runtime::new(RuntimeConfig {
            pool,
            cache: cache.clone(),
            compiler: compiler(),
            ..RuntimeConfig::deterministic()
        })
    };
    let made = match runtime(Pool::for_runs(1)) {
        // Its code is another one then, which is slower.
        Err(RuntimeError::AddressSpace { .. }) => runtime(Pool::smallest()),
        made => made,
    };
    made.map_err(|error| match error {
        RuntimeError::AddressSpace { bytes, reason, .. } => {
            let needed = gigabytes(bytes + BESIDES_FOR_ONE);
            let limit = address_space().map_or_else(String::new, |limit| {
                format!(" from {} MB", limit / 1_000_000)
            });
            anyhow!(
                "cannot start the plugin runtime: looking at a plugin needs {needed} GB of address \
                 space ({reason}); {RAISE}{limit}"
            )
        }
        error => anyhow!("cannot start the plugin runtime: {error}"),
    })
}

/// Address space that the program needs besides: threads, and what they allocate.
const BESIDES: u64 = 4_000_000_000;
/// The same while it looks at one plugin.
const BESIDES_FOR_ONE: u64 = 500_000_000;

const RAISE: &str = "raise the limit on address space (`ulimit -v`, `LimitAS=` of systemd)";

fn gigabytes(bytes: u64) -> u64 {
    bytes.div_ceil(1_000_000_000)
}

/// What to do with a limit of so many bytes of address space, if it is known.
fn less_address_space(limit: Option<u64>) -> String {
    let needed = |live_runs| Pool::for_runs(live_runs).address_space() + BESIDES;
    let fitting = limit.map(|limit| (limit, Pool::fitting(limit.saturating_sub(BESIDES))));
    match fitting {
        Some((limit, Some(most))) => format!(
            "write `robot.live-runs = {most}` or less into robot.toml, which fits into the limit of {} GB, or \
             {RAISE}",
            limit / 1_000_000_000
        ),
        Some((limit, None)) => format!(
            "{RAISE}: it is {} GB, and `robot.live-runs = 1` needs {}",
            limit / 1_000_000_000,
            gigabytes(needed(1))
        ),
        None => format!(
            "write a smaller `robot.live-runs` into robot.toml (16 need {} GB), or {RAISE}",
            gigabytes(needed(16))
        ),
    }
}

/// The limit on the address space of this process, if there is one.
fn address_space() -> Option<u64> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, getrlimit};
        getrlimit(Resource::As).current
    }
    #[cfg(not(unix))]
    None
}

/// How a runtime for a robot is made.
fn sized(config: &RobotConfig, real_time: bool) -> RuntimeConfig {
    let runtime = if real_time {
        RuntimeConfig {
            preemption: Preemption::real_time(),
            ..RuntimeConfig::default()
        }
    } else {
        RuntimeConfig::deterministic()
    };
    let mut runtime = robot::sized(runtime, config);
    runtime.compiler = compiler();
    runtime.private = own_state().into_iter().collect();
    runtime
}

/// This program once more, which compiles one component within limits.
pub(super) fn compiler() -> Compiler {
    // The file of this program may have been replaced since, or removed.
    let own = Path::new("/proc/self/exe");
    let program = match own.exists() {
        true => Ok(own.to_owned()),
        false => std::env::current_exe(),
    };
    match program {
        Ok(program) => Compiler::Process(CompilerProcess {
            program,
            arguments: vec![COMPILE_WORKER.into()],
            limits: CompileLimits::default(),
        }),
        Err(error) => {
            tracing::warn!("components are compiled without limits: {error}");
            Compiler::Inside
        }
    }
}
