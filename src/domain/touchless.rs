//! Approval without a person: the conditions, every one of which has to hold.

use super::{
    approval::Worth,
    bank_account::Standing,
    checks::CheckResult,
    money::{Decimal, grouped},
};
use serde::{Deserialize, Serialize};

/// How the program signs such an approval in the history.
pub const TOUCHLESS: &str = "Touchless";
/// The history's word for it: no person's approval goes by it, whatever their name.
pub const TOUCHLESS_APPROVED: &str = "approved_touchless";
/// How surely every value has to be read, until an admin says otherwise.
pub const DEFAULT_SURE_FROM: &str = "0.975";

/// What an admin sets of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TouchlessRules {
    pub is_on: bool,
    /// How surely every value has to be read: a decimal, 0.5 to 1.
    pub sure_from: String,
    /// The highest gross total, in the house's currency. Exact decimal; None: no ceiling.
    pub ceiling: Option<String>,
}

impl Default for TouchlessRules {
    fn default() -> Self {
        TouchlessRules { is_on: false, sure_from: DEFAULT_SURE_FROM.to_owned(), ceiling: None }
    }
}

/// What of an invoice, and of the rules, decides.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub is_on: bool,
    /// Who sent it wants a person to look.
    pub person_asked_for: bool,
    /// A person did something to it besides bringing it.
    pub touched: bool,
    /// Every required field has a value.
    pub is_filled: bool,
    /// Of the values there are.
    pub least_confidence: f32,
    pub sure_from: f32,
    pub checks: &'a [CheckResult],
    /// Something was noted while it was read.
    pub has_notes: bool,
    pub looks_like_another: bool,
    /// An invoice of this supplier was approved before.
    pub supplier_known: bool,
    /// None: it names no account.
    pub account: Option<Standing>,
    pub worth: Worth<'a>,
    pub currency: &'a str,
    pub ceiling: Option<Decimal>,
    pub two_approvals_over: Option<Decimal>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    SwitchedOn,
    NoPersonAskedFor,
    Untouched,
    Filled,
    ReadSurely,
    NoFailedCheck,
    NothingNoted,
    NoDuplicate,
    SupplierKnown,
    AccountKnown,
    UnderCeiling,
    OneApprovalIsEnough,
}

impl Condition {
    pub const ALL: [Condition; 12] = [
        Condition::SwitchedOn,
        Condition::NoPersonAskedFor,
        Condition::Untouched,
        Condition::Filled,
        Condition::ReadSurely,
        Condition::NoFailedCheck,
        Condition::NothingNoted,
        Condition::NoDuplicate,
        Condition::SupplierKnown,
        Condition::AccountKnown,
        Condition::UnderCeiling,
        Condition::OneApprovalIsEnough,
    ];

    pub fn holds(self, facts: &Facts<'_>) -> bool {
        let is_over = |amount: Decimal| facts.worth.is_over(amount, facts.currency);
        match self {
            Condition::SwitchedOn => facts.is_on,
            Condition::NoPersonAskedFor => !facts.person_asked_for,
            Condition::Untouched => !facts.touched,
            Condition::Filled => facts.is_filled,
            Condition::ReadSurely => facts.least_confidence >= facts.sure_from,
            Condition::NoFailedCheck => facts.checks.is_empty(),
            Condition::NothingNoted => !facts.has_notes,
            Condition::NoDuplicate => !facts.looks_like_another,
            Condition::SupplierKnown => facts.supplier_known,
            Condition::AccountKnown => facts.account == Some(Standing::Known),
            Condition::UnderCeiling => !facts.ceiling.is_some_and(is_over),
            Condition::OneApprovalIsEnough => !facts.two_approvals_over.is_some_and(is_over),
        }
    }

    /// What held, for the history. None: the reader takes it for granted.
    fn words(self, facts: &Facts<'_>) -> Option<String> {
        Some(match self {
            Condition::ReadSurely => format!("every value read surely ({} or more)", facts.sure_from),
            Condition::NoFailedCheck => "no check failed".to_owned(),
            Condition::NoDuplicate => "no duplicate".to_owned(),
            Condition::SupplierKnown => "an invoice of this supplier was approved before".to_owned(),
            Condition::AccountKnown => "bank account known".to_owned(),
            Condition::UnderCeiling => ["not above ", &grouped(facts.ceiling?), " ", facts.currency].concat(),
            _ => return None,
        })
    }
}

