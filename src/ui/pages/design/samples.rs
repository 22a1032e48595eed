//! What the samples are made of: invoices, people, and a connection that goes nowhere.

use crate::domain::{
    comment::Person,
    decision::{Decision, Shows},
    events::{Cursor, Holder, Lock, MutationKey, PresenceState, Present},
    field::Field,
    ids::{InvoiceId, UserId},
    invoice::{FieldValue, InvoiceDetail, InvoiceSummary, Position},
    reading::{PageBox, PageSize, Source},
    splitting::Splitting,
    status::Status,
};
use crate::ui::pages::review::{company::Others, model::Review};
use crate::ui::prefs::number_style;
use crate::ui::state::{Connection, Edits, Live, SocketState, edits::PendingDecision, reducer::Company};
use leptos::{context::Provider, prelude::*};
use std::collections::BTreeMap;
use uuid::Uuid;

/// 2 November 2026.
pub const AT: i64 = 1_793_610_000_000;
pub const SUPPLIER: &str = "Example Supplies Ltd";

const NAMES: [&str; 7] =
    ["Sam Sample", "Rae Reviewer", "Cleo Clerk", "Ada Admin", "Udo Uploader", "Pia Payer", "Tom Tester"];

pub const LIVE: Connection =
    Connection { browser: true, server: true, socket: SocketState::Open, latency_ms: Some(12) };

/// Shows something that finds a connection, unsent changes and other people of its own around it. Nothing of it reaches
/// the server by itself.
pub fn around(live: Connection, company: Company, shown: impl FnOnce() -> AnyView + Send + 'static) -> AnyView {
    let waiting = live.socket != SocketState::Open;
    let live = Live::sample(live);
    let edits = Edits::sample(live, waiting);
    view! {
        <Provider value=live>
            <Provider value=edits>
                <Provider value=Others::sample(company)>{shown()}</Provider>
            </Provider>
        </Provider>
    }
    .into_any()
}

pub fn invoice_id(number: u128) -> InvoiceId {
    InvoiceId(Uuid::from_u128(number))
}

pub fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

pub fn person(number: usize) -> Person {
    Person { id: UserId(Uuid::from_u128(number as u128 + 1)), name: NAMES[number % NAMES.len()].to_owned() }
}

pub fn people(count: usize) -> Vec<Person> {
    (0..count).map(person).collect()
}

/// So many people, each in the field that has their number.
pub fn company(count: usize, fields: &[Field]) -> Company {
    let present = |(number, Person { id, name }): (usize, Person)| Present {
        connection: number.to_string(),
        user: id,
        name,
        clock: 1,
        state: PresenceState { field: fields.get(number).copied(), cursor: None },
    };
    Company { people: people(count).into_iter().enumerate().map(present).collect(), locks: Vec::new() }
}

/// Gives the first person the right of way in their field, and the second one a pointer.
pub fn busy(mut company: Company) -> Company {
    if let Some(first) = company.people.first() {
        let Present { connection, user, name, state, .. } = first.clone();
        company.locks.extend(state.field.map(|field| Lock {
            invoice: invoice_id(0),
            field,
            holder: Some(Holder { connection, user, name }),
            token: 1,
            expires_in_ms: 30_000,
        }));
    }
    if let Some(second) = company.people.get_mut(1) {
        second.state.cursor = Some(Cursor { page: 1, x: 6_500, y: 6_800 });
    }
    company
}

pub fn summary(number: u128, status: Status) -> InvoiceSummary {
    InvoiceSummary {
        id: invoice_id(number),
        status,
        version: 1,
        filename: "example.pdf".to_owned(),
        supplier_name: text(SUPPLIER),
        invoice_number: Some(["2026-", &number.to_string()].concat()),
        issue_date: text("2026-11-02"),
        due_date: text("2026-12-02"),
        currency: text("EUR"),
        gross_total: text("1190.00"),
        confidence: Some(0.99),
        duplicate_of: None,
        overdue: false,
        approved_once: false,
        failing_checks: 0,
        uploaded_by: person(4).name,
        assigned_to: None,
        created_at: AT,
        updated_at: AT,
    }
}

/// An invoice with nothing special about it.
pub fn detail(number: u128, status: Status, fields: Vec<(Field, FieldValue)>) -> InvoiceDetail {
    InvoiceDetail {
        summary: summary(number, status),
        kind: text("text_pdf"),
        content_type: "application/pdf".to_owned(),
        size: 48_300,
        fields: BTreeMap::from_iter(fields),
        pages: vec![PageSize { width: 595.0, height: 240.0 }],
        allowances: Vec::new(),
        notes: Vec::new(),
        checks: Vec::new(),
        review_reasons: Vec::new(),
        task: None,
        error: None,
        allowed: Vec::new(),
        may_edit: true,
        may_assign: false,
        approve_refused: None,
        first_approver: None,
        bank_account: None,
        reject_reasons: Vec::new(),
        approve_needs_reason: None,
        splitting: Splitting::default(),
        uploaded_by_id: person(4).id,
        position: Position::default(),
    }
}

pub fn review(detail: InvoiceDetail) -> Review {
    Review::new(detail, number_style())
}

/// A value that was read from a page.
pub fn value(text: &str, confidence: f32) -> FieldValue {
    FieldValue {
        value: text.to_owned(),
        confidence,
        page: Some(1),
        source: Source::Text,
        version: 1,
        ..FieldValue::empty(Source::Text)
    }
}

/// The same, with where it stands: shares of the page.
pub fn placed(value: FieldValue, [x, y, w, h]: [f32; 4]) -> FieldValue {
    FieldValue { place: Some(PageBox { page: 1, x, y, w, h }), ..value }
}

/// A decision that waits for the connection.
pub fn decision(invoice: InvoiceId, shows: Status) -> PendingDecision {
    PendingDecision {
        key: MutationKey { client_id: "sample".to_owned(), mutation_id: 1 },
        at: 1,
        invoice,
        title: SUPPLIER.to_owned(),
        decision: Decision::Assign { to: None },
        shows: Shows::Status(shows),
        undo: None,
        sent: false,
    }
}
