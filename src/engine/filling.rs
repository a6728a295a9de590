//! Samples that come in pieces of any size, and the hops that they fill.

/// The hop that is being filled, of every channel.
#[derive(Clone, Debug)]
pub(crate) struct Filling {
    planes: Vec<Vec<f32>>,
    filled: usize,
}

impl Filling {
    pub fn new(channels: usize, hop: usize) -> Self {
        Self { planes: vec![vec![0.0; hop]; channels], filled: 0 }
    }

    pub fn channels(&self) -> usize {
        self.planes.len()
    }

    /// Whether no hop has begun.
    pub fn is_empty(&self) -> bool {
        self.filled == 0
    }

    fn size(&self) -> usize {
        self.planes[0].len()
    }

    /// Takes samples of every plane from `start` on, before `end` and as far as the hop has room; returns how many.
    pub fn take<P: AsRef<[f32]>>(&mut self, planes: &[P], start: usize, end: usize) -> usize {
        let count = (end - start).min(self.size() - self.filled);
        for (to, from) in self.planes.iter_mut().zip(planes) {
            to[self.filled..][..count].copy_from_slice(&from.as_ref()[start..][..count]);
        }
        self.filled += count;
        count
    }

    /// Fills a hop that has begun with silence; false if none has.
    pub fn pad(&mut self) -> bool {
        let begun = self.filled > 0;
        if begun {
            self.planes.iter_mut().for_each(|plane| plane[self.filled..].fill(0.0));
            self.filled = self.size();
        }
        begun
    }

    /// The hop, if it is full; the next one then begins.
    pub fn hop(&mut self) -> Option<&[Vec<f32>]> {
        (self.filled == self.size()).then(|| {
            self.filled = 0;
            &*self.planes
        })
    }

    pub fn reset(&mut self) {
        self.planes.iter_mut().for_each(|plane| plane.fill(0.0));
        self.filled = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::Filling;

    #[test]
    fn hops_are_the_samples_in_order_whatever_the_pieces() {
        let planes: [Vec<f32>; 2] =
            [(0..100).map(|n| n as f32).collect(), (0..100).map(|n| -n as f32).collect()];
        for sizes in [&[100][..], &[1], &[3, 7, 31]] {
            let (mut filling, mut hops) = (Filling::new(2, 10), [Vec::new(), Vec::new()]);
            let (mut start, mut sizes) = (0, sizes.iter().cycle());
            while start < 95 {
                let end = (start + sizes.next().expect("sizes repeat")).min(95);
                while start < end {
                    start += filling.take(&planes, start, end);
                    if let Some(hop) = filling.hop() {
                        hops.iter_mut().zip(hop).for_each(|(to, from)| to.extend_from_slice(from));
                    }
                }
            }
            assert_eq!((&hops[0][..], &hops[1][..]), (&planes[0][..90], &planes[1][..90]));
            assert!(filling.pad());
            assert_eq!(filling.hop().expect("a hop")[1], [&planes[1][90..95], &[0.0; 5]].concat());
            assert!(!filling.pad() && filling.hop().is_none());
        }
    }
}
