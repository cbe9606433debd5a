;; Yields when it is asked to describe itself.
(module
    (import "gantry:command/coroutine@0.1.0" "yield" (func $yield (param i32)))
    @memory @realloc @run
    (func (export "gantry:command/plugin@0.1.0#describe") (result i32)
        (call $yield (i32.const 2048))
        (i32.const 0)))
