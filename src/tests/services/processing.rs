//! From upload to review: nothing lost, nothing done twice, one failure touching nothing else.

use crate::store::contract;

contract!(
    an_upload_is_read,
    what_the_xml_broke_stays_told_until_somebody_says_why,
    one_bad_file_touches_no_other,
    a_lost_worker_is_replaced_and_reading_is_saved_once,
    what_brings_every_worker_down_ends_for_good,
    an_amount_beyond_all_bounds_is_read,
    what_its_upload_says_needs_no_look_is_submitted,
    a_cancelled_task_saves_nothing,
    a_shutdown_gives_the_task_back,
    reading_again_keeps_what_people_entered,
    the_log_tells_every_step,
    the_room_of_a_task_hears_its_end_and_its_return,
    a_paused_task_waits_until_it_is_resumed,
);

mod check {
    use crate::services::{House, ubl};
    use ap_intake::{
        adapters::samples,
        db::{self, Store},
        domain::{
            checks::Severity,
            error::AppError,
            events::{Event, Room},
            field::Field,
            ids::TaskId,
            invoice::{FieldEdit, InvoiceDetail, InvoiceQuery, StepRequest, TaskError, UploadOptions},
            jobs::{Stage, TaskState},
            reading::DocumentKind,
            status::{Status, Step},
        },
        services::{processing::MAX_ATTEMPTS, uploads::UploadFile},
    };
    use bytes::Bytes;

