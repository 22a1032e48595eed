//! Correcting and deciding: versions, conflicts, four eyes, duplicates.

use crate::store::contract;

contract!(
    an_edit_is_kept_and_checked,
    a_stale_edit_gets_both_values_and_changes_nothing,
    a_conflict_tells_the_value_that_was_seen,
    amounts_are_asked_about_together,
    two_changes_of_a_longer_text_go_together,
    a_repeated_mutation_changes_nothing,
    a_mutation_id_stands_for_one_edit,
    confirming_a_value_is_no_change,
    totals_share_a_version,
    wrong_values_are_refused_by_field,
    nobody_approves_what_they_touched,
    the_switch_lets_one_person_work,
    an_edit_of_money_voids_the_submission,
    a_duplicate_blocks_until_resolved,
    of_two_read_at_the_same_moment_one_is_marked,
    a_duplicate_that_came_later_is_found_before_the_decision,
    a_failing_check_is_approved_only_with_a_reason,
    a_rejection_needs_a_reason,
    a_decision_on_an_old_version_is_refused,
    roles_are_held,
    what_was_decided_can_not_be_deleted,
    a_change_whose_caller_left_is_still_told,
);

mod check {
    use crate::services::{House, ubl};
    use ap_intake::{
        db::Store,
        domain::{
            error::AppError,
            field::Field,
            invoice::{FieldConflict, FieldEdit, FieldSides, InvoiceQuery, StepRequest},
            jobs::Stage,
            reading::Source,
            roles::Actor,
            status::{Status, Step},
        },
    };

    fn edit(name: Field, base_version: i64, value: &str) -> FieldEdit {
        FieldEdit::new(name, base_version, value)
    }

    fn code<T: std::fmt::Debug>(result: Result<T, AppError>) -> String {
        result.expect_err("a refusal").code().to_owned()
    }

    pub async fn an_edit_is_kept_and_checked(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let result =
            house.services.edit_fields(&house.clerk, id, "1", &[edit(Field::GrossTotal, 1, "119,02")]).await.unwrap();
        let gross = &result.fields[&Field::GrossTotal];
        assert_eq!((gross.value.as_str(), gross.source, gross.version), ("119.02", Source::User, 2));
        assert_eq!(gross.verified_by.as_deref(), Some("clerk"));
        assert!(result.checks.iter().any(|check| check.rule == "BR-CO-15"), "{:?}", result.checks);
        let invoice = house.get(id).await;
        assert_eq!(invoice.summary.gross_total.as_deref(), Some("119.02"));
        assert_eq!(invoice.summary.version, result.version);
        assert!(invoice.review_reasons.iter().any(|reason| reason.code == "BR-CO-15"));
        let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
        assert_eq!(history[0].changes[0].before.as_deref(), Some("119.00"));
        assert_eq!(history[0].changes[0].after.as_deref(), Some("119.02"));
    }

    pub async fn a_stale_edit_gets_both_values_and_changes_nothing(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        services.edit_fields(&house.clerk, id, "1", &[edit(Field::DueDate, 1, "2026-12-10")]).await.unwrap();
        let both = [edit(Field::DueDate, 1, "2026-12-24"), edit(Field::BuyerName, 1, "Other")];
        let refused = services.edit_fields(&house.reviewer, id, "1", &both).await;
        let Err(AppError::Conflict { conflicts }) = refused else { panic!("{refused:?}") };
        assert_eq!(conflicts.len(), 1);
        let conflict = &conflicts[0];
        assert_eq!((conflict.name, conflict.version, conflict.actor.as_str()), (Field::DueDate, 2, "clerk"));
        assert_eq!(conflict.base.as_deref(), Some("2026-12-02"));
        assert_eq!(conflict.theirs.as_deref(), Some("2026-12-10"));
        assert_eq!(conflict.mine, "2026-12-24");
        assert_eq!(house.get(id).await.fields[&Field::BuyerName].value, "Buyer", "all or nothing");
        // Keep mine: again, on the version that was told.
        services.edit_fields(&house.reviewer, id, "2", &[edit(Field::DueDate, 2, "2026-12-24")]).await.unwrap();
        assert_eq!(house.get(id).await.fields[&Field::DueDate].value, "2026-12-24");
        // Different fields never meet.
        services.edit_fields(&house.clerk, id, "2", &[edit(Field::BuyerName, 1, "Ours")]).await.unwrap();
    }

