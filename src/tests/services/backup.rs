//! Backup and restore: everything comes back, on the same database or the other one, or nothing does.

use crate::{
    services::{DirectReader, House, ubl, ubl_of},
    store,
};
use ap_intake::{
    adapters::{
        archive::{ArchiveWriter, read_archive},
        files::Files,
    },
    db::{self, Store},
    domain::{
        comment::NewComment,
        invoice::{InvoiceQuery, StepRequest},
        roles::Right,
        status::Step,
        work_item::WorkItemStatus,
    },
    services::{
        Services,
        backup::{self, BackupError},
    },
};
use std::{path::Path, sync::Arc};

async fn a_busy_house(store: &Store) -> House {
    let house = House::new(store).await;
    let first = house.read_invoice("A-1").await;
    let second = house.upload(&house.clerk, "later.xml", ubl("A-2")).await;
    house.work().await;
    // The older one is said to repeat the newer one, so that references point both ways in time.
    let repeats = StepRequest { duplicate_of: Some(second), ..StepRequest::default() };
    house.services.take_step(&house.clerk, first, Step::MarkDuplicate, &repeats).await.unwrap();
    house.services.take_step(&house.clerk, second, Step::Submit, &StepRequest::default()).await.unwrap();
    house.services.set_self_approval(&house.admin, true).await.unwrap();
    let told = NewComment {
        text: "Which one is right?".to_owned(),
        mentions: vec![house.reviewer.user_id],
        ..NewComment::default()
    };
    house.services.comment_add(&house.clerk, first, &told).await.unwrap();
    house.services.comment_add(&house.clerk, second, &told).await.unwrap();
    let seen = house.services.notifications(&house.reviewer).await.unwrap().notifications.remove(0);
    house.services.notifications_read(&house.reviewer, Some(&seen.id)).await.unwrap();
    let item = house.services.work_item_add(&house.clerk, "billing@example.com", "Two invoices").await.unwrap();
    let made = [first, second];
    house.services.work_item_set_status(&house.clerk, &item.id, WorkItemStatus::Done, &made).await.unwrap();
    house.services.token_create("clerk@example.com", "scanner", &[Right::Upload]).await.unwrap();
    house
}

/// All rows that a backup keeps, as text.
async fn rows(store: &Store) -> Vec<String> {
    let mut all = Vec::new();
    let mut conn = store.read().await.unwrap();
    for table in db::dump::TABLES {
        db::dump::table_read::<db::StoreError>(&mut conn, table, |row| {
            all.push(format!("{table} {}", serde_json::Value::Object(row)));
            Ok(())
        })
        .await
        .unwrap();
    }
    all.sort();
    all
}

async fn moves(from: &Store, to: &Store) {
    let house = a_busy_house(from).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup.tar");
    let written = backup::write(from, &house.services.files, &path).await.unwrap();
    let files = Files::in_folder(&folder.path().join("files")).unwrap();
    assert_eq!(backup::restore(to, &files, path.clone()).await.unwrap(), written);
    assert_eq!(written.documents, 2);
    assert_eq!(rows(to).await, rows(from).await);

    let moved = Services::new(to.clone(), files.clone(), Arc::new(DirectReader), house.heard.clone());
    let list = moved.invoice_list(&house.reviewer, &InvoiceQuery::default()).await.unwrap();
    assert_eq!(list.invoices.len(), 2);
    for invoice in &list.invoices {
        moved.document(&house.reviewer, invoice.id).await.unwrap();
    }
    let thread = moved.comments(&house.reviewer, list.invoices[0].id).await.unwrap();
    assert_eq!(thread.comments.len(), 1);
    let told = moved.notifications(&house.reviewer).await.unwrap();
    assert_eq!((told.notifications.len(), told.unread), (2, 1));
    assert_eq!(moved.work_items(&house.reviewer).await.unwrap()[0].invoices.len(), 2);
    let again = backup::restore(to, &files, path).await;
    assert!(matches!(again, Err(BackupError::NotEmpty)), "{again:?}");
}

#[tokio::test]
async fn sqlite_to_sqlite() {
    let (from, to) = (store::sqlite().await.unwrap(), store::sqlite().await.unwrap());
    moves(&from.store, &to.store).await;
}

