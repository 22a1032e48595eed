//! The store: SQLite or PostgreSQL through one set of SQL statements that both accept (sqlx's `Any` driver), so that
//! there is one implementation to read and the contract suite runs it on both. Functions begin with their noun and
//! take a connection: a read, or the caller's transaction.

pub mod comments;
pub mod delegations;
pub mod dump;
pub mod events;
pub mod fields;
pub mod files;
pub mod history;
pub mod invoices;
pub mod learned;
pub mod list;
pub mod locks;
pub mod mutations;
pub mod notifications;
pub mod notify;
pub mod requests;
pub mod sessions;
pub mod settings;
pub mod splitting;
pub mod stats;
pub mod supplier_accounts;
pub mod supplier_past;
pub mod tasks;
pub mod tokens;
pub mod twins;
pub mod users;
pub mod work_items;

use sqlx::{
    AnyConnection, AnyPool, Transaction,
    any::{AnyPoolOptions, AnyRow},
    migrate::Migrator,
    pool::PoolConnection,
};
use std::time::Duration;

/// A number that may be absent, bound as text for a statement to `CAST($n AS DOUBLE PRECISION)`. The `Any` driver tells
/// PostgreSQL another type for an absent f64 than for one that is there (it swaps real and double); the statement is
/// prepared with whichever came first, and every later one of the other kind would fail on that connection.
fn double(number: Option<impl ToString>) -> Option<String> {
    number.map(|number| number.to_string())
}

/// A connection to either database.
pub type Conn = AnyConnection;
/// A transaction on either database. Dropped without commit, it is rolled back.
pub type Tx = Transaction<'static, sqlx::Any>;

#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A unique constraint, by its name in the migrations.
    #[error("already there: {0}")]
    Duplicate(String),
    #[error("the database holds what this program does not understand: {0}")]
    Corrupt(String),
    #[error(transparent)]
    Database(sqlx::Error),
    #[error(transparent)]
    Migration(#[from] sqlx::migrate::MigrateError),
    #[error("not a database URL: {0}")]
    Url(String),
}

pub type StoreResult<T> = Result<T, StoreError>;

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.is_unique_violation() => StoreError::Duplicate(
                database.constraint().map_or_else(|| database.message().to_owned(), str::to_owned),
            ),
            _ => StoreError::Database(error),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Backend {
    Sqlite,
    Postgres,
}

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    backend: Backend,
    read: AnyPool,
    /// SQLite has one writer: one connection, so that writers wait here and not in the database's lock.
    write: AnyPool,
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://…`. Changes nothing but, on SQLite, makes the file.
    pub async fn connect(url: &str) -> StoreResult<Store> {
        sqlx::any::install_default_drivers();
        if url.starts_with("sqlite:") {
            Store::connect_sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = pool_options(20).connect(url).await?;
            Ok(Store { backend: Backend::Postgres, read: pool.clone(), write: pool })
        } else {
            Err(StoreError::Url(url.split(':').next().unwrap_or_default().to_owned()))
        }
    }

    async fn connect_sqlite(url: &str) -> StoreResult<Store> {
        let separator = if url.contains('?') { '&' } else { '?' };
        let url = format!("{url}{separator}mode=rwc");
        let write = sqlite_options(1).connect(&url).await?;
        let read = sqlite_options(6).connect(&url).await?;
        Ok(Store { backend: Backend::Sqlite, read, write })
    }

    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// Whether other servers may work on the same database: on SQLite there is one.
    pub fn is_shared(&self) -> bool {
        matches!(self.backend, Backend::Postgres)
    }

    /// Brings the schema up to this program's version. Idempotent.
    pub async fn migrate(&self) -> StoreResult<()> {
        self.migrator().run(&self.write).await?;
        let mut tx = self.write.begin().await?;
        events::start(&mut tx).await?;
        tx.commit().await?;
        Ok(())
    }

    fn migrator(&self) -> &'static Migrator {
        static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
        static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");
        match self.backend {
            Backend::Sqlite => &SQLITE,
            Backend::Postgres => &POSTGRES,
        }
    }

    /// The number of the last migration.
    pub fn schema(&self) -> i64 {
        self.migrator().iter().map(|migration| migration.version).max().unwrap_or_default()
    }

    /// Does to rows that were taken in from an older database what the migrations after `schema` did to those that there
    /// were: their statements that change rows.
    pub async fn bring_forward(&self, conn: &mut Conn, schema: i64) -> StoreResult<()> {
        for migration in self.migrator().iter().filter(|migration| migration.version > schema) {
            for statement in changes_of_rows(migration.sql.as_str()) {
                sqlx::query(sqlx::AssertSqlSafe(statement)).execute(&mut *conn).await?;
            }
        }
        Ok(())
    }

    /// A connection for single reads.
    pub async fn read(&self) -> StoreResult<PoolConnection<sqlx::Any>> {
        Ok(self.read.acquire().await?)
    }

    /// A read transaction: everything read in it is of one moment.
    pub async fn snapshot(&self) -> StoreResult<Tx> {
        Ok(match self.backend {
            Backend::Sqlite => self.read.begin().await?,
            Backend::Postgres => self.read.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?,
        })
    }

    /// A write transaction that appends events. These are serial on both databases: offsets and commits then have
    /// one order, and no two of them can deadlock.
    pub async fn begin(&self) -> StoreResult<Tx> {
        match self.backend {
            Backend::Sqlite => Ok(self.write.begin_with("BEGIN IMMEDIATE").await?),
            Backend::Postgres => {
                let mut tx = self.write.begin().await?;
                sqlx::query("SELECT top FROM rooms WHERE name = 'all' FOR UPDATE").execute(&mut *tx).await?;
                Ok(tx)
            }
        }
    }

    /// A write transaction that appends no event: sessions, leases, progress.
    pub async fn begin_quiet(&self) -> StoreResult<Tx> {
        Ok(match self.backend {
            Backend::Sqlite => self.write.begin_with("BEGIN IMMEDIATE").await?,
            Backend::Postgres => self.write.begin().await?,
        })
    }

    /// Answers when the database does, for readiness.
    pub async fn ping(&self) -> StoreResult<()> {
        sqlx::query("SELECT 1").execute(&mut *self.read.acquire().await?).await?;
        Ok(())
    }

    /// Waits for running statements and closes.
    pub async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
    }
}

