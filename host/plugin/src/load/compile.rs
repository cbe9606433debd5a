//! Compiling a component, or taking the result from the cache.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmtime::component::Component;

use super::{LoadErrorKind, Stage, Staged, pieces, text};
use crate::cache::NotCached;
use crate::runtime::RuntimeShared;

pub(super) fn compile(runtime: &RuntimeShared, bytes: &[u8], digest: &str) -> Staged<Component> {
    let component = from_cache(runtime, bytes, digest)?;
    if let Some(locked) = &runtime.locked_code {
        locked
            .ensure(&runtime.maker.engine, digest, &component)
            .map_err(|error| (Stage::Compile, LoadErrorKind::NotKept(text(&error))))?;
    }
    Ok(component)
}

fn from_cache(runtime: &RuntimeShared, bytes: &[u8], digest: &str) -> Staged<Component> {
    let engine = &runtime.maker.engine;
    let compiled = || {
        let split = pieces::split(bytes).map_err(|error| {
            let pieces::Unreadable { offset, message } = error;
            (Stage::Parse, LoadErrorKind::Malformed { offset, message })
        })?;
        // A component must not be able to end the host, even where the compiler has a bug.
        let compiled = catch_unwind(AssertUnwindSafe(|| Component::from_binary(engine, &split)));
        let reason = match compiled {
            Ok(Ok(component)) => return Ok(component),
            Ok(Err(error)) => text(&error),
            Err(_) => "the compiler panicked; the component is refused".to_owned(),
        };
        Err((Stage::Compile, LoadErrorKind::Invalid(reason)))
    };
    let Some(cache) = &runtime.cache else {
        return compiled();
    };
    match cache.find(engine, digest) {
        Ok(component) => return Ok(component),
        Err(reason) if cache.only => {
            return Err((Stage::Compile, LoadErrorKind::NotCached(reason)));
        }
        Err(NotCached::Missing) => {}
        Err(reason @ NotCached::NotOurs) => {
            tracing::warn!(digest, "{reason}; it is compiled again");
        }
    }
    let component = compiled()?;
    if let Err(error) = cache.store(digest, &component) {
        tracing::warn!(digest, "compiled code was not cached: {error:#}");
    }
    Ok(component)
}
