//! Loading compiled code, the one thing here that the compiler cannot check.
#![allow(unsafe_code)]

use wasmtime::Engine;
use wasmtime::component::Component;

/// A component from its compiled code.
///
/// `code` MUST be what [`Component::serialize`] returned under the same configuration. The caller
/// has verified its HMAC, which binds it to the component, the configuration and the host, under a
/// secret that only the host's own user can read. Whoever can forge that can change the host itself.
pub(super) fn component(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the code was serialized by this version of wasmtime (see above), and it was read
    // into memory before its HMAC was verified, so that it cannot change in between.
    unsafe { Component::deserialize(engine, code) }
}
