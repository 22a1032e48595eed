//! People, tokens, sessions, settings, answered requests.

use super::contract;

contract!(emails_are_unique, tokens_end_when_revoked, sessions_expire, the_first_answer_stands, settings_change);

mod check {
    use crate::store::add_user;
    use ap_intake::{
        db::{self, Store, StoreError, now_ms, tokens::Token},
        domain::roles::Role,
    };

    pub async fn emails_are_unique(store: &Store) {
        let id = add_user(store, "a@example.com", Role::Clerk).await;
        let mut tx = store.begin_quiet().await.unwrap();
        let mut user = db::users::user_by_email(&mut tx, "a@example.com").await.unwrap().unwrap();
        assert_eq!(user.id, id);
        user.id = ap_intake::domain::ids::UserId(uuid::Uuid::now_v7());
        let again = db::users::user_insert(&mut tx, &user, now_ms()).await;
        assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
        drop(tx);
        assert_eq!(db::users::user_count(&mut store.read().await.unwrap()).await.unwrap(), 1);
    }

    pub async fn tokens_end_when_revoked(store: &Store) {
        let user_id = add_user(store, "a@example.com", Role::Clerk).await;
        let token = Token { id: "t1".into(), user_id, name: "scanner".into(), scopes: "read upload".into() };
        let mut tx = store.begin_quiet().await.unwrap();
        db::tokens::token_insert(&mut tx, &token, "hash", now_ms()).await.unwrap();
        assert_eq!(db::tokens::token_by_hash(&mut tx, "hash").await.unwrap().unwrap().scopes, "read upload");
        assert!(db::tokens::token_by_hash(&mut tx, "other").await.unwrap().is_none());
        assert!(db::tokens::token_revoke(&mut tx, "t1", now_ms()).await.unwrap());
        assert!(!db::tokens::token_revoke(&mut tx, "t1", now_ms()).await.unwrap());
        assert!(db::tokens::token_by_hash(&mut tx, "hash").await.unwrap().is_none());
        tx.commit().await.unwrap();
    }

    pub async fn sessions_expire(store: &Store) {
        let mut tx = store.begin_quiet().await.unwrap();
        db::sessions::session_put(&mut tx, "s", "{}", 1_000).await.unwrap();
        db::sessions::session_put(&mut tx, "s", "{\"a\":1}", 2_000).await.unwrap();
        assert_eq!(db::sessions::session_get(&mut tx, "s", 1_999).await.unwrap().unwrap().0, "{\"a\":1}");
        assert!(db::sessions::session_get(&mut tx, "s", 2_000).await.unwrap().is_none());
        assert_eq!(db::sessions::session_delete_expired(&mut tx, 2_000).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }

    pub async fn the_first_answer_stands(store: &Store) {
        let mut tx = store.begin_quiet().await.unwrap();
        for body in ["first", "second"] {
            db::requests::request_put(&mut tx, "actor", "key", 200, body, 5).await.unwrap();
        }
        assert_eq!(db::requests::request_get(&mut tx, "actor", "key").await.unwrap(), Some((200, "first".into())));
        assert_eq!(db::requests::request_get(&mut tx, "other", "key").await.unwrap(), None);
        assert_eq!(db::requests::request_delete_before(&mut tx, 6).await.unwrap(), 1);
        tx.commit().await.unwrap();
    }

    pub async fn settings_change(store: &Store) {
        let mut tx = store.begin_quiet().await.unwrap();
        assert_eq!(db::settings::setting_get(&mut tx, "x").await.unwrap(), None);
        db::settings::setting_put(&mut tx, "x", "on").await.unwrap();
        db::settings::setting_put(&mut tx, "x", "off").await.unwrap();
        assert_eq!(db::settings::setting_get(&mut tx, "x").await.unwrap().as_deref(), Some("off"));
        tx.commit().await.unwrap();
    }
}
