use super::aircraft::{Aircraft, Block, Seats, Travel};

/// The aircraft that are known, and how they are seated: plausible maps, not those of one airline.
pub const FLEET: &[Aircraft] = &[
    // Two aisles.
    aircraft("380 388 A388", 900, &[first(3, "A EF K"), business(19, "A DG K"), economy(40, "ABC DEFG HJK")]),
    aircraft(
        "744 747 748 74E 74H 74L 74M B744 B748 B74S",
        900,
        &[first(2, "A DG K"), business(10, "AC DG HK"), economy(30, "ABC DEFG HJK")],
    ),
    aircraft(
        "773 77W B773 B77W",
        900,
        &[first(2, "A EF K"), business(8, "AC DG HK"), premium(3, "AC DEFG HK"), economy(27, "ABC DEFG HJK")],
    ),
    aircraft(
        "772 777 77L B772 B77L",
        900,
        &[business(7, "AC DG HK"), premium(3, "AC DEFG HK"), economy(21, "ABC DEFG HJK")],
    ),
    aircraft(
        "787 788 789 B788 B789",
        900,
        &[business(7, "A DG K"), premium(3, "AC DEF HK"), economy(20, "ABC DEF HJK")],
    ),
    aircraft(
        "350 351 359 A359 A35K",
        900,
        &[business(10, "A DG K"), premium(3, "AC DEFG HK"), economy(25, "ABC DEF HJK")],
    ),
    aircraft("330 332 333 A332 A333", 870, &[business(6, "AC DG HK"), economy(28, "AC DEFG HK")]),
    aircraft(
        "340 342 343 345 346 A342 A343 A345 A346",
        870,
        &[first(2, "A DG K"), business(6, "AC DG HK"), economy(28, "AC DEFG HK")],
    ),
    aircraft(
        "310 312 313 AB3 AB4 AB6 A30B A306 A310",
        850,
        &[business(4, "AC DF HK"), economy(26, "AC DEFG HK")],
    ),
    aircraft("762 763 764 767 76W B762 B763 B764", 850, &[business(5, "AC DF HK"), economy(27, "AC DEF HK")]),
    aircraft("D10 D11 D1C M11 DC10 MD11", 880, &[business(5, "AC DG HK"), economy(26, "AC DEFGH JK")]),
    aircraft("IL9 ILW IL86 IL96", 870, &[business(3, "AC DG HK"), economy(27, "ABC DEF HJK")]),
    // One aisle.
    aircraft("752 753 757 75T 75W B752 B753", 850, &[business(5, "AC DF"), economy(29, "ABC DEF")]),
    aircraft("321 32B A321", 830, &[business(5, "AC DF"), economy(29, "ABC DEF")]),
    aircraft("320 32A 32C 32S A320", 830, &[business(3, "AC DF"), economy(25, "ABC DEF")]),
    aircraft("318 319 A318 A319", 830, &[business(2, "AC DF"), economy(21, "ABC DEF")]),
    aircraft("739 73J B739", 830, &[business(5, "AC DF"), economy(26, "ABC DEF")]),
    aircraft("738 73H B738", 830, &[business(4, "AC DF"), economy(25, "ABC DEF")]),
    aircraft("736 737 73G 73R 73W B736 B737", 830, &[business(3, "AC DF"), economy(20, "ABC DEF")]),
    aircraft(
        "733 734 735 73C 73E 73N 73Q B733 B734 B735",
        800,
        &[business(2, "AC DF"), economy(21, "ABC DEF")],
    ),
    aircraft("732 73M B732", 780, &[economy(19, "ABC DEF")]),
    aircraft(
        "M80 M81 M82 M83 M87 M88 M90 MD81 MD82 MD83 MD87 MD88 MD90",
        810,
        &[business(4, "AC DF"), economy(26, "AC DEF")],
    ),
    aircraft("717 D93 D95 DC9 B712 DC93", 800, &[business(3, "AC DF"), economy(21, "AC DEF")]),
    aircraft("T20 TU3 TU5 YK2 T134 T154 T204 YK42", 820, &[business(3, "AC DF"), economy(20, "ABC DEF")]),
    aircraft("100 F28 F70 F100", 740, &[economy(19, "AC DEF")]),
    aircraft("141 142 143 146 AR1 AR7 AR8 ARJ B461 B462 B463 RJ70 RJ85 RJ1H", 700, &[economy(16, "ABC DEF")]),
    aircraft("A58 A81 SU9 A148 A158 SU95", 780, &[business(3, "AC DF"), economy(14, "AC DEF")]),
    aircraft("E90 E95 E190 E195", 820, &[business(3, "A DF"), economy(22, "AC DF")]),
    aircraft("E70 E75 E7W EMJ E170 E175", 800, &[business(3, "A DF"), economy(16, "AC DF")]),
    aircraft("CR7 CR9 CRA CRK CRJ7 CRJ9 CRJX", 800, &[business(3, "A DF"), economy(16, "AC DF")]),
    aircraft("CR1 CR2 CRJ CRJ1 CRJ2", 780, &[economy(13, "AC DF")]),
    aircraft("ER3 ER4 ERD ERJ E135 E145", 780, &[economy(16, "A DF")]),
    aircraft("D38 FRJ D328 J328", 620, &[economy(11, "A DF")]),
    // Propellers.
    aircraft("DH4 DH8D", 620, &[economy(19, "AC DF")]),
    aircraft("AT7 ATR AT72", 490, &[economy(17, "AC DF")]),
    aircraft("AT4 AT5 AT43 AT44 AT45", 490, &[economy(12, "AC DF")]),
    aircraft("DH1 DH2 DH3 DH7 DH8 DH8A DH8B DH8C DHC7", 490, &[economy(12, "AC DF")]),
    aircraft("ATP F27 F50 S20 SB20", 480, &[economy(13, "AC DF")]),
    aircraft("A40 AN4 I14 MA6 YN7 A140 AN24 I114", 450, &[economy(12, "AC DF")]),
    aircraft("EM2 SF3 SFB E120 SF34", 470, &[economy(11, "A DF")]),
    // Free seating.
    aircraft("BE1 BEH D28 EMB J31 J32 J41 L4T SH6 SWM YN2 B190 D228 E110 JS31 JS32 JS41", 430, &[pool(18)]),
    aircraft("DHT DHC6", 280, &[pool(17)]),
    aircraft("BE9 BEC BET CNJ PL2 PAG PC12", 420, &[pool(8)]),
    aircraft("BNI BNT CN1 CN2 CNA CNC CNT PA1 PA2 BN2P", 270, &[pool(8)]),
    aircraft("DHL DHP DHC2 DHC3", 210, &[pool(7)]),
    aircraft("BH2 NDE S76 B212", 230, &[pool(9)]),
];

