//! What `bindgen!` makes of `wit/command/0.1`. Nothing outside `v0_1` sees these types.
#![allow(missing_docs, unreachable_pub, clippy::all)]

wasmtime::component::bindgen!({
    path: "../../wit/command/0.1",
    world: "command-plugin",
    imports: {
        "gantry:command/commands@0.1.0.[method]command.cancel": async | trappable,
        "gantry:command/coroutine@0.1.0.fork": async | trappable,
        "gantry:command/coroutine@0.1.0.await": async | trappable,
        "gantry:command/coroutine@0.1.0.await-all": async | trappable,
        "gantry:command/coroutine@0.1.0.await-any": async | trappable,
        "gantry:command/coroutine@0.1.0.yield": async | trappable,
        "gantry:command/coroutine@0.1.0.wait": async | trappable,
        "gantry:command/coroutine@0.1.0.wait-until": async | trappable,
        "gantry:command/coroutine@0.1.0.park": async | trappable,
        "gantry:command/coroutine@0.1.0.set-cancel-on-fork-failure": async | trappable,
        "gantry:command/triggers@0.1.0.bind": async | trappable,
        "gantry:command/triggers@0.1.0.set-default": async | trappable,
        default: trappable,
    },
    exports: { default: async },
    with: {
        "gantry:command/signals.signal": super::handles::Signal,
        "gantry:command/commands.command": super::handles::Command,
        "gantry:command/commands.state-machine": super::handles::StateMachine,
        "gantry:command/hardware.number-input": super::handles::NumberInput,
        "gantry:command/hardware.boolean-input": super::handles::BooleanInput,
        "gantry:command/hardware.array-input": super::handles::ArrayInput,
        "gantry:command/hardware.number-output": super::handles::NumberOutput,
        "gantry:command/hardware.boolean-output": super::handles::BooleanOutput,
        "gantry:command/hardware.array-output": super::handles::ArrayOutput,
        "gantry:command/state.topic": super::handles::Topic,
    },
});
