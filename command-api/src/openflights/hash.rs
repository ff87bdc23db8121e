/// FNV-1a over the parts, each ended by a byte that no text holds: the same for ever and on every machine.
pub fn stable(parts: &[&str]) -> u64 {
    parts.iter().fold(OFFSET, |hash, part| (part.bytes().fold(hash, mix) ^ END).wrapping_mul(PRIME))
}

/// A number below `bound` out of the upper half of the hash, which is better mixed than the lower.
pub fn below(bound: u32, parts: &[&str]) -> u32 {
    let upper = stable(parts) >> 32;
    u32::try_from(upper % u64::from(bound)).expect("a remainder is below its 32-bit divisor")
}

const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0000_0100_0000_01b3;
const END: u64 = 0xff;

fn mix(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(PRIME)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_the_same_for_ever() {
        assert_eq!(stable(&[]), 0xcbf2_9ce4_8422_2325);
        assert_eq!(stable(&["AA", "JFK", "LAX"]), 5_895_755_401_344_800_452);
    }

    #[test]
    fn parts_do_not_run_together() {
        assert_ne!(stable(&["AB", "C"]), stable(&["A", "BC"]));
    }
}
