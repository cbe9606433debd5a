;; Traps when the host asks it for memory.
(module
    @memory @describe @run
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable))