    pub async fn two_changes_of_a_longer_text_go_together(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        let version = async || house.get(id).await.fields.get(&Field::Note).map_or(0, |note| note.version);
        let before = version().await;
        services.edit_fields(&house.clerk, id, "1", &[edit(Field::Note, before, "Gate 4, ring")]).await.unwrap();
        let seen = version().await;
        services.edit_fields(&house.reviewer, id, "1", &[edit(Field::Note, seen, "North gate 4, ring")]).await.unwrap();
        let refused =
            services.edit_fields(&house.clerk, id, "2", &[edit(Field::Note, seen, "Gate 4, ring first")]).await;
        let Err(AppError::Conflict { conflicts }) = refused else { panic!("{refused:?}") };
        assert_eq!(conflicts[0].merged.as_deref(), Some("North gate 4, ring first"));
        services.edit_fields(&house.reviewer, id, "2", &[edit(Field::DueDate, 1, "2026-12-10")]).await.unwrap();
        let refused = services.edit_fields(&house.clerk, id, "3", &[edit(Field::DueDate, 1, "2026-12-11")]).await;
        let Err(AppError::Conflict { conflicts }) = refused else { panic!("{refused:?}") };
        assert_eq!(conflicts[0].merged, None, "a date is one or the other");
    }

    pub async fn a_repeated_mutation_changes_nothing(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let edits = [edit(Field::DueDate, 1, "2026-12-10")];
        let first = house.services.edit_fields(&house.clerk, id, "m", &edits).await.unwrap();
        let again = house.services.edit_fields(&house.clerk, id, "m", &edits).await.unwrap();
        assert_eq!(first, again);
        let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
        assert_eq!(history.iter().filter(|entry| entry.action == "field_changed").count(), 1);
    }

    pub async fn a_mutation_id_stands_for_one_edit(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        services.edit_fields(&house.clerk, id, "m", &[edit(Field::DueDate, 1, "2026-12-10")]).await.unwrap();
        for other in [edit(Field::DueDate, 2, "2026-12-11"), edit(Field::BuyerName, 1, "Other")] {
            assert_eq!(code(services.edit_fields(&house.clerk, id, "m", &[other]).await), "invalid");
        }
        assert_eq!(house.get(id).await.fields[&Field::DueDate].value, "2026-12-10");
    }

    pub async fn a_conflict_tells_the_value_that_was_seen(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        for (number, day) in [(1, "2026-12-10"), (2, "2026-12-11"), (3, "2026-12-12")] {
            let change = [edit(Field::DueDate, number, day), edit(Field::BuyerName, number, day)];
            services.edit_fields(&house.clerk, id, day, &change).await.unwrap();
        }
        services.edit_fields(&house.clerk, id, "net", &[edit(Field::NetTotal, 1, "101")]).await.unwrap();
        let base_of = async |stale: FieldEdit| {
            let refused = services.edit_fields(&house.reviewer, id, "late", &[stale]).await;
            let Err(AppError::Conflict { conflicts }) = refused else { panic!("{refused:?}") };
            assert_eq!(conflicts[0].actor, "clerk");
            (conflicts[0].base.clone().unwrap(), conflicts[0].theirs.clone().unwrap())
        };
        let due = |base| edit(Field::DueDate, base, "2026-12-24");
        assert_eq!(base_of(due(1)).await, ("2026-12-02".into(), "2026-12-12".into()));
        assert_eq!(base_of(due(2)).await, ("2026-12-10".into(), "2026-12-12".into()));
        assert_eq!(base_of(due(3)).await, ("2026-12-11".into(), "2026-12-12".into()));
        // Another field of the group changed, not this one.
        assert_eq!(base_of(edit(Field::GrossTotal, 1, "118")).await, ("119.00".into(), "119.00".into()));
    }

