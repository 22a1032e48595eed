//! Rules of the syntax bindings (UBL-SR-*, UBL-CR-*, UBL-DT-*, CII-SR-*, CII-DT-*): what may stand where, and how often.
//! They are tables of paths; the readers of the syntaxes look (`adapters/readers/xml`).
//!
//! All that are fatal are here but for those that [`super::model`] tells, and of the many that only warn of elements
//! outside the core those that real invoices break.

use super::{
    binding_cii, binding_ubl,
    model::Syntax,
    rule::{Rule, Test},
};
use crate::domain::checks::Severity;
use std::borrow::Cow;

/// A rule about elements at a place.
#[derive(Debug, PartialEq, Eq)]
pub struct Binding {
    pub id: &'static str,
    pub severity: Severity,
    /// Names of elements, outermost first. It begins with `/` below the root, else it stands anywhere. A name may be
    /// several, `A|B`; `*` is any, and `*Amount` ends so. `/` alone is the root. Several places are parted by `,`.
    /// Behind `!` stand elements that it is not in.
    pub at: &'static str,
    pub asked: Asked,
}

/// What is asked of each element at the place. Paths are relative to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// That it is not there.
    Absent,
    /// No such elements below it.
    Without(&'static str),
    AtMost(usize, &'static str),
    Once(&'static str),
    /// At most one supporting document of a type, or one such element in all of them.
    OncePerType(&'static str, Option<&'static str>),
    /// At most one such element in an allowance, or in a charge (`true`).
    OnceIn(bool, &'static str),
    NotBoth(&'static str, &'static str),
    /// All of several elements, parted by `+`.
    Needs(&'static str),
    NoAttribute(&'static str),
    NeedsAttribute(&'static str),
    /// An element that only documents of these types have, of the kind that follows.
    OnlyOfType(&'static str, &'static str, &'static [&'static str]),
    /// An element that documents of this type do not have.
    NotOfType(&'static str, &'static str),
    /// An element that only elements of this name have.
    OnlyIn(&'static str, &'static str),
    /// An element is one of these values where it is given.
    OneOf(&'static str, &'static [&'static str]),
    /// All such elements have one value.
    Alike,
    /// A date written `CCYYMMDD` (format 102).
    Day,
    /// An amount, but for prices.
    TwoDecimals,
}

pub(super) const fn error(id: &'static str, at: &'static str, asked: Asked) -> Binding {
    Binding { id, severity: Severity::Error, at, asked }
}

pub(super) const fn warning(id: &'static str, at: &'static str, asked: Asked) -> Binding {
    Binding { id, severity: Severity::Warning, at, asked }
}

/// The rules of a syntax.
pub fn bindings(syntax: Syntax) -> &'static [Binding] {
    match syntax {
        Syntax::Ubl => binding_ubl::RULES,
        Syntax::Cii => binding_cii::RULES,
    }
}

pub(super) fn rules() -> impl Iterator<Item = Rule> {
    binding_ubl::RULES.iter().chain(binding_cii::RULES).map(|binding| Rule {
        id: Cow::Borrowed(binding.id),
        severity: binding.severity,
        severity_in_cii: binding.severity,
        text: Cow::Owned(text(binding)),
        fields: &[],
        test: Test::Binding(binding),
    })
}

/// What is wrong, in words that the sender's programmers understand: it is for them to put right.
fn text(binding: &Binding) -> String {
    let at = short(binding.at);
    match binding.asked {
        Asked::Absent => format!("The XML has {at}, which is not in the core of the standard"),
        Asked::Without(path) => format!("The XML has {path} in {at}, which is not in the core of the standard"),
        Asked::AtMost(1, path) | Asked::OncePerType(_, Some(path)) | Asked::OnceIn(_, path) => {
            format!("The XML has more than one {path} in {at}")
        }
        Asked::AtMost(most, path) => format!("The XML has more than {most} {path} in {at}"),
        Asked::Once(path) => format!("The XML does not have exactly one {path} in {at}"),
        Asked::OncePerType(kind, None) => format!("The XML has more than one document of type {kind} in {at}"),
        Asked::NotBoth(one, other) => format!("The XML has both {one} and {other} in {at}"),
        Asked::Needs(paths) => format!("The XML lacks {} in {at}", paths.replace('+', " or ")),
        Asked::NoAttribute(name) => format!("The XML has the attribute {name} in {at}, where it may not be"),
        Asked::NeedsAttribute(name) => format!("The XML lacks the attribute {name} in {at}"),
        Asked::OnlyOfType(path, ..) | Asked::OnlyIn(path, _) | Asked::NotOfType(path, _) => {
            format!("The XML has {path} in {at}, where it may not be")
        }
        Asked::OneOf(path, values) => format!("The XML has a {path} in {at} that is not {}", values.join(" or ")),
        Asked::Alike => format!("The XML has different values of {at}, where there may be one"),
        Asked::Day => "A date in the XML is not written as year, month and day".to_owned(),
        Asked::TwoDecimals => "An amount in the XML has more than two decimals".to_owned(),
    }
}

/// The end of a place: `InvoiceLine/Delivery`, `…Amount`.
fn short(at: &str) -> String {
    let place = at.split([',', '!']).next().unwrap_or_default();
    let mut names: Vec<&str> = place.rsplit('/').take(2).filter(|name| !name.is_empty()).collect();
    names.reverse();
    match names.as_slice() {
        [] => "the invoice".to_owned(),
        ["*"] => "some element".to_owned(),
        names => names.join("/").replace('|', " or ").replace('*', "…"),
    }
}
