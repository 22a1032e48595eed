//! Values as people type and read them, and what steps are called.

use crate::domain::{field::FieldKind, status::Step};
use crate::ui::format::{NumberStyle, amount, groups_of_four, parse_amount};

/// What a person typed, as the server keeps it; or why it is no such value. Empty clears the field.
pub fn normalise(kind: FieldKind, typed: &str, numbers: NumberStyle) -> Result<String, &'static str> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Ok(String::new());
    }
    match kind {
        FieldKind::Amount => parse_amount(typed, numbers).ok_or("This is not an amount"),
        FieldKind::Iban | FieldKind::VatId => Ok(without_spaces(typed).to_uppercase()),
        FieldKind::Currency if is_letters(typed, 3) => Ok(typed.to_uppercase()),
        FieldKind::Currency => Err("Three letters, such as EUR"),
        FieldKind::Country if is_letters(typed, 2) => Ok(typed.to_uppercase()),
        FieldKind::Country => Err("Two letters, such as DE"),
        FieldKind::Text | FieldKind::LongText | FieldKind::Code | FieldKind::Date => Ok(typed.to_owned()),
    }
}

/// A kept value, as it stands in its field.
pub fn shown(kind: FieldKind, value: &str, numbers: NumberStyle) -> String {
    match kind {
        FieldKind::Amount => amount(value, numbers),
        FieldKind::Iban => groups_of_four(value),
        _ => value.to_owned(),
    }
}

fn without_spaces(text: &str) -> String {
    text.split_whitespace().collect()
}

fn is_letters(text: &str, count: usize) -> bool {
    text.len() == count && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// What the button of a step says.
pub fn verb(step: Step) -> &'static str {
    match step {
        Step::Submit => "Submit",
        Step::Approve => "Approve",
        Step::Reject => "Reject…",
        Step::Reopen => "Reopen",
        Step::Postpone => "Postpone",
        Step::MarkDuplicate => "It is a duplicate",
        Step::NotDuplicate => "Not a duplicate",
        Step::Cancel => "Cancel invoice",
        Step::Retry => "Read again",
        Step::Queue | Step::Start | Step::Fail | Step::FinishReading => "",
    }
}

/// What is said once it is done.
pub fn done(step: Step) -> &'static str {
    match step {
        Step::Submit => "Submitted for approval",
        Step::Approve => "Approved",
        Step::Reject => "Rejected",
        Step::Reopen => "Back in review",
        Step::Postpone => "Postponed",
        Step::MarkDuplicate => "Marked as a duplicate",
        Step::NotDuplicate => "Kept: not a duplicate",
        Step::Cancel => "Cancelled",
        Step::Retry => "Will be read again",
        Step::Queue | Step::Start | Step::Fail | Step::FinishReading => "Done",
    }
}

/// The step that takes another back.
pub fn undo_of(step: Step) -> Option<Step> {
    match step {
        Step::Submit | Step::Approve | Step::Reject | Step::Postpone | Step::MarkDuplicate => Some(Step::Reopen),
        _ => None,
    }
}

/// What a history entry says was done.
pub fn action(name: &str) -> String {
    match name {
        "field_changed" | "fields_changed" | "edited" => "changed".to_owned(),
        other => other.replace('_', " "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_values_are_kept_in_one_form() {
        let numbers = NumberStyle::Comma;
        let kept = |kind, typed| normalise(kind, typed, numbers);
        assert_eq!(kept(FieldKind::Amount, " 1.190,00 ").as_deref(), Ok("1190.00"));
        assert!(kept(FieldKind::Amount, "a lot").is_err());
        assert_eq!(kept(FieldKind::Amount, "").as_deref(), Ok(""));
        assert_eq!(kept(FieldKind::Iban, "de89 3704 0044 0532 0130 00").as_deref(), Ok("DE89370400440532013000"));
        assert_eq!(kept(FieldKind::Currency, "eur").as_deref(), Ok("EUR"));
        assert!(kept(FieldKind::Currency, "€").is_err());
        assert!(kept(FieldKind::Country, "DEU").is_err());
        assert_eq!(kept(FieldKind::Code, " 2026-117 ").as_deref(), Ok("2026-117"));
    }

    #[test]
    fn what_is_shown_can_be_typed_back() {
        for (kind, value) in [(FieldKind::Amount, "1190.00"), (FieldKind::Iban, "DE89370400440532013000")] {
            let typed = shown(kind, value, NumberStyle::Comma);
            assert_eq!(normalise(kind, &typed, NumberStyle::Comma).as_deref(), Ok(value));
        }
    }
}
