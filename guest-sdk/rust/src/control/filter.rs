use super::check;
use crate::Result;

/// A low-pass filter of first order: *y* follows *x* with *τ*·*y'* + *y* = *x*.
///
/// Exact for an input that is constant between the samples: *y* gains 1 − exp(−d*t*/*τ*) of the
/// way to *x*. Source: A. V. Oppenheim and R. W. Schafer, *Discrete-Time Signal Processing*,
/// 3rd edition, section 7.2 (the step-invariant first-order filter).
#[derive(Debug, Clone)]
pub struct LowPass {
    time_constant: f64,
    value: Option<f64>,
}

/// The median of the last `N` values, which takes single outliers out.
#[derive(Debug, Clone)]
pub struct Median<const N: usize> {
    window: [f64; N],
    count: usize,
}

impl LowPass {
    /// A filter with this time constant in seconds. The first input sets it; without a time constant
    /// every input does.
    ///
    /// # Errors
    ///
    /// [`Error::Invalid`](crate::Error::Invalid) for a time that is negative or not finite.
    pub fn new(time_constant: f64) -> Result<Self> {
        Ok(Self {
            time_constant: check::not_negative("a time constant", time_constant)?,
            value: None,
        })
    }

    /// The filtered value of an input that comes `dt` seconds after the last one. An input that is
    /// not finite is left out, and so is one whose `dt` is negative or not finite: the answer is the
    /// last one, or 0 before the first.
    pub fn calculate(&mut self, input: f64, dt: f64) -> f64 {
        let value = match self.value {
            Some(value) if self.time_constant > 0.0 => {
                value + (input - value) * -(-dt / self.time_constant).exp_m1()
            }
            _ => input,
        };
        if value.is_finite() && input.is_finite() && dt.is_finite() && dt >= 0.0 {
            self.value = Some(value);
        }
        self.value.unwrap_or(0.0)
    }

    /// Forgets what it has seen.
    pub fn reset(&mut self) {
        self.value = None;
    }
}

impl<const N: usize> Median<N> {
    /// A filter that has seen nothing.
    pub fn new() -> Self {
        const { assert!(N > 0, "a median needs a value") };
        Self {
            window: [0.0; N],
            count: 0,
        }
    }

    /// The median of this input and those before it; the mean of the middle two while their
    /// number is even. An input that is not finite is left out: the answer is the last one, or 0
    /// before the first.
    pub fn calculate(&mut self, input: f64) -> f64 {
        if input.is_finite() {
            self.take(input);
        }
        self.median()
    }

    fn take(&mut self, input: f64) {
        self.window[self.count % N] = input;
        // Wraps to a full window, never to an empty one.
        self.count = if self.count + 1 == 2 * N {
            N
        } else {
            self.count + 1
        };
    }

    fn median(&self) -> f64 {
        if self.count == 0 {
            return 0.0;
        }
        let filled = self.count.min(N);
        let mut sorted = self.window;
        let sorted = &mut sorted[..filled];
        sorted.sort_unstable_by(f64::total_cmp);
        f64::midpoint(sorted[(filled - 1) / 2], sorted[filled / 2])
    }
}

impl<const N: usize> Default for Median<N> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_response_is_the_exponential_at_any_rate() {
        for steps in [1, 7, 100] {
            let mut filter = LowPass::new(0.5).unwrap();
            filter.calculate(0.0, 0.0);
            let dt = 1.0 / f64::from(steps);
            let last = (0..steps).map(|_| filter.calculate(1.0, dt)).last();
            assert!((last.unwrap() - (1.0 - (-2.0_f64).exp())).abs() < 1e-12);
        }
    }

    #[test]
    fn the_first_input_is_the_first_output() {
        let mut filter = LowPass::new(0.5).unwrap();
        assert_eq!(filter.calculate(7.0, 0.02), 7.0);
        filter.reset();
        assert_eq!(filter.calculate(-7.0, 0.02), -7.0);
    }

    #[test]
    fn a_median_drops_outliers() {
        let mut filter = Median::<3>::new();
        assert_eq!(filter.calculate(1.0), 1.0);
        assert_eq!(filter.calculate(3.0), 2.0);
        assert_eq!(filter.calculate(900.0), 3.0);
        let rest: Vec<f64> = [2.0, 2.5, -900.0, 4.0, 5.0]
            .map(|input| filter.calculate(input))
            .into();
        assert_eq!(rest, [3.0, 2.5, 2.0, 2.5, 4.0]);
    }

    #[test]
    fn a_bad_input_is_left_out() {
        let mut low_pass = LowPass::new(0.5).unwrap();
        let mut median = Median::<3>::new();
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(low_pass.calculate(bad, 0.02), 0.0);
            assert_eq!(median.calculate(bad), 0.0);
        }
        low_pass.calculate(4.0, 0.02);
        median.calculate(4.0);
        for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            assert_eq!(low_pass.calculate(bad, 0.02), 4.0);
            assert_eq!(low_pass.calculate(9.0, bad), 4.0);
            assert_eq!(median.calculate(bad), 4.0);
        }
        assert_eq!(low_pass.calculate(9.0, -0.02), 4.0);
        let next = low_pass.calculate(5.0, 0.02);
        assert!(next > 4.0 && next < 5.0, "{next}");
        assert_eq!(median.calculate(5.0), 4.5);
    }

    #[test]
    fn a_time_constant_is_a_number() {
        for bad in [f64::NAN, f64::INFINITY, -1.0] {
            assert!(LowPass::new(bad).is_err());
        }
    }
}
