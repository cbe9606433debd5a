;; Traps when it is asked to describe itself.
(module
    @memory @realloc @run
    (func (export "gantry:command/plugin@0.1.0#describe") (result i32) unreachable))
