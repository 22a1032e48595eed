//! Who may approve how much: limits, the house's rules, who stands in for whom. And what the settings page shows of it.

use super::{
    comment::Person,
    ids::UserId,
    learned::LearnedSupplier,
    money::{Decimal, grouped},
    own_company::OwnCompany,
    reject_reason::RejectReason,
    roles::Role,
    touchless::TouchlessRules,
};
use serde::{Deserialize, Serialize};

/// The rules an admin sets for the whole house.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rules {
    /// People may approve what they uploaded or changed: for installations of one person.
    pub self_approval: bool,
    /// Above this gross total two people have to approve. Exact decimal; None: one is always enough.
    pub two_approvals_over: Option<String>,
    /// The house's own currency, in which limits are.
    pub currency: String,
    /// What is approved without a person.
    #[serde(default)]
    pub touchless: TouchlessRules,
}

/// Somebody with an account, as an admin sees them.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Member {
    pub id: UserId,
    pub name: String,
    pub email: String,
    pub role: Role,
    /// The most they may approve. Exact decimal; None: any amount.
    pub approval_limit: Option<String>,
    pub disabled: bool,
}

/// Somebody to add. Texts as they were typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewMember {
    pub name: String,
    pub email: String,
    pub role: Role,
    /// Empty: any amount.
    pub approval_limit: String,
    /// Empty: one is made up.
    pub password: String,
}

/// A person's right to approve in the hands of another, from day to day: ISO dates, UTC, both inclusive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delegation {
    pub id: String,
    pub from: Person,
    pub to: Person,
    pub first_day: String,
    pub last_day: String,
}

/// What an approver sees of their own: who stands in for them, and for whom they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandIns {
    /// Those that are not over, the first to begin first.
    pub delegations: Vec<Delegation>,
    /// Who could stand in.
    pub colleagues: Vec<Person>,
    pub me: UserId,
    /// ISO date, UTC.
    pub today: String,
}

/// The settings page, for whoever asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    pub rules: Rules,
    /// Whose invoices these are. For admins only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own_companies: Option<Vec<OwnCompany>>,
    /// The whole catalogue of reasons for a rejection. For admins only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reject_reasons: Option<Vec<RejectReason>>,
    /// What corrections taught. For admins only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learned: Option<Vec<LearnedSupplier>>,
    /// For admins only.
    pub members: Option<Vec<Member>>,
    /// For those who may approve.
    pub stand_ins: Option<StandIns>,
}

/// What an invoice comes to.
#[derive(Clone, Copy, Debug)]
pub struct Worth<'a> {
    pub gross_total: &'a str,
    pub currency: &'a str,
}

impl Worth<'_> {
    /// Whether it is above an amount of the house's currency. In another currency, or with a gross total that can not
    /// be read, it is above any amount. A credit counts by its size.
    pub fn is_over(self, amount: Decimal, currency: &str) -> bool {
        self.in_currency(currency).is_none_or(|gross| gross > amount)
    }

    fn in_currency(self, currency: &str) -> Option<Decimal> {
        let gross: Decimal = self.gross_total.parse().ok()?;
        (self.currency == currency).then(|| gross.abs())
    }

    /// Why it is over a limit, in words.
    pub fn over_limit(self, limit: Decimal, currency: &str) -> String {
        let why = match self.in_currency(currency) {
            Some(_) => String::new(),
            None if self.currency != currency => [": the invoice is in ", self.currency].concat(),
            None => ": its gross total can not be read".to_owned(),
        };
        ["Over your limit of ", &grouped(limit), " ", currency, &why].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_over_a_limit() {
        let limit = Decimal::from(5_000);
        let over = |gross_total, currency| Worth { gross_total, currency }.is_over(limit, "EUR");
        assert!(!over("5000.00", "EUR") && !over("-5000.00", "EUR") && !over("0", "EUR"));
        assert!(over("5000.01", "EUR") && over("-5000.01", "EUR"));
        assert!(over("1.00", "USD") && over("1.00", "") && over("", "EUR") && over("much", "EUR"));
    }

    #[test]
    fn the_reason_says_the_limit() {
        let words = |gross_total, currency| Worth { gross_total, currency }.over_limit(Decimal::from(5_000), "EUR");
        assert_eq!(words("6000", "EUR"), "Over your limit of 5,000.00 EUR");
        assert_eq!(words("1", "USD"), "Over your limit of 5,000.00 EUR: the invoice is in USD");
        assert_eq!(words("", "EUR"), "Over your limit of 5,000.00 EUR: its gross total can not be read");
    }
}
