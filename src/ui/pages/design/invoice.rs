//! The review of an invoice: why, its form and page, what became of it, what was said and done.

use super::page::{columns, named, nothing, part, row};
use super::samples::{AT, LIVE, SUPPLIER, around, busy, company, decision, detail, invoice_id, person, review, text};
use super::{document, fields, rows, talk};
use crate::api::invoices::Neighbours;
use crate::domain::{
    attachment::{Attachment, Content},
    checks::{CheckResult, Severity},
    field::Field,
    history::History,
    ids::TaskId,
    invoice::{FieldConflict, FieldEdit, FieldSides, HistoryEntry, InvoiceDetail, InvoiceQuery, TaskError},
    jobs::{Stage, TaskState, TaskView},
    reading::{Allowance, ReadingNote},
    splitting::{PageRange, Part, SplitPart, Splitting},
    status::{Status, Step},
    touchless::TOUCHLESS_APPROVED,
};
use crate::ui::components::button::Button;
use crate::ui::pages::review::{
    Dialogs, Loading,
    account::VerifyDialog,
    actions::{Actions, Saved},
    ask::{AnywayDialog, DiscardDialog, RejectDialog},
    attachments,
    conflict::ConflictDialog,
    details::{Allowances, LooseChecks, Origin},
    head::stepper,
    keys::KeysDialog,
    model::Review,
    outcome::{FirstApprovalNote, RejectedNote, TaskNote, TouchlessNote, comparison},
    reasons::Reasons,
    split::SplitNote,
};
use crate::ui::state::{Connection, Edits, SocketState};
use leptos::prelude::*;
use std::collections::BTreeSet;
use uuid::Uuid;

pub fn parts() -> impl IntoView {
    let others = busy(company(fields::TAKEN.len(), &fields::TAKEN));
    (
        around(LIVE, others, open),
        rows::parts(),
        part("What is saved", row((saving(), waiting(), not_allowed()))),
        around(LIVE, company(0, &[]), || part("What became of it", columns(outcomes()))),
        around(LIVE, company(0, &[]), || part("What else is told", columns((details(), files(), neighbours())))),
        around(LIVE, company(0, &[]), || part("Comments and history", columns(talk::parts()))),
        part("A review that is coming", view! { <Loading /> }),
    )
}

/// Form, page and bar share one invoice: the box of the field one is in is the one on the page.
fn open() -> AnyView {
    let review = fields::sample();
    let dialogs = Dialogs::default();
    let approve = Callback::new(move |then| review.approve(then));
    (
        part("Why a person has to look", view! { <Reasons review /> }),
        fields::parts(review),
        document::parts(review),
        document::without_picture(review),
        part("Decisions", view! { <Actions review dialogs approve decide=nothing() /> }),
        part("Dialogs of the review", all_dialogs(review, dialogs)),
    )
        .into_any()
}

fn all_dialogs(review: Review, dialogs: Dialogs) -> impl IntoView {
    let opens = |open: RwSignal<bool>| Callback::new(move |()| open.set(true));
    // What was marked before is marked anew.
    let change = Callback::new(move |()| {
        review.fresh.set(BTreeSet::new());
        request_animation_frame(move || review.replace(changed(review)));
    });
    view! {
        {row(
            view! {
                <Button label="Reject" on_press=opens(review.reject_open) />
                <Button label="Approve anyway" on_press=opens(review.anyway_open) />
                <Button label="Verify account" on_press=opens(review.verify_open) />
                <Button label="Discard" on_press=opens(dialogs.discard) />
                <Button label="Keys" on_press=opens(dialogs.keys) />
                <Button label="Conflict" on_press=Callback::new(move |()| review.meet(conflicts())) />
                <Button label="Somebody changes the amount due" on_press=change />
            },
        )}
        <RejectDialog review />
        <AnywayDialog review then=StoredValue::new(None) />
        <VerifyDialog review />
        <DiscardDialog review open=dialogs.discard />
        <KeysDialog open=dialogs.keys />
        <ConflictDialog review />
    }
}

/// The invoice after a change of somebody else.
fn changed(review: Review) -> InvoiceDetail {
    let mut detail = review.detail.get_untracked();
    detail.summary.version += 1;
    if let Some(due) = detail.fields.get_mut(&Field::AmountDue) {
        due.version += 1;
        due.value = if due.version % 2 == 0 { "1190.00" } else { "1190.02" }.to_owned();
    }
    detail
}

