//! States as an icon and a word, never by colour alone.

use crate::domain::{
    invoice::{FieldValue, SURE},
    reading::Source,
    status::Status,
};
use crate::ui::icons::{self, Icon, icon, icon_turning};
use crate::ui::markup::{Markup, el};
use leptos::prelude::*;
use std::borrow::Cow;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Tone {
    #[default]
    Neutral,
    Ok,
    Warn,
    Bad,
    Info,
}

impl Tone {
    pub fn class(self) -> &'static str {
        match self {
            Tone::Neutral => "tone-neutral",
            Tone::Ok => "tone-ok",
            Tone::Warn => "tone-warn",
            Tone::Bad => "tone-bad",
            Tone::Info => "tone-info",
        }
    }
}

fn look_of(status: Status) -> (Tone, Icon) {
    match status {
        Status::Uploaded | Status::Queued => (Tone::Neutral, icons::CLOCK),
        Status::Processing => (Tone::Info, icons::SPINNER),
        Status::Failed => (Tone::Bad, icons::STOP),
        Status::NeedsReview => (Tone::Warn, icons::LOOK),
        Status::Postponed => (Tone::Neutral, icons::LATER),
        Status::AwaitingApproval => (Tone::Info, icons::WAITING),
        Status::Approved => (Tone::Ok, icons::OK),
        Status::Rejected => (Tone::Bad, icons::REJECTED),
        Status::Exporting => (Tone::Info, icons::SEND),
        Status::Exported => (Tone::Ok, icons::CHECKS),
        Status::ExportFailed => (Tone::Bad, icons::WARN),
        Status::Cancelled => (Tone::Neutral, icons::CANCELLED),
        Status::Duplicate => (Tone::Warn, icons::COPY),
    }
}

/// An invoice's status.
pub fn status_mark(status: Status) -> Markup {
    let (tone, drawing) = look_of(status);
    let drawing = match status {
        Status::Processing | Status::Exporting => icon_turning(icons::SPINNER),
        _ => icon(drawing),
    };
    let mark = el("span").class(["mark ", tone.class()].concat()).attr("data-status", status.as_str());
    mark.child(drawing).text(status.label())
}

/// A small word in a box: overdue, duplicate.
pub fn badge(tone: Tone, drawing: Icon, word: impl Into<Cow<'static, str>>) -> Markup {
    el("span").class(["badge ", tone.class()].concat()).child(icon(drawing)).text(word)
}

/// A few sentences that stand out from the page.
#[component]
pub fn Note(tone: Tone, drawing: Icon, children: Children) -> impl IntoView {
    view! {
        <div class=["note ", tone.class()].concat()>
            {icon(drawing)}
            <div class="min-w-0">{children()}</div>
        </div>
    }
}

/// How a value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Read, and sure enough.
    Surely,
    /// A person entered or confirmed it.
    Confirmed,
    /// Read, not surely, and nothing depends on it.
    Read,
    ToCheck,
    RuleFailed,
    /// Nothing was found, and nothing is required.
    Absent,
}

/// How much depends on a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// An invoice can not do without it.
    Required,
    /// Money is paid by it, so it has to be right if it is there.
    Money,
    Optional,
}

/// An optional value below this confidence was more guessed than read.
const GUESSED: f32 = 0.5;

impl Known {
    /// `failed`: a check that concerns the field did not hold.
    pub fn of(value: Option<&FieldValue>, failed: bool, weight: Weight) -> Known {
        if failed {
            return Known::RuleFailed;
        }
        let Some(value) = value else {
            return if weight == Weight::Required { Known::ToCheck } else { Known::Absent };
        };
        // A person may have said only where it stands.
        if value.verified_by.is_some() || value.source == Source::User && !value.value.is_empty() {
            return Known::Confirmed;
        }
        match (value.value.is_empty(), weight) {
            (true, Weight::Required) => Known::ToCheck,
            (true, _) => Known::Absent,
            (false, _) if value.confidence >= SURE => Known::Surely,
            (false, Weight::Optional) if value.confidence >= GUESSED => Known::Read,
            (false, _) => Known::ToCheck,
        }
    }