/// The conditions that do not hold; none: it is approved without a person.
pub fn missing(facts: &Facts<'_>) -> Vec<Condition> {
    Condition::ALL.into_iter().filter(|condition| !condition.holds(facts)).collect()
}

/// Why it was approved, in words.
pub fn because(facts: &Facts<'_>) -> String {
    let held: Vec<String> = Condition::ALL.into_iter().filter_map(|condition| condition.words(facts)).collect();
    let mut words = held.join("; ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::checks::Severity;

    fn good() -> Facts<'static> {
        Facts {
            is_on: true,
            person_asked_for: false,
            touched: false,
            is_filled: true,
            least_confidence: 0.975,
            sure_from: 0.975,
            checks: &[],
            has_notes: false,
            looks_like_another: false,
            supplier_known: true,
            account: Some(Standing::Known),
            worth: Worth { gross_total: "5000.00", currency: "EUR" },
            currency: "EUR",
            ceiling: Some(Decimal::from(5_000)),
            two_approvals_over: Some(Decimal::from(5_000)),
        }
    }

    #[test]
    fn when_all_hold_it_is_approved_and_says_why() {
        assert_eq!(missing(&good()), []);
        assert_eq!(
            because(&good()),
            "Every value read surely (0.975 or more); no check failed; no duplicate; \
             an invoice of this supplier was approved before; bank account known; not above 5,000.00 EUR"
        );
        let no_ceiling = Facts {
            ceiling: None,
            two_approvals_over: None,
            worth: Worth { gross_total: "1", currency: "USD" },
            ..good()
        };
        assert_eq!(missing(&no_ceiling), []);
        assert!(!because(&no_ceiling).contains("above"));
    }

    #[test]
    fn each_condition_alone_is_enough_to_ask_a_person() {
        let warning = [CheckResult {
            rule: "issue-stale".into(),
            severity: Severity::Warning,
            message: String::new(),
            fields: Vec::new(),
            expected: None,
            found: None,
        }];
        let dollars = Worth { gross_total: "1.00", currency: "USD" };
        let cent_more = Worth { gross_total: "5000.01", currency: "EUR" };
        let table: [(Condition, Facts<'_>); 16] = [
            (Condition::SwitchedOn, Facts { is_on: false, ..good() }),
            (Condition::NoPersonAskedFor, Facts { person_asked_for: true, ..good() }),
            (Condition::Untouched, Facts { touched: true, ..good() }),
            (Condition::Filled, Facts { is_filled: false, ..good() }),
            (Condition::ReadSurely, Facts { least_confidence: 0.974, ..good() }),
            (Condition::ReadSurely, Facts { least_confidence: f32::NAN, ..good() }),
            (Condition::NoFailedCheck, Facts { checks: &warning, ..good() }),
            (Condition::NothingNoted, Facts { has_notes: true, ..good() }),
            (Condition::NoDuplicate, Facts { looks_like_another: true, ..good() }),
            (Condition::SupplierKnown, Facts { supplier_known: false, ..good() }),
            (Condition::AccountKnown, Facts { account: None, ..good() }),
            (Condition::AccountKnown, Facts { account: Some(Standing::Unverified), ..good() }),
            (Condition::AccountKnown, Facts { account: Some(Standing::Changed), ..good() }),
            (Condition::UnderCeiling, Facts { worth: cent_more, two_approvals_over: None, ..good() }),
            (Condition::UnderCeiling, Facts { worth: dollars, two_approvals_over: None, ..good() }),
            (Condition::OneApprovalIsEnough, Facts { worth: cent_more, ceiling: None, ..good() }),
        ];
        for condition in Condition::ALL {
            assert!(table.iter().any(|(tested, _)| *tested == condition), "{condition:?} is not tested");
        }
        for (condition, facts) in table {
            assert_eq!(missing(&facts), [condition]);
        }
    }
}
