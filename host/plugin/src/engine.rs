//! The one configuration of wasmtime.

use std::num::NonZeroUsize;

use wasmtime::{
    Config, Enabled, Engine, InstanceAllocationStrategy, OperatorCost, PoolingAllocationConfig,
    WasmBacktraceDetails, WasmFeatures,
};

use crate::compiler::Settings;
use crate::config::{MEMORIES_PER_COMPONENT, Pool, RuntimeConfig};
use crate::load::NOP_COST;

/// Stack that host functions may use on top.
const HOST_STACK: usize = 512 << 10;

/// An engine that runs code, or what is wrong with the sizes it was asked for.
pub(crate) fn engine(config: &RuntimeConfig) -> wasmtime::Result<Engine> {
    let mut settings = settings(&Settings::of(config));
    settings.allocation_strategy(InstanceAllocationStrategy::Pooling(pooling(&config.pool)));
    Engine::new(&settings)
}

/// An engine whose code runs in that of [`engine`], and which sets no address space aside.
pub(crate) fn for_code(code: &Settings) -> wasmtime::Result<Engine> {
    Engine::new(&settings(code))
}

/// All that code depends on, and nothing else.
fn settings(code: &Settings) -> Config {
    let mut settings = Config::new();
    settings
        .concurrency_support(false)
        .wasm_component_model(true)
        .cranelift_nan_canonicalization(true)
        .wasm_backtrace_max_frames(NonZeroUsize::new(32))
        // An environment variable would decide otherwise, and guests' errors would differ.
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        .generate_address_map(true)
        .max_wasm_stack(code.stack)
        .async_stack_size(code.stack + HOST_STACK)
        .memory_init_cow(true)
        .memory_reservation(code.memory_address_space)
        .memory_may_move(false);
    // What no guest toolchain of ours emits is not there to be attacked. Several memories are: a
    // component of components (QuickJS) is joined by adapters that copy between two of them, and
    // wasmtime panics while it compiles one if they are denied.
    for feature in [
        WasmFeatures::THREADS,
        WasmFeatures::SHARED_EVERYTHING_THREADS,
        WasmFeatures::TAIL_CALL,
        WasmFeatures::RELAXED_SIMD,
        WasmFeatures::MEMORY64,
        WasmFeatures::EXCEPTIONS,
        WasmFeatures::LEGACY_EXCEPTIONS,
        WasmFeatures::GC,
        WasmFeatures::FUNCTION_REFERENCES,
        WasmFeatures::STACK_SWITCHING,
        WasmFeatures::CUSTOM_PAGE_SIZES,
        WasmFeatures::WIDE_ARITHMETIC,
    ] {
        settings.wasm_features(feature, false);
    }
    match code.fuel {
        false => settings.epoch_interruption(true),
        // The epoch stops a guest whose host calls were charged much.
        true => settings
            .consume_fuel(true)
            .operator_cost(costs())
            .epoch_interruption(true),
    };
    settings
}

/// What instructions cost. A byte of a memory operation takes much less time than an instruction:
/// large operations pay by the piece, which `load/pieces` cuts them into.
fn costs() -> OperatorCost {
    let mut costs = OperatorCost::new();
    costs.Nop = NOP_COST;
    costs.variable.memory_fill_per_byte = 0;
    costs.variable.memory_copy_per_byte = 0;
    costs.variable.memory_init_per_byte = 0;
    costs
}

fn pooling(pool: &Pool) -> PoolingAllocationConfig {
    let mut pooling = PoolingAllocationConfig::new();
    pooling
        .total_component_instances(pool.live_runs)
        .total_stacks(pool.live_runs)
        .total_memories(pool.memories)
        // One component has 38 core instances in Python, and as many tables.
        .total_core_instances(pool.live_runs.saturating_mul(4).saturating_add(256))
        .total_tables(pool.live_runs.saturating_mul(2).saturating_add(64))
        .max_core_instances_per_component(64)
        .max_tables_per_component(64)
        .max_tables_per_module(4)
        .max_memories_per_component(MEMORIES_PER_COMPONENT)
        .max_memory_size(pool.memory_bytes)
        .table_elements(pool.table_elements)
        .max_component_instance_size(8 << 20)
        .max_core_instance_size(8 << 20)
        // What a small guest touches is zeroed in place, which is cheaper than handing it back to
        // the kernel and faulting it in again.
        .linear_memory_keep_resident(256 << 10)
        .table_keep_resident(64 << 10)
        .async_stack_keep_resident(64 << 10)
        .max_unused_warm_slots(64)
        .pagemap_scan(Enabled::Auto);
    pooling
}

#[cfg(test)]
mod tests {
    use wasmtime::{Instance, Module, Store};

    use super::*;

    /// How often a function can call itself.
    fn depth(stack: usize) -> i32 {
        let config = RuntimeConfig {
            stack,
            pool: Pool::for_runs(8),
            ..RuntimeConfig::deterministic()
        };
        let engine = engine(&config).unwrap();
        let text = r#"(module
            (global $depth (export "depth") (mut i32) (i32.const 0))
            (func $deeper (export "deeper")
                (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
                (call $deeper)))"#;
        let module = Module::new(&engine, wat::parse_str(text).unwrap()).unwrap();
        let mut store = Store::new(&engine, ());
        store.set_fuel(u64::MAX).unwrap();
        store.set_epoch_deadline(1);
        let instance = Instance::new(&mut store, &module, &[]).unwrap();
        let deeper = instance.get_typed_func::<(), ()>(&mut store, "deeper");
        let trap = deeper.unwrap().call(&mut store, ()).unwrap_err();
        assert_eq!(trap.downcast_ref(), Some(&wasmtime::Trap::StackOverflow));
        let depth = instance.get_global(&mut store, "depth").unwrap();
        depth.get(&mut store).unwrap_i32()
    }

    #[test]
    fn code_for_an_engine_can_be_made_by_one_without_a_pool() {
        let real_time = RuntimeConfig {
            pool: Pool::for_runs(8),
            ..RuntimeConfig::default()
        };
        let virtual_time = RuntimeConfig {
            pool: Pool::for_runs(8),
            stack: 256 << 10,
            ..RuntimeConfig::deterministic()
        };
        let mut different = Vec::new();
        for config in [real_time, virtual_time] {
            let runs = crate::cache::configuration(&engine(&config).unwrap());
            let compiles = for_code(&Settings::of(&config)).unwrap();
            assert_eq!(runs, crate::cache::configuration(&compiles));
            different.push(runs);
        }
        assert_ne!(different[0], different[1]);
    }

    #[test]
    fn the_stack_is_as_large_as_it_was_asked_for() {
        let (small, large) = (depth(64 << 10), depth(512 << 10));
        assert!((7 * small..9 * small).contains(&large), "{small} {large}");
    }
}
