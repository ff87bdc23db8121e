//! Which seats: the best free ones together.

use crate::values::{Rows, SeatNumber};

/// `wanted` free seats of a cabin, as close together as can be: side by side within one block of the foremost
/// row, else in one row across the aisle, else the foremost free ones. Nothing when fewer are free.
pub fn together(
    rows: &Rows,
    wanted: usize,
    mut is_free: impl FnMut(SeatNumber) -> bool,
) -> Option<Vec<SeatNumber>> {
    let mut in_one_row = None;
    let mut foremost = vec![];
    for row in rows.first_row..=rows.last_row {
        let mut free_in_row = vec![];
        for block in rows.blocks(row) {
            let free: Vec<bool> = block.iter().map(|seat| is_free(*seat)).collect();
            if let Some(start) = run_of(wanted, &free) {
                return Some(block[start..start + wanted].to_vec());
            }
            free_in_row.extend(block.iter().zip(&free).filter(|(_, free)| **free).map(|(seat, _)| *seat));
        }
        if in_one_row.is_none() && wanted <= free_in_row.len() {
            in_one_row = Some(free_in_row[..wanted].to_vec());
        }
        if foremost.len() < wanted {
            foremost.extend(free_in_row);
        }
    }
    foremost.truncate(wanted);
    in_one_row.or((foremost.len() == wanted).then_some(foremost))
}

/// Where the first run of so many free seats starts.
fn run_of(wanted: usize, free: &[bool]) -> Option<usize> {
    if wanted == 0 {
        return None;
    }
    free.windows(wanted).position(|seats| seats.iter().all(|free| *free))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows() -> Rows {
        Rows { first_row: 1, last_row: 3, letters: "ABC DEF".into() }
    }

    fn choose(wanted: usize, taken: &[&str]) -> Option<Vec<String>> {
        let taken: Vec<SeatNumber> = taken.iter().map(|seat| seat.parse().unwrap()).collect();
        let chosen = together(&rows(), wanted, |seat| !taken.contains(&seat))?;
        Some(chosen.iter().map(ToString::to_string).collect())
    }

    fn seats(names: &[&str]) -> Option<Vec<String>> {
        Some(names.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn side_by_side_in_the_foremost_row_that_has_it() {
        assert_eq!(choose(2, &[]), seats(&["1A", "1B"]));
        assert_eq!(choose(2, &["1B", "1E"]), seats(&["2A", "2B"]));
        assert_eq!(choose(3, &["1A"]), seats(&["1D", "1E", "1F"]));
    }

    #[test]
    fn across_the_aisle_when_no_block_is_wide_enough() {
        assert_eq!(choose(4, &["1A"]), seats(&["1B", "1C", "1D", "1E"]));
        assert_eq!(choose(6, &["1A"]), seats(&["2A", "2B", "2C", "2D", "2E", "2F"]));
    }

    #[test]
    fn the_foremost_ones_when_no_row_is_free_enough() {
        assert_eq!(choose(7, &[]), seats(&["1A", "1B", "1C", "1D", "1E", "1F", "2A"]));
        assert_eq!(choose(19, &[]), None);
        assert_eq!(choose(18, &["3F"]), None);
    }
}
