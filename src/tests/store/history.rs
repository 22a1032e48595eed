//! History: numbered without gaps, and chained so that a changed entry shows.

use super::contract;

contract!(entries_are_chained, a_changed_entry_shows);

mod check {
    use ap_intake::{
        db::{self, Store, history::NewEntry},
        domain::{
            field::Field,
            ids::{InvoiceId, UserId},
            invoice::FieldChange,
        },
    };
    use uuid::Uuid;

    async fn add(store: &Store, invoice: InvoiceId, actor: UserId, action: &str) -> i64 {
        let changes = [FieldChange {
            name: Field::GrossTotal,
            before: None,
            after: Some("1.00".into()),
            version: 1,
            place: None,
        }];
        let entry =
            NewEntry { at: 7, actor_id: Some(actor), actor_name: "A", action, changes: &changes, note: Some("n") };
        let mut tx = store.begin().await.unwrap();
        let seq = db::history::history_append(&mut tx, invoice, entry).await.unwrap();
        tx.commit().await.unwrap();
        seq
    }

    pub async fn entries_are_chained(store: &Store) {
        let (invoice, actor) = (InvoiceId(Uuid::now_v7()), UserId(Uuid::now_v7()));
        assert_eq!(add(store, invoice, actor, "uploaded").await, 1);
        assert_eq!(add(store, invoice, actor, "field_changed").await, 2);
        assert_eq!(add(store, InvoiceId(Uuid::now_v7()), actor, "uploaded").await, 1);
        let mut conn = store.read().await.unwrap();
        let list = db::history::history_list(&mut conn, invoice).await.unwrap();
        assert_eq!(list.iter().map(|entry| entry.action.as_str()).collect::<Vec<_>>(), ["field_changed", "uploaded"]);
        assert_eq!(list[0].changes[0].after.as_deref(), Some("1.00"));
        assert!(db::history::history_has(&mut conn, invoice, actor, "field_changed").await.unwrap());
        assert!(!db::history::history_has(&mut conn, invoice, actor, "approved").await.unwrap());
        assert_eq!(db::history::history_verify(&mut conn).await.unwrap(), (vec![], 3));
    }

    pub async fn a_changed_entry_shows(store: &Store) {
        let (invoice, actor) = (InvoiceId(Uuid::now_v7()), UserId(Uuid::now_v7()));
        for action in ["uploaded", "submitted", "approved"] {
            add(store, invoice, actor, action).await;
        }
        let mut tx = store.begin_quiet().await.unwrap();
        sqlx::query("UPDATE history SET note = 'other' WHERE seq = 2").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        let (broken, _) = db::history::history_verify(&mut store.read().await.unwrap()).await.unwrap();
        assert_eq!(broken, [(invoice.to_string(), 2)]);
        let follows = async || {
            let chain = db::history::history_chain(&mut store.read().await.unwrap(), invoice).await.unwrap();
            chain.iter().map(|link| (link.entry.seq, link.follows)).collect::<Vec<_>>()
        };
        assert_eq!(follows().await, [(1, true), (2, false), (3, true)]);
        let mut tx = store.begin_quiet().await.unwrap();
        sqlx::query("DELETE FROM history WHERE seq = 2").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        let (broken, _) = db::history::history_verify(&mut store.read().await.unwrap()).await.unwrap();
        assert_eq!(broken, [(invoice.to_string(), 3)]);
        assert_eq!(follows().await, [(1, true), (3, false)]);
    }
}
