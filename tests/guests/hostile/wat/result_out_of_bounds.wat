;; Returns a text that begins in its memory and ends outside.
(module
    @memory @describe @realloc
    (func (export "gantry:command/plugin@0.1.0#run") (param i32 i32 i32 i32) (result i32)
        (i32.store8 (i32.const 1024) (i32.const 1))
        (i32.store (i32.const 1032) (i32.const 65000))
        (i32.store (i32.const 1036) (i32.const 65000))
        (i32.const 1024)))
