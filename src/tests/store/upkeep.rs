//! What people were told and what came in is forgotten when it is old, and only then.

use super::contract;

contract!(what_was_seen_goes_before_what_was_not, work_items_that_are_done_go);

mod check {
    use crate::store::{add_invoice, add_user};
    use ap_intake::{
        db::{self, Store},
        domain::{
            notification::{Notification, NotificationKind},
            roles::Role,
            work_item::{WorkItem, WorkItemStatus},
        },
    };

    pub async fn what_was_seen_goes_before_what_was_not(store: &Store) {
        let user = add_user(store, "a@example.com", Role::Clerk).await;
        let invoice_id = add_invoice(store, user, "one").await;
        let mut tx = store.begin_quiet().await.unwrap();
        for (id, at) in [("old", 100), ("seen", 200), ("new", 300)] {
            let one = Notification {
                id: id.to_owned(),
                kind: NotificationKind::Mention,
                invoice_id,
                invoice_title: "Muster GmbH".to_owned(),
                actor: "Cleo".to_owned(),
                actor_id: user,
                text: "Look".to_owned(),
                at,
                read: false,
            };
            db::notifications::notification_insert(&mut tx, user, &one).await.unwrap();
        }
        assert_eq!(db::notifications::notification_mark_read(&mut tx, user, Some("seen"), 1_000).await.unwrap(), 1);
        assert_eq!(db::notifications::notification_mark_read(&mut tx, user, Some("seen"), 2_000).await.unwrap(), 0);
        assert_eq!(db::notifications::notification_unread(&mut tx, user).await.unwrap(), 2);
        let gone = async |tx: &mut db::Tx, read, unread| {
            db::notifications::notification_delete_before(tx, read, unread).await.unwrap()
        };
        assert_eq!(gone(&mut tx, 1_000, 100).await, 0);
        assert_eq!(gone(&mut tx, 1_001, 101).await, 2);
        let left = db::notifications::notification_list(&mut tx, user, 10).await.unwrap();
        assert_eq!(left.iter().map(|one| (one.id.as_str(), one.read)).collect::<Vec<_>>(), [("new", false)]);
        tx.commit().await.unwrap();
    }

    pub async fn work_items_that_are_done_go(store: &Store) {
        let mut tx = store.begin_quiet().await.unwrap();
        for status in WorkItemStatus::ALL {
            let item = WorkItem {
                id: status.as_str().to_owned(),
                status,
                sender: "test".to_owned(),
                subject: String::new(),
                invoices: Vec::new(),
                created_at: 1,
                updated_at: 5,
            };
            db::work_items::work_item_insert(&mut tx, &item).await.unwrap();
        }
        assert_eq!(db::work_items::work_item_delete_done_before(&mut tx, 5).await.unwrap(), 0);
        assert_eq!(db::work_items::work_item_delete_done_before(&mut tx, 6).await.unwrap(), 1);
        assert!(db::work_items::work_item_get(&mut tx, "done").await.unwrap().is_none());
        assert_eq!(db::work_items::work_item_list(&mut tx, 10).await.unwrap().len(), 3);
        tx.commit().await.unwrap();
    }
}
