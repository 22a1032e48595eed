//! What a person corrects for a supplier is remembered, and right on the supplier's next invoice.

use crate::store::contract;

contract!(
    after_one_correction_the_next_letter_is_right_and_says_why,
    after_one_correction_the_next_banner_is_right_and_says_why,
    after_one_correction_the_next_columns_are_right_and_say_why,
    after_one_correction_the_next_plain_page_is_right_and_says_why,
    a_name_is_written_as_the_clerk_writes_it,
    what_people_leave_twice_is_sure,
    a_rule_that_fails_twice_is_dropped,
    a_rule_that_was_corrected_is_replaced,
    a_misread_supplier_is_known_by_its_letterhead,
    what_is_forgotten_reads_nothing_and_can_be_taken_back,
    only_admins_see_and_forget_what_was_learned,
    an_invoice_decided_twice_teaches_once,
    what_was_not_decided_teaches_nothing,
    an_upload_that_is_gone_holds_nothing_up,
    a_deleted_invoice_takes_no_trust_away,
    what_people_did_before_it_was_read_again_counts,
    a_rule_of_another_supplier_is_not_replaced,
    a_rule_that_was_forgotten_is_not_replaced,
    learning_waits_for_whoever_writes,
    of_many_suppliers_those_learned_from_last_are_listed,
);

mod check {
    use crate::services::House;
    use ap_intake::{
        adapters::samples::{self, Sample},
        db::{
            self, Store,
            learned::{StoredRule, StoredSupplier},
        },
        domain::{
            bank_account::SupplierKeys,
            error::AppError,
            field::Field,
            ids::InvoiceId,
            invoice::{FieldEdit, FieldValue, InvoiceDetail, SURE, StepRequest},
            learned::{Forgotten, LearnedRule, LearnedSupplier},
            learning::{Hint, How, LEARNED},
            reading::{DocumentKind, PageBox, Source},
            status::{Status, Step},
        },
    };

    async fn read(house: &House, sample: &Sample) -> InvoiceDetail {
        let id = house.upload(&house.clerk, &sample.filename, sample.bytes.clone()).await;
        house.work().await;
        house.get(id).await
    }

    async fn type_in(house: &House, id: InvoiceId, field: Field, value: &str) {
        let base = house.get(id).await.fields.get(&field).map_or(0, |value| value.version);
        let edit = FieldEdit::new(field, base, value);
        let mutation = format!("{field} {base} {value}");
        house.services.edit_fields(&house.clerk, id, &mutation, &[edit]).await.unwrap();
    }

    /// Submits it and learns from it.
    async fn submit(house: &House, id: InvoiceId) {
        house.services.take_step(&house.clerk, id, Step::Submit, &StepRequest::default()).await.unwrap();
        learn(house).await;
    }

    async fn learn(house: &House) {
        while house.services.learn_next().await.unwrap() {}
    }

    /// An invoice of the design on which the clerk puts the due date and the order right, decided and learned from.
    async fn taught(house: &House, design: usize) {
        let sample = samples::with_unusual_labels(design, 1);
        let id = read(house, &sample).await.summary.id;
        for field in [Field::DueDate, Field::PurchaseOrder] {
            type_in(house, id, field, &sample.truth[&field]).await;
        }
        submit(house, id).await;
    }

    fn value(invoice: &InvoiceDetail, field: Field) -> Option<&FieldValue> {
        invoice.fields.get(&field).filter(|value| !value.value.is_empty())
    }

    async fn rules(house: &House) -> Vec<LearnedRule> {
        let all = house.services.learned(&house.admin).await.unwrap();
        all.into_iter().flat_map(|supplier: LearnedSupplier| supplier.rules).collect()
    }

    pub async fn after_one_correction_the_next_letter_is_right_and_says_why(store: &Store) {
        next_is_right(store, 0).await;
    }

    pub async fn after_one_correction_the_next_banner_is_right_and_says_why(store: &Store) {
        next_is_right(store, 1).await;
    }

