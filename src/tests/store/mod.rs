//! The contract suite of the store: every test runs on SQLite and on PostgreSQL.
//!
//! PostgreSQL is the one that AP_INTAKE_TEST_POSTGRES_URL names (`make test` starts one); each test makes a database
//! of its own in it. Without the variable those tests say so and pass.

mod events;
mod history;
mod invoices;
mod list;
mod migrations;
mod supplier_accounts;
mod supplier_past;
mod tasks;
mod twins;
mod upkeep;
mod users;

use ap_intake::{
    db::{self, Store, files::FileInfo, invoices::NewInvoice, now_ms, users::User},
    domain::{
        ids::{InvoiceId, UserId},
        invoice::UploadOptions,
        roles::Role,
        status::Status,
    },
};
use uuid::Uuid;

/// A fresh, migrated database.
pub struct TestStore {
    pub store: Store,
    /// What [`Store::connect`] takes.
    pub url: String,
    _folder: Option<tempfile::TempDir>,
}

pub async fn sqlite() -> Option<TestStore> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("test.db").display());
    let store = Store::connect(&url).await.expect("SQLite");
    store.migrate().await.expect("migrations");
    Some(TestStore { store, url, _folder: Some(folder) })
}

pub async fn postgres() -> Option<TestStore> {
    let Ok(url) = std::env::var("AP_INTAKE_TEST_POSTGRES_URL") else {
        eprintln!("skipped: AP_INTAKE_TEST_POSTGRES_URL names no PostgreSQL");
        return None;
    };
    let name = format!("test_{}", Uuid::now_v7().simple());
    let admin = sqlx::PgPool::connect(&url).await.expect("the test's PostgreSQL");
    sqlx::query(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).execute(&admin).await.expect("a database");
    admin.close().await;
    let (server, _) = url.rsplit_once('/').expect("a URL with a database");
    let url = format!("{server}/{name}");
    let store = Store::connect(&url).await.expect("the new database");
    store.migrate().await.expect("migrations");
    Some(TestStore { store, url, _folder: None })
}

/// Makes `mod name { sqlite, postgres }` of an async function that takes a [`Store`].
macro_rules! contract {
    ($($name:ident),* $(,)?) => {
        $(mod $name {
            #[tokio::test]
            async fn sqlite() {
                if let Some(test) = crate::store::sqlite().await {
                    super::check::$name(&test.store).await;
                }
            }
            #[tokio::test]
            async fn postgres() {
                if let Some(test) = crate::store::postgres().await {
                    super::check::$name(&test.store).await;
                }
            }
        })*
    };
}
pub(crate) use contract;

pub async fn add_user(store: &Store, email: &str, role: Role) -> UserId {
    let user = User {
        id: UserId(Uuid::now_v7()),
        email: email.to_owned(),
        name: email.to_owned(),
        role,
        password_hash: "none".to_owned(),
        is_demo: false,
        disabled: false,
        approval_limit: None,
    };
    let mut tx = store.begin_quiet().await.expect("begin");
    db::users::user_insert(&mut tx, &user, now_ms()).await.expect("user");
    tx.commit().await.expect("commit");
    user.id
}

pub async fn add_invoice(store: &Store, user: UserId, content: &str) -> InvoiceId {
    let id = InvoiceId(Uuid::now_v7());
    let file = FileInfo { hash: content.to_owned(), size: 1, content_type: "application/pdf".to_owned() };
    let new = NewInvoice {
        id,
        status: Status::Queued,
        file_hash: content.to_owned(),
        filename: format!("{content}.pdf"),
        options: UploadOptions::default(),
        uploaded_by: user,
        uploader_name: "Somebody".to_owned(),
        duplicate_of: None,
    };
    let mut tx = store.begin().await.expect("begin");
    db::files::file_put(&mut tx, &file, now_ms()).await.expect("file");
    db::invoices::invoice_insert(&mut tx, &new, now_ms()).await.expect("invoice");
    tx.commit().await.expect("commit");
    id
}