    /// One changed the gross total, the other the net one: what the other one changed is told, and not only the field that
    /// was edited.
    pub async fn amounts_are_asked_about_together(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        services.edit_fields(&house.clerk, id, "1", &[edit(Field::GrossTotal, 1, "120")]).await.unwrap();
        let met = async |edits: &[FieldEdit]| {
            let refused = services.edit_fields(&house.reviewer, id, "late", edits).await;
            let Err(AppError::Conflict { conflicts }) = refused else { panic!("{refused:?}") };
            conflicts
        };
        let group = |conflict: &FieldConflict| {
            let told = |sides: &FieldSides| {
                let base = sides.base.clone().unwrap_or_default();
                (sides.name, [base, sides.mine.clone(), sides.theirs.clone().unwrap_or_default()].join(" | "))
            };
            conflict.group.iter().map(told).collect::<Vec<_>>()
        };
        let net = met(&[edit(Field::NetTotal, 1, "90")]).await;
        let gross_is_theirs = (Field::GrossTotal, "119.00 | 119.00 | 120.00".to_owned());
        assert_eq!(group(&net[0]), [(Field::NetTotal, "100.00 | 90.00 | 100.00".to_owned()), gross_is_theirs]);
        // Several amounts in one edit: each is told with what the edit gives the others.
        let both = met(&[edit(Field::NetTotal, 1, "90"), edit(Field::GrossTotal, 1, "109")]).await;
        let gross_is_both = (Field::GrossTotal, "119.00 | 109.00 | 120.00".to_owned());
        assert_eq!(both.len(), 2);
        for conflict in &both {
            assert_eq!(group(conflict)[1], gross_is_both);
        }
        // The same field on both sides, or one that stands alone: no group.
        assert_eq!(met(&[edit(Field::GrossTotal, 1, "118")]).await[0].group, []);
        services.edit_fields(&house.clerk, id, "2", &[edit(Field::DueDate, 1, "2026-12-10")]).await.unwrap();
        assert_eq!(met(&[edit(Field::DueDate, 1, "2026-12-11")]).await[0].group, []);
    }

    /// Enter on a value that is right: the reviewer looked at it, and may still approve.
    pub async fn confirming_a_value_is_no_change(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        services.take_step(&house.clerk, id, Step::Submit, &StepRequest::default()).await.unwrap();
        let same = [edit(Field::GrossTotal, 1, "119,00"), edit(Field::DueDate, 1, "2026-12-02")];
        let confirmed = services.edit_fields(&house.reviewer, id, "1", &same).await.unwrap();
        assert_eq!(confirmed.status, Status::AwaitingApproval, "the submission stands");
        let gross = &confirmed.fields[&Field::GrossTotal];
        assert_eq!((gross.version, gross.verified_by.as_deref(), gross.source), (2, Some("reviewer"), Source::Xml));
        let history = services.invoice_history(&house.clerk, id).await.unwrap();
        assert_eq!((history[0].action.as_str(), history[0].changes.len()), ("verified", 2));
        // One confirmed beside one changed: each is written down as what it was.
        let both = [edit(Field::BuyerName, 1, "Buyer"), edit(Field::Note, 0, "Seen")];
        services.edit_fields(&house.clerk, id, "2", &both).await.unwrap();
        let history = services.invoice_history(&house.clerk, id).await.unwrap();
        let done: Vec<_> = history[..2].iter().map(|entry| (entry.action.as_str(), entry.changes[0].name)).collect();
        assert_eq!(done, [("field_changed", Field::Note), ("verified", Field::BuyerName)]);
        services.take_step(&house.reviewer, id, Step::Approve, &StepRequest::default()).await.unwrap();
    }

    pub async fn totals_share_a_version(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        house.services.edit_fields(&house.clerk, id, "1", &[edit(Field::NetTotal, 1, "90")]).await.unwrap();
        let refused = house.services.edit_fields(&house.reviewer, id, "1", &[edit(Field::GrossTotal, 1, "118")]).await;
        assert_eq!(code(refused), "conflict");
        assert_eq!(house.get(id).await.fields[&Field::GrossTotal].version, 2);
    }

