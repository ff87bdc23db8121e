//! Figures out of many measurements.

/// The smallest value that so many per cent of the values do not exceed; 0 when there are none.
pub fn percentile(sorted: &[u32], percent: usize) -> u32 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

/// The middle one; of two in the middle, their mean. 0 when there are none.
pub fn median(mut values: Vec<u64>) -> u64 {
    values.sort_unstable();
    let middle = values.len() / 2;
    match (values.get(middle), values.len() % 2) {
        (None, _) => 0,
        (Some(value), 1) => *value,
        (Some(value), _) => values[middle - 1].midpoint(*value),
    }
}

/// The middle one; of two in the middle, the greater. 0 when there are none.
pub fn upper_median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// Microseconds in milliseconds.
#[expect(clippy::float_arithmetic, reason = "for people to read")]
pub fn ms(micros: u32) -> f64 {
    f64::from(micros) / 1_000.0
}

/// How often `stock` fits into `ours`, to two decimals; 0 when there is no stock.
pub fn ratio(ours: u64, stock: u64) -> f64 {
    hundredths((ours * 100).checked_div(stock).unwrap_or_default())
}

/// So many hundredths.
#[expect(clippy::float_arithmetic, reason = "for people to read")]
pub fn hundredths(count: u64) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_values() {
        let hundred: Vec<u32> = (1..=100).collect();
        assert_eq!([1, 50, 99, 100].map(|percent| percentile(&hundred, percent)), [1, 50, 99, 100]);
        assert_eq!([50, 99].map(|percent| percentile(&[7, 8, 9], percent)), [8, 9]);
        assert_eq!([0, 50, 99].map(|percent| percentile(&[7], percent)), [7, 7, 7]);
        assert_eq!(percentile(&[], 50), 0);
    }

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![]), 0);
        assert_eq!(median(vec![9]), 9);
        assert_eq!(median(vec![1, 100, 3]), 3);
        assert_eq!(median(vec![4, 1, 100, 2]), 3);
        assert_eq!(upper_median(vec![4.0, 1.0, 100.0, 2.0]), 4.0);
    }

    #[test]
    fn ratios_stand_the_extremes() {
        assert_eq!(ratio(17_250, 1_500).to_string(), "11.5");
        assert_eq!(ratio(17_250, 0).to_string(), "0");
        assert_eq!(ms(1_250).to_string(), "1.25");
    }
}
