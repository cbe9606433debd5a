;; Traps when it is run.
(module
    @memory @describe @realloc
    (func (export "gantry:command/plugin@0.1.0#run") (param i32 i32 i32 i32) (result i32)
        unreachable))
