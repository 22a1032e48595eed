//! Below the fields: what else was found, and where it came from.

use super::{fields::check_note, model::Review};
use crate::domain::reading::Allowance;
use crate::ui::components::when::when;
use crate::ui::format::{NumberStyle, amount, counted, quantity};
use crate::ui::icons::{self, icon};
use crate::ui::reactive::memo;
use leptos::prelude::*;

/// Checks that concern no field, or none that is shown: they would be lost otherwise.
#[component]
pub fn LooseChecks(review: Review) -> impl IntoView {
    let checks = move || {
        review
            .detail
            .with(|detail| detail.checks.iter().filter(|check| check.fields.is_empty()).cloned().collect::<Vec<_>>())
    };
    // While it is in review, the reasons on top tell them.
    let notes = move || if review.editable() { Vec::new() } else { review.detail.with(|detail| detail.notes.clone()) };
    view! {
        <div class="grid gap-1 px-4">
            {move || checks().into_iter().map(|check| check_note(&check, review.numbers)).collect_view()}
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

    #[test]
    fn an_allowance_without_words_is_called_one_whatever_its_code() {
        let coded = Allowance { reason_code: Some("95".to_owned()), ..Allowance::default() };
        assert_eq!(reason(&coded), "Allowance");
        assert_eq!(reason(&Allowance { is_charge: true, ..coded.clone() }), "Charge");
        assert_eq!(reason(&Allowance { reason: Some("Rabatt".to_owned()), ..coded }), "Rabatt");
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
