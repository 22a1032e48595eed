//! Who stands in for whom, and when.

use super::{Conn, StoreResult, parsed, users};
use crate::domain::{approval::Delegation, comment::Person, ids::UserId};
use sqlx::Row;

pub async fn delegation_insert(conn: &mut Conn, delegation: &Delegation, at: i64) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO delegations (id, from_user, to_user, first_day, last_day, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(&delegation.id)
    .bind(delegation.from.id.to_string())
    .bind(delegation.to.id.to_string())
    .bind(&delegation.first_day)
    .bind(&delegation.last_day)
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// Those from or to a person that are not over on `day`, the first to begin first.
pub async fn delegation_list(conn: &mut Conn, user: UserId, day: &str) -> StoreResult<Vec<Delegation>> {
    let rows = sqlx::query(
        "SELECT d.id, d.from_user, f.name AS from_name, d.to_user, t.name AS to_name, d.first_day, d.last_day
         FROM delegations d JOIN users f ON f.id = d.from_user JOIN users t ON t.id = d.to_user
         WHERE (d.from_user = $1 OR d.to_user = $1) AND d.last_day >= $2
         ORDER BY d.first_day, d.id",
    )
    .bind(user.to_string())
    .bind(day)
    .fetch_all(conn)
    .await?;
    let delegation = |row| {
        Ok(Delegation {
            id: Row::try_get(row, "id")?,
            from: Person { id: parsed(row, "from_user")?, name: row.try_get("from_name")? },
            to: Person { id: parsed(row, "to_user")?, name: row.try_get("to_name")? },
            first_day: row.try_get("first_day")?,
            last_day: row.try_get("last_day")?,
        })
    };
    rows.iter().map(delegation).collect()
}

/// The people with access for whom a person stands in on `day`.
pub async fn delegation_lenders(conn: &mut Conn, to: UserId, day: &str) -> StoreResult<Vec<users::User>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {} FROM users WHERE disabled_at IS NULL AND id IN
            (SELECT from_user FROM delegations WHERE to_user = $1 AND first_day <= $2 AND last_day >= $2)
         ORDER BY name, id",
        users::COLUMNS
    ));
    sqlx::query(sql).bind(to.to_string()).bind(day).fetch_all(conn).await?.iter().map(users::from_row).collect()
}

pub async fn delegation_delete(conn: &mut Conn, id: &str) -> StoreResult<()> {
    sqlx::query("DELETE FROM delegations WHERE id = $1").bind(id).execute(conn).await?;
    Ok(())
}
