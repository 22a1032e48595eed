//! The rules that each VAT category has of its own: the same ten for each, told apart by a table.

use super::{
    ledger::{Ledger, Sums, Uses},
    model::{Adjustment, Invoice, Line, Party, Syntax, VatRow, number, to_cents},
    rule::{Found, Rule, Test},
    vat_rows::tax_of,
};
use crate::domain::{checks::Severity, field::Field, money::Decimal};
use std::borrow::Cow;

const TAX: &[Field] = &[Field::TaxTotal];

/// What a VAT category asks for.
#[derive(Debug)]
pub(super) struct Category {
    /// UNTDID 5305.
    code: &'static str,
    /// In ids of rules.
    prefix: &'static str,
    /// In messages.
    name: &'static str,
    rate: Rate,
    base: Base,
    /// Why there is no VAT must be said, or else must not.
    has_reason: bool,
    seller: SellerId,
    buyer: BuyerId,
    /// One row, or one for each rate.
    has_one_row: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rate {
    Zero,
    Positive,
    NotNegative,
    /// Zero or more; in CII more.
    CanaryIslands,
    None,
}

/// What the base is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    /// All amounts of the category.
    Whole,
    /// As before, but CII takes no difference.
    WholeExact,
    /// The amounts of the same rate.
    ByRate,
    /// As before, where UBL only asks that there are lines.
    ByRateLoosely,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SellerId {
    /// A VAT id or tax number, or the representative's VAT id.
    Any,
    /// A VAT id, or the representative's.
    Vat,
    /// No VAT id, neither the representative's nor the buyer's.
    NoVat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BuyerId {
    Any,
    Vat,
    VatOrRegistration,
}

const PLAIN: Category = Category {
    code: "",
    prefix: "",
    name: "",
    rate: Rate::Zero,
    base: Base::Whole,
    has_reason: true,
    seller: SellerId::Any,
    buyer: BuyerId::Any,
    has_one_row: true,
};

#[rustfmt::skip]
static CATEGORIES: [Category; 9] = [
    Category { code: "S", prefix: "BR-S", name: "standard rated",
        rate: Rate::Positive, base: Base::ByRate, has_reason: false, has_one_row: false, ..PLAIN },
    Category { code: "Z", prefix: "BR-Z", name: "zero rated", has_reason: false, ..PLAIN },
    Category { code: "E", prefix: "BR-E", name: "exempt", ..PLAIN },
    Category { code: "AE", prefix: "BR-AE", name: "reverse charge", buyer: BuyerId::VatOrRegistration, ..PLAIN },
    Category { code: "K", prefix: "BR-IC", name: "within the Community",
        seller: SellerId::Vat, buyer: BuyerId::Vat, ..PLAIN },
    Category { code: "G", prefix: "BR-G", name: "export", seller: SellerId::Vat, ..PLAIN },
    Category { code: "O", prefix: "BR-O", name: "outside the scope of VAT",
        rate: Rate::None, base: Base::WholeExact, seller: SellerId::NoVat, ..PLAIN },
    Category { code: "L", prefix: "BR-AF", name: "Canary Islands",
        rate: Rate::CanaryIslands, base: Base::ByRateLoosely, has_reason: false, has_one_row: false, ..PLAIN },
    Category { code: "M", prefix: "BR-AG", name: "Ceuta and Melilla",
        rate: Rate::NotNegative, base: Base::ByRateLoosely, has_reason: false, has_one_row: false, ..PLAIN },
];

/// Where a category is used, for the rules that are asked of each.
#[derive(Clone, Copy)]
enum Place {
    Line,
    Allowance,
    Charge,
}

/// The ten rules of each category, and those that only some have.
pub(super) fn rules() -> impl Iterator<Item = Rule> {
    CATEGORIES.iter().flat_map(ten_rules).chain(MORE_RULES.iter().cloned())
}

fn ten_rules(category: &'static Category) -> Vec<Rule> {
    let name = format!("VAT category {}, {}", category.code, category.name);
    let rule = |number: u8, text: String, test| Rule {
        id: Cow::Owned(format!("{}-{number:02}", category.prefix)),
        severity: Severity::Error,
        severity_in_cii: Severity::Error,
        text: Cow::Owned(text),
        fields: TAX,
        test: Test::Category(category, test),
    };
    let ids = match (category.seller, category.buyer) {
        (SellerId::NoVat, _) => "there is a VAT id",
        (_, BuyerId::Any) => "the supplier's tax id is missing",
        _ => "the supplier's or the buyer's tax id is missing",
    };
    let rate = match category.rate {
        Rate::Zero => "is not zero",
        Rate::Positive => "is not above zero",
        Rate::NotNegative | Rate::CanaryIslands => "is missing or negative",
        Rate::None => "is given",
    };
    let reason = if category.has_reason { "the reason for no VAT is missing" } else { "a reason for no VAT is given" };
    vec![
        rule(1, format!("{name}: what is invoiced and the VAT rows do not match"), has_rows),
        rule(2, format!("{name}, on a line: {ids}"), |category, ledger, found| {
            ids_fit(category, ledger, Place::Line, found);
        }),
        rule(3, format!("{name}, on an allowance: {ids}"), |category, ledger, found| {
            ids_fit(category, ledger, Place::Allowance, found);
        }),
        rule(4, format!("{name}, on a charge: {ids}"), |category, ledger, found| {
            ids_fit(category, ledger, Place::Charge, found);
        }),
        rule(5, format!("{name}: a line's rate {rate}"), line_rates),
        rule(6, format!("{name}: an allowance's rate {rate}"), |category, ledger, found| {
            adjustment_rates(category, ledger, false, found);
        }),
        rule(7, format!("{name}: a charge's rate {rate}"), |category, ledger, found| {
            adjustment_rates(category, ledger, true, found);
        }),
        rule(8, format!("{name}: the base is not the sum of its lines, charges and allowances"), bases),
        rule(9, format!("{name}: the tax of a row is wrong"), taxes),
        rule(10, format!("{name}: {reason}"), reasons),
    ]
}

impl Category {
    /// The rows of the category. For two categories CII does not ask that the tax is said to be VAT.
    fn rows<'i>(&'static self, invoice: &'i Invoice<'i>) -> impl Iterator<Item = &'i VatRow<'i>> {
        let any_tax = invoice.syntax == Syntax::Cii && matches!(self.code, "S" | "Z");
        invoice.vat_rows.iter().filter(move |row| row.vat.code == Some(self.code) && (row.vat.is_vat || any_tax))
    }

    fn rate_fits(&self, rate: Option<&str>, syntax: Syntax) -> bool {
        let number = number(rate);
        match self.rate {
            Rate::Zero => number.is_some_and(|rate| rate.is_zero()),
            Rate::Positive => number.is_some_and(|rate| rate > Decimal::ZERO),
            Rate::CanaryIslands if syntax == Syntax::Cii => number.is_some_and(|rate| rate > Decimal::ZERO),
            Rate::NotNegative | Rate::CanaryIslands => number.is_some_and(|rate| rate >= Decimal::ZERO),
            Rate::None => rate.is_none(),
        }
    }
}

/// 01: what is invoiced in the category has its rows in the VAT breakdown, and the other way round.
fn has_rows(category: &'static Category, ledger: &Ledger<'_>, found: &mut Found) {
    let uses = ledger.uses(category.code);
    let invoiced = uses.vat_lines + uses.vat_allowances + uses.vat_charges;
    let holds = match (ledger.invoice.syntax, category.has_one_row) {
        (Syntax::Ubl, true) => (invoiced == 0 && uses.vat_rows == 0) || uses.vat_rows == 1,
        (Syntax::Ubl, false) if category.code == "S" => (uses.lines + uses.adjustments > 0) == (uses.rows > 0),
        (Syntax::Ubl, false) => (invoiced > 0) == (uses.rows > 0),
        (Syntax::Cii, true) => one_row_in_cii(category, uses),
        // Two lines alone are enough there.
        (Syntax::Cii, false) => {
            (uses.lines == 0 || uses.lines + uses.rows >= 2)
                && (uses.adjustments == 0 || uses.adjustments + uses.rows >= 2)
        }
    };
    found.unless(holds);
}

fn one_row_in_cii(category: &Category, uses: &Uses) -> bool {
    let is_invoiced = uses.lines + uses.adjustments > 0;
    match uses.rows {
        0 => !is_invoiced || category.code == "O",
        1 => is_invoiced,
        _ => false,
    }
}

/// 02, 03, 04: the parties have the ids that the category asks for.
fn ids_fit(category: &'static Category, ledger: &Ledger<'_>, place: Place, found: &mut Found) {
    let uses = ledger.uses(category.code);
    let used = match place {
        Place::Line => uses.vat_lines,
        Place::Allowance => uses.vat_allowances,
        Place::Charge => uses.vat_charges,
    };
    let invoice = ledger.invoice;
    let (seller, buyer) = (invoice.seller.as_ref(), invoice.buyer.as_ref());
    let represented = invoice.representatives.iter().any(Party::has_vat_id);
    let buyer_has_vat_id = buyer.is_some_and(Party::has_vat_id);
    let seller_fits = match category.seller {
        SellerId::Any => represented || seller.is_some_and(Party::has_tax_id),
        SellerId::Vat => represented || seller.is_some_and(Party::has_vat_id),
        SellerId::NoVat => !represented && !buyer_has_vat_id && !seller.is_some_and(Party::has_vat_id),
    };
    let buyer_fits = match category.buyer {
        BuyerId::Any => true,
        BuyerId::Vat => buyer_has_vat_id,
        BuyerId::VatOrRegistration => buyer_has_vat_id || buyer.is_some_and(|buyer| buyer.legal_id.is_some()),
    };
    found.unless(used == 0 || (seller_fits && buyer_fits));
}

/// 05.
fn line_rates(category: &'static Category, ledger: &Ledger<'_>, found: &mut Found) {
    let of_category = |line: &Line<'_>| line.vat.is_vat && line.vat.code == Some(category.code);
    for (place, line) in ledger.invoice.lines.iter().enumerate().filter(|(_, line)| of_category(line)) {
        found.unless_at(place, category.rate_fits(line.vat.rate, ledger.invoice.syntax));
    }
}

/// 06 and 07.
fn adjustment_rates(category: &'static Category, ledger: &Ledger<'_>, is_charge: bool, found: &mut Found) {
    let of_category = |one: &&Adjustment<'_>| one.vat.is_vat && one.vat.code == Some(category.code);
    for adjustment in ledger.invoice.adjustments_of(is_charge).filter(of_category) {
        found.unless(category.rate_fits(adjustment.vat.rate, ledger.invoice.syntax));
    }
}

/// 08: the base of a row is what its lines and charges, less its allowances, add up to.
fn bases(category: &'static Category, ledger: &Ledger<'_>, found: &mut Found) {
    let uses = ledger.uses(category.code);
    let by_rate = matches!(category.base, Base::ByRate | Base::ByRateLoosely);
    for row in category.rows(ledger.invoice) {
        let sums = match (by_rate, number(row.vat.rate)) {
            (false, _) => uses.sums,
            (true, Some(rate)) => uses.by_rate.get(&rate.normalize()).copied().unwrap_or_default(),
            (true, None) if row.vat.rate.is_none() => continue,
            (true, None) => Sums::default(),
        };
        let has_parts = match (ledger.invoice.syntax, category.base) {
            (Syntax::Cii, _) => true,
            (Syntax::Ubl, Base::ByRate) => sums.count > 0,
            (Syntax::Ubl, _) => !ledger.invoice.lines.is_empty(),
        };
        let expected = expected_base(&sums, ledger.invoice.syntax);
        match number(row.base) {
            Some(base) if has_parts && is_base(category.base, ledger.invoice.syntax, expected, base) => {}
            Some(base) => found.unequal(expected, base),
            None => found.breach(),
        }
    }
}

fn expected_base(sums: &Sums, syntax: Syntax) -> Decimal {
    match syntax {
        Syntax::Ubl => sums.lines + sums.charges - sums.allowances,
        Syntax::Cii => to_cents(sums.lines) + to_cents(sums.charges) - to_cents(sums.allowances),
    }
}

/// The official validations differ in where they take a difference of less than one unit of the currency.
fn is_base(kind: Base, syntax: Syntax, expected: Decimal, base: Decimal) -> bool {
    let is_tolerant = match (syntax, kind) {
        (Syntax::Ubl, Base::ByRate | Base::ByRateLoosely) | (Syntax::Cii, Base::Whole) => true,
        (Syntax::Ubl, Base::Whole | Base::WholeExact) => false,
        (Syntax::Cii, Base::WholeExact | Base::ByRate | Base::ByRateLoosely) => false,
    };
    expected == base || (is_tolerant && (expected - base).abs() < Decimal::ONE)
}

/// 09: nothing, or base times rate within one unit of the currency.
fn taxes(category: &'static Category, ledger: &Ledger<'_>, found: &mut Found) {
    let is_taxed = matches!(category.rate, Rate::Positive | Rate::NotNegative | Rate::CanaryIslands);
    if ledger.invoice.syntax == Syntax::Cii && is_taxed && category.code != "S" {
        return;
    }
    for row in category.rows(ledger.invoice) {
        let expected = match is_taxed {
            true => number(row.vat.rate).and_then(|rate| tax_of(row, rate)),
            false => Some(Decimal::ZERO),
        };
        let (Some(expected), Some(tax)) = (expected, number(row.tax)) else {
            found.breach();
            continue;
        };
        let holds = if is_taxed { (tax.abs() - expected).abs() < Decimal::ONE } else { tax.is_zero() };
        if !holds {
            found.unequal(expected, tax);
        }
    }
}

/// 10.
fn reasons(category: &'static Category, ledger: &Ledger<'_>, found: &mut Found) {
    for row in category.rows(ledger.invoice) {
        found.unless(row.has_reason == category.has_reason);
    }
}

static MORE_RULES: [Rule; 8] = [
    Rule::error(
        "BR-IC-11",
        "VAT category K, within the Community: neither date nor period of delivery",
        TAX,
        |ledger, found| {
            let invoice = ledger.invoice;
            let has_period = |ubl: bool| {
                invoice
                    .periods
                    .iter()
                    .any(|period| if ubl { period.is_filled } else { period.has_start || period.has_end })
            };
            let is_dated = match invoice.syntax {
                Syntax::Ubl => invoice.delivery.date.is_some_and(|date| date.len() > 1) || has_period(true),
                Syntax::Cii => invoice.delivery.date.is_some() || has_period(false),
            };
            found.unless(is_dated || ledger.uses("K").vat_rows == 0);
        },
    ),
    Rule::error("BR-IC-12", "VAT category K, within the Community: no country of delivery", TAX, |ledger, found| {
        let country = ledger.invoice.delivery.address.and_then(|address| address.country);
        let is_given = match ledger.invoice.syntax {
            Syntax::Ubl => country.is_some_and(|country| country.len() > 1),
            Syntax::Cii => country.is_some(),
        };
        found.unless(is_given || ledger.uses("K").vat_rows == 0);
    }),
    Rule::error(
        "BR-O-11",
        "VAT category O, outside the scope of VAT: another VAT category in the breakdown",
        TAX,
        |ledger, found| {
            only_outside(ledger, found, |uses| uses.vat_rows, |uses| uses.rows + uses.lines);
        },
    ),
    Rule::error(
        "BR-O-12",
        "VAT category O, outside the scope of VAT: another VAT category on a line",
        TAX,
        |ledger, found| {
            only_outside(ledger, found, |uses| uses.vat_lines, |uses| uses.rows + uses.lines);
        },
    ),
    Rule::error(
        "BR-O-13",
        "VAT category O, outside the scope of VAT: another VAT category on an allowance",
        TAX,
        |ledger, found| {
            only_outside(ledger, found, |uses| uses.vat_allowances, |uses| uses.adjustments);
        },
    ),
    Rule::error(
        "BR-O-14",
        "VAT category O, outside the scope of VAT: another VAT category on a charge",
        TAX,
        |ledger, found| {
            only_outside(ledger, found, |uses| uses.vat_charges, |uses| uses.adjustments);
        },
    ),
    Rule::error("BR-B-01", "VAT category B, split payment, is for invoices within Italy", TAX, |ledger, found| {
        use super::model::CodeUse::{Country, OriginCountry};
        let invoice = ledger.invoice;
        let is_country = |usage| usage == Country || (usage == OriginCountry && invoice.syntax == Syntax::Ubl);
        let abroad = invoice.codes.iter().any(|code| is_country(code.usage) && code.value != "IT");
        found.unless(!abroad || !is_used(ledger, "B"));
    }),
    Rule::error("BR-B-02", "VAT category B, split payment, beside category S", TAX, |ledger, found| {
        found.unless(!is_used(ledger, "B") || !is_used(ledger, "S"));
    }),
];

/// BR-O-11 to -14: beside `O` there is no other category. CII looks at more places at once.
fn only_outside(ledger: &Ledger<'_>, found: &mut Found, ubl: fn(&Uses) -> usize, cii: fn(&Uses) -> usize) {
    let counted = match ledger.invoice.syntax {
        Syntax::Ubl => ubl,
        Syntax::Cii => cii,
    };
    let others = ledger.all_uses().filter(|(code, _)| *code != "O").any(|(_, uses)| counted(uses) > 0);
    found.unless(ledger.uses("O").vat_rows == 0 || !others);
}

fn is_used(ledger: &Ledger<'_>, code: &str) -> bool {
    let uses = ledger.uses(code);
    uses.lines + uses.adjustments + uses.rows > 0
}