    pub fn word(self) -> &'static str {
        match self {
            Known::Surely => "Read surely",
            Known::Confirmed => "Confirmed by a person",
            Known::Read => "Read",
            Known::ToCheck => "To check",
            Known::RuleFailed => "A check failed",
            Known::Absent => "Not on the invoice",
        }
    }

    /// The word that stands beside the icon, where a person has to do something.
    fn short(self) -> Option<&'static str> {
        match self {
            Known::ToCheck => Some("To check"),
            Known::RuleFailed => Some("Failed"),
            _ => None,
        }
    }

    /// Whether a person should look at it.
    pub fn needs_a_look(self) -> bool {
        matches!(self, Known::ToCheck | Known::RuleFailed)
    }

    /// Whether a person's word adds to what is known.
    pub fn can_be_confirmed(self) -> bool {
        matches!(self, Known::ToCheck | Known::Read)
    }

    pub fn tone(self) -> Tone {
        match self {
            Known::Surely => Tone::Ok,
            Known::Confirmed => Tone::Info,
            Known::ToCheck => Tone::Warn,
            Known::RuleFailed => Tone::Bad,
            Known::Read | Known::Absent => Tone::Neutral,
        }
    }

    fn drawing(self) -> Icon {
        match self {
            Known::Surely | Known::Read => icons::CHECK,
            Known::Confirmed => icons::PERSON,
            Known::ToCheck => icons::LOOK,
            Known::RuleFailed => icons::WARN,
            Known::Absent => icons::MINUS,
        }
    }
}

/// The mark at the end of a field; its whole word is the tip and is said aloud.
pub fn known_mark(known: Known) -> Markup {
    let short = known.short().map(|word| el("span").attr("aria-hidden", "true").text(word));
    el("span")
        .class(["field-mark ", known.tone().class()].concat())
        .attr("title", known.word())
        .child(icon(known.drawing()))
        .children(short)
        .child(el("span").class("sr-only").text(known.word()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, confidence: f32, source: Source) -> FieldValue {
        FieldValue {
            value: text.to_owned(),
            raw: None,
            confidence,
            page: None,
            place: None,
            source,
            version: 1,
            verified_by: None,
            learned: None,
        }
    }

    #[test]
    fn a_value_is_known_in_one_of_six_ways() {
        let sure = value("2026-117", 0.99, Source::Text);
        let doubtful = value("2026-117", 0.7, Source::Ocr);
        let guessed = value("2026-117", 0.4, Source::Ocr);
        let empty = value("", 1.0, Source::Text);
        let entered = FieldValue { verified_by: Some("a clerk".to_owned()), ..value("", 0.0, Source::User) };
        let only_placed = value("", 1.0, Source::User);
        assert_eq!(Known::of(Some(&sure), false, Weight::Required), Known::Surely);
        assert_eq!(Known::of(Some(&sure), true, Weight::Required), Known::RuleFailed);
        assert_eq!(Known::of(Some(&doubtful), false, Weight::Money), Known::ToCheck);
        assert_eq!(Known::of(Some(&doubtful), false, Weight::Optional), Known::Read);
        assert_eq!(Known::of(Some(&guessed), false, Weight::Optional), Known::ToCheck);
        assert_eq!(Known::of(Some(&empty), false, Weight::Required), Known::ToCheck);
        assert_eq!(Known::of(Some(&empty), false, Weight::Money), Known::Absent);
        assert_eq!(Known::of(Some(&entered), false, Weight::Required), Known::Confirmed);
        assert_eq!(Known::of(Some(&only_placed), false, Weight::Required), Known::ToCheck);
        assert_eq!(Known::of(None, false, Weight::Required), Known::ToCheck);
        assert_eq!(Known::of(None, false, Weight::Optional), Known::Absent);
    }
}
