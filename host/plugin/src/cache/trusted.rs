//! Loading compiled code, the one thing here that the compiler cannot check.
#![allow(unsafe_code)]

use wasmtime::Engine;
use wasmtime::component::Component;

/// A component from its compiled code.
///
/// `code` MUST be what [`Component::serialize`] returned under the same configuration. The caller
/// has compared its digest, which binds it to the component and to the configuration, and it comes
/// from a folder that only the host's own user can write. Whoever can forge it can change the host
/// itself.
pub(super) fn component(engine: &Engine, code: &[u8]) -> wasmtime::Result<Component> {
    // SAFETY: the code was serialized by this version of wasmtime (see above), and it was read
    // into memory before its digest was compared, so that it cannot change in between.
    unsafe { Component::deserialize(engine, code) }
}
