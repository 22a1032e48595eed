//! What was said and done: comments, and the history.

use super::page::named;
use super::samples::{AT, detail, people, person, review, text};
use crate::domain::{
    comment::{Comment, Comments, NewComment},
    field::Field,
    history::History,
    invoice::{FieldChange, HistoryEntry, PlaceChange, Position},
    reading::PageBox,
    status::Status,
};
use crate::ui::pages::review::{comments, history::log};
use leptos::prelude::*;

pub fn parts() -> impl IntoView {
    (thread(), logs())
}

fn thread() -> AnyView {
    let review = review(detail(20, Status::NeedsReview, Vec::new()));
    let comment = |number: usize, text: &str| Comment {
        id: number.to_string(),
        author_id: person(number).id,
        author: person(number).name,
        text: text.to_owned(),
        mentions: people(3),
        at: AT + number as i64 * 60_000,
    };
    let all = vec![
        comment(1, "@Cleo Clerk: is the freight part of the order?"),
        comment(2, "Yes, see the delivery note.\nIt is attached."),
    ];
    let new = |key: &str, words: &str| NewComment { text: words.to_owned(), mentions: Vec::new(), key: text(key) };
    let pending = vec![
        (new("1", "Then I approve it."), None),
        (new("2", "One more thing."), text("the server could not be reached")),
    ];
    let comments = Comments { comments: all, position: Position::default() };
    named("Written, on its way, not sent", comments::sample(review, comments, pending))
}

fn logs() -> AnyView {
    let review = review(detail(21, Status::NeedsReview, Vec::new()));
    let whole = History { total: events().len(), entries: events(), broken: None };
    let broken = History { entries: vec![entry(7, 1, "approved")], total: 7, broken: Some(3) };
    (named("History", log(review, whole)), named("History that was tampered with", log(review, broken))).into_any()
}

fn events() -> Vec<HistoryEntry> {
    let change = |name, before: Option<&str>, after: &str| FieldChange {
        name,
        before: before.map(str::to_owned),
        after: text(after),
        version: 2,
        place: None,
    };
    let place = PageBox { page: 1, x: 0.1, y: 0.1, w: 0.2, h: 0.02 };
    let moved = FieldChange {
        place: Some(PlaceChange { before: None, after: Some(place) }),
        ..change(Field::DueDate, Some("2026-12-02"), "2026-12-02")
    };
    let edited = |seq, change| HistoryEntry { changes: vec![change], ..entry(seq, 2, "field_changed") };
    vec![
        HistoryEntry { note: text("The price was agreed by telephone"), ..entry(7, 1, "approved") },
        entry(6, 2, "submitted"),
        edited(5, moved),
        edited(4, change(Field::IssueDate, None, "2026-11-02")),
        edited(3, change(Field::GrossTotal, Some("1190.02"), "1190.00")),
        entry(2, 4, "read"),
        entry(1, 4, "uploaded"),
    ]
}

pub fn entry(seq: i64, actor: usize, action: &str) -> HistoryEntry {
    HistoryEntry {
        seq,
        at: AT + seq * 60_000,
        actor: person(actor).name,
        action: action.to_owned(),
        changes: Vec::new(),
        note: None,
    }
}
