;; Computes for ever when the host says that it has taken the result.
(module
    @memory @describe @realloc @run
    (func (export "cabi_post_gantry:command/plugin@0.1.0#run") (param i32)
        (loop $again (br $again))))
