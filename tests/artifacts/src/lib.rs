//! The test guests as built components.
//!
//! Each folder in `tests/guests` is one small guest with one behaviour; its constant here has the
//! folder's name in capitals, so `tests/guests/yields-forever` is `YIELDS_FOREVER`.

include!(concat!(env!("OUT_DIR"), "/guests.rs"));

#[cfg(test)]
mod tests {
    /// The first eight bytes of a component: the magic number, version 13, layer 1.
    const COMPONENT: [u8; 8] = *b"\0asm\x0d\0\x01\0";

    #[test]
    fn every_guest_is_a_component() {
        assert!(!super::ALL.is_empty());
        for (name, bytes) in super::ALL {
            assert!(bytes.starts_with(&COMPONENT), "{name} is not a component");
        }
    }
}
