//! The attribute macros of gantry-sdk.
