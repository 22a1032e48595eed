//! Looking at many: the dashboard, lists and figures, and what is remembered of them.

use super::{Services, require};
use crate::{
    db::{self, Conn, StoreResult, now_ms},
    domain::{
        decision::Assigned,
        error::AppError,
        events::Room,
        invoice::{Dashboard, InvoicePage, InvoiceQuery, Position, Stats},
        roles::{Actor, Right},
    },
};
use std::{
    borrow::Cow,
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

const DAY_MS: i64 = 86_400_000;

/// Pages remembered of one moment. Each holds at most 200 rows of the list.
const MAX_PAGES: usize = 64;

/// Every change of an invoice moves the position of the room `all`, and what is overdue changes with the day: at equal
/// moments the same question has the same answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Moment {
    position: Position,
    /// Days since 1970, UTC.
    day: i64,
}

impl Moment {
    /// The moment that this connection, or its transaction, sees.
    async fn seen_by(conn: &mut Conn) -> StoreResult<Moment> {
        let position = db::events::event_position(conn, &Room::All).await?;
        Ok(Moment { position, day: now_ms() / DAY_MS })
    }
}

/// Answers of one moment, the last that was asked about. Reading a page takes several round trips to the database,
/// asking for the moment takes one.
#[derive(Default)]
pub(super) struct Remembered(Mutex<Answers>);

#[derive(Default)]
struct Answers {
    moment: Option<Moment>,
    pages: HashMap<InvoiceQuery, InvoicePage>,
    stats: Option<Stats>,
}

impl Remembered {
    /// What `look` finds among the answers of `moment`.
    fn get<T>(&self, moment: &Moment, look: impl FnOnce(&Answers) -> Option<T>) -> Option<T> {
        let answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.moment.as_ref() == Some(moment) { look(&answers) } else { None }
    }

    /// Adds to the answers of `moment`; those of another are forgotten.
    fn put(&self, moment: &Moment, add: impl FnOnce(&mut Answers)) {
        let mut answers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if answers.moment.as_ref() != Some(moment) {
            *answers = Answers { moment: Some(moment.clone()), ..Answers::default() };
        }
        if answers.pages.len() >= MAX_PAGES {
            answers.pages.clear();
        }
        add(&mut answers);
    }

    fn page(&self, moment: &Moment, query: &InvoiceQuery) -> Option<InvoicePage> {
        self.get(moment, |answers| answers.pages.get(query).cloned())
    }

    fn stats(&self, moment: &Moment) -> Option<Stats> {
        self.get(moment, |answers| answers.stats.clone())
    }
}

impl Services {
    /// One page of invoices with the counts of all tabs and the position to subscribe from, all of one moment.
    pub async fn dashboard(&self, actor: &Actor, query: &InvoiceQuery) -> Result<Dashboard, AppError> {
        require(actor, Right::Read)?;
        let query = &checked_query(actor, query)?;
        let now = Moment::seen_by(&mut *self.store.read().await?).await?;
        if let (Some(page), Some(stats)) = (self.remembered.page(&now, query), self.remembered.stats(&now)) {
            return Ok(Dashboard { page, stats, position: now.position });
        }
        let mut tx = self.store.snapshot().await?;
        let moment = Moment::seen_by(&mut tx).await?;
        let page = self.page_at(&moment, &mut tx, query).await?;
        let stats = self.stats_at(&moment, &mut tx).await?;
        Ok(Dashboard { page, stats, position: moment.position })
    }

    /// One page of invoices.
    pub async fn invoice_list(&self, actor: &Actor, query: &InvoiceQuery) -> Result<InvoicePage, AppError> {
        require(actor, Right::Read)?;
        let query = &checked_query(actor, query)?;
        let now = Moment::seen_by(&mut *self.store.read().await?).await?;
        if let Some(page) = self.remembered.page(&now, query) {
            return Ok(page);
        }
        let mut tx = self.store.snapshot().await?;
        let moment = Moment::seen_by(&mut tx).await?;
        Ok(self.page_at(&moment, &mut tx, query).await?)
    }

    /// The figures above the list.
    pub async fn stats(&self, actor: &Actor) -> Result<Stats, AppError> {
        require(actor, Right::Read)?;
        let mut tx = self.store.snapshot().await?;
        let moment = Moment::seen_by(&mut tx).await?;
        Ok(self.stats_at(&moment, &mut tx).await?)
    }

