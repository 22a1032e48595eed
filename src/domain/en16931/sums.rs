//! The sums of an invoice as the validation of EN 16931 computes them, for the XML as it was received ([`super::totals`])
//! and for the values as people correct them ([`crate::domain::checks`]).

use super::model::{Syntax, to_cents};
use crate::domain::money::Decimal;

/// The total of amounts: of lines, allowances, charges, VAT rows.
pub fn total(amounts: impl Iterator<Item = Decimal>) -> Decimal {
    to_cents(amounts.sum())
}

/// BT-109 as it should be: lines less allowances plus charges. Rounded, but for UBL's plain case.
pub fn net(lines: Decimal, allowances: Option<Decimal>, charges: Option<Decimal>, syntax: Syntax) -> Decimal {
    let net = lines - allowances.unwrap_or_default() + charges.unwrap_or_default();
    let is_plain = allowances.is_none() && charges.is_none();
    if is_plain && syntax == Syntax::Ubl { net } else { to_cents(net) }
}

/// BT-112 as it should be.
pub fn gross(net: Decimal, tax: Decimal) -> Decimal {
    to_cents(net + tax)
}

/// What BT-115 is made of.
#[derive(Clone, Copy, Debug)]
pub struct Payable {
    pub gross: Decimal,
    pub paid: Option<Decimal>,
    pub rounding: Option<Decimal>,
}

impl Payable {
    pub fn due(self) -> Decimal {
        self.rest() + self.rounding.unwrap_or_default()
    }

    /// Whether an amount due is right. UBL rounds where something was paid or rounded; CII does not.
    pub fn is_due(self, due: Decimal, syntax: Syntax) -> bool {
        match (syntax, self.paid, self.rounding) {
            (Syntax::Ubl, Some(_), None) => due == to_cents(self.rest()),
            (Syntax::Ubl, Some(_), Some(rounding)) => to_cents(due - rounding) == to_cents(self.rest()),
            (Syntax::Ubl, None, Some(rounding)) => to_cents(due - rounding) == self.rest(),
            _ => due == self.due(),
        }
    }

    fn rest(self) -> Decimal {
        self.gross - self.paid.unwrap_or_default()
    }
}

/// Whether a VAT row's tax is near enough to what its base and rate come to: within one unit of the currency; CII takes
/// exactly one, too. The sign does not count.
pub fn is_near(expected: Decimal, tax: Decimal, syntax: Syntax) -> bool {
    let off = (tax.abs() - expected).abs();
    off < Decimal::ONE || (syntax == Syntax::Cii && off == Decimal::ONE)
}

/// Base times rate, without its sign; None: beyond all amounts.
pub fn row_tax(base: Decimal, rate: Decimal) -> Option<Decimal> {
    product(base.abs(), rate / Decimal::ONE_HUNDRED).map(to_cents)
}

/// One number times another; None: beyond all amounts, so that any may be added to what it is.
pub fn product(one: Decimal, other: Decimal) -> Option<Decimal> {
    one.checked_mul(other).filter(|product| product.abs() < Decimal::from(1_000_000_000_000_000_i64))
}
