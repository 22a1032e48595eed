//! Dates: not in the future, due on or after issue, not stale.

use super::{CheckResult, Facts, Severity, plain};
use crate::domain::field::Field;

pub(super) fn check(facts: &Facts<'_>, results: &mut Vec<CheckResult>) {
    let Some(issued) = facts.text(Field::IssueDate) else {
        return;
    };
    // ISO dates compare as text.
    if issued > facts.today {
        let message = format!("The issue date {issued} is in the future");
        results.push(plain("issue-in-future", Severity::Warning, message, &[Field::IssueDate]));
    }
    if let Some(due) = facts.text(Field::DueDate).filter(|due| *due < issued) {
        let message = format!("Due on {due}, before it was issued on {issued}");
        results.push(plain("due-before-issue", Severity::Warning, message, &[Field::DueDate, Field::IssueDate]));
    }
    if years_apart(issued, facts.today).is_some_and(|years| years >= 2) {
        let message = format!("Issued on {issued}, more than a year ago");
        results.push(plain("issue-stale", Severity::Warning, message, &[Field::IssueDate]));
    }
}

/// Whole years from the first to the second date, by year and the rest of the text.
fn years_apart(from: &str, to: &str) -> Option<i32> {
    let year = |text: &str| text.get(..4)?.parse::<i32>().ok();
    Some(year(to)? - year(from)? + i32::from(to.get(4..)? >= from.get(4..)?))
}
