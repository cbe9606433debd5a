;; Grows its table until there is no more, and goes on as if nothing had happened.
(module
    @memory @describe @realloc
    (table $table 1 funcref)
    (func (export "gantry:command/plugin@0.1.0#run") (param i32 i32 i32 i32) (result i32)
        (loop $again
            (br_if $again
                (i32.ne (table.grow $table (ref.null func) (i32.const 1000)) (i32.const -1))))
        unreachable))
