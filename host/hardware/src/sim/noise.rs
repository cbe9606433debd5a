//! Seeded sensor noise that is the same on every machine.

/// A stream of random numbers: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", 2014), with the constants of Vigna's public-domain `splitmix64.c`.
#[derive(Clone, Debug)]
pub(super) struct Noise {
    state: u64,
}

impl Noise {
    /// A stream of its own for every device, so that one more sensor changes nothing elsewhere.
    pub(super) fn new(seed: u64, device: usize) -> Self {
        let mut seeder = Self {
            state: seed ^ (device as u64).wrapping_mul(0xD1B5_4A32_D192_ED03),
        };
        Self {
            state: seeder.next(),
        }
    }

    /// A sample with mean 0 and this standard deviation: the sum of twelve uniform numbers less
    /// six (Irwin–Hall), close to a normal distribution within three deviations and never beyond
    /// six, and free of library functions that differ between machines.
    pub(super) fn sample(&mut self, deviation: f64) -> f64 {
        if deviation == 0.0 {
            return 0.0;
        }
        let sum: f64 = (0..12).map(|_| self.uniform()).sum();
        (sum - 6.0) * deviation
    }

    fn uniform(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }
}

#[cfg(test)]
mod tests {
    use super::Noise;

    #[test]
    fn the_generator_is_splitmix64() {
        // The first outputs of the reference implementation for the seed 1234567.
        let mut noise = Noise { state: 1_234_567 };
        assert_eq!(noise.next(), 6_457_827_717_110_365_317);
        assert_eq!(noise.next(), 3_203_168_211_198_807_973);
    }

    #[test]
    fn noise_has_the_deviation_that_was_asked_for() {
        let mut noise = Noise::new(7, 0);
        let samples: Vec<f64> = (0..20_000).map(|_| noise.sample(0.5)).collect();
        let mean = samples.iter().sum::<f64>() / samples.len() as f64;
        let square = samples.iter().map(|s| (s - mean).powi(2)).sum::<f64>();
        let deviation = (square / samples.len() as f64).sqrt();
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((deviation - 0.5).abs() < 0.02, "{deviation}");
    }

    #[test]
    fn devices_have_streams_of_their_own() {
        assert_ne!(Noise::new(7, 0).next(), Noise::new(7, 1).next());
        assert_ne!(Noise::new(7, 0).next(), Noise::new(8, 0).next());
    }
}
