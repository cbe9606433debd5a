//! Values that a plugin is handed: the entries of its own table, and the arguments of commands.

/// A value of a kind that the contract knows.
#[derive(Clone, Debug, PartialEq)]
pub enum ConfigValue {
    /// `true` or `false`.
    Boolean(bool),
    /// A whole number: `3`.
    Integer(i64),
    /// A number: `0.5`.
    Number(f64),
    /// A string: `"left"`.
    Text(String),
    /// Numbers in a row: `[0.0, 1.5, 3]`.
    Numbers(Vec<f64>),
}