    pub async fn wrong_values_are_refused_by_field(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        for (field, value) in
            [(Field::DueDate, "soon"), (Field::GrossTotal, "much"), (Field::Currency, "Euro"), (Field::Iban, "DE00123")]
        {
            let refused = house.services.edit_fields(&house.clerk, id, "1", &[edit(field, 1, value)]).await;
            assert!(
                matches!(&refused, Err(AppError::Invalid { field: Some(name), .. }) if *name == field.name()),
                "{refused:?}"
            );
        }
        let long = "x".repeat(4_001);
        assert_eq!(
            code(house.services.edit_fields(&house.clerk, id, "1", &[edit(Field::Note, 0, &long)]).await),
            "invalid"
        );
        let html = "<script>alert(1)</script>";
        house.services.edit_fields(&house.clerk, id, "2", &[edit(Field::Note, 0, html)]).await.unwrap();
        assert_eq!(house.get(id).await.fields[&Field::Note].value, html, "kept as text; pages escape it");
    }

    pub async fn nobody_approves_what_they_touched(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let own = house.upload(&house.reviewer, "own.xml", ubl("B-1")).await;
        let edited = house.read_invoice("A-1").await;
        let approve = StepRequest::default();
        assert_eq!(code(services.take_step(&house.reviewer, own, Step::Approve, &approve).await), "four_eyes");
        services.edit_fields(&house.admin, edited, "1", &[edit(Field::DueDate, 1, "2026-12-10")]).await.unwrap();
        assert_eq!(code(services.take_step(&house.admin, edited, Step::Approve, &approve).await), "four_eyes");
        let seen_by_admin = services.invoice(&house.admin, edited).await.unwrap();
        assert!(!seen_by_admin.allowed.contains(&Step::Approve));
        assert!(seen_by_admin.approve_refused.is_some());
        let approved = services.take_step(&house.reviewer, edited, Step::Approve, &approve).await.unwrap();
        assert_eq!(approved.status, Status::Approved);
    }

    pub async fn the_switch_lets_one_person_work(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let id = house.upload(&house.admin, "own.xml", ubl("B-1")).await;
        house.work().await;
        assert_eq!(code(services.set_self_approval(&house.reviewer, true).await), "missing_right");
        services.set_self_approval(&house.admin, true).await.unwrap();
        services.take_step(&house.admin, id, Step::Approve, &StepRequest::default()).await.unwrap();
        let audit = services.invoice_history(&house.admin, ap_intake::services::rules::SETTINGS_HISTORY).await.unwrap();
        assert_eq!((audit[0].actor.as_str(), audit[0].note.as_deref()), ("admin", Some("on")));
    }

    pub async fn an_edit_of_money_voids_the_submission(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        services.take_step(&house.clerk, id, Step::Submit, &StepRequest::default()).await.unwrap();
        let kept = services.edit_fields(&house.clerk, id, "1", &[edit(Field::Note, 0, "hello")]).await.unwrap();
        assert_eq!(kept.status, Status::AwaitingApproval);
        let voided = services.edit_fields(&house.clerk, id, "2", &[edit(Field::NetTotal, 1, "101")]).await.unwrap();
        assert_eq!(voided.status, Status::NeedsReview);
        services.edit_fields(&house.clerk, id, "3", &[edit(Field::InvoiceNumber, 1, "")]).await.unwrap();
        assert_eq!(code(services.take_step(&house.clerk, id, Step::Submit, &StepRequest::default()).await), "invalid");
    }

    pub async fn a_duplicate_blocks_until_resolved(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let first = house.read_invoice("A-1").await;
        let second = house.read_invoice("A-1").await;
        let invoice = house.get(second).await;
        assert_eq!(invoice.summary.duplicate_of, Some(first));
        assert_eq!(house.get(first).await.summary.duplicate_of, None);
        assert_eq!(
            code(services.take_step(&house.reviewer, second, Step::Approve, &StepRequest::default()).await),
            "duplicate-file"
        );
        let marked =
            services.take_step(&house.clerk, second, Step::MarkDuplicate, &StepRequest::default()).await.unwrap();
        assert_eq!((marked.status, marked.duplicate_of), (Status::Duplicate, Some(first)));
        services.take_step(&house.clerk, second, Step::Reopen, &StepRequest::default()).await.unwrap();
        assert_eq!(house.get(second).await.checks.len(), 1, "found again");
        services.take_step(&house.clerk, second, Step::NotDuplicate, &StepRequest::default()).await.unwrap();
        assert!(house.get(second).await.checks.is_empty());
        services.take_step(&house.reviewer, second, Step::Approve, &StepRequest::default()).await.unwrap();
    }