    pub async fn after_one_correction_the_next_columns_are_right_and_say_why(store: &Store) {
        next_is_right(store, 2).await;
    }

    pub async fn after_one_correction_the_next_plain_page_is_right_and_says_why(store: &Store) {
        next_is_right(store, 3).await;
    }

    async fn next_is_right(store: &Store, design: usize) {
        let house = House::new(store).await;
        let untaught = read(&house, &samples::with_unusual_labels(design, 3)).await;
        assert_eq!(value(&untaught, Field::PurchaseOrder), None, "the reader does not know these words");
        taught(&house, design).await;
        let next = samples::with_unusual_labels(design, 2);
        let invoice = read(&house, &next).await;
        for field in [Field::DueDate, Field::PurchaseOrder] {
            let value = value(&invoice, field).unwrap_or_else(|| panic!("{field} is missing"));
            assert_eq!((value.source, value.confidence), (Source::Text, LEARNED), "{field}");
            assert_eq!(value.learned.as_ref().map(|from| &from.person), Some(&house.clerk.name));
            let printed = value.raw.as_deref().unwrap_or(&value.value);
            assert_eq!(words_at(&house, &next, value.place.unwrap()).await, printed, "the box is on its words");
        }
        // These are right, and all else is as before.
        for (field, truth) in &next.truth {
            assert_eq!(value(&invoice, *field).map(|value| &value.value), Some(truth), "{field}");
        }
        let history = house.services.invoice_history(&house.clerk, invoice.summary.id).await.unwrap();
        let note = history.iter().find(|entry| entry.action == "read").unwrap().note.clone();
        assert_eq!(note.as_deref(), Some("As learned from corrections: Due date, Purchase order"));
    }

    async fn words_at(house: &House, sample: &Sample, place: PageBox) -> String {
        let words = house.services.reader.page_words(sample.bytes.clone().into(), place.page).await.unwrap();
        let is_inside = |word: &PageBox| {
            let (x, y) = (word.x + word.w / 2.0, word.y + word.h / 2.0);
            (place.x..place.x + place.w).contains(&x) && (place.y..place.y + place.h).contains(&y)
        };
        let inside = words.iter().filter(|word| is_inside(&word.place));
        inside.map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ")
    }

    pub async fn what_people_leave_twice_is_sure(store: &Store) {
        let house = House::new(store).await;
        taught(&house, 0).await;
        for seed in 2..=3 {
            let invoice = read(&house, &samples::with_unusual_labels(0, seed)).await;
            assert!(value(&invoice, Field::PurchaseOrder).unwrap().confidence < SURE, "{seed}");
            submit(&house, invoice.summary.id).await;
        }
        let invoice = read(&house, &samples::with_unusual_labels(0, 4)).await;
        assert!(value(&invoice, Field::PurchaseOrder).unwrap().confidence >= SURE);
        let rule = rules(&house).await.into_iter().find(|rule| rule.field == Field::PurchaseOrder).unwrap();
        assert_eq!((rule.used, rule.confirmed, rule.corrected, rule.is_trusted), (3, 2, 0, true));

        // One correction, and it has to be confirmed anew.
        type_in(&house, invoice.summary.id, Field::PurchaseOrder, "").await;
        submit(&house, invoice.summary.id).await;
        let invoice = read(&house, &samples::with_unusual_labels(0, 5)).await;
        assert!(value(&invoice, Field::PurchaseOrder).unwrap().confidence < SURE);
    }

    pub async fn a_rule_that_fails_twice_is_dropped(store: &Store) {
        let house = House::new(store).await;
        taught(&house, 1).await;
        for (seed, left) in [(2, true), (3, false)] {
            let invoice = read(&house, &samples::with_unusual_labels(1, seed)).await;
            assert!(value(&invoice, Field::PurchaseOrder).is_some());
            type_in(&house, invoice.summary.id, Field::PurchaseOrder, "not on the page").await;
            submit(&house, invoice.summary.id).await;
            let has_rule = rules(&house).await.iter().any(|rule| rule.field == Field::PurchaseOrder);
            assert_eq!(has_rule, left, "{seed}");
        }
        let invoice = read(&house, &samples::with_unusual_labels(1, 4)).await;
        assert_eq!(value(&invoice, Field::PurchaseOrder), None);
        assert!(value(&invoice, Field::DueDate).is_some(), "the other rule stays");
    }

