//! The VAT breakdown, BG-23, whatever the categories.

use super::{
    ledger::Ledger,
    model::{Syntax, VatRow, number, to_whole},
    rule::{Found, Rule},
    sums::{self, is_near},
};
use crate::domain::{field::Field, money::Decimal};

/// Also checked over the values, as people correct them (`domain/checks`).
pub static ROW_TAX: Rule =
    Rule::error("BR-CO-17", "A VAT row's tax is not its base times its rate", &[Field::TaxTotal], row_tax);

pub(super) static RULES: &[Rule] = &[
    Rule::row("BR-45", "A VAT row has no base", |row| row.base.is_some()),
    Rule::row("BR-46", "A VAT row has no tax", |row| row.tax.is_some()),
    Rule::row("BR-47", "A VAT row has no category", |row| row.vat.is_vat && row.vat.code.is_some()),
    Rule::row("BR-48", "A VAT row has no rate", |row| {
        row.vat.is_vat && (row.vat.rate.is_some() || row.vat.code == Some("O"))
    }),
    Rule::holds("BR-CO-18", "The VAT breakdown is missing", &[Field::TaxTotal], |invoice| {
        // CII judges it on each line.
        let is_judged = invoice.syntax == Syntax::Ubl || !invoice.lines.is_empty();
        !is_judged || !invoice.vat_rows.is_empty()
    }),
];

fn row_tax(ledger: &Ledger<'_>, found: &mut Found) {
    for row in ledger.invoice.judged_rows() {
        let Some(tax) = number(row.tax) else {
            found.breach();
            continue;
        };
        let rate = row.vat.rate.filter(|_| row.vat.is_vat);
        match number(rate) {
            Some(rate) if !to_whole(rate).is_zero() => match tax_of(row, rate) {
                Some(expected) if is_near(expected, tax, ledger.invoice.syntax) => {}
                Some(expected) => found.unequal(expected, tax),
                None => found.breach(),
            },
            None if rate.is_some() => found.breach(),
            // Without a rate, or with one that rounds to nothing, there is no tax.
            _ if to_whole(tax).is_zero() => {}
            _ => found.unequal(Decimal::ZERO, tax),
        }
    }
}

/// Base times rate, without its sign.
pub(super) fn tax_of(row: &VatRow<'_>, rate: Decimal) -> Option<Decimal> {
    sums::row_tax(number(row.base)?, rate)
}
