//! Below the fields: what else was found, and where it came from.

use super::{
    fields::{check_note, is_form_shown},
    model::Review,
    words,
};
use crate::domain::{checks::CheckResult, field::Field, invoice::FieldValue, reading::Allowance, rows::Row};
use crate::ui::components::when::when;
use crate::ui::format::{NumberStyle, amount, counted, quantity};
use crate::ui::icons::{self, icon};
use crate::ui::reactive::memo;
use leptos::prelude::*;
use std::collections::BTreeMap;

/// Checks that concern no field, or none that is shown: they would be lost otherwise.
#[component]
pub fn LooseChecks(review: Review) -> impl IntoView {
    let checks = memo(move || {
        let has_form = is_form_shown(review);
        review.detail.with(|detail| {
            let loose = detail.checks.iter().filter(|check| !has_control(&detail.fields, check, has_form));
            loose.cloned().collect::<Vec<_>>()
        })
    });
    // While it is in review, the reasons on top tell them.
    let notes = move || if review.editable() { Vec::new() } else { review.detail.with(|detail| detail.notes.clone()) };
    view! {
        <div class="grid gap-1 px-4">
            {move || checks.get().into_iter().map(|check| check_note(&check, review.numbers)).collect_view()}
            {move || {
                notes()
                    .into_iter()
                    .map(|note| {
                        view! {
                            <p class="field-note tone-info">
                                {icon(icons::INFO)} <span class="text-muted">{note.message}</span>
                            </p>
                        }
                    })
                    .collect_view()
            }}
        </div>
    }
}

/// Whether there is something on the page that the words of a check stand at. A row may be gone that was wrong as it was
/// received; single fields show when a check asks for them, if there is a form.
fn has_control(fields: &BTreeMap<Field, FieldValue>, check: &CheckResult, has_form: bool) -> bool {
    let Some(field) = check.fields.first() else { return false };
    let is_row_there = || fields.get(field).is_some_and(|value| Row::parse(*field, &value.value).is_some());
    words::has_own_note(&check.rule) || if field.row().is_some() { is_row_there() } else { has_form }
}

/// What makes up the totals of allowances and charges, where the file says so. They are as received: what is corrected are
/// the totals.
#[component]
pub fn Allowances(review: Review) -> impl IntoView {
    let told = memo(move || review.detail.with(|detail| detail.allowances.clone()));
    move || told.with(|told| allowances(told, review.numbers))
}

/// The same as a table, for the paper too.
pub fn allowances(told: &[Allowance], numbers: NumberStyle) -> Option<impl IntoView + use<>> {
    let row = |one: &Allowance| {
        let share = one.percentage.as_deref().map(|share| [" · ", &quantity(share, numbers), " %"].concat());
        let rate = one.tax_rate.as_deref().map(|rate| [" · VAT ", &quantity(rate, numbers), " %"].concat());
        let money = one.amount.as_deref().map(|amount| signed(one.is_charge, amount, numbers));
        view! {
            <tr>
                <th scope="row">
                    {reason(one)} <span class="text-muted">{share} {rate}</span>
                </th>
                <td class="num">{money}</td>
            </tr>
        }
    };
    let rows = told.iter().map(row).collect_view();
    (!told.is_empty()).then(|| {
        view! {
            <table class="allowances" data-testid="allowances">
                <caption>"Allowances and charges"</caption>
                <tbody>{rows}</tbody>
            </table>
        }
    })
}

/// Why, in the words of whoever sent it; without any, what it is.
fn reason(one: &Allowance) -> String {
    let kind = if one.is_charge { "Charge" } else { "Allowance" };
    one.reason.as_deref().unwrap_or(kind).to_owned()
}

/// What it does to the total: a charge adds, an allowance takes off, and a negative one does the opposite.
fn signed(is_charge: bool, exact: &str, numbers: NumberStyle) -> String {
    let (adds, size) = match exact.strip_prefix('-') {
        Some(size) => (!is_charge, size),
        None => (is_charge, exact),
    };
    [if adds { "+ " } else { "\u{2212} " }, &amount(size, numbers)].concat()
}

/// The file, its size, who brought it and when.
#[component]
pub fn Origin(review: Review) -> impl IntoView {
    let words = move || {
        review.detail.with(|detail| {
            let pages = match detail.pages.len() {
                0 => String::new(),
                count => [", ", &counted(count as i64, "page", "pages")].concat(),
            };
            let size = crate::ui::format::bytes(detail.size);
            let summary = &detail.summary;
            [summary.filename.as_str(), " · ", &size, &pages, " · uploaded by ", &summary.uploaded_by, ", "].concat()
        })
    };
    let at = review.detail.with_untracked(|detail| detail.summary.created_at);
    view! { <p class="hint px-4 pt-3 wrap-anywhere">{words} {when(at)} {super::split::origin(review)}</p> }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        checks::Severity,
        reading::{InvoiceLine, Source},
    };

    #[test]
    fn an_allowance_without_words_is_called_one_whatever_its_code() {
        let coded = Allowance { reason_code: Some("95".to_owned()), ..Allowance::default() };
        assert_eq!(reason(&coded), "Allowance");
        assert_eq!(reason(&Allowance { is_charge: true, ..coded.clone() }), "Charge");
        assert_eq!(reason(&Allowance { reason: Some("Rabatt".to_owned()), ..coded }), "Rabatt");
    }

    #[test]
    fn a_check_without_a_control_is_not_lost() {
        let check = |rule: &str, fields: &[Field]| CheckResult {
            rule: rule.to_owned(),
            severity: Severity::Error,
            message: String::new(),
            fields: fields.to_vec(),
            expected: None,
            found: None,
        };
        let row = |value: &str| FieldValue {
            value: value.to_owned(),
            raw: None,
            confidence: 1.0,
            page: None,
            place: None,
            source: Source::Xml,
            version: 1,
            verified_by: None,
            learned: None,
        };
        let line = InvoiceLine::default();
        let fields = BTreeMap::from([(Field::Line(1), row(&Row::Line(line).value())), (Field::Line(2), row(""))]);
        let stands = |rule: &str, of: &[Field], has_form| has_control(&fields, &check(rule, of), has_form);
        assert!(!stands("BR-1", &[], true));
        assert!(stands("BR-CO-16", &[Field::AmountDue], true) && !stands("BR-CO-16", &[Field::AmountDue], false));
        assert!(stands("BR-24", &[Field::Line(1)], true));
        assert!(!stands("BR-24", &[Field::Line(2)], true), "it was removed");
        assert!(!stands("BR-24", &[Field::Line(3)], true), "it never was");
        assert!(stands("duplicate", &[Field::InvoiceNumber], false), "it has a note of its own");
    }

    #[test]
    fn one_sign_says_whether_it_adds() {
        for (is_charge, exact, told) in [
            (false, "12.50", "\u{2212} 12,50"),
            (true, "12.50", "+ 12,50"),
            (false, "-12.50", "+ 12,50"),
            (true, "-12.50", "\u{2212} 12,50"),
        ] {
            assert_eq!(signed(is_charge, exact, NumberStyle::Comma), told);
        }
    }
}
