//! The plugin runtime: commands that run inside WebAssembly components.
