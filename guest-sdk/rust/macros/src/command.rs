//! `#[command]`: from a function to its declaration and a way to call it with untyped arguments.

use proc_macro2::TokenStream;
use quote::{ToTokens, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::parse::Parser;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{
    Attribute, Error, Expr, FnArg, Ident, ItemFn, Lit, LitStr, Meta, Pat, PatType, Result,
    ReturnType, Token, Type,
};

const OPTIONS: &str = "`requires(\"mechanism\", …)`, `priority = 0`, `name = \"kebab-case\"` or `runs_while_disabled`";

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let mut function = match syn::parse2::<ItemFn>(item.clone()) {
        Ok(function) => function,
        Err(error) => {
            let error = Error::new(error.span(), format!("a command is a function: {error}"))
                .into_compile_error();
            return quote!(#error #item);
        }
    };
    let declaration = Options::parse(attribute)
        .and_then(|options| Ok((options, Signature::take(&mut function)?)))
        .map(|(options, signature)| declare(&function, &options, &signature))
        // The function stays, so that one mistake does not become many.
        .unwrap_or_else(|error| {
            strip_parameters(&mut function);
            error.into_compile_error()
        });
    quote!(#function #declaration)
}

/// What is written in the attribute's parentheses.
#[derive(Default)]
struct Options {
    name: Option<LitStr>,
    requires: Vec<LitStr>,
    priority: Option<Expr>,
    runs_while_disabled: bool,
}

impl Options {
    fn parse(attribute: TokenStream) -> Result<Self> {
        let mut options = Self::default();
        let metas = Punctuated::<Meta, Token![,]>::parse_terminated.parse2(attribute)?;
        for meta in metas {
            match meta {
                Meta::List(list) if list.path.is_ident("requires") => {
                    let names = list.parse_args_with(
                        Punctuated::<LitStr, Token![,]>::parse_separated_nonempty,
                    )?;
                    options.requires.extend(names);
                }
                Meta::NameValue(pair) if pair.path.is_ident("priority") => {
                    options.priority = Some(pair.value);
                }
                Meta::NameValue(pair) if pair.path.is_ident("name") => {
                    options.name = Some(string(&pair.value)?);
                }
                Meta::Path(path) if path.is_ident("runs_while_disabled") => {
                    options.runs_while_disabled = true;
                }
                other => {
                    return Err(Error::new(
                        other.span(),
                        format!("a command has no such option; it takes {OPTIONS}"),
                    ));
                }
            }
        }
        Ok(options)
    }
}

/// What the function's head says.
struct Signature {
    takes_coroutine: bool,
    parameters: Vec<Parameter>,
}

struct Parameter {
    name: String,
    ty: Type,
    unit: Option<LitStr>,
    default: Option<Expr>,
    summary: String,
}

impl Signature {
    /// Reads the head, and takes the attributes away that only mean something here.
    fn take(function: &mut ItemFn) -> Result<Self> {
        let head = &mut function.sig;
        if let Some(keyword) = &head.asyncness {
            return Err(Error::new(
                keyword.span(),
                "a command is a plain function: its waits suspend it without `async`",
            ));
        }
        if !head.generics.params.is_empty() {
            return Err(Error::new(
                head.generics.span(),
                "a command has no generic parameters: the robot chooses its arguments at run time",
            ));
        }
        let mut takes_coroutine = false;
        let mut parameters = Vec::new();
        for (index, input) in head.inputs.iter_mut().enumerate() {
            let typed = match input {
                FnArg::Typed(typed) => typed,
                FnArg::Receiver(receiver) => {
                    return Err(Error::new(
                        receiver.span(),
                        "a command is a free function: each run has a memory of its own, so \
                         there is no object to share",
                    ));
                }
            };
            if !is_coroutine(&typed.ty) {
                parameters.push(Parameter::take(typed)?);
            } else if index == 0 {
                takes_coroutine = true;
            } else {
                return Err(Error::new(
                    typed.span(),
                    "the coroutine is the first parameter",
                ));
            }
        }
        Ok(Self {
            takes_coroutine,
            parameters,
        })
    }
}

impl Parameter {
    fn take(typed: &mut PatType) -> Result<Self> {
        let Pat::Ident(pattern) = &*typed.pat else {
            return Err(Error::new(
                typed.pat.span(),
                "a command's parameter has a plain name, which the robot's file uses",
            ));
        };
        if let Type::Reference(reference) = &*typed.ty {
            return Err(Error::new(
                reference.span(),
                "a command owns its arguments: take `String` instead of `&str`, `Vec<f64>` \
                 instead of `&[f64]`; only the coroutine is a reference, `&Coroutine`",
            ));
        }
        let mut unit = None;
        let mut default = None;
        for attribute in &typed.attrs {
            if attribute.path().is_ident("unit") {
                unit = Some(attribute.parse_args()?);
            } else if attribute.path().is_ident("default") {
                default = Some(attribute.parse_args()?);
            } else if !is_kept(attribute) && !attribute.path().is_ident("doc") {
                return Err(Error::new(
                    attribute.span(),
                    "a command's parameter takes a doc comment, `#[unit(\"m\")]` and \
                     `#[default(value)]`",
                ));
            }
        }
        let parameter = Self {
            name: kebab_case(&pattern.ident),
            ty: (*typed.ty).clone(),
            unit,
            default,
            summary: summary(&typed.attrs),
        };
        typed.attrs.retain(is_kept);
        Ok(parameter)
    }

    fn definition(&self) -> TokenStream {
        let Self {
            name, ty, summary, ..
        } = self;
        let unit = self.unit.as_ref().map_or(String::new(), LitStr::value);
        let default = match &self.default {
            Some(value) => quote_spanned! {value.span()=>
                ::core::option::Option::Some(::gantry_sdk::__private::default_value::<#ty>(#value))
            },
            None => quote!(::core::option::Option::None),
        };
        quote_spanned! {ty.span()=>
            ::gantry_sdk::__private::parameter::<#ty>(#name, #unit, #default, #summary)
        }
    }

    fn argument(&self) -> TokenStream {
        let Self { name, ty, .. } = self;
        quote_spanned! {ty.span()=> arguments.take::<#ty>(#name)?}
    }
}

/// The marker type that stands for the function where the plugin lists its commands. It has the
/// function's name, which is free among the types, so that both are imported as one.
fn declare(function: &ItemFn, options: &Options, signature: &Signature) -> TokenStream {
    let ident = &function.sig.ident;
    let visibility = &function.vis;
    let name = options
        .name
        .as_ref()
        .map_or_else(|| kebab_case(ident), LitStr::value);
    let summary = summary(&function.attrs);
    let requires = &options.requires;
    let priority = options
        .priority
        .as_ref()
        .map_or_else(|| quote!(0), ToTokens::to_token_stream);
    let runs_while_disabled = options.runs_while_disabled;
    let parameters = signature.parameters.iter().map(Parameter::definition);
    let arguments = signature.parameters.iter().map(Parameter::argument);
    let coroutine = signature
        .takes_coroutine
        .then(|| quote!(::gantry_sdk::__private::coroutine(),));
    let returned = match &function.sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => ty.to_token_stream(),
    };
    let returns = quote_spanned! {returned.span()=>
        <#returned as ::gantry_sdk::__private::Return>::KIND
    };
    let returned = quote_spanned! {returned.span()=>
        <#returned as ::gantry_sdk::__private::Return>::into_result
    };
    let doc = format!("The command `{name}`, for `plugin!` and `lookup!`.");
    quote! {
        #[doc = #doc]
        #[doc(hidden)]
        #[allow(non_camel_case_types)]
        #visibility enum #ident {}

        #[automatically_derived]
        impl ::gantry_sdk::__private::CommandFunction for #ident {
            const NAME: &'static str = #name;

            fn definition() -> ::gantry_sdk::__private::Definition {
                ::gantry_sdk::__private::definition(
                    #name,
                    #summary,
                    ::std::vec![#(#parameters),*],
                    #returns,
                    &[#(#requires),*],
                    #priority,
                    #runs_while_disabled,
                )
            }

            #[allow(unused_mut, unused_variables)]
            fn run(
                mut arguments: ::gantry_sdk::__private::Arguments,
            ) -> ::gantry_sdk::Result<::core::option::Option<::gantry_sdk::Value>> {
                #returned(#ident(#coroutine #(#arguments),*))
            }
        }
    }
}

/// Whether the type is written as a reference to `Coroutine`.
fn is_coroutine(ty: &Type) -> bool {
    let Type::Reference(reference) = ty else {
        return false;
    };
    let Type::Path(path) = &*reference.elem else {
        return false;
    };
    path.path
        .segments
        .last()
        .is_some_and(|segment| segment.ident == "Coroutine")
}

/// Whether the attribute means the same on the parameter of any function.
fn is_kept(attribute: &Attribute) -> bool {
    ["cfg", "allow", "warn", "deny", "expect"]
        .iter()
        .any(|name| attribute.path().is_ident(name))
}

fn strip_parameters(function: &mut ItemFn) {
    for input in &mut function.sig.inputs {
        if let FnArg::Typed(typed) = input {
            typed.attrs.retain(is_kept);
        }
    }
}

/// `drive_distance` and `_drive_distance` as `drive-distance`.
fn kebab_case(ident: &Ident) -> String {
    ident
        .unraw()
        .to_string()
        .trim_matches('_')
        .to_lowercase()
        .replace('_', "-")
}

/// The first paragraph of the doc comment, on one line.
fn summary(attributes: &[Attribute]) -> String {
    let lines: Vec<String> = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("doc"))
        .filter_map(|attribute| string(&attribute.meta.require_name_value().ok()?.value).ok())
        .map(|line| line.value().trim().to_owned())
        .collect();
    lines
        .iter()
        .skip_while(|line| line.is_empty())
        .take_while(|line| !line.is_empty())
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join(" ")
}

fn string(expression: &Expr) -> Result<LitStr> {
    if let Expr::Lit(literal) = expression
        && let Lit::Str(text) = &literal.lit
    {
        return Ok(text.clone());
    }
    Err(Error::new(
        expression.span(),
        "a text in quotes is needed here",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn expanded(attribute: TokenStream, item: TokenStream) -> String {
        expand(attribute, item).to_string()
    }

    #[test]
    fn names_are_in_kebab_case() {
        let text = expanded(
            quote!(),
            quote!(
                fn drive_distance(_top_speed: f64) {}
            ),
        );
        assert!(text.contains("\"drive-distance\""), "{text}");
        assert!(text.contains("\"top-speed\""), "{text}");
    }

    #[test]
    fn a_summary_is_the_first_paragraph() {
        let text = expanded(
            quote!(),
            quote!(
                /// Drives straight
                /// ahead.
                ///
                /// More than that.
                fn drive() {}
            ),
        );
        assert!(text.contains("\"Drives straight ahead.\""), "{text}");
    }

    #[test]
    fn mistakes_are_named() {
        let cases = [
            (
                quote!(require("drive")),
                quote!(
                    fn a() {}
                ),
                "no such option",
            ),
            (
                quote!(name = 3),
                quote!(
                    fn a() {}
                ),
                "a text in quotes",
            ),
            (
                quote!(),
                quote!(
                    async fn a() {}
                ),
                "without `async`",
            ),
            (
                quote!(),
                quote!(
                    fn a<T>(x: T) {}
                ),
                "generic",
            ),
            (
                quote!(),
                quote!(
                    fn a(&self) {}
                ),
                "free function",
            ),
            (
                quote!(),
                quote!(
                    fn a(x: &str) {}
                ),
                "take `String`",
            ),
            (
                quote!(),
                quote!(
                    fn a((x, y): P) {}
                ),
                "plain name",
            ),
            (
                quote!(),
                quote!(
                    fn a(#[units("m")] x: f64) {}
                ),
                "`#[unit(",
            ),
            (
                quote!(),
                quote!(
                    fn a(x: f64, co: &Coroutine) {}
                ),
                "first parameter",
            ),
            (
                quote!(),
                quote!(
                    struct A;
                ),
                "a command is a function",
            ),
        ];
        for (attribute, item, message) in cases {
            let text = expanded(attribute, item.clone());
            assert!(text.contains("compile_error"), "{item}: {text}");
            assert!(
                text.replace("\\\"", "\"").contains(message),
                "{item}: {text}"
            );
        }
    }
}