    /// `moment` is the one that `tx` sees.
    async fn page_at(&self, moment: &Moment, tx: &mut Conn, query: &InvoiceQuery) -> StoreResult<InvoicePage> {
        if let Some(page) = self.remembered.page(moment, query) {
            return Ok(page);
        }
        let page = db::list::invoice_list(tx, query).await?;
        self.remembered.put(moment, |answers| {
            answers.pages.insert(query.clone(), page.clone());
        });
        Ok(page)
    }

    async fn stats_at(&self, moment: &Moment, tx: &mut Conn) -> StoreResult<Stats> {
        if let Some(stats) = self.remembered.stats(moment) {
            return Ok(stats);
        }
        let stats = db::stats::stats(tx, now_ms()).await?;
        self.remembered.put(moment, |answers| answers.stats = Some(stats.clone()));
        Ok(stats)
    }
}

/// The query as whoever asks means it, if it is one that may be asked.
pub(super) fn checked_query<'a>(actor: &Actor, query: &'a InvoiceQuery) -> Result<Cow<'a, InvoiceQuery>, AppError> {
    check_query(query)?;
    Ok(match query.assigned {
        Some(Assigned::Me) => Cow::Owned(InvoiceQuery { assigned: Some(Assigned::To(actor.user_id)), ..query.clone() }),
        _ => Cow::Borrowed(query),
    })
}

/// Bounds what a list query may cost.
fn check_query(query: &InvoiceQuery) -> Result<(), AppError> {
    if query.q.as_deref().is_some_and(|text| text.len() > 200) {
        return Err(AppError::invalid(Some("q"), "Search for at most 200 characters"));
    }
    if query.cursor.as_deref().is_some_and(|text| text.len() > 600) {
        return Err(AppError::invalid(Some("cursor"), "That cursor is not one of ours"));
    }
    for (name, amount) in [("min", &query.min), ("max", &query.max)] {
        if amount
            .as_deref()
            .is_some_and(|text| !text.is_empty() && text.parse::<crate::domain::money::Decimal>().is_err())
        {
            return Err(AppError::invalid(Some(name), "Write the amount with digits and a point, 1190.00"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(offset: i64, day: i64) -> Moment {
        Moment { position: Position { epoch: "e".to_owned(), offset }, day }
    }

    fn numbered(page: u32) -> InvoiceQuery {
        InvoiceQuery { page: Some(page), ..InvoiceQuery::default() }
    }

    fn remember(remembered: &Remembered, moment: &Moment, page: u32) {
        let answer = InvoicePage { invoices: Vec::new(), total: i64::from(page), next_cursor: None };
        remembered.put(moment, |answers| {
            answers.pages.insert(numbered(page), answer);
        });
    }

    #[test]
    fn a_change_or_a_new_day_is_another_question() {
        let remembered = Remembered::default();
        remember(&remembered, &moment(5, 1), 1);
        assert_eq!(remembered.page(&moment(5, 1), &numbered(1)).map(|page| page.total), Some(1));
        for other in [moment(6, 1), moment(4, 1), moment(5, 2)] {
            assert_eq!(remembered.page(&other, &numbered(1)), None, "{other:?}");
        }
        assert_eq!(remembered.page(&moment(5, 1), &numbered(2)), None);
    }

    #[test]
    fn answers_of_another_moment_are_forgotten() {
        let remembered = Remembered::default();
        remember(&remembered, &moment(5, 1), 1);
        remembered.put(&moment(5, 1), |answers| answers.stats = Some(Stats::default()));
        remember(&remembered, &moment(6, 1), 2);
        assert_eq!(remembered.page(&moment(6, 1), &numbered(1)), None);
        assert_eq!(remembered.stats(&moment(6, 1)), None);
        assert_eq!(remembered.page(&moment(5, 1), &numbered(1)), None);
    }

    #[test]
    fn it_does_not_grow_without_bound() {
        let remembered = Remembered::default();
        for page in 1..=(MAX_PAGES as u32 * 2 + 1) {
            remember(&remembered, &moment(5, 1), page);
            assert!(remembered.0.lock().expect("no panic").pages.len() <= MAX_PAGES);
        }
    }
}
