;; Suspends itself when the host asks it for memory.
(module
    (import "gantry:command/coroutine@0.1.0" "yield" (func $yield (param i32)))
    @memory @describe @run
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (call $yield (i32.const 2048))
        (i32.const 4096)))
