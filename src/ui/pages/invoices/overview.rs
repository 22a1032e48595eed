//! Above the table: tabs with counts, a line of figures, and how many match a search.

use super::{
    address::{href, is_narrowed, with_assigned, with_status},
    shown::Shown,
};
use crate::domain::{
    decision::Assigned,
    invoice::{InvoiceQuery, Stats},
    status::Status,
};
use crate::ui::components::{figures::figure, tabs::Tab};
use crate::ui::format::counted;
use crate::ui::markup::{Markup, el};
use leptos::prelude::*;

/// Tabs that are always there, the work to do first. The others show while they hold something.
const TABS: [(Option<Status>, &str); 6] = [
    (Some(Status::NeedsReview), "To review"),
    (Some(Status::AwaitingApproval), "Awaiting approval"),
    (Some(Status::Approved), "Approved"),
    (Some(Status::Exported), "Exported"),
    (Some(Status::Rejected), "Rejected"),
    (None, "All"),
];

pub fn status_tabs(stats: &Stats, query: &InvoiceQuery) -> Vec<Tab> {
    let shown_always = |status: &Status| TABS.iter().any(|(tab, _)| *tab == Some(*status));
    let others = Status::ALL
        .into_iter()
        .filter(|status| !shown_always(status))
        .filter(|status| stats.count(*status) > 0 || query.status == Some(*status))
        .map(|status| (Some(status), status.label()));
    let (all, named) = TABS.split_last().map_or((None, &[][..]), |(all, named)| (Some(*all), named));
    named
        .iter()
        .copied()
        .chain(others)
        .chain(all)
        .map(|(status, label)| Tab {
            label,
            href: href(&with_status(query, status)),
            count: status.map(|status| stats.count(status)).filter(|count| *count > 0),
            current: query.status == status,
        })
        .collect()
}

/// What the tabs do not tell.
pub fn figures(stats: &Stats) -> Markup {
    let approval = stats.hours_to_approve.map(|hours| figure(days(hours), "to approve, median"));
    let overdue = (stats.overdue > 0).then(|| figure(stats.overdue.to_string(), "overdue"));
    let done = figure(stats.done_today.to_string(), "done today");
    el("dl").class("figures").attr("aria-label", "Figures").children(overdue).child(done).children(approval)
}

/// Hours as `5 h` or `1.8 days`, in whole tenths: no floating point is ever printed.
fn days(hours: f64) -> String {
    if hours < 1.0 {
        return "< 1 h".to_owned();
    }
    if hours < 24.0 {
        return [(hours.round() as i64).to_string().as_str(), " h"].concat();
    }
    let tenths = (hours / 2.4).round() as i64;
    [(tenths / 10).to_string().as_str(), ".", (tenths % 10).to_string().as_str(), " days"].concat()
}

const WHOSE: [(Option<Assigned>, &str); 3] =
    [(None, "Everybody\u{2019}s"), (Some(Assigned::Me), "Mine"), (Some(Assigned::Nobody), "Nobody\u{2019}s")];

/// Whose work is shown, as links.
pub fn whose(query: &InvoiceQuery) -> Markup {
    let links = WHOSE.into_iter().map(|(assigned, label)| {
        let link = el("a").attr("href", href(&with_assigned(query, assigned))).text(label);
        if query.assigned == assigned { link.attr("aria-current", "true") } else { link }
    });
    el("nav").class("segments whose").attr("aria-label", "Whose work").children(links)
}

/// How many match a search, and the way to look further. Said aloud when it changes.
pub fn matches(shown: Memo<Option<Shown>>) -> Option<Vec<Markup>> {
    shown.with(|shown| {
        let shown = shown.as_ref().filter(|shown| is_narrowed(&shown.query) && shown.failed.is_none())?;
        let label = shown.query.status.and_then(|status| TABS.iter().find(|(tab, _)| *tab == Some(status)));
        let place = label.map(|(_, label)| [" in ", label].concat()).unwrap_or_default();
        let count = counted(shown.total, "match", "matches");
        let further = shown.query.status.map(|_| {
            let all = href(&with_status(&shown.query, None));
            el("a").class("link").attr("href", all).text("Search all invoices")
        });
        Some(std::iter::once(el("span").text(count + &place)).chain(further).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_written_in_days_from_one_day_on() {
        assert_eq!(days(0.2), "< 1 h");
        assert_eq!(days(23.4), "23 h");
        assert_eq!(days(43.2), "1.8 days");
    }

    #[test]
    fn rare_states_have_a_tab_only_while_they_hold_something() {
        let mut stats = Stats::default();
        let query = InvoiceQuery { status: Some(Status::NeedsReview), ..Default::default() };
        assert!(!status_tabs(&stats, &query).iter().any(|tab| tab.label == Status::Failed.label()));
        stats.counts.insert("failed".to_owned(), 2);
        let shown = status_tabs(&stats, &query);
        let failed = shown.iter().find(|tab| tab.label == Status::Failed.label());
        assert_eq!(failed.and_then(|tab| tab.count), Some(2));
        assert_eq!(shown.last().map(|tab| tab.label), Some("All"));
        assert_eq!(shown.iter().filter(|tab| tab.current).count(), 1);
    }
}