    pub async fn a_rule_that_was_corrected_is_replaced(store: &Store) {
        let house = House::new(store).await;
        // The clerk took the number of the invoice for that of the order.
        let sample = samples::with_unusual_labels(2, 1);
        let id = read(&house, &sample).await.summary.id;
        type_in(&house, id, Field::PurchaseOrder, &sample.truth[&Field::BuyerPostcode]).await;
        submit(&house, id).await;
        let wrong = rules(&house).await;
        assert_eq!(wrong.len(), 1);

        let sample = samples::with_unusual_labels(2, 2);
        let invoice = read(&house, &sample).await;
        assert_eq!(value(&invoice, Field::PurchaseOrder).unwrap().value, sample.truth[&Field::BuyerPostcode]);
        type_in(&house, invoice.summary.id, Field::PurchaseOrder, &sample.truth[&Field::PurchaseOrder]).await;
        submit(&house, invoice.summary.id).await;
        let right = rules(&house).await;
        assert_eq!((right.len(), right[0].place.as_str()), (1, "right of “Merkwort”"));
        assert_eq!((right[0].id == wrong[0].id, right[0].corrected), (true, 1));

        let sample = samples::with_unusual_labels(2, 3);
        let invoice = read(&house, &sample).await;
        assert_eq!(value(&invoice, Field::PurchaseOrder).unwrap().value, sample.truth[&Field::PurchaseOrder]);
    }

    pub async fn a_name_is_written_as_the_clerk_writes_it(store: &Store) {
        let house = House::new(store).await;
        let id = read(&house, &samples::with_unusual_labels(0, 1)).await.summary.id;
        type_in(&house, id, Field::SupplierName, "As the clerk writes it").await;
        submit(&house, id).await;
        let invoice = read(&house, &samples::with_unusual_labels(0, 2)).await;
        let name = value(&invoice, Field::SupplierName).unwrap();
        assert_eq!((name.value.as_str(), name.source), ("As the clerk writes it", Source::Master));
    }

    pub async fn a_misread_supplier_is_known_by_its_letterhead(store: &Store) {
        let house = House::new(store).await;
        let sample = samples::with_unusual_labels(0, 1);
        let id = read(&house, &sample).await.summary.id;
        // To the clerk, the reader has both wrong: nothing by which the supplier goes is read on the next invoice.
        type_in(&house, id, Field::SupplierName, "The right name").await;
        type_in(&house, id, Field::SupplierVatId, "DE136695976").await;
        type_in(&house, id, Field::PurchaseOrder, &sample.truth[&Field::PurchaseOrder]).await;
        submit(&house, id).await;
        let next = samples::with_unusual_labels(0, 2);
        let invoice = read(&house, &next).await;
        assert_eq!(value(&invoice, Field::SupplierName).unwrap().value, "The right name");
        assert_eq!(value(&invoice, Field::PurchaseOrder).unwrap().value, next.truth[&Field::PurchaseOrder]);
        // A number is never remembered itself.
        assert_eq!(value(&invoice, Field::SupplierVatId).unwrap().value, next.truth[&Field::SupplierVatId]);
        // Other suppliers' paper, to the same buyer, is not taken for it.
        for seed in 1..=12 {
            let other = samples::generate(DocumentKind::TextPdf, seed);
            if other.truth[&Field::SupplierVatId] != next.truth[&Field::SupplierVatId] {
                let invoice = read(&house, &other).await;
                assert!(invoice.fields.values().all(|value| value.learned.is_none()), "{seed}");
            }
        }
    }

