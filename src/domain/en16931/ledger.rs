//! What the rules about VAT ask again and again, added up once: an invoice of many lines and many VAT rows is judged
//! in a time that grows with their number, not with its square.

use super::model::{Invoice, Value, number};
use crate::domain::money::Decimal;
use std::collections::{BTreeMap, HashMap};

/// Amounts of one VAT category, or of one rate of it.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sums {
    pub lines: Decimal,
    pub charges: Decimal,
    pub allowances: Decimal,
    /// How many lines, charges and allowances there are.
    pub count: usize,
}

/// Where a VAT category is used.
#[derive(Clone, Debug, Default)]
pub(super) struct Uses {
    /// Also where the tax is not said to be VAT.
    pub lines: usize,
    pub adjustments: usize,
    pub rows: usize,
    pub vat_lines: usize,
    pub vat_allowances: usize,
    pub vat_charges: usize,
    pub vat_rows: usize,
    pub sums: Sums,
    pub by_rate: BTreeMap<Decimal, Sums>,
}

/// An invoice, and its sums.
pub(super) struct Ledger<'i> {
    pub invoice: &'i Invoice<'i>,
    uses: HashMap<&'i str, Uses>,
    unused: Uses,
    /// Of all line amounts.
    pub line_sum: Decimal,
    pub allowance_sum: Decimal,
    pub charge_sum: Decimal,
    /// The taxes of the VAT rows, by the tax total that they stand in, and how many there are.
    pub row_tax: HashMap<usize, (Decimal, usize)>,
}

impl<'i> Ledger<'i> {
    pub fn new(invoice: &'i Invoice<'i>) -> Self {
        let mut ledger = Ledger {
            invoice,
            uses: HashMap::new(),
            unused: Uses::default(),
            line_sum: Decimal::ZERO,
            allowance_sum: Decimal::ZERO,
            charge_sum: Decimal::ZERO,
            row_tax: HashMap::new(),
        };
        ledger.enter_lines();
        ledger.enter_adjustments();
        ledger.enter_rows();
        ledger
    }

    /// The uses of a VAT category.
    pub fn uses(&self, code: &str) -> &Uses {
        self.uses.get(code).unwrap_or(&self.unused)
    }

    /// All VAT categories and their uses.
    pub fn all_uses(&self) -> impl Iterator<Item = (&str, &Uses)> {
        self.uses.iter().map(|(code, uses)| (*code, uses))
    }

    fn enter_lines(&mut self) {
        for line in &self.invoice.lines {
            let net = number(line.net).unwrap_or_default();
            self.line_sum += net;
            let Some(code) = line.vat.code else { continue };
            let uses = self.uses.entry(code).or_default();
            uses.lines += 1;
            uses.vat_lines += usize::from(line.vat.is_vat);
            uses.add(line.vat.rate, |sums| sums.lines += net);
        }
    }

    fn enter_adjustments(&mut self) {
        for adjustment in &self.invoice.adjustments {
            let amount = number(adjustment.amount).unwrap_or_default();
            match adjustment.is_charge {
                Some(true) => self.charge_sum += amount,
                Some(false) => self.allowance_sum += amount,
                None => {}
            }
            let Some(code) = adjustment.vat.code else { continue };
            let uses = self.uses.entry(code).or_default();
            uses.adjustments += 1;
            match adjustment.is_charge {
                Some(true) => {
                    uses.vat_charges += usize::from(adjustment.vat.is_vat);
                    uses.add(adjustment.vat.rate, |sums| sums.charges += amount);
                }
                Some(false) => {
                    uses.vat_allowances += usize::from(adjustment.vat.is_vat);
                    uses.add(adjustment.vat.rate, |sums| sums.allowances += amount);
                }
                None => {}
            }
        }
    }

    fn enter_rows(&mut self) {
        for row in &self.invoice.vat_rows {
            let (sum, count) = self.row_tax.entry(row.total).or_default();
            *sum += number(row.tax).unwrap_or_default();
            *count += 1;
            let Some(code) = row.vat.code else { continue };
            let uses = self.uses.entry(code).or_default();
            uses.rows += 1;
            uses.vat_rows += usize::from(row.vat.is_vat);
        }
    }
}

impl Uses {
    fn add(&mut self, rate: Value<'_>, add: impl Fn(&mut Sums)) {
        let enter = |sums: &mut Sums| {
            sums.count += 1;
            add(sums);
        };
        enter(&mut self.sums);
        if let Some(rate) = number(rate) {
            enter(self.by_rate.entry(rate.normalize()).or_default());
        }
    }
}
