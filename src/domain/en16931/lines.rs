//! Lines, BG-25, with their periods, allowances and charges.

use super::{
    document::period_is_in_order,
    model::{Adjustment, is_filled, number},
    rule::{Kind, Rule, Test},
};
use crate::domain::{checks::Severity, field::Field, money::Decimal};

pub(super) static RULES: &[Rule] = &[
    Rule::line("BR-21", "A line has no number", |line| is_filled(line.id)),
    Rule::line("BR-22", "A line has no quantity", |line| line.quantity.is_some()),
    Rule::line("BR-23", "A line's quantity has no unit", |line| line.has_unit),
    Rule::line("BR-24", "A line has no amount", |line| line.net.is_some()),
    Rule::line("BR-25", "A line does not name what was bought", |line| is_filled(line.name)),
    Rule::line("BR-26", "A line has no price", |line| line.price.is_some()),
    Rule::line("BR-27", "A line's price is missing or negative", |line| {
        number(line.price).is_some_and(is_not_negative)
    }),
    Rule::line("BR-28", "A line's gross price is negative", |line| {
        line.gross_price.is_none() || number(line.gross_price).is_some_and(is_not_negative)
    }),
    Rule::line("BR-30", "A line's period ends before it begins", |line| {
        line.period.is_none_or(|period| period_is_in_order(&period))
    }),
    Rule::line("BR-54", "A property of an item lacks its name or value", |line| !line.has_unfinished_attribute),
    Rule::line("BR-64", "An item's standard number lacks its scheme", |line| !line.has_item_id_without_scheme),
    Rule::line("BR-65", "An item's classification lacks its scheme", |line| !line.has_class_without_scheme),
    Rule::line("BR-CO-04", "A line has no VAT category", |line| line.vat.is_vat && line.vat.code.is_some()),
    Rule::line("BR-CO-20", "A line's period has neither start nor end", |line| {
        line.period.is_none_or(|period| period.has_start || period.has_end)
    }),
    adjustment("BR-31", "An allowance has no amount", Kind::Allowance, |one| one.amount.is_some()),
    adjustment("BR-32", "An allowance has no VAT category", Kind::Allowance, has_vat_category),
    adjustment("BR-33", "An allowance has no reason", Kind::Allowance, |one| one.has_reason),
    adjustment("BR-36", "A charge has no amount", Kind::Charge, |one| one.amount.is_some()),
    adjustment("BR-37", "A charge has no VAT category", Kind::Charge, has_vat_category),
    adjustment("BR-38", "A charge has no reason", Kind::Charge, |one| one.has_reason),
    adjustment("BR-41", "A line's allowance has no amount", Kind::LineAllowance, |one| one.amount.is_some()),
    adjustment("BR-42", "A line's allowance has no reason", Kind::LineAllowance, |one| one.has_reason),
    adjustment("BR-43", "A line's charge has no amount", Kind::LineCharge, |one| one.amount.is_some()),
    adjustment("BR-44", "A line's charge has no reason", Kind::LineCharge, |one| one.has_reason),
    // The standard asks for reasons twice, under two numbers.
    adjustment("BR-CO-21", "An allowance has neither reason nor code", Kind::Allowance, |one| one.has_reason),
    adjustment("BR-CO-22", "A charge has neither reason nor code", Kind::Charge, |one| one.has_reason),
    adjustment("BR-CO-23", "A line's allowance has neither reason nor code", Kind::LineAllowance, |one| one.has_reason),
    adjustment("BR-CO-24", "A line's charge has neither reason nor code", Kind::LineCharge, |one| one.has_reason),
];

const fn adjustment(id: &'static str, text: &'static str, kind: Kind, test: fn(&Adjustment<'_>) -> bool) -> Rule {
    let fields: &'static [Field] = match kind {
        Kind::Allowance => &[Field::AllowancesTotal],
        Kind::Charge => &[Field::ChargesTotal],
        Kind::LineAllowance | Kind::LineCharge => &[],
    };
    Rule::new(id, Severity::Error, text, fields, Test::EachAdjustment(kind, test))
}

fn has_vat_category(adjustment: &Adjustment<'_>) -> bool {
    adjustment.vat.is_vat && adjustment.vat.code.is_some()
}

fn is_not_negative(amount: Decimal) -> bool {
    amount >= Decimal::ZERO
}
