;; Traps in its start function.
(module
    @memory @describe @realloc @run
    (func $start unreachable)
    (start $start))
