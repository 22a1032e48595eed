//! The event log: per room, offsets from 1 without gaps, written in the transaction of the change itself.

use super::{Conn, StoreResult, json, now_ms, parsed, to_json};
use crate::domain::{
    events::{Event, LoggedEvent, Room},
    invoice::Position,
};
use sqlx::{AssertSqlSafe, Row};
use uuid::Uuid;

/// Makes the epoch and the room `all` on a new database. Idempotent.
pub(super) async fn start(conn: &mut Conn) -> StoreResult<()> {
    sqlx::query("INSERT INTO meta (name, value) VALUES ('epoch', $1) ON CONFLICT (name) DO NOTHING")
        .bind(Uuid::now_v7().to_string())
        .execute(&mut *conn)
        .await?;
    sqlx::query("INSERT INTO rooms (name, top) VALUES ('all', 0) ON CONFLICT (name) DO NOTHING").execute(conn).await?;
    Ok(())
}

/// The log's epoch. It changes when the log is restored or cut; offsets of another epoch mean nothing.
pub async fn event_epoch(conn: &mut Conn) -> StoreResult<String> {
    Ok(sqlx::query("SELECT value FROM meta WHERE name = 'epoch'").fetch_one(conn).await?.try_get("value")?)
}

/// Appends one event to each room. Call within [`super::Store::begin`]'s transaction, and publish the result after commit.
pub async fn event_append(conn: &mut Conn, rooms: &[Room], event: &Event) -> StoreResult<Vec<LoggedEvent>> {
    let at = now_ms();
    let event_id = Uuid::now_v7().to_string();
    let payload = to_json(event)?;
    let mut logged = Vec::with_capacity(rooms.len());
    for room in rooms {
        let offset: i64 = sqlx::query(
            "INSERT INTO rooms (name, top) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE SET top = rooms.top + 1 RETURNING top",
        )
        .bind(room.to_string())
        .fetch_one(&mut *conn)
        .await?
        .try_get("top")?;
        sqlx::query("INSERT INTO events (room, position, event_id, at, payload) VALUES ($1, $2, $3, $4, $5)")
            .bind(room.to_string())
            .bind(offset)
            .bind(&event_id)
            .bind(at)
            .bind(&payload)
            .execute(&mut *conn)
            .await?;
        logged.push(LoggedEvent { room: room.clone(), offset, event_id: event_id.clone(), at, event: event.clone() });
    }
    Ok(logged)
}

/// Where a room stands now. A room nobody wrote to stands at 0.
pub async fn event_position(conn: &mut Conn, room: &Room) -> StoreResult<Position> {
    let row = sqlx::query(
        "SELECT value, COALESCE((SELECT top FROM rooms WHERE name = $1), 0) AS top FROM meta WHERE name = 'epoch'",
    )
    .bind(room.to_string())
    .fetch_one(conn)
    .await?;
    Ok(Position { epoch: row.try_get("value")?, offset: row.try_get("top")? })
}

/// Where each of these rooms stands; rooms nobody wrote to are missing.
pub async fn event_tops(conn: &mut Conn, rooms: &[Room]) -> StoreResult<Vec<(Room, i64)>> {
    // In pieces: databases bound the number of parameters.
    let mut tops = Vec::with_capacity(rooms.len());
    for piece in rooms.chunks(200) {
        let places: Vec<String> = (1..=piece.len()).map(|place| format!("${place}")).collect();
        let sql = format!("SELECT name, top FROM rooms WHERE name IN ({})", places.join(", "));
        let query = piece.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, room| query.bind(room.to_string()));
        for row in query.fetch_all(&mut *conn).await? {
            tops.push((parsed(&row, "name")?, row.try_get("top")?));
        }
    }
    Ok(tops)
}

/// Events of a room after an offset, in order, at most `limit`.
pub async fn event_range(conn: &mut Conn, room: &Room, after: i64, limit: i64) -> StoreResult<Vec<LoggedEvent>> {
    let rows = sqlx::query(
        "SELECT position, event_id, at, payload FROM events WHERE room = $1 AND position > $2 ORDER BY position LIMIT $3",
    )
    .bind(room.to_string())
    .bind(after)
    .bind(limit)
    .fetch_all(conn)
    .await?;
    rows.iter()
        .map(|row| {
            Ok(LoggedEvent {
                room: room.clone(),
                offset: row.try_get("position")?,
                event_id: row.try_get("event_id")?,
                at: row.try_get("at")?,
                event: json(row, "payload")?,
            })
        })
        .collect()
}

/// Forgets events older than `at`; their rooms keep their offsets. Gives how many went.
pub async fn event_delete_before(conn: &mut Conn, at: i64) -> StoreResult<u64> {
    Ok(sqlx::query("DELETE FROM events WHERE at < $1").bind(at).execute(conn).await?.rows_affected())
}
