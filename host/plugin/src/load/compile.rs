//! Compiling a component, or taking the result from the cache.

use std::panic::{AssertUnwindSafe, catch_unwind};

use wasmtime::component::Component;

use super::{LoadErrorKind, Stage, Staged, bounds, pieces, text};
use crate::cache::{self, NotCached};
use crate::compiler::{Cancellation, CompileFailure, Compiled, Compiler, CompilerProcess, in_pool};
use crate::log::visible;
use crate::runtime::RuntimeShared;

pub(super) fn compile(
    runtime: &RuntimeShared,
    bytes: &[u8],
    digest: &str,
    background: Option<&Cancellation>,
) -> Staged<Component> {
    let component = from_cache(runtime, bytes, digest, background)?;
    if let Some(locked) = &runtime.locked_code {
        locked
            .ensure(&runtime.maker.engine, digest, &component)
            .map_err(|error| (Stage::Compile, LoadErrorKind::NotKept(text(&error))))?;
    }
    Ok(component)
}

fn from_cache(
    runtime: &RuntimeShared,
    bytes: &[u8],
    digest: &str,
    background: Option<&Cancellation>,
) -> Staged<Component> {
    let Some(cache) = &runtime.cache else {
        return compiled(runtime, bytes, background);
    };
    match cache.find(&runtime.maker.engine, digest) {
        Ok(component) => return Ok(component),
        Err(reason) if cache.only => {
            return Err((Stage::Compile, LoadErrorKind::NotCached(reason)));
        }
        Err(NotCached::Missing) => {}
        Err(reason @ NotCached::NotOurs) => {
            tracing::warn!(digest, "{reason}; it is compiled again");
        }
    }
    let component = compiled(runtime, bytes, background)?;
    if let Err(error) = cache.store(digest, &component) {
        tracing::warn!(digest, "compiled code was not cached: {error:#}");
    }
    Ok(component)
}

fn compiled(
    runtime: &RuntimeShared,
    bytes: &[u8],
    background: Option<&Cancellation>,
) -> Staged<Component> {
    let unreadable = |error: pieces::Unreadable| {
        let pieces::Unreadable { offset, message } = error;
        let message = visible(message.as_bytes());
        (Stage::Parse, LoadErrorKind::Malformed { offset, message })
    };
    let split = pieces::split(bytes).map_err(unreadable)?;
    bounds::check(&split)
        .map_err(unreadable)?
        .map_err(|error| (Stage::Compile, error.into()))?;
    let component = match &runtime.compiler {
        Compiler::Inside => inside(runtime, &split),
        Compiler::Process(process) => outside(runtime, process, &split, background),
    };
    component.map_err(|kind| (Stage::Compile, kind))
}

fn inside(runtime: &RuntimeShared, bytes: &[u8]) -> Result<Component, LoadErrorKind> {
    let engine = &runtime.maker.engine;
    // A component must not be able to end the host, even where the compiler has a bug.
    let compile = || in_pool(|| Component::from_binary(engine, bytes));
    let compiled = catch_unwind(AssertUnwindSafe(compile));
    let reason = match compiled {
        Ok(Ok(Ok(component))) => return Ok(component),
        Ok(Ok(Err(error))) => text(&error),
        Ok(Err(error)) => return Err(CompileFailure::NotStarted(error.to_string()).into()),
        Err(_) => "the compiler panicked; the component is refused".to_owned(),
    };
    Err(LoadErrorKind::Invalid(reason))
}

fn outside(
    runtime: &RuntimeShared,
    process: &CompilerProcess,
    bytes: &[u8],
    background: Option<&Cancellation>,
) -> Result<Component, LoadErrorKind> {
    let engine = &runtime.maker.engine;
    match process.compile(runtime.settings, bytes, background)? {
        Compiled::Code { configuration, .. } if configuration != cache::configuration(engine) => {
            let what = "its code is not for this host: it is another program, or another version";
            Err(CompileFailure::Crashed(what.to_owned()).into())
        }
        // The pool may be too small for it, which only this process knows.
        Compiled::Code { bytes, .. } => cache::component_of_code(engine, &bytes)
            .map_err(|error| LoadErrorKind::Invalid(text(&error))),
        Compiled::Invalid(reason) => Err(LoadErrorKind::Invalid(visible(reason.as_bytes()))),
    }
}