    pub async fn what_is_forgotten_reads_nothing_and_can_be_taken_back(store: &Store) {
        let house = House::new(store).await;
        taught(&house, 3).await;
        let all = house.services.learned(&house.admin).await.unwrap();
        let supplier = Forgotten::Supplier(all[0].id.clone());
        let rule = Forgotten::Rule(all[0].rules[0].id.clone());
        house.services.learned_forget(&house.admin, &rule).await.unwrap();
        assert_eq!(rules(&house).await.len(), 1);
        assert!(matches!(house.services.learned_forget(&house.admin, &rule).await, Err(AppError::NotFound { .. })));
        house.services.learned_forget(&house.admin, &supplier).await.unwrap();
        assert_eq!(house.services.learned(&house.admin).await.unwrap(), []);
        let invoice = read(&house, &samples::with_unusual_labels(3, 2)).await;
        assert_eq!(value(&invoice, Field::PurchaseOrder), None);
        house.services.learned_remember(&house.admin, &supplier).await.unwrap();
        let invoice = read(&house, &samples::with_unusual_labels(3, 3)).await;
        assert!(value(&invoice, Field::PurchaseOrder).is_some());
        let mut conn = house.services.store.read().await.unwrap();
        let audited = db::history::history_list(&mut conn, InvoiceId(uuid::Uuid::nil())).await.unwrap();
        let actions: Vec<&str> = audited.iter().map(|entry| entry.action.as_str()).collect();
        let forgotten = "learned_forgotten";
        assert_eq!(actions, ["learned_remembered", "learned_remembered", forgotten, forgotten]);
    }

    pub async fn only_admins_see_and_forget_what_was_learned(store: &Store) {
        let house = House::new(store).await;
        taught(&house, 0).await;
        let rule = Forgotten::Rule(rules(&house).await[0].id.clone());
        for actor in [&house.clerk, &house.reviewer] {
            assert!(matches!(house.services.learned(actor).await, Err(AppError::Forbidden { .. })));
            assert!(matches!(house.services.learned_forget(actor, &rule).await, Err(AppError::Forbidden { .. })));
        }
    }

    pub async fn an_invoice_decided_twice_teaches_once(store: &Store) {
        let house = House::new(store).await;
        taught(&house, 0).await;
        let next = read(&house, &samples::with_unusual_labels(0, 2)).await.summary.id;
        submit(&house, next).await;
        let before = rules(&house).await;
        house.services.take_step(&house.reviewer, next, Step::Approve, &StepRequest::default()).await.unwrap();
        learn(&house).await;
        assert_eq!(rules(&house).await, before);
        assert_eq!(house.get(next).await.summary.status, Status::Approved);
        let mut conn = store.read().await.unwrap();
        assert_eq!(db::learned::queue_count(&mut conn).await.unwrap(), 0);
    }

    pub async fn what_was_not_decided_teaches_nothing(store: &Store) {
        let house = House::new(store).await;
        let sample = samples::with_unusual_labels(0, 1);
        let id = read(&house, &sample).await.summary.id;
        type_in(&house, id, Field::PurchaseOrder, &sample.truth[&Field::PurchaseOrder]).await;
        learn(&house).await;
        assert_eq!(rules(&house).await, []);
    }

    async fn take_steps(house: &House, id: InvoiceId, steps: &[Step]) {
        for step in steps {
            let actor = if *step == Step::Reopen { &house.reviewer } else { &house.clerk };
            house.services.take_step(actor, id, *step, &StepRequest::default()).await.unwrap();
        }
    }

    /// How many decided invoices wait to be learned from.
    async fn waiting(store: &Store) -> i64 {
        db::learned::queue_count(&mut store.read().await.unwrap()).await.unwrap()
    }

    async fn rule_of(house: &House, field: Field) -> LearnedRule {
        let found: Vec<LearnedRule> = rules(house).await.into_iter().filter(|rule| rule.field == field).collect();
        assert_eq!(found.len(), 1, "{field}");
        found[0].clone()
    }