    pub async fn an_upload_is_read(store: &Store) {
        let house = House::new(store).await;
        let id = house.upload(&house.clerk, "../evil/one.xml", ubl("A-1")).await;
        assert_eq!(house.get(id).await.summary.status, Status::Queued);
        house.work().await;
        let invoice = house.get(id).await;
        assert_eq!(invoice.summary.status, Status::NeedsReview);
        assert_eq!(invoice.summary.filename, "one.xml");
        assert_eq!(invoice.fields[&Field::InvoiceNumber].value, "A-1");
        assert_eq!(invoice.summary.gross_total.as_deref(), Some("119.00"));
        assert_eq!(invoice.summary.supplier_name.as_deref(), Some("Supplier of A-1"));
        assert!(invoice.checks.is_empty(), "{:?}", invoice.checks);
        assert_eq!(invoice.task.unwrap().state, TaskState::Completed);
        let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
        let actions: Vec<_> = history.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["read", "uploaded"]);
        let document = house.services.document(&house.clerk, id).await.unwrap();
        assert_eq!(document.bytes, ubl("A-1").into_bytes());
    }

    /// Rules of EN 16931 that no edit puts right; one that the checks over values judge is told once, and goes with it.
    pub async fn what_the_xml_broke_stays_told_until_somebody_says_why(store: &Store) {
        let house = House::new(store).await;
        let xml = ubl("A-1").replace("<cbc:Name>Thing</cbc:Name>", "").replace(">119.00<", ">119.02<");
        let id = house.upload(&house.clerk, "one.xml", xml).await;
        house.work().await;
        let rules = |invoice: &InvoiceDetail| -> Vec<String> {
            invoice.checks.iter().map(|check| check.rule.clone()).collect()
        };
        let invoice = house.get(id).await;
        assert_eq!(rules(&invoice), ["BR-CO-15", "BR-25"], "{:?}", invoice.checks);
        assert_eq!(invoice.checks[1].severity, Severity::Error);
        assert_eq!(invoice.checks[1].message, "A line does not name what was bought (line 1)");
        assert_eq!(invoice.checks[1].fields, [Field::Line(1)]);
        let corrected = [Field::GrossTotal, Field::AmountDue]
            .map(|field| FieldEdit::new(field, invoice.fields[&field].version, "119.00"));
        house.services.edit_fields(&house.clerk, id, "1", &corrected).await.unwrap();
        let invoice = house.get(id).await;
        assert_eq!(rules(&invoice), ["BR-25"], "{:?}", invoice.checks);
        assert!(invoice.approve_needs_reason.is_some_and(|words| words.contains("what was bought")));
    }

    pub async fn one_bad_file_touches_no_other(store: &Store) {
        let house = House::new(store).await;
        let file = |name: &str, bytes: Bytes| UploadFile { filename: name.into(), bytes };
        let files = vec![
            file("good.xml", ubl("A-1").into()),
            file("empty.pdf", Bytes::new()),
            file("text.pdf", Bytes::from_static(b"just text")),
            file("large.pdf", vec![b'%'; 10 * 1024 * 1024 + 1].into()),
            file("broken.pdf", Bytes::from_static(b"%PDF-1.7\nnothing of a PDF follows")),
            file("other.xml", Bytes::from_static(b"<?xml version=\"1.0\"?><order/>")),
        ];
        let outcomes = house.services.upload(&house.clerk, files, &UploadOptions::default()).await.unwrap();
        let codes: Vec<_> =
            outcomes.iter().map(|outcome| outcome.error.as_ref().map(|error| error.code.as_str())).collect();
        assert_eq!(codes, [None, Some("invalid"), Some("unsupported_type"), Some("too_large"), None, None]);
        house.work().await;
        let mut found = Vec::new();
        for outcome in outcomes.iter().filter(|outcome| outcome.error.is_none()) {
            let invoice = house.get(outcome.invoice_id.unwrap()).await;
            found.push((invoice.summary.status, invoice.error.map(|error| error.code)));
        }
        assert_eq!(found[0], (Status::NeedsReview, None));
        assert_eq!(found[1], (Status::Failed, Some("corrupt".into())));
        assert_eq!(found[2], (Status::Failed, Some("not_an_invoice".into())));
        let too_many = (0..11).map(|_| file("a.xml", ubl("A-1").into())).collect();
        let refused = house.services.upload(&house.clerk, too_many, &UploadOptions::default()).await;
        assert!(matches!(refused, Err(AppError::Invalid { .. })));
    }

    pub async fn a_lost_worker_is_replaced_and_reading_is_saved_once(store: &Store) {
        let house = House::new(store).await;
        let id = house.upload(&house.clerk, "one.xml", ubl("A-1")).await;
        // A worker takes the task and is killed in the middle of it.
        let lost = house.services.task_claim("lost").await.unwrap().unwrap();
        assert!(house.services.stage_start(&lost, Stage::Fetch).await.unwrap());
        let reading = house.services.reader.read(house.services.task_document(&lost).await.unwrap().0).await.unwrap();
        let mut tx = store.begin_quiet().await.unwrap();
        sqlx::query("UPDATE tasks SET lease_until = 0").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        house.work().await;
        assert_eq!(house.get(id).await.summary.status, Status::NeedsReview);
        // It was not dead after all, and tries to save.
        assert!(house.services.reading_save(&lost, &reading).await.unwrap().is_err());
        let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
        assert_eq!(history.iter().filter(|entry| entry.action == "read").count(), 1);
    }

    pub async fn what_brings_every_worker_down_ends_for_good(store: &Store) {
        let house = House::new(store).await;
        let id = house.upload(&house.clerk, "one.xml", ubl("A-1")).await;
        // One worker after the other takes it and is gone.
        for _ in 0..MAX_ATTEMPTS {
            assert!(house.services.task_claim("lost").await.unwrap().is_some());
            let mut tx = store.begin_quiet().await.unwrap();
            sqlx::query("UPDATE tasks SET lease_until = 0").execute(&mut *tx).await.unwrap();
            tx.commit().await.unwrap();
        }
        house.work().await;
        let invoice = house.get(id).await;
        assert_eq!(invoice.summary.status, Status::Failed);
        assert_eq!(invoice.error.unwrap().code, "reader_failed");
        // A person may try again, and then it counts anew.
        house.services.take_step(&house.clerk, id, Step::Retry, &StepRequest::default()).await.unwrap();
        house.work().await;
        assert_eq!(house.get(id).await.summary.status, Status::NeedsReview);
    }

    pub async fn an_amount_beyond_all_bounds_is_read(store: &Store) {
        let house = House::new(store).await;
        let endless = "9".repeat(28);
        let id = house.upload(&house.clerk, "one.xml", ubl("A-1").replace(">119.00<", &format!(">{endless}<"))).await;
        house.work().await;
        assert_eq!(house.get(id).await.summary.status, Status::NeedsReview);
        let query = InvoiceQuery { min: Some(endless), ..InvoiceQuery::default() };
        house.services.invoice_list(&house.clerk, &query).await.unwrap();
    }

    pub async fn what_its_upload_says_needs_no_look_is_submitted(store: &Store) {
        let house = House::new(store).await;
        let by_itself = UploadOptions { auto_save: true, ..UploadOptions::default() };
        let with_a_person = UploadOptions { human_in_loop: Some(true), ..by_itself.clone() };
        let paper = samples::all().into_iter().find(|sample| sample.kind == DocumentKind::TextPdf).unwrap().bytes;
        let cases = [
            (ubl("A-1").into_bytes(), &by_itself, Status::AwaitingApproval),
            // A check fails, a person is asked for, the values are not as sure as that.
            (ubl("A-2").replace(">119.00<", ">119.02<").into_bytes(), &by_itself, Status::NeedsReview),
            (ubl("A-3").into_bytes(), &with_a_person, Status::NeedsReview),
            (paper, &by_itself, Status::NeedsReview),
        ];
        for (document, options, expected) in cases {
            let file = UploadFile { filename: "one".into(), bytes: document.into() };
            let outcomes = house.services.upload(&house.clerk, vec![file], options).await.unwrap();
            house.work().await;
            let id = outcomes[0].invoice_id.unwrap();
            assert_eq!(house.get(id).await.summary.status, expected, "{:?}", house.get(id).await.review_reasons);
            let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
            let is_submitted = history[0].action == "submitted" && history[0].actor == "Reader";
            assert_eq!(is_submitted, expected == Status::AwaitingApproval, "{:?}", history[0]);
        }
    }

    pub async fn a_cancelled_task_saves_nothing(store: &Store) {
        let house = House::new(store).await;
        let id = house.upload(&house.clerk, "one.xml", ubl("A-1")).await;
        let task = house.services.task_claim("worker").await.unwrap().unwrap();
        assert!(house.services.stage_start(&task, Stage::Fetch).await.unwrap());
        let view = house.services.task_cancel(&house.clerk, task.id).await.unwrap();
        assert_eq!(view.state, TaskState::Cancelled);
        assert!(!house.services.stage_start(&task, Stage::Extraction).await.unwrap());
        let invoice = house.get(id).await;
        assert_eq!(invoice.summary.status, Status::Cancelled);
        assert!(invoice.fields.is_empty());
        // Reading it again after all is a new task.
        let again = house.services.task_retry(&house.clerk, task.id).await.unwrap();
        assert_ne!(again.task_id, task.id);
        house.work().await;
        assert_eq!(house.get(id).await.summary.status, Status::NeedsReview);
    }

    pub async fn a_shutdown_gives_the_task_back(store: &Store) {
        let house = House::new(store).await;
        house.upload(&house.clerk, "one.xml", ubl("A-1")).await;
        let task = house.services.task_claim("worker").await.unwrap().unwrap();
        house.services.task_release(&task).await.unwrap();
        let again = house.services.task_claim("other").await.unwrap().unwrap();
        assert_eq!((again.id, again.attempts), (task.id, 1));
    }

    pub async fn reading_again_keeps_what_people_entered(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let edit = FieldEdit::new(Field::PurchaseOrder, 0, "PO 7");
        house.services.edit_fields(&house.clerk, id, "1", &[edit]).await.unwrap();
        house.services.take_step(&house.clerk, id, Step::Cancel, &StepRequest::default()).await.unwrap();
        house.services.take_step(&house.clerk, id, Step::Retry, &StepRequest::default()).await.unwrap();
        house.work().await;
        let invoice = house.get(id).await;
        assert_eq!(invoice.summary.status, Status::NeedsReview);
        assert_eq!(invoice.fields[&Field::PurchaseOrder].value, "PO 7");
        assert_eq!(invoice.fields[&Field::InvoiceNumber].value, "A-1");
    }

    /// What the room of a task was told, in order.
    async fn told(store: &Store, task: TaskId) -> Vec<(TaskState, Option<Status>)> {
        let mut conn = store.read().await.unwrap();
        let log = db::events::event_range(&mut conn, &Room::Task(task), 0, 100).await.unwrap();
        let of = |event: Event| match event {
            Event::ProcessingStatus { data, .. } => Some((data.status, data.invoice_status)),
            _ => None,
        };
        log.into_iter().filter_map(|logged| of(logged.event)).collect()
    }

    pub async fn the_room_of_a_task_hears_its_end_and_its_return(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let id = house.upload(&house.clerk, "one.xml", ubl("A-1")).await;
        let task = services.task_claim("worker").await.unwrap().unwrap();
        services.task_release(&task).await.unwrap();
        assert_eq!(told(store, task.id).await, [(TaskState::Queued, Some(Status::Queued))]);
        let task = services.task_claim("worker").await.unwrap().unwrap();
        assert!(services.stage_start(&task, Stage::Fetch).await.unwrap());
        let busy = TaskError { code: "busy".into(), message: "Busy".into(), stage: "fetch".into() };
        services.task_fail(&task, &busy, true).await.unwrap();
        assert_eq!(told(store, task.id).await[2..], [(TaskState::Queued, Some(Status::Processing))]);
        services.take_step(&house.clerk, id, Step::Cancel, &StepRequest::default()).await.unwrap();
        assert_eq!(told(store, task.id).await[3..], [(TaskState::Cancelled, Some(Status::Cancelled))]);
        let log = db::events::event_range(&mut store.read().await.unwrap(), &Room::Invoice(id), 0, 100).await.unwrap();
        assert_eq!(house.heard.of(id), log, "what was published is what the log holds");
    }

    pub async fn a_paused_task_waits_until_it_is_resumed(store: &Store) {
        let house = House::new(store).await;
        let services = &house.services;
        let id = house.upload(&house.clerk, "one.xml", ubl("A-1")).await;
        let held = services.task_claim("worker").await.unwrap().unwrap();
        assert!(services.stage_start(&held, Stage::Fetch).await.unwrap());
        let reading = services.reader.read(services.task_document(&held).await.unwrap().0).await.unwrap();
        let paused = services.task_pause(&house.clerk, held.id).await.unwrap();
        assert_eq!((paused.state, paused.attempts), (TaskState::Paused, 0));
        // Whoever held it lost it, and nobody takes it.
        assert!(!services.task_renew(&held).await.unwrap());
        assert!(services.reading_save(&held, &reading).await.unwrap().is_err());
        assert_eq!(services.task_claim("other").await.unwrap(), None);
        assert_eq!(
            services.task_pause(&house.clerk, held.id).await.unwrap().state,
            TaskState::Paused,
            "paused is paused"
        );
        assert_eq!(services.task_resume(&house.clerk, held.id).await.unwrap().state, TaskState::Queued);
        assert!(services.reading_save(&held, &reading).await.unwrap().is_err(), "resumed for somebody else");
        house.work().await;
        assert_eq!(house.get(id).await.summary.status, Status::NeedsReview);
        assert_eq!(services.task_resume(&house.clerk, held.id).await.unwrap().state, TaskState::Completed);
        assert_eq!(services.task_pause(&house.clerk, held.id).await.unwrap().state, TaskState::Completed);
        let states: Vec<_> = told(store, held.id).await.into_iter().map(|(state, _)| state).collect();
        use TaskState::{Completed, Paused, Processing, Queued};
        assert_eq!(states, [Processing, Paused, Queued, Processing, Completed]);
        let history = services.invoice_history(&house.clerk, id).await.unwrap();
        let actions: Vec<_> = history.iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(actions, ["read", "resumed", "paused", "uploaded"]);
        let refused = services.task_pause(&house.reader_only(), held.id).await;
        assert!(matches!(refused, Err(AppError::Forbidden { .. })));
    }

    pub async fn the_log_tells_every_step(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let log = db::events::event_range(&mut store.read().await.unwrap(), &Room::Invoice(id), 0, 100).await.unwrap();
        let told: Vec<String> = log
            .iter()
            .map(|logged| match &logged.event {
                Event::InvoiceUpdated { data, .. } => data.action.clone(),
                Event::ProcessingStatus { data, .. } => format!("task {}", data.status.as_str()),
                other => panic!("unexpected: {other:?}"),
            })
            .collect();
        assert_eq!(told, ["uploaded", "started", "task processing", "read", "task completed"]);
        assert!(log.iter().enumerate().all(|(place, logged)| logged.offset == place as i64 + 1));
        assert_eq!(house.heard.of(id), log, "what was published is what the log holds");
    }
}
