//! What the fuzz targets share: a runtime without a clock, and files that are built in.
//!
//! ```
//! use gantry_fuzz::{Embedded, Silence, runtime};
//! use gantry::robot::PluginFiles;
//!
//! assert!(Embedded.read("plugins/leds.wasm".as_ref()).is_ok());
//! let _ = (runtime(16), Silence);
//! ```

pub mod component;
pub mod scene;

use std::io;
use std::path::Path;
use std::sync::OnceLock;

use gantry::robot::PluginFiles;
use gantry_plugin::{CacheConfig, LogLine, LogSink, Pool, Runtime, RuntimeConfig, Source};

/// Nobody reads what guests log.
#[derive(Debug)]
pub struct Silence;

impl LogSink for Silence {
    fn line(&self, _: &LogLine<'_>) {}
}

/// A runtime whose runs do the same every time, and that compiles what it has seen no second time.
pub fn runtime(live_runs: u32) -> Runtime {
    static FOLDER: OnceLock<tempfile::TempDir> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| tempfile::tempdir().expect("a folder"));
    Runtime::new(RuntimeConfig {
        pool: Pool::for_runs(live_runs),
        cache: Some(CacheConfig {
            folder: folder.path().join("compiled"),
            key: folder.path().join("key"),
            only: false,
        }),
        ..RuntimeConfig::deterministic()
    })
    .expect("a runtime")
}

/// A component without a signature.
pub fn source(name: &str, bytes: Vec<u8>) -> Source {
    Source {
        name: name.to_owned(),
        origin: "the fuzzer".to_owned(),
        bytes,
        signature: None,
    }
}

/// The plugins of the demo and the test guests, by the names of their files, in whatever folder.
#[derive(Clone, Copy, Debug)]
pub struct Embedded;

impl PluginFiles for Embedded {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let name = path.file_name().and_then(|name| name.to_str());
        let name = name.and_then(|name| name.strip_suffix(".wasm"));
        let all = gantry_plugins::ALL.iter().chain(gantry_test_guests::ALL);
        let found = all.into_iter().find(|(plugin, _)| Some(*plugin) == name);
        let found = found.map(|(_, bytes)| bytes.to_vec());
        found.ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}
