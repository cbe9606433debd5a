//! `[signatures]`: who has to vouch for plugins.

use std::collections::BTreeSet;

use gantry_plugin::{Trust, TrustedKey};

use super::reader::{Table, check_name};

/// The names of all keys, sorted, those that cannot be read included.
pub(super) type Signers<'a> = BTreeSet<&'a str>;

/// Reads `[signatures]`: who is trusted, and how all keys are called.
pub(super) fn read<'a>(mut table: Table<'a>) -> (Trust, Signers<'a>) {
    const EXAMPLE: &str = "{ alice = \"RW…\" }";
    let required = table.optional("required");
    let mut trust = Trust {
        required: required.as_ref().and_then(|node| node.boolean()) == Some(true),
        ..Trust::default()
    };
    let trusted = table.optional("trusted");
    let trusted = trusted.and_then(|node| node.table(EXAMPLE));
    for (name, node) in trusted.iter().flat_map(Table::sorted_entries) {
        check_name(table.sink, name, "key");
        let Some(text) = node.string("RW…") else {
            continue;
        };
        match TrustedKey::new(name.text, text) {
            Ok(key) => trust.keys.push(key),
            Err(error) => {
                let message = format!("`{}` is not a public key: {error}", node.path);
                let help = "write the second line of the `.pub` file that `gantry keygen` makes";
                table.sink.report(node.error(message).help(help));
            }
        }
    }
    let names: Signers<'_> = trusted.iter().flat_map(Table::names).collect();
    if let Some(required) = required.filter(|_| trust.required)
        && names.is_empty()
    {
        let message = "signatures are required, and no key is trusted: no plugin could be loaded";
        let help = format!("add `trusted = {EXAMPLE}` with the public keys of those you trust");
        table.sink.report(required.error(message).help(help));
    }
    table.finish();
    (trust, names)
}
