;; Fills 60 MiB of memory with single instructions, for ever.
(module
    @memory @describe @realloc
    (func (export "gantry:command/plugin@0.1.0#run") (param i32 i32 i32 i32) (result i32)
        (drop (memory.grow (i32.const 960)))
        (loop $again
            (memory.fill (i32.const 65536) (i32.const 1) (i32.const 62914560))
            (br $again))
        (i32.const 1024)))
