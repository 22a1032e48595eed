//! What the table shows of the answers that come: the newest, but nothing is moved while it is being looked at.

use crate::domain::{
    error::AppError,
    ids::InvoiceId,
    invoice::{Dashboard, InvoiceQuery, InvoiceSummary, Stats},
};
use crate::ui::state::Listed;

#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The selection that the rows belong to.
    pub query: InvoiceQuery,
    pub rows: Vec<InvoiceSummary>,
    pub total: i64,
    pub stats: Stats,
    /// Rows that came with this answer into a list that was there before.
    pub came: Vec<InvoiceId>,
    /// The newest answer has other rows, or another order: it waits until the table is left, or is asked for.
    pub waiting: Option<Waiting>,
    /// Why the last question got no answer. Without rows nothing is known of this selection.
    pub failed: Option<AppError>,
    /// How often the person has asked for what waits.
    pub asked: u32,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Invoices newer than any shown; 0 when only others moved.
    pub new: usize,
}

impl Shown {
    /// What an answer makes of what was shown `before`. `held`: somebody points at the rows or has the focus in them.
    /// None when nothing could be loaded yet.
    pub fn next(before: Option<&Shown>, listed: &Listed, held: bool, asked: u32) -> Option<Shown> {
        let same = before.filter(|before| before.query == listed.query);
        // Where there are no rows, none can be moved.
        let held = held && same.is_some_and(|before| !before.rows.is_empty());
        match (&listed.answer, same) {
            (Ok(dashboard), Some(before)) if held && before.asked == asked => Some(before.patched(dashboard)),
            (Ok(dashboard), same) => Some(Shown::whole(same, &listed.query, dashboard, asked)),
            (Err(error), Some(before)) => {
                Some(Shown { failed: Some(error.0.clone()), came: Vec::new(), ..before.clone() })
            }
            (Err(error), None) => before.map(|before| Shown {
                query: listed.query.clone(),
                rows: Vec::new(),
                total: 0,
                came: Vec::new(),
                waiting: None,
                failed: Some(error.0.clone()),
                ..before.clone()
            }),
        }
    }

    fn whole(before: Option<&Shown>, query: &InvoiceQuery, dashboard: &Dashboard, asked: u32) -> Shown {
        let rows = dashboard.page.invoices.clone();
        let came = before.map(|before| missing(&rows, &before.rows)).unwrap_or_default();
        Shown {
            query: query.clone(),
            rows,
            total: dashboard.page.total,
            stats: dashboard.stats.clone(),
            came,
            waiting: None,
            failed: None,
            asked,
        }
    }

    /// The same rows in the same order, each as it is now. One that left the selection stays as it was last.
    fn patched(&self, dashboard: &Dashboard) -> Shown {
        let newest = &dashboard.page.invoices;
        let now = |row: &InvoiceSummary| newest.iter().find(|newer| newer.id == row.id).unwrap_or(row).clone();
        let same = newest.iter().map(|row| row.id).eq(self.rows.iter().map(|row| row.id));
        Shown {
            rows: self.rows.iter().map(now).collect(),
            total: dashboard.page.total,
            stats: dashboard.stats.clone(),
            came: Vec::new(),
            waiting: (!same).then(|| Waiting { new: self.newer(newest) }),
            failed: None,
            ..self.clone()
        }
    }

    /// How many came in above: only the first page in the order of arrival tells.
    fn newer(&self, newest: &[InvoiceSummary]) -> usize {
        if self.query.sort.given || self.query.page.is_some_and(|page| page > 1) {
            return 0;
        }
        let last = self.rows.iter().map(|row| row.created_at).max().unwrap_or(i64::MIN);
        newest.iter().filter(|row| row.created_at > last).count()
    }
}

/// The ids of `rows` that are not in `known`.
fn missing(rows: &[InvoiceSummary], known: &[InvoiceSummary]) -> Vec<InvoiceId> {
    rows.iter().map(|row| row.id).filter(|id| known.iter().all(|row| row.id != *id)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::rows::tests::summary;
    use super::*;
    use crate::{
        api::ApiError,
        domain::{
            invoice::{InvoicePage, Position},
            status::Status,
        },
    };

    fn row(id: u128, version: i64) -> InvoiceSummary {
        InvoiceSummary { version, ..summary(id) }
    }

    fn listed(query: &InvoiceQuery, rows: Vec<InvoiceSummary>) -> Listed {
        let page = InvoicePage { total: rows.len() as i64, invoices: rows, next_cursor: None };
        let answer = Ok(Dashboard { page, stats: Stats::default(), position: Position::default() });
        Listed { query: query.clone(), answer }
    }

    fn ids(shown: &Shown) -> Vec<u128> {
        shown.rows.iter().map(|row| row.id.0.as_u128()).collect()
    }

    fn first() -> Shown {
        let listed = listed(&InvoiceQuery::default(), vec![row(2, 1), row(1, 1)]);
        Shown::next(None, &listed, false, 0).expect("rows")
    }

    #[test]
    fn rows_that_come_are_marked_unless_the_whole_list_is_new() {
        assert!(first().came.is_empty());
        let newer = listed(&InvoiceQuery::default(), vec![row(3, 1), row(2, 1)]);
        let shown = Shown::next(Some(&first()), &newer, false, 0).expect("rows");
        assert_eq!((ids(&shown), shown.came.len()), (vec![3, 2], 1));
        let other = listed(&InvoiceQuery { page: Some(2), ..Default::default() }, vec![row(9, 1)]);
        assert!(Shown::next(Some(&first()), &other, true, 0).expect("rows").came.is_empty());
    }

    #[test]
    fn while_it_is_looked_at_rows_change_but_do_not_move() {
        let newer = listed(&InvoiceQuery::default(), vec![row(4, 1), row(3, 1), row(1, 7)]);
        let shown = Shown::next(Some(&first()), &newer, true, 0).expect("rows");
        assert_eq!(ids(&shown), [2, 1]);
        assert_eq!(shown.rows[1].version, 7);
        assert_eq!(shown.waiting, Some(Waiting { new: 2 }));
        assert_eq!(shown.total, 3);
        let asked = Shown::next(Some(&shown), &newer, true, 1).expect("rows");
        assert_eq!((ids(&asked), asked.waiting), (vec![4, 3, 1], None));
        let left = Shown::next(Some(&shown), &newer, false, 0).expect("rows");
        assert_eq!(ids(&left), [4, 3, 1]);
    }

    #[test]
    fn rows_stay_when_they_can_not_be_refreshed_and_tabs_when_another_list_fails() {
        let lost = |query: InvoiceQuery| Listed { query, answer: Err(ApiError(AppError::Unreachable)) };
        assert_eq!(Shown::next(None, &lost(InvoiceQuery::default()), false, 0), None);
        let same = Shown::next(Some(&first()), &lost(InvoiceQuery::default()), false, 0).expect("rows");
        assert_eq!((ids(&same), same.failed), (vec![2, 1], Some(AppError::Unreachable)));
        let query = InvoiceQuery { status: Some(Status::Approved), ..Default::default() };
        let other = Shown::next(Some(&first()), &lost(query.clone()), false, 0).expect("tabs");
        assert!(other.rows.is_empty() && other.failed.is_some());
        let back = Shown::next(Some(&other), &listed(&query, vec![row(5, 1)]), true, 0).expect("rows");
        assert_eq!((ids(&back), back.failed), (vec![5], None));
    }
}
