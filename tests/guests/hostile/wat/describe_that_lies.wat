;; Describes itself as version 0.1.0 the first time, and as 9.9.9 from then on.
(module
    @memory @realloc @run
    (data (i32.const 2000) "9.9.9")
    (global $asked (mut i32) (i32.const 0))
    (func (export "gantry:command/plugin@0.1.0#describe") (result i32)
        (i32.store (i32.const 4) (i32.const 256))
        (i32.store (i32.const 8) (i32.const 7))
        (i32.store (i32.const 12)
            (select (i32.const 2000) (i32.const 272) (global.get $asked)))
        (i32.store (i32.const 16) (i32.const 5))
        (i32.store (i32.const 28) (i32.const 512))
        (i32.store (i32.const 32) (i32.const 1))
        (global.set $asked (i32.const 1))
        (i32.const 0)))
