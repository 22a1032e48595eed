//! One row of the table. It keeps its place in the page for as long as its invoice is shown: what changes is patched
//! into it, so that the focus and the pointer stay with their invoice.

use super::{address::invoice_href, shown::Shown};
use crate::domain::{
    ids::InvoiceId,
    invoice::{InvoiceSummary, SURE},
    status::Status,
};
use crate::ui::components::marks::{Tone, badge, status_mark};
use crate::ui::format::{amount, counted, date, moment};
use crate::ui::icons::{self, Icon, icon};
use crate::ui::prefs::number_style;
use leptos::{either::EitherOf3, prelude::*};

/// What a row shows.
#[derive(Clone, PartialEq)]
struct Row {
    invoice: InvoiceSummary,
    href: String,
    /// The state that all invoices of the list are in.
    all_in: Option<Status>,
}

fn row_of(shown: &Shown, id: InvoiceId) -> Option<Row> {
    let invoice = shown.rows.iter().find(|row| row.id == id)?.clone();
    Some(Row { invoice, href: invoice_href(&id.to_string(), &shown.query), all_in: shown.query.status })
}

pub fn row(id: InvoiceId, shown: Memo<Option<Shown>>) -> impl IntoView {
    let row = Memo::new(move |_| shown.with(|shown| row_of(shown.as_ref()?, id)));
    let came = shown.with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.came.contains(&id)));
    let fresh = RwSignal::new(came);
    let state = Memo::new(move |_| {
        row.with(|row| row.as_ref().map(|row| (row.invoice.version, row.invoice.status, row.invoice.failing_checks)))
    });
    Effect::new(move |before: Option<_>| {
        let now = state.get();
        if before.is_some_and(|before| before != now) {
            fresh.set(true);
        }
        now
    });
    view! {
        <tr
            class="row"
            class:fresh=move || fresh.get()
            data-testid="invoice-row"
            data-id=id.to_string()
            on:animationend=move |_| fresh.set(false)
        >
            {move || row.get().map(cells)}
        </tr>
    }
}

fn cells(row: Row) -> impl IntoView {
    let Row { invoice, href, all_in } = row;
    let gross = invoice.gross_total.as_deref().map(|gross| amount(gross, number_style()));
    let status = status_cell(&invoice, all_in);
    // Until something is read, the file's name is what people know it by.
    let name = invoice.supplier_name.unwrap_or_else(|| invoice.filename.clone());
    let received = moment(invoice.created_at);
    let received_day = received.split(',').next().unwrap_or_default().to_owned();
    view! {
        <td class="cell-supplier">
            <a class="row-link" href=href title=invoice.filename>
                {name}
            </a>
        </td>
        <td class="cell-number">
            <span class="clip block">{invoice.invoice_number.unwrap_or_else(|| "–".to_owned())}</span>
        </td>
        <td class="cell-received num" title=received>{received_day}</td>
        <td class="cell-date num">{invoice.issue_date.map(day)}</td>
        <td class="cell-due num">
            {invoice.due_date.map(|due| view! { <span class="cell-label">"Due "</span> {day(due)} })}
        </td>
        <td class="cell-gross num end">
            {gross} <span class="currency">{invoice.currency}</span>
        </td>
        <td class="cell-status">{status}</td>
    }
}

fn day(iso: String) -> impl IntoView {
    let shown = date(&iso);
    view! { <time datetime=iso>{shown}</time> }
}

/// Why an invoice is to be reviewed, the gravest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reason {
    ChecksFail(u32),
    Duplicate,
    Missing,
    Unsure,
    /// Nothing speaks against it; somebody has to look at each all the same.
    Sure,
}

fn reason_of(invoice: &InvoiceSummary) -> Option<Reason> {
    let required = [&invoice.supplier_name, &invoice.invoice_number, &invoice.issue_date, &invoice.gross_total];
    if invoice.failing_checks > 0 {
        Some(Reason::ChecksFail(invoice.failing_checks))
    } else if invoice.duplicate_of.is_some() {
        Some(Reason::Duplicate)
    } else if required.into_iter().any(Option::is_none) {
        Some(Reason::Missing)
    } else {
        invoice.confidence.map(|confidence| if confidence < SURE { Reason::Unsure } else { Reason::Sure })
    }
}

