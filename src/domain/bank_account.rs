//! Whether a supplier's bank account is one that is known for it: who changes where money goes is asked twice.

use super::{
    checks::{CheckResult, Severity},
    field::Field,
    normalise::compact,
};
use serde::{Deserialize, Serialize};

/// The rule of an account that differs from the supplier's known ones.
pub const ACCOUNT_CHANGED: &str = "account-changed";
/// The rule of the first account of a supplier.
pub const ACCOUNT_UNVERIFIED: &str = "account-unverified";

/// Whether a check's rule is one of this file.
pub fn is_account_rule(rule: &str) -> bool {
    matches!(rule, ACCOUNT_CHANGED | ACCOUNT_UNVERIFIED)
}

/// By what an account is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// An invoice with it was approved.
    Approved,
    /// A person verified it.
    Verified,
}

/// How an account stands to those known for its supplier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Known,
    /// None is known yet.
    Unverified,
    /// Others are known, this one is not.
    Changed,
}

/// An account known for a supplier.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAccount {
    pub account: String,
    pub origin: Origin,
    /// Who verified it; empty where it is known by an approval from before names were noted.
    pub person: String,
    /// Milliseconds since 1970, UTC.
    pub at: i64,
}

/// The account of an invoice, as its page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankAccount {
    pub account: String,
    pub standing: Standing,
    /// The account itself where it is known, else the newest of those that are.
    pub known: Option<KnownAccount>,
    /// Whether whoever asks may verify it now.
    pub may_verify: bool,
}

/// What a person says who verified an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountVerification {
    /// The account they saw: another one was not verified.
    pub account: String,
    /// How: "called the supplier on a known number".
    pub note: String,
}

/// By what a supplier is recognised, each in the form in which it is compared. Empty: the invoice has none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SupplierKeys {
    pub vat_id: String,
    pub tax_number: String,
    pub name: String,
}

impl SupplierKeys {
    /// `name` is compared already.
    pub fn new(vat_id: &str, tax_number: &str, name: String) -> SupplierKeys {
        SupplierKeys { vat_id: compact(vat_id), tax_number: compact(tax_number), name }
    }
}

/// An account in the form in which it is compared.
pub fn account_key(account: &str) -> String {
    compact(account)
}

/// How an account stands to the newest one known for its supplier.
pub fn standing(account: &str, known: Option<&KnownAccount>) -> Standing {
    match known {
        None => Standing::Unverified,
        Some(known) if known.account == account => Standing::Known,
        Some(_) => Standing::Changed,
    }
}

/// The check of an account that is not known. A first account is told and no more: there is nothing it could have been
/// changed from, and whoever approves sees that the supplier is new.
pub fn check(account: &str, known: Option<&KnownAccount>) -> Option<CheckResult> {
    let (rule, severity, message) = match (standing(account, known), known) {
        (Standing::Changed, Some(known)) => (
            ACCOUNT_CHANGED,
            Severity::Block,
            ["Bank account differs from the known one ending in ", ending(&known.account)].concat(),
        ),
        (Standing::Unverified, _) => (
            ACCOUNT_UNVERIFIED,
            Severity::Warning,
            "Bank account is new: none is known for this supplier yet".to_owned(),
        ),
        _ => return None,
    };
    let fields = vec![Field::Iban];
    Some(CheckResult { rule: rule.to_owned(), severity, message, fields, expected: None, found: None })
}

/// The last four signs, by which people tell accounts apart.
fn ending(account: &str) -> &str {
    account.char_indices().rev().nth(3).map_or(account, |(at, _)| &account[at..])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(account: &str) -> KnownAccount {
        KnownAccount { account: account.into(), origin: Origin::Verified, person: "A".into(), at: 1 }
    }

    #[test]
    fn only_a_changed_account_blocks() {
        let mine = "DE89370400440532013000";
        assert_eq!(check(mine, Some(&known(mine))), None);
        let first = check(mine, None).unwrap();
        assert_eq!((first.rule.as_str(), first.severity), (ACCOUNT_UNVERIFIED, Severity::Warning));
        let changed = check(mine, Some(&known("AT611904300234573201"))).unwrap();
        assert_eq!((changed.rule.as_str(), changed.severity), (ACCOUNT_CHANGED, Severity::Block));
        assert_eq!(changed.message, "Bank account differs from the known one ending in 3201");
        assert_eq!(changed.fields, [Field::Iban]);
        assert!(is_account_rule(&first.rule) && is_account_rule(&changed.rule) && !is_account_rule("BR-50"));
    }

    #[test]
    fn accounts_and_numbers_are_compared_without_signs() {
        assert_eq!(account_key("de89 3704 0044 0532 0130 00"), "DE89370400440532013000");
        let keys = SupplierKeys::new("de 123.456", "201/123-45", "acme".into());
        assert_eq!((keys.vat_id.as_str(), keys.tax_number.as_str()), ("DE123456", "20112345"));
        assert_eq!(ending("12"), "12");
        assert_eq!(ending("ÄÖÜ€1234"), "1234");
    }
}
