//! t
#[allow(missing_docs, unsafe_code, unreachable_pub, clippy::all)]
mod bindings {
    wit_bindgen::generate!({
        path: "../../wit/command/0.1",
        world: "command-plugin",
        pub_export_macro: true,
        export_macro_name: "export_plugin",
        default_bindings_module: "::gantry_sdk::__private::bindings",
    });
}