    pub async fn an_upload_that_is_gone_holds_nothing_up(store: &Store) {
        let house = House::new(store).await;
        taught(&house, 0).await;
        let id = read(&house, &samples::with_unusual_labels(0, 2)).await.summary.id;
        type_in(&house, id, Field::PurchaseOrder, "not on the page").await;
        let before = rules(&house).await;
        take_steps(&house, id, &[Step::Submit, Step::Reopen]).await;
        house.services.invoice_delete(&house.clerk, id).await.unwrap();
        assert_eq!(waiting(store).await, 1);
        learn(&house).await;
        assert_eq!(waiting(store).await, 0);
        assert_eq!(rules(&house).await, before);
    }

    pub async fn a_deleted_invoice_takes_no_trust_away(store: &Store) {
        let house = House::new(store).await;
        taught(&house, 0).await;
        for seed in 2..=3 {
            let id = read(&house, &samples::with_unusual_labels(0, seed)).await.summary.id;
            submit(&house, id).await;
        }
        let id = read(&house, &samples::with_unusual_labels(0, 4)).await.summary.id;
        let before = rules(&house).await;
        assert!(before.iter().all(|rule| rule.is_trusted && rule.used == 3), "{before:?}");
        take_steps(&house, id, &[Step::Submit, Step::Reopen]).await;
        house.services.invoice_delete(&house.clerk, id).await.unwrap();
        let left = db::learned::use_list(&mut store.read().await.unwrap(), id).await.unwrap();
        assert!(left.is_empty(), "its values are gone with it: {left:?}");
        learn(&house).await;
        assert_eq!(rules(&house).await, before);
    }

    pub async fn what_people_did_before_it_was_read_again_counts(store: &Store) {
        let house = House::new(store).await;
        taught(&house, 0).await;
        let sample = samples::with_unusual_labels(0, 2);
        let id = read(&house, &sample).await.summary.id;
        type_in(&house, id, Field::PurchaseOrder, &sample.truth[&Field::PurchaseOrder]).await;
        type_in(&house, id, Field::DueDate, "2031-01-15").await;
        take_steps(&house, id, &[Step::Cancel, Step::Retry]).await;
        house.work().await;
        submit(&house, id).await;
        let counted = |rule: LearnedRule| (rule.used, rule.confirmed, rule.corrected);
        assert_eq!(counted(rule_of(&house, Field::PurchaseOrder).await), (1, 1, 0));
        assert_eq!(counted(rule_of(&house, Field::DueDate).await), (1, 0, 1));
    }

    /// A rule that takes the buyer's postcode for the order, and an invoice on which it did.
    async fn misled(house: &House) -> (LearnedRule, Sample, InvoiceId) {
        let sample = samples::with_unusual_labels(2, 1);
        let id = read(house, &sample).await.summary.id;
        type_in(house, id, Field::PurchaseOrder, &sample.truth[&Field::BuyerPostcode]).await;
        submit(house, id).await;
        let sample = samples::with_unusual_labels(2, 2);
        let invoice = read(house, &sample).await;
        let order = value(&invoice, Field::PurchaseOrder).unwrap();
        assert_eq!(order.value, sample.truth[&Field::BuyerPostcode]);
        (rule_of(house, Field::PurchaseOrder).await, sample, invoice.summary.id)
    }

    pub async fn a_rule_of_another_supplier_is_not_replaced(store: &Store) {
        let house = House::new(store).await;
        let (rule, sample, id) = misled(&house).await;
        let first = house.services.learned(&house.admin).await.unwrap().remove(0);
        // What was taken for the first supplier's invoice is another one's, and its order stands elsewhere.
        type_in(&house, id, Field::SupplierName, "Another supplier").await;
        type_in(&house, id, Field::SupplierVatId, "DE136695976").await;
        type_in(&house, id, Field::PurchaseOrder, &sample.truth[&Field::PurchaseOrder]).await;
        submit(&house, id).await;
        let (own, others): (Vec<LearnedSupplier>, Vec<LearnedSupplier>) = house
            .services
            .learned(&house.admin)
            .await
            .unwrap()
            .into_iter()
            .partition(|supplier| supplier.id == first.id);
        assert_eq!(own.iter().map(|supplier| supplier.rules.len()).collect::<Vec<_>>(), [1]);
        let now = &own[0].rules[0];
        assert_eq!((&now.id, &now.place, now.corrected), (&rule.id, &rule.place, 1));
        let orders = others.iter().flat_map(|supplier| &supplier.rules);
        let orders: Vec<&LearnedRule> = orders.filter(|rule| rule.field == Field::PurchaseOrder).collect();
        assert_eq!((orders.len(), orders[0].place.as_str()), (1, "right of “Merkwort”"));
    }

