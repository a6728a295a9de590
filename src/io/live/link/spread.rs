//! From the channels that are heard to those of the output.

/// Which of the channels that are heard go to a channel of the output. One goes to all. Of several, each goes to the output's of its
/// number; where the output has fewer, they go round: with `M` of them, channel `c` is part of the mean on `c mod M`. Where it
/// has more, those beyond are silent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Spread {
    outputs: usize,
}

impl Spread {
    pub fn new(outputs: usize) -> Self {
        Self { outputs }
    }

    /// Sample `n` of a channel of the output.
    pub fn of(self, output: usize, heard: &[Vec<f32>], n: usize) -> f32 {
        if let [one] = heard {
            return one[n];
        }
        let (mut sum, mut count) = (0.0, 0.0f32);
        for plane in heard.iter().skip(output).step_by(self.outputs) {
            sum += plane[n];
            count += 1.0;
        }
        sum / count.max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use super::Spread;

    #[test]
    fn channels_keep_their_places_and_none_is_lost() {
        let spread = |heard: &[f32], outputs: usize| -> Vec<f32> {
            let heard: Vec<_> = heard.iter().map(|&sample| vec![0.9, sample]).collect();
            (0..outputs).map(|output| Spread::new(outputs).of(output, &heard, 1)).collect()
        };
        assert_eq!(spread(&[0.3], 2), [0.3, 0.3]);
        assert_eq!(spread(&[0.1, 0.2], 2), [0.1, 0.2]);
        assert_eq!(spread(&[0.25, 0.75], 1), [0.5]);
        assert_eq!(spread(&[0.1, 0.2], 4), [0.1, 0.2, 0.0, 0.0]);
        assert_eq!(spread(&[1.0, 2.0, 3.0, 4.0, 8.0], 2), [4.0, 3.0]);
    }
}