    /// Two workers read, and neither invoice had values yet when the other's reading began.
    pub async fn of_two_read_at_the_same_moment_one_is_marked(store: &Store) {
        let house = House::new(store).await;
        let first = house.upload(&house.clerk, "one.xml", ubl("A-1")).await;
        let second = house.upload(&house.clerk, "two.xml", format!("{}\n", ubl("A-1"))).await;
        let mut read = Vec::new();
        for worker in ["one", "two"] {
            let task = house.services.task_claim(worker).await.unwrap().unwrap();
            assert!(house.services.stage_start(&task, Stage::Fetch).await.unwrap());
            let document = house.services.task_document(&task).await.unwrap();
            read.push((house.services.reader.read(document.0).await.unwrap(), task));
        }
        // The later upload is ready first.
        for (reading, task) in read.iter().rev() {
            house.services.reading_save(task, reading).await.unwrap().unwrap();
        }
        let (first, second) = (house.get(first).await, house.get(second).await);
        assert_eq!((first.summary.duplicate_of, second.summary.duplicate_of), (Some(second.summary.id), None));
        let approve = StepRequest::default();
        let refused = house.services.take_step(&house.reviewer, first.summary.id, Step::Approve, &approve).await;
        assert_eq!(code(refused), "duplicate-invoice");
        house.services.take_step(&house.reviewer, second.summary.id, Step::Approve, &approve).await.unwrap();
    }

    pub async fn a_duplicate_that_came_later_is_found_before_the_decision(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let (first, second) = (house.read_invoice("A-1").await, house.read_invoice("A-2").await);
        // The first is corrected to what the second is. It is the second that nobody looks at again.
        let supplier = [edit(Field::SupplierName, 1, "Supplier of A-2"), edit(Field::InvoiceNumber, 1, "A-2")];
        let marked = services.edit_fields(&house.clerk, first, "1", &supplier).await.unwrap();
        assert!(marked.checks.iter().any(|check| check.rule == "duplicate-invoice"));
        services.take_step(&house.clerk, first, Step::NotDuplicate, &StepRequest::default()).await.unwrap();
        assert!(house.get(second).await.allowed.contains(&Step::Approve), "not looked at yet");
        let refused = services.take_step(&house.reviewer, second, Step::Approve, &StepRequest::default()).await;
        assert_eq!(code(refused), "duplicate-invoice");
        let invoice = house.get(second).await;
        assert_eq!(invoice.summary.duplicate_of, Some(first), "what was found is kept");
        assert!(!invoice.allowed.contains(&Step::Approve) && invoice.allowed.contains(&Step::NotDuplicate));
        let history = services.invoice_history(&house.clerk, second).await.unwrap();
        assert_eq!((history[0].actor.as_str(), history[0].action.as_str()), ("Reader", "checked"));
        services.take_step(&house.clerk, second, Step::NotDuplicate, &StepRequest::default()).await.unwrap();
        services.take_step(&house.reviewer, second, Step::Approve, &StepRequest::default()).await.unwrap();
    }

    pub async fn a_failing_check_is_approved_only_with_a_reason(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let id = house.read_invoice("A-1").await;
        assert_eq!(house.get(id).await.approve_needs_reason, None);
        services.edit_fields(&house.clerk, id, "1", &[edit(Field::GrossTotal, 1, "119,02")]).await.unwrap();
        let invoice = house.get(id).await;
        assert!(invoice.allowed.contains(&Step::Approve) && invoice.approve_refused.is_none());
        assert!(invoice.approve_needs_reason.is_some_and(|words| words.contains("119.02")));
        assert_eq!(services.invoice(&house.clerk, id).await.unwrap().approve_needs_reason, None, "it is not theirs");
        let said = |reason: &str| StepRequest { reason: Some(reason.into()), ..StepRequest::default() };
        for request in [StepRequest::default(), said("  "), StepRequest { notes: Some("fine".into()), ..said("") }] {
            let refused = services.take_step(&house.reviewer, id, Step::Approve, &request).await;
            assert_eq!(code(refused), "checks_failed");
        }
        services.take_step(&house.reviewer, id, Step::Approve, &said("Rounded by the supplier")).await.unwrap();
        let history = services.invoice_history(&house.clerk, id).await.unwrap();
        let note = "In spite of BR-CO-15, BR-CO-16: Rounded by the supplier";
        assert_eq!((history[0].action.as_str(), history[0].note.as_deref()), ("approved", Some(note)));
    }

