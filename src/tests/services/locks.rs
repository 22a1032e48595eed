//! The right of way on a field: one has it, its token rises, and it ends by itself.

use crate::store::contract;

contract!(
    the_first_has_it_and_the_next_is_told_who,
    a_token_rises_with_each_holder,
    another_tab_of_the_same_person_takes_over,
    what_is_not_renewed_is_free_and_told_once,
    a_connection_that_goes_gives_up_its_own,
    a_lock_blocks_no_edit,
    only_who_may_edit_has_the_right_of_way,
    of_many_at_once_one_has_it,
);

mod check {
    use crate::services::House;
    use ap_intake::{
        db::{self, Store, now_ms},
        domain::{
            events::{Lock, LockRequest},
            field::Field,
            ids::InvoiceId,
            invoice::FieldEdit,
        },
        services::locks::LOCK_LEASE,
    };
    use std::collections::BTreeSet;

    const FIELD: Field = Field::DueDate;

    fn of(invoice: InvoiceId) -> LockRequest {
        LockRequest { invoice, field: FIELD }
    }

    /// The connection that has it.
    fn holder(lock: &Lock) -> Option<&str> {
        lock.holder.as_ref().map(|holder| holder.connection.as_str())
    }

    fn told(locks: &[Lock]) -> Vec<Option<&str>> {
        locks.iter().map(holder).collect()
    }

    async fn list(store: &Store, invoice: InvoiceId) -> Vec<Lock> {
        db::locks::lock_list(&mut store.read().await.unwrap(), invoice, now_ms()).await.unwrap()
    }

    pub async fn the_first_has_it_and_the_next_is_told_who(store: &Store) {
        let house = House::new(store).await;
        let (services, id) = (&house.services, house.upload(&house.clerk, "a", crate::services::ubl("A-1")).await);
        let taken = services.lock_take(&house.clerk, "one", of(id)).await.unwrap();
        assert_eq!(holder(&taken), Some("one"));
        assert!(taken.expires_in_ms > 29_000 && taken.expires_in_ms <= 30_000, "{taken:?}");
        let refused = services.lock_take(&house.reviewer, "two", of(id)).await.unwrap();
        let kept = refused.holder.as_ref().unwrap();
        assert_eq!((kept.user, kept.name.as_str()), (house.clerk.user_id, house.clerk.name.as_str()));
        assert_eq!(refused.token, taken.token);
        services.lock_release("two", of(id)).await.unwrap();
        assert_eq!(told(&list(store, id).await), [Some("one")], "not the other's to give up");
        assert_eq!(told(&house.heard.locks()), [Some("one")], "a refusal is no news to the others");
        services.lock_release("one", of(id)).await.unwrap();
        assert_eq!((told(&house.heard.locks()), list(store, id).await), (vec![None], vec![]));
        let other = LockRequest { invoice: id, field: Field::Note };
        assert_eq!(services.lock_renew(&house.clerk, "one", other).await.unwrap().holder, None, "nobody took it yet");
    }

    pub async fn a_token_rises_with_each_holder(store: &Store) {
        let house = House::new(store).await;
        let (services, id) = (&house.services, house.upload(&house.clerk, "a", crate::services::ubl("A-1")).await);
        let (mut first, mut last) = (0, 0);
        for turn in 0..6 {
            let (actor, connection) = [(&house.clerk, "one"), (&house.reviewer, "two")][turn % 2];
            let taken = services.lock_take(actor, connection, of(id)).await.unwrap();
            assert!(taken.token > last, "{} after {last}", taken.token);
            last = taken.token;
            first = if turn == 0 { last } else { first };
            assert_eq!(services.lock_take(actor, connection, of(id)).await.unwrap().token, last, "it has it already");
            assert_eq!(services.lock_renew(actor, connection, of(id)).await.unwrap().token, last);
            services.lock_release(connection, of(id)).await.unwrap();
        }
        let mut tx = store.begin_quiet().await.unwrap();
        assert_eq!(db::locks::lock_delete_before(&mut tx, i64::MAX).await.unwrap(), 1);
        tx.commit().await.unwrap();
        assert!(
            services.lock_take(&house.clerk, "one", of(id)).await.unwrap().token > last - 6,
            "goes on by the clock"
        );
    }

