;; Computes for ever in its start function.
(module
    @memory @describe @realloc @run
    (func $start (loop $again (br $again)))
    (start $start))
