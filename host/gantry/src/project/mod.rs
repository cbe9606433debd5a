//! Projects of people who write plugins: `new` makes one, `build` makes its component.
//!
//! The SDKs are in the binary (`embedded`), so that neither needs anything but the usual tools of
//! the language: `tools` finds them, and installs those that come from a package registry.

mod build;
mod child;
mod embedded;
mod error;
mod language;
mod name;
mod new;
mod tools;

pub use build::{BuildOptions, build};
pub use error::ProjectError;
pub use language::Language;
pub use new::new;

/// Where what takes long or changes the machine is announced before it is done.
pub type Say<'a> = &'a dyn Fn(&str);
