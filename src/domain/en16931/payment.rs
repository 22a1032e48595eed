//! Payment: means, account, card, BG-16 to BG-19.

use super::{
    model::{Invoice, Payment, Syntax, is_filled},
    rule::{Rule, Test},
};
use crate::domain::{checks::Severity, field::Field};

const ACCOUNT: &[Field] = &[Field::Iban];
/// A full card number has at least 12 digits; at most 10 of them may be shown.
const MAX_CARD: usize = 10;

/// Also checked over the values of pages (`domain/checks`).
pub const TRANSFER_ACCOUNT: Rule =
    Rule::holds("BR-61", "A credit transfer is asked for without an account", ACCOUNT, |invoice| {
        let is_judged = |payment: &&Payment<'_>| invoice.syntax == Syntax::Ubl || payment.has_account;
        transfers(invoice).filter(is_judged).all(|payment| payment.account.is_some())
    });

pub(super) static RULES: &[Rule] = &[
    Rule::holds("BR-49", "How to pay is not said", &[Field::PaymentMeans], |invoice| {
        invoice.payments.iter().all(|payment| payment.means.is_some())
    }),
    Rule::holds("BR-50", "The account for the credit transfer is missing", ACCOUNT, |invoice| {
        transfers(invoice).filter(|payment| payment.has_account).all(|payment| is_filled(payment.account))
    }),
    Rule::new(
        "BR-51",
        Severity::Warning,
        "More than the last digits of a card's number are shown",
        &[Field::PaymentMeans],
        Test::Holds(|invoice| {
            let is_short = |card: &str| card.chars().count() <= MAX_CARD;
            invoice.payments.iter().all(|payment| payment.card.is_none_or(is_short))
        }),
    )
    .error_in_cii(),
    TRANSFER_ACCOUNT,
    Rule::holds("UBL-SR-44", "There is more than one payment reference", &[Field::PaymentReference], |invoice| {
        let mut references = invoice.payments.iter().flat_map(|payment| &payment.references);
        let first = references.next();
        invoice.syntax == Syntax::Cii || references.all(|other| Some(other) == first)
    }),
    Rule::holds("UBL-SR-47", "There is more than one way to pay", &[Field::PaymentMeans], |invoice| {
        invoice.syntax == Syntax::Cii || is_one_way(invoice)
    }),
    Rule::holds("CII-SR-467", "There is more than one way to pay", &[Field::PaymentMeans], |invoice| {
        invoice.syntax == Syntax::Ubl || is_one_way(invoice)
    }),
    Rule::holds("CII-SR-470", "A credit transfer is asked for without an account", ACCOUNT, |invoice| {
        invoice.syntax == Syntax::Ubl || transfers(invoice).all(|payment| payment.account.is_some())
    }),
];

fn transfers<'i>(invoice: &'i Invoice<'_>) -> impl Iterator<Item = &'i Payment<'i>> {
    invoice.payments.iter().filter(|payment| payment.means.is_some_and(is_transfer))
}

/// Credit transfers: UNTDID 4461, 30 and 58.
pub fn is_transfer(means: &str) -> bool {
    matches!(means, "30" | "58")
}

fn is_one_way(invoice: &Invoice<'_>) -> bool {
    let mut means = invoice.payments.iter().filter_map(|payment| payment.means);
    let first = means.next();
    means.all(|other| Some(other) == first)
}
