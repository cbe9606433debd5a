;; Describes itself with a name that is not text.
(module
    @memory @realloc @run
    (data (i32.const 2000) "\ff\fe\c0")
    (func (export "gantry:command/plugin@0.1.0#describe") (result i32)
        (i32.store (i32.const 4) (i32.const 2000))
        (i32.store (i32.const 8) (i32.const 3))
        (i32.const 0)))
