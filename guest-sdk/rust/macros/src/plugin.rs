//! `plugin!`: from a list of commands to what the component exports.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{Error, Expr, ExprArray, Ident, Path, Result, Token, bracketed};

const KEYS: &str = "`name`, `version`, `summary`, `reads`, `publishes`, `commands` and `configure`";

pub(crate) fn expand(input: TokenStream) -> TokenStream {
    match syn::parse2::<Plugin>(input) {
        Ok(plugin) => plugin.declare(),
        Err(error) => error.into_compile_error(),
    }
}

#[derive(Default)]
struct Plugin {
    name: Option<Expr>,
    version: Option<Expr>,
    summary: Option<Expr>,
    reads: Option<ExprArray>,
    publishes: Option<ExprArray>,
    commands: Option<Vec<Path>>,
    configure: Option<Expr>,
}

impl Parse for Plugin {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut plugin = Self::default();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            input.parse::<Token![=]>()?;
            match key.to_string().as_str() {
                "name" => set(&mut plugin.name, &key, input.parse()?)?,
                "version" => set(&mut plugin.version, &key, input.parse()?)?,
                "summary" => set(&mut plugin.summary, &key, input.parse()?)?,
                "reads" => set(&mut plugin.reads, &key, input.parse()?)?,
                "publishes" => set(&mut plugin.publishes, &key, input.parse()?)?,
                "commands" => set(&mut plugin.commands, &key, paths(input)?)?,
                "configure" => set(&mut plugin.configure, &key, input.parse()?)?,
                _ => {
                    return Err(Error::new(
                        key.span(),
                        format!("a plugin has no `{key}`; it has {KEYS}"),
                    ));
                }
            }
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        if plugin.commands.is_none() {
            return Err(Error::new(
                Span::call_site(),
                "a plugin lists its commands: `commands = [drive_distance, turn_to_angle]`",
            ));
        }
        Ok(plugin)
    }
}

fn set<T>(slot: &mut Option<T>, key: &Ident, value: T) -> Result<()> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Error::new(key.span(), format!("`{key}` is given twice"))),
    }
}

fn paths(input: ParseStream<'_>) -> Result<Vec<Path>> {
    let list;
    bracketed!(list in input);
    Ok(Punctuated::<Path, Token![,]>::parse_terminated(&list)?
        .into_iter()
        .collect())
}

impl Plugin {
    fn declare(&self) -> TokenStream {
        let or_of_the_package = |value: &Option<Expr>, variable: &str| match value {
            Some(value) => value.to_token_stream(),
            None => quote!(::core::env!(#variable)),
        };
        let name = or_of_the_package(&self.name, "CARGO_PKG_NAME");
        let version = or_of_the_package(&self.version, "CARGO_PKG_VERSION");
        let summary = or_of_the_package(&self.summary, "CARGO_PKG_DESCRIPTION");
        let reads = self.reads.iter().flat_map(|list| &list.elems);
        let publishes = self.publishes.iter().flat_map(|list| &list.elems);
        let commands = self.commands.iter().flatten().map(|path| {
            quote_spanned! {path.span()=> ::gantry_sdk::__private::Entry::of::<#path>()}
        });
        let configure = self.configure.as_ref().map(|check| {
            quote_spanned! {check.span()=>
                ::gantry_sdk::__private::check(#check, config)?;
            }
        });
        quote! {
            const _: () = {
                enum ThisPlugin {}

                impl ::gantry_sdk::__private::Plugin for ThisPlugin {
                    const NAME: &'static str = #name;
                    const VERSION: &'static str = #version;
                    const SUMMARY: &'static str = #summary;
                    const READS: &'static [&'static str] = &[#(#reads),*];
                    const PUBLISHES: &'static [&'static str] = &[#(#publishes),*];
                    const COMMANDS: &'static [::gantry_sdk::__private::Entry] = &[#(#commands),*];

                    fn configure(config: &::gantry_sdk::Config) -> ::gantry_sdk::Result<()> {
                        #configure
                        ::core::result::Result::Ok(())
                    }
                }

                #[allow(dead_code)]
                type Exported = ::gantry_sdk::__private::Adapter<ThisPlugin>;

                // The exports have names that only WebAssembly's linker takes.
                #[cfg(target_arch = "wasm32")]
                ::gantry_sdk::__private::bindings::export_plugin!(Exported);
            };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_are_named() {
        let cases = [
            (quote!(name = "a"), "lists its commands"),
            (quote!(comands = []), "a plugin has no `comands`"),
            (quote!(commands = [], commands = []), "given twice"),
        ];
        for (input, message) in cases {
            let text = expand(input.clone()).to_string();
            assert!(text.contains("compile_error"), "{input}: {text}");
            assert!(text.contains(message), "{input}: {text}");
        }
    }

    #[test]
    fn what_is_left_out_comes_from_the_package() {
        let text = expand(quote!(commands = [raise])).to_string();
        assert!(text.contains("CARGO_PKG_NAME"), "{text}");
        assert!(text.contains("CARGO_PKG_DESCRIPTION"), "{text}");
    }
}