    pub async fn another_tab_of_the_same_person_takes_over(store: &Store) {
        let house = House::new(store).await;
        let (services, id) = (&house.services, house.upload(&house.clerk, "a", crate::services::ubl("A-1")).await);
        let first = services.lock_take(&house.clerk, "one", of(id)).await.unwrap();
        let second = services.lock_take(&house.clerk, "other tab", of(id)).await.unwrap();
        assert_eq!(holder(&second), Some("other tab"));
        assert!(second.token > first.token);
        let late = services.lock_renew(&house.clerk, "one", of(id)).await.unwrap();
        assert_eq!((holder(&late), late.token), (Some("other tab"), second.token));
        services.lock_release_all("one", None).await.unwrap();
        assert_eq!(told(&list(store, id).await), [Some("other tab")], "a page loaded again keeps it");
        assert_eq!(told(&house.heard.locks()), [Some("one"), Some("other tab")]);
    }

    pub async fn what_is_not_renewed_is_free_and_told_once(store: &Store) {
        let house = House::new(store).await;
        let (services, id) = (&house.services, house.upload(&house.clerk, "a", crate::services::ubl("A-1")).await);
        let taken = services.lock_take(&house.clerk, "one", of(id)).await.unwrap();
        house.heard.locks();
        services.lock_expire(now_ms()).await.unwrap();
        assert_eq!(house.heard.locks(), []);
        let late = now_ms() + LOCK_LEASE.as_millis() as i64;
        tokio::try_join!(services.lock_expire(late), services.lock_expire(late)).unwrap();
        let free = house.heard.locks();
        assert_eq!((told(&free), free[0].token), (vec![None], taken.token));
        assert_eq!(services.lock_renew(&house.clerk, "one", of(id)).await.unwrap().holder, None, "too late");
        let next = services.lock_take(&house.reviewer, "two", of(id)).await.unwrap();
        assert!(holder(&next) == Some("two") && next.token > taken.token);
    }

    pub async fn a_connection_that_goes_gives_up_its_own(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let one = house.upload(&house.clerk, "a", crate::services::ubl("A-1")).await;
        let two = house.upload(&house.clerk, "b", crate::services::ubl("A-2")).await;
        services.lock_take(&house.clerk, "one", of(one)).await.unwrap();
        services.lock_take(&house.clerk, "one", of(two)).await.unwrap();
        let note = LockRequest { invoice: one, field: Field::Note };
        services.lock_take(&house.reviewer, "two", note).await.unwrap();
        house.heard.locks();
        services.lock_release_all("one", Some(two)).await.unwrap();
        assert_eq!((list(store, one).await.len(), list(store, two).await.len()), (2, 0));
        services.lock_release_all("one", None).await.unwrap();
        let fields: Vec<Field> = list(store, one).await.into_iter().map(|lock| lock.field).collect();
        assert_eq!(fields, [Field::Note]);
        assert_eq!(told(&house.heard.locks()), [None, None]);
    }

    pub async fn a_lock_blocks_no_edit(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        house.services.lock_take(&house.clerk, "one", of(id)).await.unwrap();
        let edit = FieldEdit::new(FIELD, 1, "2026-12-10");
        let edited = house.services.edit_fields(&house.reviewer, id, "1", &[edit]).await.unwrap();
        assert_eq!(edited.fields[&FIELD].value, "2026-12-10");
    }

    pub async fn only_who_may_edit_has_the_right_of_way(store: &Store) {
        let house = House::new(store).await;
        let id = house.upload(&house.clerk, "a", crate::services::ubl("A-1")).await;
        let auditor = house.reader_only();
        for refused in [
            house.services.lock_take(&auditor, "one", of(id)).await,
            house.services.lock_renew(&auditor, "one", of(id)).await,
        ] {
            assert_eq!(refused.expect_err("a refusal").code(), "missing_right");
        }
        assert_eq!(list(store, id).await, []);
    }

    pub async fn of_many_at_once_one_has_it(store: &Store) {
        let house = House::new(store).await;
        let id = house.upload(&house.clerk, "a", crate::services::ubl("A-1")).await;
        let people = [(&house.clerk, "one"), (&house.reviewer, "two"), (&house.admin, "three")];
        let asked = people.map(|(actor, connection)| house.services.lock_take(actor, connection, of(id)));
        let answers: Vec<Lock> = futures::future::try_join_all(asked).await.unwrap();
        let holders: BTreeSet<_> = answers.iter().map(holder).collect();
        assert_eq!(holders.len(), 1, "{answers:?}");
        assert_eq!(told(&house.heard.locks()), [holder(&answers[0])]);
    }
}