fn pool_options(size: u32) -> AnyPoolOptions {
    AnyPoolOptions::new().max_connections(size).acquire_timeout(Duration::from_secs(10)).test_before_acquire(false)
}

fn sqlite_options(size: u32) -> AnyPoolOptions {
    pool_options(size).min_connections(1).idle_timeout(None).max_lifetime(None).after_connect(|connection, _| {
        Box::pin(async move {
            // FULL: what a person saved outlives a power cut.
            for pragma in [
                "PRAGMA journal_mode = WAL",
                "PRAGMA synchronous = FULL",
                "PRAGMA foreign_keys = ON",
                "PRAGMA busy_timeout = 10000",
                "PRAGMA cache_size = -16000",
                "PRAGMA temp_store = MEMORY",
            ] {
                sqlx::query(pragma).execute(&mut *connection).await?;
            }
            Ok(())
        })
    })
}

/// Milliseconds since 1970, UTC.
pub fn now_ms() -> i64 {
    (time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000) as i64
}

/// Reads a text column that a domain type parses.
fn parsed<T: std::str::FromStr>(row: &AnyRow, column: &str) -> StoreResult<T> {
    use sqlx::Row;
    let text: String = row.try_get(column)?;
    text.parse().map_err(|_| StoreError::Corrupt(format!("{column}: {text}")))
}

/// Like [`parsed`], for a column that may be null.
fn parsed_option<T: std::str::FromStr>(row: &AnyRow, column: &str) -> StoreResult<Option<T>> {
    use sqlx::Row;
    let text: Option<String> = row.try_get(column)?;
    text.map(|text| text.parse().map_err(|_| StoreError::Corrupt(format!("{column}: {text}")))).transpose()
}

/// Reads a JSON column.
fn json<T: serde::de::DeserializeOwned>(row: &AnyRow, column: &str) -> StoreResult<T> {
    use sqlx::Row;
    let text: String = row.try_get(column)?;
    serde_json::from_str(&text).map_err(|error| StoreError::Corrupt(format!("{column}: {error}")))
}

/// Writes a JSON column.
/// The statements of a migration that change rows, not tables. None of ours has a semicolon in a text, and those that make
/// triggers are older than this is asked for.
fn changes_of_rows(migration: &str) -> Vec<String> {
    let code: Vec<&str> = migration.lines().filter(|line| !line.trim_start().starts_with("--")).collect();
    let statements = code.join("\n");
    let changes_rows = |statement: &&str| ["INSERT", "UPDATE", "DELETE"].iter().any(|verb| statement.starts_with(verb));
    statements.split(';').map(str::trim).filter(changes_rows).map(str::to_owned).collect()
}

fn to_json<T: serde::Serialize>(value: &T) -> StoreResult<String> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(error.to_string()))
}
