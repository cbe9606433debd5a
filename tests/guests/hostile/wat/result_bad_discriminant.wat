;; Returns a value of a case that there is not.
(module
    @memory @describe @realloc
    (func (export "gantry:command/plugin@0.1.0#run") (param i32 i32 i32 i32) (result i32)
        (i32.store8 (i32.const 1032) (i32.const 1))
        (i32.store8 (i32.const 1040) (i32.const 99))
        (i32.const 1024)))
