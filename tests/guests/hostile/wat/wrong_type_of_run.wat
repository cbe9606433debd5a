;; A component whose `run` takes nothing and returns nothing.
(component
    (core module $module (func (export "f")))
    (core instance $core (instantiate $module))
    (func $f (canon lift (core func $core "f")))
    (instance $plugin (export "describe" (func $f)) (export "run" (func $f)))
    (export "gantry:command/plugin@0.1.0" (instance $plugin)))