#[tokio::test]
async fn from_one_database_to_the_other() {
    let (Some(postgres), Some(other)) = (store::postgres().await, store::postgres().await) else { return };
    let (sqlite, back) = (store::sqlite().await.unwrap(), store::sqlite().await.unwrap());
    moves(&sqlite.store, &postgres.store).await;
    moves(&other.store, &back.store).await;
}

/// A backup as programs wrote it before they told from which schema: without what came after it.
fn older(from: &Path, to: &Path) {
    let mut older = ArchiveWriter::create(to).unwrap();
    read_archive(from, u64::MAX, |name, content| {
        let without = |columns: &[&str]| {
            let rows = content.split(|byte| *byte == b'\n').filter(|row| !row.is_empty()).flat_map(|row| {
                let mut row: db::dump::DumpRow = serde_json::from_slice(row).unwrap();
                row.retain(|column, _| !columns.contains(&column.as_str()));
                [serde_json::to_vec(&row).unwrap(), b"\n".to_vec()].concat()
            });
            rows.collect::<Vec<u8>>()
        };
        match name.split('/').collect::<Vec<_>>().as_slice() {
            ["manifest.json"] => older.add(name, &without(&["schema"])),
            ["tables", "not_duplicates", _] => Ok(()),
            ["tables", "invoices", _] => older.add(name, &without(&["supplier_vat_key", "syntax", "parts"])),
            _ => older.add(name, &content),
        }
    })
    .unwrap();
    older.finish().unwrap();
}

#[tokio::test]
async fn an_older_backup_is_brought_forward() {
    for to in [store::sqlite().await, store::postgres().await].into_iter().flatten() {
        let from = store::sqlite().await.unwrap();
        let house = House::new(&from.store).await;
        for copy in ["first", "second"] {
            let document = ubl_of("B-1", "Supplier", "DE136695976", "");
            house.upload(&house.clerk, "one.xml", format!("{document}<!-- {copy} -->")).await;
            house.work().await;
        }
        let list = house.services.invoice_list(&house.clerk, &InvoiceQuery::default()).await.unwrap();
        let second = list.invoices.iter().find(|invoice| invoice.duplicate_of.is_some()).unwrap().id;
        house.services.take_step(&house.clerk, second, Step::NotDuplicate, &StepRequest::default()).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (path, before) = (folder.path().join("backup.tar"), folder.path().join("older.tar"));
        backup::write(&from.store, &house.services.files, &path).await.unwrap();
        older(&path, &before);
        let files = Files::in_folder(&folder.path().join("files")).unwrap();
        backup::restore(&to.store, &files, before).await.unwrap();
        let kept = rows(&to.store).await;
        assert!(kept.iter().any(|row| row.starts_with("not_duplicates")));
        assert!(kept.iter().any(|row| row.contains(r#""supplier_vat_key":"DE136695976""#)));
        assert_eq!(kept, rows(&from.store).await);
    }
}

#[tokio::test]
async fn a_damaged_backup_changes_nothing() {
    let (from, to) = (store::sqlite().await.unwrap(), store::sqlite().await.unwrap());
    let house = a_busy_house(&from.store).await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backup.tar");
    backup::write(&from.store, &house.services.files, &path).await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    let files = Files::in_folder(&folder.path().join("files")).unwrap();
    let refused = async |bytes: &[u8]| {
        let damaged = folder.path().join("damaged.tar");
        std::fs::write(&damaged, bytes).unwrap();
        let outcome = backup::restore(&to.store, &files, damaged).await;
        assert!(outcome.is_err(), "{outcome:?}");
        assert_eq!(rows(&to.store).await, Vec::<String>::new());
    };
    refused(b"").await;
    refused(b"not a backup at all, but long enough to look like something").await;
    refused(&whole[..whole.len() / 2]).await;
    // One letter of one history entry, and one of a document.
    for (part, word) in [(&b"tables/history"[..], &b"uploaded"[..]), (b"documents/", b"Supplier of")] {
        let entry = find(&whole, part);
        let at = entry + find(&whole[entry..], word);
        let mut changed = whole.clone();
        changed[at] = b'X';
        refused(&changed).await;
    }
}

fn find(text: &[u8], part: &[u8]) -> usize {
    text.windows(part.len()).position(|window| window == part).expect("it is there")
}