impl Reason {
    fn look(self) -> (Tone, Icon, String) {
        match self {
            Reason::ChecksFail(count) => (Tone::Bad, icons::WARN, counted(count.into(), "check fails", "checks fail")),
            Reason::Duplicate => (Tone::Warn, icons::COPY, "Duplicate?".to_owned()),
            Reason::Missing => (Tone::Warn, icons::MINUS, "Values missing".to_owned()),
            Reason::Unsure => (Tone::Warn, icons::LOOK, "Not read surely".to_owned()),
            Reason::Sure => (Tone::Ok, icons::CHECK, "Read surely".to_owned()),
        }
    }
}

/// In the list of the work to do, where all have the same state, the reason stands in its place.
fn status_cell(invoice: &InvoiceSummary, all_in: Option<Status>) -> impl IntoView + use<> {
    let to_review = invoice.status == Status::NeedsReview;
    let reason = reason_of(invoice).filter(|_| to_review);
    let main = match reason {
        Some(reason) if all_in == Some(Status::NeedsReview) => EitherOf3::A(reason_mark(reason)),
        Some(reason @ Reason::ChecksFail(_)) => {
            EitherOf3::B(view! { {status_mark(invoice.status)} {reason_badge(reason)} })
        }
        _ => EitherOf3::C(status_mark(invoice.status)),
    };
    let is_said = reason == Some(Reason::Duplicate) && all_in == Some(Status::NeedsReview);
    let duplicate = invoice.duplicate_of.filter(|_| !is_said).map(|_| reason_badge(Reason::Duplicate));
    let overdue = invoice.overdue.then(|| badge(Tone::Bad, icons::CLOCK, "Overdue"));
    view! { <span class="marks">{main} {duplicate} {overdue}</span> }
}

fn reason_mark(reason: Reason) -> impl IntoView {
    let (tone, drawing, words) = reason.look();
    view! {
        <span class=["mark ", tone.class()].concat() data-status="needs_review">
            {icon(drawing)}
            {words}
        </span>
    }
}

fn reason_badge(reason: Reason) -> impl IntoView {
    let (tone, drawing, words) = reason.look();
    view! { <span class=["badge ", tone.class()].concat()>{icon(drawing)} {words}</span> }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use uuid::Uuid;

    /// A row that is read well.
    pub fn summary(id: u128) -> InvoiceSummary {
        let text = |text: &str| Some(text.to_owned());
        InvoiceSummary {
            id: InvoiceId(Uuid::from_u128(id)),
            status: Status::NeedsReview,
            version: 1,
            filename: "a.pdf".into(),
            supplier_name: text("Muster GmbH"),
            invoice_number: text("2026-117"),
            issue_date: text("2026-11-02"),
            due_date: None,
            currency: text("EUR"),
            gross_total: text("119.00"),
            confidence: Some(0.99),
            duplicate_of: None,
            overdue: false,
            failing_checks: 0,
            uploaded_by: "Cleo Clerk".into(),
            created_at: id as i64,
            updated_at: 0,
        }
    }

    #[test]
    fn the_gravest_reason_is_named() {
        let well = summary(1);
        assert_eq!(reason_of(&well), Some(Reason::Sure));
        let unsure = InvoiceSummary { confidence: Some(0.6), ..well.clone() };
        assert_eq!(reason_of(&unsure), Some(Reason::Unsure));
        let missing = InvoiceSummary { gross_total: None, ..unsure };
        assert_eq!(reason_of(&missing), Some(Reason::Missing));
        let duplicate = InvoiceSummary { duplicate_of: Some(well.id), ..missing };
        assert_eq!(reason_of(&duplicate), Some(Reason::Duplicate));
        let failing = InvoiceSummary { failing_checks: 2, ..duplicate };
        assert_eq!(reason_of(&failing), Some(Reason::ChecksFail(2)));
        assert_eq!(Reason::ChecksFail(1).look().2, "1 check fails");
    }
}
