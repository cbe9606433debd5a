//! The plugin runtime: commands that run inside WebAssembly components.

mod cache;
mod capabilities;
mod config;
mod contract;
mod description;
mod engine;
mod inspect;
mod load;
mod log;
mod nearest;
mod plugin;
mod policy;
mod registry;
mod robot;
mod run;
mod runtime;
mod ticker;
mod topics;
mod wasi;

pub use config::{Budget, Limits, Pool, Preemption, RuntimeConfig};
pub use contract::{ContractVersion, VersionError};
pub use description::{Definition, Description, Kind, Parameter};
pub use inspect::Inspection;
pub use load::{LoadError, LoadErrorKind, Sizes, Stage};
pub use log::{Level, LogLine, LogSink, MAX_LINE_BYTES};
pub use plugin::{Plugin, Statistics};
pub use policy::{Folder, Pattern, Policy, Source};
pub use registry::{LookupError, Registry};
pub use robot::{Robot, TickClock};
pub use runtime::{Runtime, RuntimeError};
pub use topics::{MAX_TOPICS, MAX_VALUE_BYTES, TopicError, TopicId, Topics};