    pub async fn a_rejection_needs_a_reason(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        let mut request = StepRequest::default();
        assert_eq!(code(services.take_step(&house.reviewer, id, Step::Reject, &request).await), "invalid");
        request.reason_code = Some("not_ordered".into());
        assert_eq!(code(services.take_step(&house.reviewer, id, Step::Reject, &request).await), "invalid");
        request.reason = Some("Nobody knows of it".into());
        services.take_step(&house.reviewer, id, Step::Reject, &request).await.unwrap();
        let history = services.invoice_history(&house.clerk, id).await.unwrap();
        assert_eq!(history[0].note.as_deref(), Some("Not ordered or not delivered: Nobody knows of it"));
        let again = services.take_step(&house.reviewer, id, Step::Approve, &StepRequest::default()).await;
        assert_eq!(code(again), "step_refused");
    }

    pub async fn a_decision_on_an_old_version_is_refused(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let seen = house.get(id).await.summary.version;
        house.services.edit_fields(&house.clerk, id, "1", &[edit(Field::DueDate, 1, "2026-12-10")]).await.unwrap();
        let request = StepRequest { base_version: Some(seen), ..StepRequest::default() };
        assert_eq!(code(house.services.take_step(&house.reviewer, id, Step::Approve, &request).await), "stale");
    }

    pub async fn roles_are_held(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let services = &house.services;
        let approve = services.take_step(&house.clerk, id, Step::Approve, &StepRequest::default()).await;
        assert_eq!(code(approve), "missing_right");
        let auditor = house.reader_only();
        assert!(services.dashboard(&auditor, &InvoiceQuery::default()).await.is_ok());
        assert_eq!(code(services.edit_fields(&auditor, id, "1", &[edit(Field::Note, 0, "x")]).await), "missing_right");
        assert_eq!(code(services.invoice_delete(&auditor, id).await), "missing_right");
        let none = Actor { rights: Vec::new(), ..house.admin.clone() };
        assert_eq!(code(services.invoice(&none, id).await), "missing_right");
        assert_eq!(code(services.document(&none, id).await), "missing_right");
        for step in [Step::Start, Step::FinishReading, Step::Fail, Step::Queue] {
            assert_eq!(code(services.take_step(&house.admin, id, step, &StepRequest::default()).await), "step_refused");
        }
    }

    pub async fn what_was_decided_can_not_be_deleted(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let (kept, gone) = (house.read_invoice("A-1").await, house.read_invoice("A-2").await);
        services.take_step(&house.reviewer, kept, Step::Approve, &StepRequest::default()).await.unwrap();
        assert_eq!(code(services.invoice_delete(&house.clerk, kept).await), "not_deletable");
        services.invoice_delete(&house.clerk, gone).await.unwrap();
        assert_eq!(code(services.invoice(&house.clerk, gone).await), "not_found");
        let history = services.invoice_history(&house.clerk, gone).await.unwrap();
        assert_eq!(history[0].action, "deleted");
    }

    /// A client may hang up, and a worker stop, at any moment: what was committed is published all the same.
    pub async fn a_change_whose_caller_left_is_still_told(store: &Store) {
        let house = House::new(store).await;
        for number in 1..=5 {
            let id = house.read_invoice(&format!("A-{number}")).await;
            let before = house.heard.of(id).len();
            let request = StepRequest::default();
            let mut step = Box::pin(house.services.take_step(&house.clerk, id, Step::Submit, &request));
            while futures::poll!(&mut step).is_pending() {
                if house.get(id).await.summary.status == Status::AwaitingApproval {
                    break;
                }
            }
            drop(step);
            while house.heard.of(id).len() == before {
                tokio::task::yield_now().await;
            }
        }
    }
}
