//! One row of the table. It keeps its place in the page for as long as its invoice is shown: what changes is patched
//! into it, so that the focus and the pointer stay with their invoice.

use super::{address::invoice_href, shown::Shown};
use crate::domain::{
    comment::Person,
    ids::InvoiceId,
    invoice::{InvoiceSummary, SURE},
    status::Status,
};
use crate::ui::components::avatar::avatar;
use crate::ui::components::marks::{Tone, badge, status_mark};
use crate::ui::format::{amount, counted, date, moment};
use crate::ui::icons::{self, Icon, icon};
use crate::ui::markup::{Markup, dynamic, el};
use crate::ui::prefs::number_style;
use crate::ui::reactive::{effect_from, memo};
use crate::ui::state::Edits;
use leptos::prelude::*;
use std::borrow::Cow;

/// What a row shows.
#[derive(Clone, PartialEq)]
struct Row {
    invoice: InvoiceSummary,
    href: String,
    /// The state that all invoices of the list are in.
    all_in: Option<Status>,
    /// A decision about it waits for the connection.
    waits: bool,
}

fn row_of(shown: &Shown, id: InvoiceId) -> Option<Row> {
    let invoice = shown.rows.iter().find(|row| row.id == id)?.clone();
    Some(Row { invoice, href: invoice_href(&id.to_string(), &shown.query), all_in: shown.query.status, waits: false })
}

pub fn row(id: InvoiceId, shown: Memo<Option<Shown>>) -> impl IntoView {
    let edits: Edits = expect_context();
    let row = memo(move || {
        let mut row = shown.with(|shown| row_of(shown.as_ref()?, id))?;
        row.waits = edits.put_on(&mut row.invoice) && edits.waiting();
        Some(row)
    });
    let came = shown.with_untracked(|shown| shown.as_ref().is_some_and(|shown| shown.came.contains(&id)));
    let fresh = RwSignal::new(came);
    effect_from(move |before: Option<_>| {
        let now = row
            .with(|row| row.as_ref().map(|row| (row.invoice.version, row.invoice.status, row.invoice.failing_checks)));
        if before.is_some_and(|before| before != now) {
            fresh.set(true);
        }
        now
    });
    view! {
        <tr
            class=move || if fresh.get() { "row fresh" } else { "row" }
            data-testid="invoice-row"
            data-id=id.to_string()
            on:animationend=move |_| fresh.set(false)
        >
            {dynamic(move || row.get().map(cells))}
        </tr>
    }
}

fn cells(row: Row) -> [Markup; 8] {
    let Row { invoice, href, all_in, waits } = row;
    let status = status_cell(&invoice, all_in, waits);
    let gross = invoice.gross_total.as_deref().map(|gross| amount(gross, number_style())).unwrap_or_default();
    // Until something is read, the file's name is what people know it by.
    let name = invoice.supplier_name.unwrap_or_else(|| invoice.filename.clone());
    let label = ["Choose ", name.as_str(), " ", invoice.invoice_number.as_deref().unwrap_or_default()].concat();
    let choose = choose_box(&invoice.id.to_string(), label);
    let link = el("a").class("row-link").attr("href", href).attr("title", invoice.filename).text(name);
    let number = invoice.invoice_number.map_or(Cow::Borrowed("–"), Cow::Owned);
    let received = moment(invoice.created_at);
    let received_day = received.split(',').next().unwrap_or_default().to_owned();
    let currency = invoice.currency.map(|currency| el("span").class("currency").text(currency));
    [
        cell("cell-choose").child(choose),
        cell("cell-supplier").child(link),
        cell("cell-number").child(el("span").class("clip block").text(number)),
        cell("cell-received num").attr("title", received).text(received_day),
        cell("cell-date num").children(invoice.issue_date.map(day)),
        due_cell(invoice.due_date),
        cell("cell-gross num end").text(gross).children(currency),
        cell("cell-status").child(status),
    ]
}

fn cell(class: &'static str) -> Markup {
    el("td").class(class)
}

/// Ticked by [`super::choice`]. A browser that remembers ticks over a reload would tick other invoices.
pub fn choose_box(value: &str, label: String) -> Markup {
    let input = el("input").class("choose").attr("type", "checkbox").attr("autocomplete", "off");
    input.attr("value", value.to_owned()).attr("aria-label", label).attr("title", "Choose (x)")
}

fn due_cell(due: Option<String>) -> Markup {
    let cell = cell("cell-due num");
    match due {
        Some(due) => cell.child(el("span").class("cell-label").text("Due ")).child(day(due)),
        None => cell,
    }
}

fn day(iso: String) -> Markup {
    let shown = date(&iso);
    el("time").attr("datetime", iso).text(shown)
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
fn status_cell(invoice: &InvoiceSummary, all_in: Option<Status>, waits: bool) -> Markup {
    let to_review = invoice.status == Status::NeedsReview;
    let reason = reason_of(invoice).filter(|_| to_review);
    let work_to_do = all_in == Some(Status::NeedsReview);
    let main = match reason {
        Some(reason) if work_to_do => reason_mark(reason),
        _ => status_mark(invoice.status),
    };
    let failing = reason.filter(|reason| !work_to_do && matches!(reason, Reason::ChecksFail(_)));
    let is_said = work_to_do && reason == Some(Reason::Duplicate);
    let duplicate = invoice.duplicate_of.filter(|_| !is_said).map(|_| Reason::Duplicate);
    let overdue = invoice.overdue.then(|| badge(Tone::Bad, icons::CLOCK, "Overdue"));
    el("span")
        .class("marks")
        .child(main)
        .children(failing.into_iter().chain(duplicate).map(reason_badge))
        .children(overdue)
        .children(invoice.approved_once.then(|| badge(Tone::Info, icons::CHECK, "1 of 2")))
        .children(waits.then(|| badge(Tone::Warn, icons::OFFLINE, "Not sent yet").attr("data-testid", "pending-sync")))
        .children(invoice.assigned_to.as_ref().map(assignee))
}

fn assignee(person: &Person) -> Markup {
    let said = el("span").class("sr-only").text("Assigned to ");
    el("span").class("assignee").child(said).child(avatar(&person.name))
}

fn reason_mark(reason: Reason) -> Markup {
    let (tone, drawing, words) = reason.look();
    let mark = el("span").class(["mark ", tone.class()].concat()).attr("data-status", "needs_review");
    mark.child(icon(drawing)).text(words)
}

fn reason_badge(reason: Reason) -> Markup {
    let (tone, drawing, words) = reason.look();
    badge(tone, drawing, words)
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
            approved_once: false,
            failing_checks: 0,
            uploaded_by: "Cleo Clerk".into(),
            assigned_to: None,
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