/// Of one field, of a longer text that goes together, and of amounts.
fn conflicts() -> Vec<FieldConflict> {
    let conflict = |name, mine: &str, theirs: &str| FieldConflict {
        name,
        base: text(""),
        mine: mine.to_owned(),
        theirs: text(theirs),
        merged: None,
        group: Vec::new(),
        version: 2,
        actor: person(1).name,
        at: AT,
    };
    let sides = |name, mine: &str, theirs: &str| FieldSides {
        name,
        base: text("1000.00"),
        mine: mine.to_owned(),
        theirs: text(theirs),
    };
    let group = vec![sides(Field::NetTotal, "1000.00", "999.00"), sides(Field::GrossTotal, "1190.00", "1188.81")];
    vec![
        conflict(Field::PurchaseOrder, "PO-4711", "PO-4712"),
        FieldConflict {
            merged: text("Paid in part. Delivered."),
            ..conflict(Field::Note, "Paid in part.", "Delivered.")
        },
        FieldConflict { group, ..conflict(Field::NetTotal, "1000.00", "999.00") },
    ]
}

fn saving() -> AnyView {
    around(LIVE, company(0, &[]), || {
        let review = review(detail(5, Status::NeedsReview, Vec::new()));
        expect_context::<Edits>().hold_change(review.id, FieldEdit::new(Field::Note, 1, "Paid in part"));
        view! { <Saved review /> }.into_any()
    })
}

fn waiting() -> AnyView {
    let lost = Connection { socket: SocketState::Waiting, ..LIVE };
    around(lost, company(0, &[]), || {
        let review = review(detail(6, Status::NeedsReview, Vec::new()));
        expect_context::<Edits>().hold_decision(decision(review.id, Status::AwaitingApproval));
        view! { <Saved review /> }.into_any()
    })
}

fn not_allowed() -> AnyView {
    around(LIVE, company(0, &[]), || {
        let approve_refused = text("Somebody else has to approve what you uploaded or changed");
        let detail = InvoiceDetail { approve_refused, ..detail(7, Status::AwaitingApproval, Vec::new()) };
        view! { <Saved review=review(detail) /> }.into_any()
    })
}

fn outcomes() -> impl IntoView {
    let task_failed = TaskError {
        code: "corrupt".to_owned(),
        message: "The file is damaged".to_owned(),
        stage: "extraction".to_owned(),
    };
    let failed = InvoiceDetail { error: Some(task_failed), ..detail(8, Status::Failed, Vec::new()) };
    let reading = InvoiceDetail { task: Some(task()), ..detail(9, Status::Processing, Vec::new()) };
    let first =
        InvoiceDetail { first_approver: Some(person(1).name), ..detail(10, Status::AwaitingApproval, Vec::new()) };
    let rejected = entries("rejected", "The amount is wrong. Please send it again with the agreed price.");
    let touchless = entries(TOUCHLESS_APPROVED, "Everything was read surely, and the order is known.");
    let decided = |number, status| review(detail(number, status, Vec::new()));
    view! {
        {named("Rejected", view! { <RejectedNote review=decided(11, Status::Rejected) entries=rejected /> })}
        {named(
            "Approved without a person",
            view! { <TouchlessNote review=decided(12, Status::Approved) entries=touchless /> },
        )}
        {named("The first of two approvals", view! { <FirstApprovalNote review=review(first) /> })}
        {named("Not read", view! { <TaskNote review=review(failed) /> })}
        {named("Being read", view! { <TaskNote review=review(reading) /> })}
        {named("It resembles another one", duplicate())} {named("The file holds several", several(true))}
        {named("The file was split", several(false))}
    }
}

/// A history with one entry, which is there at once.
fn entries(action: &'static str, note: &'static str) -> crate::ui::pages::review::outcome::Entries {
    let newest = move || HistoryEntry { note: text(note), ..talk::entry(1, 1, action) };
    let history = move || History { entries: vec![newest()], total: 1, broken: None };
    Resource::new(|| (), move |()| std::future::ready(Ok(history())))
}

fn task() -> TaskView {
    TaskView {
        task_id: TaskId(Uuid::from_u128(9)),
        invoice_id: invoice_id(9),
        filename: "example.pdf".to_owned(),
        state: TaskState::Processing,
        stage: Some(Stage::Extraction),
        progress: 40,
        message: Stage::Extraction.message().to_owned(),
        attempts: 1,
        error: None,
        created_at: AT,
        finished_at: None,
        eta_seconds: Some(3),
    }
}

