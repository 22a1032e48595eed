//! Decisions that a client numbers: each is taken once, whatever is sent again.

use crate::store::contract;

contract!(
    a_decision_sent_again_is_taken_once,
    a_refusal_is_kept_with_what_was_found_on_the_way,
    a_decision_on_an_older_version_is_refused,
    it_is_fields_or_a_decision,
    who_may_not_decide_is_refused_and_nothing_kept,
    a_number_is_of_one_decision,
);

mod check {
    use crate::services::{House, ubl};
    use ap_intake::{
        db::Store,
        domain::{
            decision::Decision,
            error::AppError,
            events::{Mutation, MutationOutcome},
            field::Field,
            ids::InvoiceId,
            invoice::{FieldEdit, StepRequest},
            status::{Status, Step},
        },
    };

    fn step(client: &str, invoice: InvoiceId, step: Step, base_version: Option<i64>) -> Mutation {
        let request = StepRequest { base_version, ..StepRequest::default() };
        Mutation {
            client_id: client.to_owned(),
            mutation_id: 1,
            invoice,
            fields: Vec::new(),
            decision: Some(Decision::Step { step, request }),
        }
    }

    fn code(outcome: MutationOutcome) -> String {
        outcome.decided().expect_err("a refusal").code().to_owned()
    }

    pub async fn a_decision_sent_again_is_taken_once(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let approve = step("a", id, Step::Approve, Some(house.get(id).await.summary.version));
        let answer = house.services.mutate(&house.reviewer, &approve).await.unwrap();
        let MutationOutcome::Decided(now) = &answer else { panic!("{answer:?}") };
        assert_eq!(now.status, Status::Approved);
        let told = house.heard.of(id).len();
        // Whoever got no answer sends it again, after others went on.
        house.services.take_step(&house.reviewer, id, Step::Reopen, &StepRequest::default()).await.unwrap();
        let again = Mutation { ..step("a", id, Step::Approve, Some(now.version + 7)) };
        assert_eq!(house.services.mutate(&house.reviewer, &again).await.unwrap(), answer);
        assert_eq!(house.get(id).await.summary.status, Status::NeedsReview);
        assert_eq!(house.heard.of(id).len(), told + 1);
    }

    pub async fn a_refusal_is_kept_with_what_was_found_on_the_way(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        // Another one that looks alike comes in by another name, after this one was checked.
        let twin = house.upload(&house.clerk, "twin.xml", ubl("A-1").replace("Thing", "Other thing")).await;
        house.work().await;
        let marked = if house.get(id).await.summary.duplicate_of.is_some() { id } else { twin };
        let approve = step("a", marked, Step::Approve, None);
        let first = house.services.mutate(&house.reviewer, &approve).await.unwrap();
        let again = house.services.mutate(&house.reviewer, &approve).await.unwrap();
        assert_eq!(first, again);
        assert!(code(first).starts_with("duplicate"));
        assert_eq!(house.get(marked).await.summary.status, Status::NeedsReview);
    }

    pub async fn a_decision_on_an_older_version_is_refused(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let seen = house.get(id).await.summary.version;
        let edit = FieldEdit::new(Field::DueDate, 1, "2026-12-10");
        let result = house.services.edit_fields(&house.clerk, id, "1", &[edit]).await.unwrap();
        assert_eq!((result.before_version, result.version > seen), (seen, true));
        let on = async |client: &str, version| {
            house.services.mutate(&house.reviewer, &step(client, id, Step::Approve, Some(version))).await.unwrap()
        };
        assert_eq!(code(on("a", seen).await), "stale");
        assert!(on("b", result.version).await.decided().is_ok());
    }

    pub async fn it_is_fields_or_a_decision(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let fields = vec![FieldEdit::new(Field::DueDate, 1, "2026-12-10")];
        let both = Mutation { fields, ..step("a", id, Step::Approve, None) };
        assert!(matches!(house.services.mutate(&house.reviewer, &both).await, Err(AppError::Invalid { .. })));
        let neither = Mutation { decision: None, ..step("a", id, Step::Approve, None) };
        assert_eq!(code(house.services.mutate(&house.reviewer, &neither).await.unwrap()), "invalid");
    }

    pub async fn who_may_not_decide_is_refused_and_nothing_kept(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let approve = step("a", id, Step::Approve, None);
        assert!(matches!(house.services.mutate(&house.clerk, &approve).await, Err(AppError::Forbidden { .. })));
        assert_eq!(house.services.last_mutation(&house.clerk, "a").await.unwrap(), 0);
        let assign = Mutation {
            decision: Some(Decision::Assign { to: Some(house.clerk.user_id) }),
            ..step("b", id, Step::Approve, None)
        };
        assert!(matches!(house.services.mutate(&house.reader_only(), &assign).await, Err(AppError::Forbidden { .. })));
        let taken = house.services.mutate(&house.clerk, &assign).await.unwrap().decided().unwrap();
        assert_eq!(taken.assigned_to.map(|person| person.id), Some(house.clerk.user_id));
    }

    pub async fn a_number_is_of_one_decision(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        house.services.mutate(&house.clerk, &step("a", id, Step::Postpone, None)).await.unwrap();
        let other = house.services.mutate(&house.clerk, &step("a", id, Step::Reopen, None)).await;
        assert!(matches!(other, Err(AppError::Invalid { .. })));
        assert_eq!(house.get(id).await.summary.status, Status::Postponed);
    }
}
