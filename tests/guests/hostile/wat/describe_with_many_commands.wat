;; Describes 1,400 commands, which are all the same one.
(module
    @memory @realloc @run
    (func (export "gantry:command/plugin@0.1.0#describe") (result i32)
        (i32.store (i32.const 4) (i32.const 256))
        (i32.store (i32.const 8) (i32.const 7))
        (i32.store (i32.const 12) (i32.const 272))
        (i32.store (i32.const 16) (i32.const 5))
        (i32.store (i32.const 28) (i32.const 512))
        (i32.store (i32.const 32) (i32.const 1400))
        (i32.const 0)))
