//! People.

use super::{Conn, StoreResult, parsed, parsed_option};
use crate::domain::{comment::Person, ids::UserId, money::Decimal, roles::Role};
use sqlx::{Row, any::AnyRow};

#[derive(Clone, Debug)]
pub struct User {
    pub id: UserId,
    pub email: String,
    pub name: String,
    pub role: Role,
    /// PHC string; never logged.
    pub password_hash: String,
    pub is_demo: bool,
    pub disabled: bool,
    /// The most they may approve, in the house's own currency; None: any amount.
    pub approval_limit: Option<Decimal>,
}

pub(super) const COLUMNS: &str = "id, email, name, role, password_hash, is_demo, disabled_at, approval_limit";

pub(super) fn from_row(row: &AnyRow) -> StoreResult<User> {
    Ok(User {
        id: parsed(row, "id")?,
        email: row.try_get("email")?,
        name: row.try_get("name")?,
        role: parsed(row, "role")?,
        password_hash: row.try_get("password_hash")?,
        is_demo: row.try_get::<i64, _>("is_demo")? != 0,
        disabled: row.try_get::<Option<i64>, _>("disabled_at")?.is_some(),
        approval_limit: parsed_option(row, "approval_limit")?,
    })
}

/// Fails with `Duplicate("users_email_key")` when the address is taken (case does not matter: callers lower it).
pub async fn user_insert(conn: &mut Conn, user: &User, at: i64) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO users (id, email, name, role, password_hash, is_demo, created_at, approval_limit)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(user.id.to_string())
    .bind(&user.email)
    .bind(&user.name)
    .bind(user.role.as_str())
    .bind(&user.password_hash)
    .bind(i64::from(user.is_demo))
    .bind(at)
    .bind(user.approval_limit.map(|limit| limit.to_string()))
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn user_by_email(conn: &mut Conn, email: &str) -> StoreResult<Option<User>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM users WHERE email = $1"));
    sqlx::query(sql).bind(email).fetch_optional(conn).await?.as_ref().map(from_row).transpose()
}

pub async fn user_by_id(conn: &mut Conn, id: UserId) -> StoreResult<Option<User>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM users WHERE id = $1"));
    sqlx::query(sql).bind(id.to_string()).fetch_optional(conn).await?.as_ref().map(from_row).transpose()
}

pub async fn user_count(conn: &mut Conn) -> StoreResult<i64> {
    Ok(sqlx::query("SELECT COUNT(*) AS n FROM users").fetch_one(conn).await?.try_get("n")?)
}

/// Everybody, those with access first, by name.
pub async fn user_list(conn: &mut Conn) -> StoreResult<Vec<User>> {
    let sql = sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM users ORDER BY CASE WHEN disabled_at IS NULL THEN 0 ELSE 1 END, name, id"
    ));
    sqlx::query(sql).fetch_all(conn).await?.iter().map(from_row).collect()
}

/// Changes what a person is and how much they may approve.
pub async fn user_set_role(conn: &mut Conn, id: UserId, role: Role, limit: Option<Decimal>) -> StoreResult<()> {
    sqlx::query("UPDATE users SET role = $2, approval_limit = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(role.as_str())
        .bind(limit.map(|limit| limit.to_string()))
        .execute(conn)
        .await?;
    Ok(())
}

/// Takes a person's access away at a time, or gives it back.
pub async fn user_set_disabled(conn: &mut Conn, id: UserId, since: Option<i64>) -> StoreResult<()> {
    sqlx::query("UPDATE users SET disabled_at = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(since)
        .execute(conn)
        .await?;
    Ok(())
}

/// Whether an admin with access is left besides this person.
pub async fn user_other_admin(conn: &mut Conn, id: UserId) -> StoreResult<bool> {
    let sql = "SELECT COUNT(*) AS n FROM users WHERE role = 'admin' AND disabled_at IS NULL AND id <> $1";
    let row = sqlx::query(sql).bind(id.to_string()).fetch_one(conn).await?;
    Ok(row.try_get::<i64, _>("n")? > 0)
}

/// The demo users, for the sign-in page.
pub async fn user_list_demo(conn: &mut Conn) -> StoreResult<Vec<User>> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM users WHERE is_demo = 1 ORDER BY created_at, id"));
    sqlx::query(sql).fetch_all(conn).await?.iter().map(from_row).collect()
}

/// The people who can sign in, by name, at most `limit`.
pub async fn user_list_active(conn: &mut Conn, limit: i64) -> StoreResult<Vec<Person>> {
    people(conn, "SELECT id, name FROM users WHERE disabled_at IS NULL ORDER BY name, id LIMIT $1", limit).await
}

/// Those of them who may work on invoices.
pub async fn user_list_working(conn: &mut Conn, limit: i64) -> StoreResult<Vec<Person>> {
    let sql = "SELECT id, name FROM users WHERE disabled_at IS NULL AND role <> 'auditor' ORDER BY name, id LIMIT $1";
    people(conn, sql, limit).await
}

async fn people(conn: &mut Conn, sql: &'static str, limit: i64) -> StoreResult<Vec<Person>> {
    let rows = sqlx::query(sql).bind(limit).fetch_all(conn).await?;
    rows.iter().map(|row| Ok(Person { id: parsed(row, "id")?, name: row.try_get("name")? })).collect()
}
