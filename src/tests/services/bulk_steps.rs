//! A decision about several invoices: what is refused for one stops none of the others.

use crate::store::contract;

contract!(
    a_refusal_stops_none_of_the_others,
    each_is_decided_on_the_version_that_was_seen,
    what_was_taken_can_be_taken_back_by_those_who_may,
    only_so_many_at_once,
);

mod check {
    use crate::services::House;
    use ap_intake::{
        db::Store,
        domain::{
            error::AppError,
            field::Field,
            ids::InvoiceId,
            invoice::{FieldEdit, SeenInvoice, StepOutcome, StepTaken},
            status::{Status, Step},
        },
        services::bulk_steps::MOST_AT_ONCE,
    };

    async fn seen(house: &House, id: InvoiceId) -> SeenInvoice {
        SeenInvoice { id, version: house.get(id).await.summary.version }
    }

    async fn edit(house: &House, id: InvoiceId, name: Field, value: &str) {
        let edit = FieldEdit::new(name, 1, value);
        house.services.edit_fields(&house.clerk, id, "1", &[edit]).await.unwrap();
    }

    fn code(outcome: &StepOutcome) -> &str {
        outcome.taken.as_ref().map_or_else(AppError::code, |_| "taken")
    }

    pub async fn a_refusal_stops_none_of_the_others(store: &Store) {
        let house = House::new(store).await;
        let failing = house.read_invoice("A-1").await;
        edit(&house, failing, Field::GrossTotal, "120").await;
        let own = house.upload(&house.reviewer, "own.xml", crate::services::ubl("A-2")).await;
        house.work().await;
        let (first, last) = (house.read_invoice("A-3").await, house.read_invoice("A-4").await);
        let gone = SeenInvoice { id: InvoiceId(uuid::Uuid::nil()), version: 1 };
        let asked = [
            seen(&house, first).await,
            seen(&house, failing).await,
            gone,
            seen(&house, own).await,
            seen(&house, last).await,
        ];
        let outcomes = house.decide_all(&house.reviewer, &asked, Step::Approve).await.unwrap();
        let codes: Vec<&str> = outcomes.iter().map(code).collect();
        assert_eq!(codes, ["taken", "checks_failed", "not_found", "four_eyes", "taken"]);
        for (id, status) in [(first, Status::Approved), (failing, Status::NeedsReview), (last, Status::Approved)] {
            assert_eq!(house.get(id).await.summary.status, status);
        }
        let by_clerk = house.decide_all(&house.clerk, &[asked[1], asked[3]], Step::Approve).await.unwrap();
        assert!(by_clerk.iter().all(|outcome| code(outcome) == "missing_right"));
    }

    pub async fn each_is_decided_on_the_version_that_was_seen(store: &Store) {
        let house = House::new(store).await;
        let (kept, changed) = (house.read_invoice("A-1").await, house.read_invoice("A-2").await);
        let asked = [seen(&house, changed).await, seen(&house, kept).await];
        edit(&house, changed, Field::DueDate, "2026-12-10").await;
        let outcomes = house.decide_all(&house.clerk, &asked, Step::Submit).await.unwrap();
        assert_eq!(outcomes.iter().map(code).collect::<Vec<_>>(), ["stale", "taken"]);
        // The same one twice: the second time it is another version.
        let twice = [seen(&house, changed).await; 2];
        let outcomes = house.decide_all(&house.clerk, &twice, Step::Submit).await.unwrap();
        assert_eq!(outcomes.iter().map(code).collect::<Vec<_>>(), ["taken", "step_refused"]);
    }

    pub async fn what_was_taken_can_be_taken_back_by_those_who_may(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        for (actor, step, undo) in [
            (&house.clerk, Step::Postpone, Some(Step::Reopen)),
            (&house.reviewer, Step::Approve, Some(Step::Reopen)),
            (&house.clerk, Step::Submit, Some(Step::Reopen)),
        ] {
            let outcomes = house.decide_all(actor, &[seen(&house, id).await], step).await.unwrap();
            let version = house.get(id).await.summary.version;
            assert_eq!(outcomes[0].taken, Ok(StepTaken { version, undo }), "{step:?}");
            if let Some(undo) = undo {
                let back = [SeenInvoice { id, version }];
                let outcomes = house.decide_all(actor, &back, undo).await.unwrap();
                assert_eq!(code(&outcomes[0]), "taken");
                assert_eq!(house.get(id).await.summary.status, Status::NeedsReview);
            }
        }
    }

    pub async fn only_so_many_at_once(store: &Store) {
        let house = House::new(store).await;
        let many = vec![SeenInvoice { id: InvoiceId(uuid::Uuid::nil()), version: 1 }; MOST_AT_ONCE + 1];
        let refused = house.decide_all(&house.clerk, &many, Step::Submit).await;
        assert!(matches!(refused, Err(AppError::Invalid { .. })));
        let outcomes = house.decide_all(&house.clerk, &many[1..], Step::Submit).await.unwrap();
        assert_eq!(outcomes.len(), MOST_AT_ONCE);
    }
}
