//! PostgreSQL's LISTEN and NOTIFY as a channel of texts between the servers of one database.

use super::StoreResult;
use sqlx::{
    PgPool,
    postgres::{PgListener, PgPoolOptions},
};
use std::time::Duration;

/// What the servers of this program listen to.
const CHANNEL: &str = "ap_intake";
/// The longest text in bytes: PostgreSQL takes less than 8,000.
pub const MAX_TEXT: usize = 7_900;

/// The sending end. Cheap to clone.
#[derive(Clone)]
pub struct Notifier(PgPool);

/// The hearing end. It connects again by itself.
pub struct Heard(PgListener);

/// Opens both ends at a PostgreSQL database, with connections of their own.
pub async fn open(url: &str) -> StoreResult<(Notifier, Heard)> {
    let pool = PgPoolOptions::new().max_connections(2).acquire_timeout(Duration::from_secs(10)).connect(url).await?;
    let mut listener = PgListener::connect_with(&pool).await?;
    listener.listen(CHANNEL).await?;
    Ok((Notifier(pool), Heard(listener)))
}

impl Notifier {
    /// Tells everybody who listens, this process too, in this order. Each text has at most [`MAX_TEXT`] bytes.
    pub async fn send(&self, texts: &[String]) -> StoreResult<()> {
        sqlx::query("SELECT pg_notify($1, told.text) FROM unnest($2::text[]) WITH ORDINALITY AS told (text, place) ORDER BY place")
            .bind(CHANNEL)
            .bind(texts)
            .execute(&self.0)
            .await?;
        Ok(())
    }
}

impl Heard {
    /// The next text; None when the connection was lost meanwhile, so that some may be missing.
    pub async fn next(&mut self) -> StoreResult<Option<String>> {
        Ok(self.0.try_recv().await?.map(|notification| notification.payload().to_owned()))
    }
}
