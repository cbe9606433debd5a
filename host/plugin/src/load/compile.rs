//! Compiling a component, or taking the result from the cache.

use wasmtime::component::Component;

use crate::runtime::RuntimeShared;

pub(super) fn compile(
    runtime: &RuntimeShared,
    bytes: &[u8],
    digest: &str,
) -> wasmtime::Result<Component> {
    let engine = &runtime.maker.engine;
    let Some(cache) = &runtime.cache else {
        return Component::from_binary(engine, bytes);
    };
    if let Some(component) = cache.find(engine, digest) {
        return Ok(component);
    }
    let component = Component::from_binary(engine, bytes)?;
    if let Err(error) = cache.store(digest, &component) {
        tracing::warn!(digest, "compiled code was not cached: {error:#}");
    }
    Ok(component)
}