fn duplicate() -> impl IntoView {
    let check = CheckResult {
        rule: "duplicate-number".to_owned(),
        severity: Severity::Block,
        message: "The supplier has sent an invoice with this number before".to_owned(),
        fields: Vec::new(),
        expected: None,
        found: None,
    };
    let allowed = vec![Step::MarkDuplicate, Step::NotDuplicate];
    let this = InvoiceDetail {
        checks: vec![check],
        allowed,
        pages: Vec::new(),
        ..detail(13, Status::NeedsReview, Vec::new())
    };
    let other = || InvoiceDetail { pages: Vec::new(), ..detail(14, Status::Approved, Vec::new()) };
    let loaded = Resource::new(|| (), move |()| std::future::ready(Ok(other())));
    comparison(review(this), invoice_id(14), loaded)
}

/// Proposed, or done.
fn several(proposed: bool) -> impl IntoView {
    let pages = [PageRange { first: 1, last: 2 }, PageRange { first: 3, last: 3 }];
    let part = |(pages, number): (PageRange, &str)| Part {
        pages,
        invoice_number: text(number),
        supplier_name: text(SUPPLIER),
        gross_total: text("1190.00"),
        currency: text("EUR"),
    };
    let became = |pages| SplitPart { invoice_id: invoice_id(16), pages, filename: "batch.pdf".to_owned() };
    let splitting = match proposed {
        true => Splitting {
            proposed: pages.into_iter().zip(["2026-117", "2026-118"]).map(part).collect(),
            allowed: true,
            ..Splitting::default()
        },
        false => Splitting { into: pages.map(became).into(), ..Splitting::default() },
    };
    let number = if proposed { 15 } else { 17 };
    let check = CheckResult {
        rule: crate::domain::splitting::SEVERAL_INVOICES.to_owned(),
        severity: Severity::Block,
        message: "The file seems to hold 2 invoices".to_owned(),
        fields: Vec::new(),
        expected: None,
        found: None,
    };
    let review =
        review(InvoiceDetail { splitting, checks: vec![check], ..detail(number, Status::NeedsReview, Vec::new()) });
    view! { <SplitNote review open=RwSignal::new(false) go=Callback::new(|_| ()) /> }
}

/// What stands under the fields of an invoice that is decided.
fn details() -> AnyView {
    let check = CheckResult {
        rule: "BR-01".to_owned(),
        severity: Severity::Warning,
        message: "The file does not say by which rules it was made".to_owned(),
        fields: Vec::new(),
        expected: None,
        found: None,
    };
    let allowance = |is_charge, reason: &str, amount: &str| Allowance {
        is_charge,
        reason: text(reason),
        amount: text(amount),
        percentage: text("5"),
        tax_rate: text("19"),
        ..Allowance::default()
    };
    let from = SplitPart {
        invoice_id: invoice_id(16),
        pages: PageRange { first: 2, last: 3 },
        filename: "batch.pdf".to_owned(),
    };
    let review = review(InvoiceDetail {
        checks: vec![check],
        notes: vec![ReadingNote::new("no_text", "Page 2 is a picture without text that could be read")],
        allowances: vec![allowance(false, "Discount", "50.00"), allowance(true, "Freight", "12.50")],
        splitting: Splitting { from: Some(from), ..Splitting::default() },
        may_edit: false,
        ..detail(18, Status::Approved, Vec::new())
    });
    let shown = view! {
        <LooseChecks review />
        <Allowances review />
        <Origin review />
    };
    named("Checks without a field, notes, allowances, where it came from", shown)
}

fn files() -> AnyView {
    let file = |number, name: &str, kind: &str, content| Attachment {
        number,
        name: name.to_owned(),
        description: text("Sent with the invoice"),
        kind: kind.to_owned(),
        content,
    };
    let files = [
        file(1, "timesheet.pdf", "PDF", Content::Size(48_300)),
        file(2, "terms", "Link", Content::Address("https://example.com/terms".to_owned())),
        file(3, "photo.png", "Picture", Content::Unreadable("it is damaged".to_owned())),
    ];
    named("Attachments", attachments::list(review(detail(19, Status::NeedsReview, Vec::new())), &files))
}

fn neighbours() -> AnyView {
    let beside = Neighbours { previous: None, next: Some(invoice_id(2)), place: 1, total: 30 };
    named("The invoices beside it: the first one", stepper(beside, Memo::new(|_| InvoiceQuery::default())))
}
