//! In what way two invoices look like the same one.

use super::{
    checks::{CheckResult, Severity},
    field::Field,
};

/// The rules of an invoice that looks like another one: by its file, by its values.
pub const SAME_FILE: &str = "duplicate-file";
pub const SAME_INVOICE: &str = "duplicate-invoice";

/// What two invoices have in common; the first that is true is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    File,
    /// Supplier and number, of whatever year.
    Number,
    /// Supplier, gross total and date.
    AmountAndDate,
    /// All but the supplier: its name or VAT id is another one.
    AllButSupplier,
}

impl Likeness {
    /// By the number that the store gives those that it looks for by value.
    pub fn numbered(number: u32) -> Option<Likeness> {
        match number {
            1 => Some(Likeness::Number),
            2 => Some(Likeness::AmountAndDate),
            3 => Some(Likeness::AllButSupplier),
            _ => None,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Likeness::File => "The same file was uploaded before",
            Likeness::Number => "An invoice of this supplier with the same number is already here",
            Likeness::AmountAndDate => "An invoice of this supplier with the same amount and date is already here",
            Likeness::AllButSupplier => {
                "An invoice with the same number, amount and date is already here, from a supplier of another name"
            }
        }
    }

    /// Where to look; the first is where the message stands.
    fn fields(self) -> &'static [Field] {
        match self {
            Likeness::File | Likeness::Number => &[Field::InvoiceNumber],
            Likeness::AmountAndDate => &[Field::InvoiceNumber, Field::GrossTotal, Field::IssueDate],
            Likeness::AllButSupplier => &[Field::InvoiceNumber, Field::SupplierName],
        }
    }

    /// It blocks until a person resolved it.
    pub fn check(self) -> CheckResult {
        CheckResult {
            rule: if self == Likeness::File { SAME_FILE } else { SAME_INVOICE }.to_owned(),
            severity: Severity::Block,
            message: self.words().to_owned(),
            fields: self.fields().to_vec(),
            expected: None,
            found: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_says_something_of_its_own_and_blocks() {
        let all = [Likeness::File, Likeness::Number, Likeness::AmountAndDate, Likeness::AllButSupplier];
        let checks: Vec<CheckResult> = all.into_iter().map(Likeness::check).collect();
        assert!(checks.iter().all(|check| check.severity == Severity::Block && !check.fields.is_empty()));
        let words: std::collections::BTreeSet<&str> = checks.iter().map(|check| check.message.as_str()).collect();
        assert_eq!(words.len(), all.len());
    }
}