/// Flies what the aircraft types list but [`FLEET`] does not: a regional aircraft of fifty seats.
pub const OTHER: Aircraft = aircraft("", 600, &[economy(13, "AC DF")]);

const fn aircraft(codes: &'static str, cruise_kmh: u32, cabins: &'static [Block]) -> Aircraft {
    Aircraft { codes, cruise_kmh, cabins }
}

const fn first(rows: u16, letters: &'static str) -> Block {
    Block { class: Travel::First, seats: Seats::Rows(rows, letters) }
}

const fn business(rows: u16, letters: &'static str) -> Block {
    Block { class: Travel::Business, seats: Seats::Rows(rows, letters) }
}

const fn premium(rows: u16, letters: &'static str) -> Block {
    Block { class: Travel::PremiumEconomy, seats: Seats::Rows(rows, letters) }
}

const fn economy(rows: u16, letters: &'static str) -> Block {
    Block { class: Travel::Economy, seats: Seats::Rows(rows, letters) }
}

const fn pool(places: u32) -> Block {
    Block { class: Travel::Economy, seats: Seats::Pool(places) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_one_aircraft() {
        let mut codes: Vec<_> = FLEET.iter().flat_map(|aircraft| aircraft.codes.split(' ')).collect();
        let count = codes.len();
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), count);
    }
}