    pub async fn a_rule_that_was_forgotten_is_not_replaced(store: &Store) {
        let house = House::new(store).await;
        let (rule, sample, id) = misled(&house).await;
        let forgotten = Forgotten::Rule(rule.id.clone());
        house.services.learned_forget(&house.admin, &forgotten).await.unwrap();
        type_in(&house, id, Field::PurchaseOrder, &sample.truth[&Field::PurchaseOrder]).await;
        submit(&house, id).await;
        let new = rule_of(&house, Field::PurchaseOrder).await;
        assert_eq!((new.id != rule.id, new.place.as_str()), (true, "right of “Merkwort”"));
        house.services.learned_remember(&house.admin, &forgotten).await.unwrap();
        let remembered = rules(&house).await.into_iter().find(|one| one.id == rule.id).unwrap();
        assert_eq!(remembered.place, rule.place);
    }

    pub async fn learning_waits_for_whoever_writes(store: &Store) {
        if !store.is_shared() {
            // SQLite has one writer: whoever comes waits for its connection.
            return;
        }
        let house = House::new(store).await;
        taught(&house, 0).await;
        let id = read(&house, &samples::with_unusual_labels(0, 2)).await.summary.id;
        take_steps(&house, id, &[Step::Submit]).await;
        let saves = store.begin().await.unwrap();
        let services = house.services.clone();
        let learning = tokio::spawn(async move { services.learn_next().await });
        while !learning.is_finished() && locks_waited_for(store).await == 0 {
            tokio::task::yield_now().await;
        }
        assert!(!learning.is_finished(), "both would count for the same rules");
        saves.rollback().await.unwrap();
        assert!(learning.await.unwrap().unwrap());
        assert_eq!(waiting(store).await, 0);
    }

    /// How many connections of this database wait for another one. PostgreSQL only.
    async fn locks_waited_for(store: &Store) -> i64 {
        let sql =
            "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        sqlx::query_scalar(sql).fetch_one(&mut *store.read().await.unwrap()).await.unwrap()
    }

    pub async fn of_many_suppliers_those_learned_from_last_are_listed(store: &Store) {
        let how = How::Constant("EUR".to_owned());
        let hint = Hint { field: Field::Currency, instead_of: None, how };
        let mut tx = store.begin().await.unwrap();
        for at in 0..=1_000 {
            let id = format!("{at:04}");
            let keys = SupplierKeys::new("", "", id.clone());
            let supplier = StoredSupplier { id: id.clone(), name: id.clone(), keys, misread_vat_id: String::new() };
            db::learned::supplier_put(&mut tx, &supplier, &[]).await.unwrap();
            let invoice = InvoiceId(uuid::Uuid::nil());
            let rule = StoredRule::new(id.clone(), id, hint.clone(), "Clerk".to_owned(), at, invoice);
            db::learned::rule_put(&mut tx, &rule).await.unwrap();
        }
        tx.commit().await.unwrap();
        let listed = db::learned::learned_list(&mut store.read().await.unwrap()).await.unwrap();
        assert_eq!((listed.len(), listed[0].0.name.as_str()), (1_000, "0001"));
        assert!(listed.iter().all(|(supplier, rules)| rules.len() == 1 && rules[0].supplier == supplier.id));
    }
}
