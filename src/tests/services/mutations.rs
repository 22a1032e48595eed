//! Numbered changes: each is decided once and in order, whatever is sent again or comes too early.

use crate::store::contract;

contract!(
    a_repeat_gets_the_same_answer_and_changes_nothing,
    a_refusal_is_kept_too,
    one_that_comes_too_early_is_not_taken,
    another_account_can_not_go_on_with_a_client,
    a_number_is_used_once,
    a_repeat_may_name_another_base,
    what_is_not_a_mutation_is_refused,
    a_forgotten_client_begins_anew,
    many_clients_at_once_lose_nothing,
);

mod check {
    use crate::services::House;
    use ap_intake::{
        db::{self, Store},
        domain::{
            error::AppError,
            events::{Event, Mutation, MutationKey, MutationOutcome},
            field::Field,
            ids::InvoiceId,
            invoice::FieldEdit,
        },
    };

    fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
        result.expect_err("a refusal").code().to_owned()
    }

    fn mutation(client: &str, number: u64, invoice: InvoiceId, field: Field, base: i64, value: &str) -> Mutation {
        let fields = vec![FieldEdit::new(field, base, value)];
        Mutation { client_id: client.to_owned(), mutation_id: number, invoice, fields, decision: None }
    }

    fn done(outcome: &MutationOutcome) -> i64 {
        match outcome {
            MutationOutcome::Done(result) => result.fields.values().map(|field| field.version).max().unwrap(),
            other => panic!("not done: {other:?}"),
        }
    }

    pub async fn a_repeat_gets_the_same_answer_and_changes_nothing(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        let first = mutation("tab", 1, id, Field::DueDate, 1, "2026-12-10");
        let answer = services.mutate(&house.clerk, &first).await.unwrap();
        let second = mutation("tab", 2, id, Field::DueDate, 2, "2026-12-11");
        services.mutate(&house.clerk, &second).await.unwrap();
        let before = house.heard.of(id).len();
        assert_eq!(services.mutate(&house.clerk, &first).await.unwrap(), answer);
        assert_eq!(house.heard.of(id).len(), before, "nothing is told twice");
        assert_eq!(services.invoice(&house.clerk, id).await.unwrap().fields[&Field::DueDate].value, "2026-12-11");
        assert_eq!(services.last_mutation(&house.clerk, "tab").await.unwrap(), 2);
        let told = house.heard.of(id).into_iter().rev().find_map(|logged| match logged.event {
            Event::InvoiceUpdated { mutation, .. } => mutation,
            _ => None,
        });
        assert_eq!(told, Some(MutationKey { client_id: "tab".into(), mutation_id: 2 }), "the event says whose it is");
    }

    pub async fn a_refusal_is_kept_too(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        services.mutate(&house.reviewer, &mutation("other", 1, id, Field::DueDate, 1, "2026-12-10")).await.unwrap();
        let stale = mutation("tab", 1, id, Field::DueDate, 1, "2026-12-24");
        let refused = services.mutate(&house.clerk, &stale).await.unwrap();
        let MutationOutcome::Refused(AppError::Conflict { conflicts }) = &refused else { panic!("{refused:?}") };
        assert_eq!(conflicts[0].theirs.as_deref(), Some("2026-12-10"));
        assert_eq!(services.mutate(&house.clerk, &stale).await.unwrap(), refused);
        let on_theirs = mutation("tab", 2, id, Field::DueDate, conflicts[0].version, "2026-12-24");
        assert_eq!(done(&services.mutate(&house.clerk, &on_theirs).await.unwrap()), 3);
    }

    pub async fn one_that_comes_too_early_is_not_taken(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let early = mutation("tab", 2, id, Field::DueDate, 1, "2026-12-10");
        let answer = house.services.mutate(&house.clerk, &early).await.unwrap();
        assert_eq!(answer, MutationOutcome::Gap { expected: 1 });
        assert_ne!(house.services.invoice(&house.clerk, id).await.unwrap().fields[&Field::DueDate].value, "2026-12-10");
        let first = mutation("tab", 1, id, Field::InvoiceNumber, 1, "A-2");
        house.services.mutate(&house.clerk, &first).await.unwrap();
        assert_eq!(done(&house.services.mutate(&house.clerk, &early).await.unwrap()), 2);
    }

    pub async fn another_account_can_not_go_on_with_a_client(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        services.mutate(&house.clerk, &mutation("tab", 1, id, Field::DueDate, 1, "2026-12-10")).await.unwrap();
        for number in [1, 2] {
            let refused = services.mutate(&house.reviewer, &mutation("tab", number, id, Field::DueDate, 2, "")).await;
            assert_eq!(code(refused), "foreign_client");
        }
        assert_eq!(services.last_mutation(&house.reviewer, "tab").await.unwrap(), 0);
    }

    pub async fn a_number_is_used_once(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        services.mutate(&house.clerk, &mutation("tab", 1, id, Field::DueDate, 1, "2026-12-10")).await.unwrap();
        let other = mutation("tab", 1, id, Field::DueDate, 1, "2026-12-24");
        assert_eq!(code(services.mutate(&house.clerk, &other).await), "invalid");
    }

    pub async fn a_repeat_may_name_another_base(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let answer =
            house.services.mutate(&house.clerk, &mutation("tab", 1, id, Field::DueDate, 1, "2026-12-10")).await;
        let again = house.services.mutate(&house.clerk, &mutation("tab", 1, id, Field::DueDate, 2, "2026-12-10")).await;
        assert_eq!(again.unwrap(), answer.unwrap(), "a tab that slept does not know what came before");
    }

    pub async fn what_is_not_a_mutation_is_refused(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        let auditor = house.reader_only();
        let good = mutation("tab", 1, id, Field::DueDate, 1, "2026-12-10");
        assert_eq!(code(services.mutate(&auditor, &good).await), "missing_right");
        for (client, number) in [("", 1), (&"x".repeat(65), 1), ("tab", 0), ("tab", u64::MAX)] {
            let refused = Mutation { client_id: client.to_owned(), mutation_id: number, ..good.clone() };
            assert_eq!(code(services.mutate(&house.clerk, &refused).await), "invalid");
        }
        let bad = services.mutate(&house.clerk, &mutation("tab", 1, id, Field::DueDate, 1, "soon")).await.unwrap();
        assert!(matches!(bad, MutationOutcome::Refused(AppError::Invalid { .. })), "{bad:?}");
        assert_eq!(services.last_mutation(&house.clerk, "tab").await.unwrap(), 1, "it was decided: the next one is 2");
    }

    pub async fn a_forgotten_client_begins_anew(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        services.mutate(&house.clerk, &mutation("tab", 1, id, Field::DueDate, 1, "2026-12-10")).await.unwrap();
        let mut tx = store.begin_quiet().await.unwrap();
        assert_eq!(db::mutations::mutation_delete_before(&mut tx, i64::MAX).await.unwrap(), 1);
        tx.commit().await.unwrap();
        let next =
            services.mutate(&house.clerk, &mutation("tab", 2, id, Field::DueDate, 2, "2026-12-11")).await.unwrap();
        assert_eq!(next, MutationOutcome::Gap { expected: 1 });
    }

    pub async fn many_clients_at_once_lose_nothing(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let fields = [Field::DueDate, Field::InvoiceNumber, Field::Note, Field::BuyerName];
        let edits = fields.map(|field| {
            let (services, clerk) = (house.services.clone(), house.clerk.clone());
            async move {
                let stored =
                    services.invoice(&clerk, id).await.unwrap().fields.get(&field).map_or(0, |field| field.version);
                for number in 1..=10_u64 {
                    let value = if field == Field::DueDate {
                        format!("2026-12-{:02}", number + 10)
                    } else {
                        format!("v{number}")
                    };
                    let base = stored + number as i64 - 1;
                    let sent = mutation(&field.name(), number, id, field, base, &value);
                    // Sent twice at once, as after a cut socket.
                    let (one, other) = tokio::join!(services.mutate(&clerk, &sent), services.mutate(&clerk, &sent));
                    assert_eq!(done(&one.unwrap()), base + 1);
                    assert_eq!(done(&other.unwrap()), base + 1);
                }
            }
        });
        futures::future::join_all(edits).await;
        let kept = house.services.invoice(&house.clerk, id).await.unwrap();
        assert_eq!(kept.fields[&Field::DueDate].value, "2026-12-20");
        for field in [Field::InvoiceNumber, Field::Note, Field::BuyerName] {
            assert_eq!(kept.fields[&field].value, "v10", "{field:?}");
        }
    }
}
