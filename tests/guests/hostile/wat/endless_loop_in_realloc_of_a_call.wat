;; Computes for ever when the host asks it for memory for the answer of a call, in the midst of it.
(module
    (import "gantry:command/hardware@0.1.0" "[static]number-input.open"
        (func $open (param i32 i32 i32)))
    @memory @describe
    (global $calls (mut i32) (i32.const 0))
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
        (if (global.get $calls) (then (loop $again (br $again))))
        (i32.const 4096))
    (func (export "gantry:command/plugin@0.1.0#run") (param i32 i32 i32 i32) (result i32)
        (global.set $calls (i32.const 1))
        (call $open (i32.const 256) (i32.const 6) (i32.const 2048))
        (i32.const 1024)))
