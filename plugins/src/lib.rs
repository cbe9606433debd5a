//! The example plugins as built components, for the demo robot and for tests.
//!
//! What they offer is listed in `plugins/README.md`.

/// The robot of `gantry demo`, which uses them all.
pub const DEMO_ROBOT: &str = include_str!("../demo/robot.toml");

include!(concat!(env!("OUT_DIR"), "/plugins.rs"));

#[cfg(test)]
mod tests {
    /// The first eight bytes of a component: the magic number, version 13, layer 1.
    const COMPONENT: [u8; 8] = *b"\0asm\x0d\0\x01\0";

    #[test]
    fn every_plugin_is_a_component_and_small() {
        for (name, bytes) in super::ALL {
            assert!(bytes.starts_with(&COMPONENT), "{name} is not a component");
            assert!(bytes.len() < 250_000, "{name} has {} bytes", bytes.len());
        }
    }
}
