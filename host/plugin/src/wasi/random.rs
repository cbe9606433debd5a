//! Random numbers that are the same in every execution.

use sha2::{Digest, Sha256};
use wasmtime::{Result, bail};
use wasmtime_wasi::p2::bindings::random::{insecure, insecure_seed, random};

use crate::run::{Cost, RunState};

/// The most bytes that one call may ask for.
const MAX_BYTES: u64 = 1 << 20;

/// SplitMix64, from a seed that no two runs share.
///
/// Source: Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
#[derive(Debug)]
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64, names: &[&str], run: u64) -> Self {
        let mut hash = Sha256::new();
        hash.update(seed.to_le_bytes());
        hash.update(run.to_le_bytes());
        for name in names {
            hash.update((name.len() as u64).to_le_bytes());
            hash.update(name);
        }
        let digest: [u8; 32] = hash.finalize().into();
        let [a, b, c, d, e, f, g, h, ..] = digest;
        Self(u64::from_le_bytes([a, b, c, d, e, f, g, h]))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn bytes(&mut self, len: usize) -> Vec<u8> {
        let mut bytes = vec![0; len];
        for chunk in bytes.chunks_mut(size_of::<u64>()) {
            chunk.copy_from_slice(&self.next().to_le_bytes()[..chunk.len()]);
        }
        bytes
    }
}

impl RunState {
    fn random_bytes(&mut self, len: u64) -> Result<Vec<u8>> {
        if len > MAX_BYTES {
            bail!("{len} random bytes were asked for at once; {MAX_BYTES} is the most");
        }
        let len = len as usize;
        self.control.charge(Cost::Random(len));
        Ok(self.random.bytes(len))
    }
}

impl random::Host for RunState {
    fn get_random_bytes(&mut self, len: u64) -> Result<Vec<u8>> {
        self.random_bytes(len)
    }

    fn get_random_u64(&mut self) -> Result<u64> {
        Ok(self.random.next())
    }
}

impl insecure::Host for RunState {
    fn get_insecure_random_bytes(&mut self, len: u64) -> Result<Vec<u8>> {
        self.random_bytes(len)
    }

    fn get_insecure_random_u64(&mut self) -> Result<u64> {
        Ok(self.random.next())
    }
}

impl insecure_seed::Host for RunState {
    fn insecure_seed(&mut self) -> Result<(u64, u64)> {
        Ok((self.random.next(), self.random.next()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_splitmix64() {
        // The first numbers from the state 1234567, as published with the reference code.
        let mut random = Random(1_234_567);
        assert_eq!(random.next(), 6_457_827_717_110_365_317);
        assert_eq!(random.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn every_run_draws_its_own_numbers() {
        let first = |seed, names: &[&str], run| Random::new(seed, names, run).next();
        let base = first(7, &["arm", "raise"], 1);
        assert_eq!(base, first(7, &["arm", "raise"], 1));
        for other in [
            first(8, &["arm", "raise"], 1),
            first(7, &["arm", "raise"], 2),
            first(7, &["arm", "lower"], 1),
            first(7, &["armr", "aise"], 1),
        ] {
            assert_ne!(base, other);
        }
    }
}
