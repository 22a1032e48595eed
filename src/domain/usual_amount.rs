//! Whether an invoice's amount is far from what its supplier asked before.

use super::{
    checks::{CheckResult, Severity},
    field::Field,
    money::{Decimal, grouped},
};

/// The rule of an amount far from the supplier's earlier ones.
pub const UNUSUAL: &str = "amount-unusual";
/// So many earlier invoices are compared: with fewer there is no usual amount, of more the newest.
pub const FEWEST: usize = 10;
pub const MOST: usize = 30;

/// What is usual is the mean, and two standard deviations either way. Who asks the same every month may ask a little
/// more: the deviation counts as this share of the mean at least, in per cent.
const LEAST_DEVIATION: i128 = 5;

/// The usual amounts of a supplier, lowest and highest, by those before. All in ten-thousandths.
fn usual(before: &[i64]) -> Option<(i64, i64)> {
    let count = i128::try_from(before.len()).ok().filter(|_| before.len() >= FEWEST)?;
    let mean = before.iter().map(|amount| i128::from(*amount)).sum::<i128>() / count;
    let square = |amount: &i64| {
        let off = i128::from(*amount) - mean;
        off.checked_mul(off)
    };
    let squares = before.iter().try_fold(0_i128, |sum, amount| sum.checked_add(square(amount)?))?;
    let deviation = (squares / (count - 1)).isqrt().max(mean.abs() * LEAST_DEVIATION / 100);
    Some((i64::try_from(mean - 2 * deviation).ok()?.max(0), i64::try_from(mean + 2 * deviation).ok()?))
}

/// The check of a gross total against those of the supplier's earlier invoices in the same currency; all in
/// ten-thousandths. None: it is usual, or too few are known.
pub fn check(gross: i64, before: &[i64], currency: &str) -> Option<CheckResult> {
    let (lowest, highest) = usual(before)?;
    if (lowest..=highest).contains(&gross) {
        return None;
    }
    let words = |amount: i64| grouped(Decimal::new(amount, 4).round_dp(2));
    let (count, lowest, highest) = (before.len().to_string(), words(lowest), words(highest));
    let message = [
        "The amount is unusual for this supplier: the last ",
        &count,
        " invoices were mostly between ",
        &lowest,
        " and ",
        &highest,
        " ",
        currency,
    ];
    Some(CheckResult {
        rule: UNUSUAL.to_owned(),
        severity: Severity::Warning,
        message: message.concat(),
        fields: vec![Field::GrossTotal],
        expected: None,
        found: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn euros(amounts: &[i64]) -> Vec<i64> {
        amounts.iter().map(|amount| amount * 10_000).collect()
    }

    fn is_unusual(amount: &str, before: &[i64]) -> bool {
        let amount: Decimal = amount.parse().expect("an amount");
        let gross = i64::try_from(amount * Decimal::from(10_000)).expect("it fits");
        check(gross, before, "EUR").is_some()
    }

    #[test]
    fn equal_months_leave_room_for_a_little_more() {
        let before = euros(&[100; 12]);
        assert!(!is_unusual("100.00", &before) && !is_unusual("100.37", &before));
        assert!(!is_unusual("110.00", &before) && is_unusual("110.01", &before));
        assert!(!is_unusual("90.00", &before) && is_unusual("89.99", &before));
    }

    #[test]
    fn two_deviations_are_usual() {
        // Mean 100, deviation 10 × √(10 ÷ 9), some 10.54.
        let before = euros(&[90, 110, 90, 110, 90, 110, 90, 110, 90, 110]);
        assert!(!is_unusual("121.08", &before) && is_unusual("121.09", &before));
        let check = check(10_000_000, &before, "EUR").expect("a thousand is unusual");
        assert_eq!(check.severity, Severity::Warning);
        assert_eq!(
            check.message,
            "The amount is unusual for this supplier: the last 10 invoices were mostly between 78.92 and 121.08 EUR"
        );
    }

    #[test]
    fn few_invoices_say_nothing() {
        assert!(!is_unusual("1000000.00", &euros(&[100; 9])));
        assert!(!is_unusual("1000000.00", &[]));
    }

    proptest! {
        #[test]
        fn never_panics(gross: i64, before in proptest::collection::vec(any::<i64>(), 0..31)) {
            _ = check(gross, &before, "EUR");
        }
    }
}
