//! The plugin runtime: commands that run inside WebAssembly components.
//!
//! ```no_run
//! use std::sync::Arc;
//! use std::time::Duration;
//!
//! use gantry_hardware::ImageBuilder;
//! use gantry_plugin::{LogLine, LogSink, Policy, Robot, Runtime, RuntimeConfig, Source};
//! use gantry_scheduler::{Mechanisms, Scheduler};
//!
//! struct Print;
//! impl LogSink for Print {
//!     fn line(&self, line: &LogLine<'_>) {
//!         println!("{} {}", line.command, line.text);
//!     }
//! }
//!
//! let mechanisms = Arc::new(Mechanisms::new(["arm"])?);
//! let image = Arc::new(ImageBuilder::new().build());
//! let period = Duration::from_millis(20);
//! let robot = Robot::new(mechanisms.clone(), image, Arc::new(Print), period, 7);
//! let runtime = Runtime::new(RuntimeConfig::default())?;
//!
//! let source = Source::read("arm-kit", "plugins/arm-kit.wasm".as_ref())?;
//! let policy = Policy { mechanisms: vec!["arm".to_owned()], ..Policy::default() };
//! robot.registry.insert(runtime.load(&source, &policy, &robot)?);
//!
//! let mut scheduler = Scheduler::new(mechanisms, Box::new(()));
//! scheduler.schedule(&robot.registry.command("arm-kit/raise", Vec::new())?);
//! for number in 0..50 {
//!     let time = period * number;
//!     robot.clock.set(gantry_scheduler::Tick { number: number.into(), time });
//!     scheduler.tick(time);
//!     runtime.maintain();
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Entry points: [`Runtime::load`] is the pipeline of `load/`, stage by stage; a command that
//! [`Registry::command`] makes starts a coroutine of `run/`, which owns one store; what a guest
//! calls arrives in `contract/`, is converted there and only there, and ends in `capabilities/`,
//! where grants are checked. `wasi/` is a closed WASI.
//!
//! What is not here: the rules of scheduling, drivers, `robot.toml`, and any thread but the one
//! that counts time slices. No other crate names wasmtime, and no type of it is public here.

mod cache;
mod capabilities;
mod compiler;
mod config;
mod contract;
mod description;
mod engine;
mod escape;
mod exceeded;
mod folder;
mod inspect;
mod load;
mod log;
mod log_gate;
mod nearest;
mod plugin;
mod policy;
mod quarantine;
mod registry;
mod robot;
mod run;
mod runtime;
mod signature;
mod threads;
mod ticker;
mod topics;
mod wasi;

pub use cache::{CacheError, NotCached, Pins};
pub use compiler::{
    Cancellation, CompileFailure, CompileLimits, Compiler, CompilerProcess, compile_worker,
};
pub use config::{Budget, CacheConfig, Limits, Pool, Preemption, QuarantineLimits, RuntimeConfig};
pub use contract::{ContractVersion, VersionError};
pub use description::{Definition, Description, Kind, Parameter};
pub use escape::{escape_json, escape_line, escape_lines};
pub use exceeded::{Exceeded, Limit};
pub use folder::{Folder, FolderId};
pub use inspect::{Asks, GrantKind, GrantStatus, GrantUse, Inspection, SignatureReport};
pub use load::{
    Admission, LoadError, LoadErrorKind, Sizes, Stage, TooLarge, read_at_most, read_file,
};
pub use log::{Level, LogLine, LogSink, MAX_LINE_BYTES};
pub use plugin::{Plugin, Statistics};
pub use policy::{Pattern, Policy, Source};
pub use quarantine::Verdict;
pub use registry::{LookupError, Registry};
pub use robot::{Robot, TickClock};
pub use runtime::{Runtime, RuntimeError};
pub use signature::{
    Access, Declared, DeclaredError, KeyId, MAX_SIGNATURE_BYTES, NoKey, SIGNATURE_SUFFIX,
    SignatureError, Signed, Trust, TrustedKey,
};
pub use threads::spawn_thread;
pub use topics::{MAX_TOPICS, MAX_VALUE_BYTES, Publication, TopicError, TopicId, Topics};
