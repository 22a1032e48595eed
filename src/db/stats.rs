//! Figures above the list.

use super::{Conn, StoreResult, invoices::today};
use crate::domain::invoice::Stats;
use sqlx::Row;

const DAY: i64 = 86_400_000;

/// Counts by status, done today, overdue, and the median time to approval of the last 500 approvals within 30 days.
pub async fn stats(conn: &mut Conn, now: i64) -> StoreResult<Stats> {
    let mut stats = Stats::default();
    for row in sqlx::query("SELECT status, n FROM invoice_counts WHERE n > 0")
        .fetch_all(&mut *conn)
        .await?
    {
        stats
            .counts
            .insert(row.try_get("status")?, row.try_get("n")?);
    }
    stats.done_today = sqlx::query("SELECT COUNT(*) AS n FROM invoices WHERE decided_at >= $1")
        .bind(now - now.rem_euclid(DAY))
        .fetch_one(&mut *conn)
        .await?
        .try_get("n")?;
    stats.overdue = sqlx::query(
        "SELECT COUNT(*) AS n FROM invoices
         WHERE due_date <> '' AND due_date < $1 AND status IN ('needs_review', 'postponed', 'awaiting_approval')",
    )
    .bind(today())
    .fetch_one(&mut *conn)
    .await?
    .try_get("n")?;
    // `|| ''` keeps SQLite from walking the index of statuses: it would sort every approval there ever was.
    let rows = sqlx::query(
        "SELECT decided_at - created_at AS took FROM invoices
         WHERE decided_at >= $1 AND status || '' IN ('approved', 'exporting', 'exported') ORDER BY decided_at DESC LIMIT 500",
    )
    .bind(now - 30 * DAY)
    .fetch_all(conn)
    .await?;
    let mut times = rows
        .iter()
        .map(|row| row.try_get::<i64, _>("took"))
        .collect::<Result<Vec<_>, _>>()?;
    times.sort_unstable();
    stats.hours_to_approve = times
        .get(times.len() / 2)
        .map(|&ms| ms as f64 / 3_600_000.0);
    Ok(stats)
}
