;; Computes for ever when the host asks it for memory for the arguments of `run`.
(module
    @memory @describe @run
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (loop $again (br $again))
        (i32.const 4096)))
