//! What `wit-bindgen` makes of the contract. Nothing of it shows in the public API.

pub(crate) use generated::{exports, gantry};

#[allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    clippy::all,
    clippy::undocumented_unsafe_blocks,
    reason = "generated"
)]
pub mod generated {
    wit_bindgen::generate!({
        path: "../../wit/command/0.1",
        world: "command-plugin",
        pub_export_macro: true,
        export_macro_name: "export_plugin",
        default_bindings_module: "::gantry_sdk::__private::bindings",
    });
}
