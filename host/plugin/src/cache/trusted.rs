//! Loading compiled code, the one thing here that the compiler cannot check.
#![allow(unsafe_code)]

use wasmtime::Engine;
use wasmtime::component::Component;

/// A component from its compiled code.
///
/// `code` MUST be what [`Component::serialize`] or [`Engine::precompile_component`] returned under the
/// same configuration. Either it comes from the cache, and the caller has verified its HMAC, which binds
/// it to the component, the configuration and the host, under a secret that only the host's own user can
/// read; or it comes through a pipe from this very program, which the caller has started to compile
/// it. Whoever can forge that can change the host itself.
pub(crate) fn component(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the code was serialized by this version of wasmtime (see above), and it was read
    // into memory before it was looked at, so that it cannot change in between.
    unsafe { Component::deserialize(engine, code) }
}
