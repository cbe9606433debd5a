//! The macros of `gantry-sdk`, which re-exports them and documents how they are used.

mod command;
mod plugin;

use proc_macro::TokenStream;

/// Makes a command of a plain function. See `gantry_sdk::command`.
#[proc_macro_attribute]
pub fn command(attribute: TokenStream, item: TokenStream) -> TokenStream {
    command::expand(attribute.into(), item.into()).into()
}

/// Makes a plugin of a crate. See `gantry_sdk::plugin`.
#[proc_macro]
pub fn plugin(input: TokenStream) -> TokenStream {
    plugin::expand(input.into()).into()
}
