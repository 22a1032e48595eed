//! Invoices and their fields.

use super::contract;

contract!(a_row_comes_back_as_written, fields_come_back_as_written, numbers_come_and_go, counts_follow_every_change,);

mod check {
    use crate::store::{add_invoice, add_user};
    use ap_intake::{
        db::{
            self, Store,
            fields::StoredField,
            invoices::{Findings, ListValues},
            now_ms,
        },
        domain::{
            field::Field,
            invoice::FieldValue,
            reading::{PageBox, PageSize, Source},
            roles::Role,
            status::Status,
        },
    };

    pub async fn a_row_comes_back_as_written(store: &Store) {
        let user = add_user(store, "a@example.com", Role::Clerk).await;
        let id = add_invoice(store, user, "f1").await;
        let mut tx = store.begin().await.unwrap();
        let pages = [PageSize { width: 595.0, height: 842.0 }];
        let findings = Findings {
            kind: "text_pdf",
            syntax: None,
            pages: &pages,
            notes: &[],
            broken_rules: &[],
            parts: &[],
            allowances: &[],
        };
        db::invoices::invoice_set_findings(&mut tx, id, &findings).await.unwrap();
        let values = ListValues {
            supplier_name: "Acme".into(),
            due_date: "2020-01-01".into(),
            confidence: Some(0.5),
            ..ListValues::default()
        };
        db::invoices::invoice_set_list_values(&mut tx, id, &values, 9).await.unwrap();
        db::invoices::invoice_set_status(&mut tx, id, Status::NeedsReview, None, 10).await.unwrap();
        tx.commit().await.unwrap();
        let row = db::invoices::invoice_get(&mut store.read().await.unwrap(), id).await.unwrap().unwrap();
        assert_eq!(row.pages, pages);
        assert_eq!(row.summary.supplier_name.as_deref(), Some("Acme"));
        assert_eq!(row.summary.invoice_number, None);
        assert_eq!(row.summary.confidence, Some(0.5));
        assert_eq!((row.summary.version, row.summary.updated_at), (3, 10));
        assert!(row.summary.overdue);
        assert_eq!(row.uploaded_by, user);
    }

    pub async fn fields_come_back_as_written(store: &Store) {
        let user = add_user(store, "a@example.com", Role::Clerk).await;
        let id = add_invoice(store, user, "f1").await;
        let place = PageBox { page: 2, x: 0.25, y: 0.5, w: 0.125, h: 0.0625 };
        let mut stored = StoredField {
            value: FieldValue {
                value: "1190.00".into(),
                raw: Some("1.190,00".into()),
                confidence: 0.75,
                page: Some(2),
                place: Some(place),
                source: Source::Text,
                version: 1,
                verified_by: None,
                learned: None,
            },
            changed_by: "Reader".into(),
            changed_at: 3,
        };
        for version in 1..=2 {
            stored.value.version = version;
            let mut tx = store.begin().await.unwrap();
            // Many lines: more than one statement writes.
            let all: Vec<Field> = (1..=450).map(Field::Line).chain([Field::GrossTotal]).collect();
            db::fields::field_put_all(&mut tx, id, all.iter().map(|field| (*field, &stored))).await.unwrap();
            tx.commit().await.unwrap();
            let fields = db::fields::field_list(&mut store.read().await.unwrap(), id).await.unwrap();
            assert_eq!(fields.len(), all.len());
            assert_eq!(all.iter().find(|field| fields.get(field) != Some(&stored)), None);
        }
    }

    /// On one connection, whose statements are prepared once.
    pub async fn numbers_come_and_go(store: &Store) {
        let user = add_user(store, "a@example.com", Role::Clerk).await;
        let id = add_invoice(store, user, "one").await;
        let mut tx = store.begin().await.unwrap();
        for number in [None, Some(0.25_f32), None, Some(0.1)] {
            let place = number.map(|x| PageBox { page: 1, x, y: 0.5, w: 0.125, h: 0.0625 });
            let page = place.map(|place| place.page);
            let value = FieldValue { value: "x".into(), page, place, ..FieldValue::empty(Source::Text) };
            let stored = StoredField { value, changed_by: "A".into(), changed_at: 1 };
            db::fields::field_put_all(&mut tx, id, std::iter::once((Field::Note, &stored))).await.unwrap();
            let read = db::fields::field_list(&mut tx, id).await.unwrap();
            assert_eq!(read[&Field::Note].value.place, place);
            let values = ListValues { confidence: number.map(f64::from), ..ListValues::default() };
            db::invoices::invoice_set_list_values(&mut tx, id, &values, 1).await.unwrap();
            let summary = db::invoices::invoice_summary(&mut tx, id).await.unwrap().unwrap();
            assert_eq!(summary.confidence, number);
        }
        tx.commit().await.unwrap();
    }

    pub async fn counts_follow_every_change(store: &Store) {
        let user = add_user(store, "a@example.com", Role::Clerk).await;
        let (one, two) = (add_invoice(store, user, "f1").await, add_invoice(store, user, "f2").await);
        let mut tx = store.begin().await.unwrap();
        db::invoices::invoice_set_status(&mut tx, one, Status::NeedsReview, None, now_ms()).await.unwrap();
        db::invoices::invoice_set_status(&mut tx, one, Status::Approved, None, now_ms()).await.unwrap();
        assert!(db::invoices::invoice_delete(&mut tx, two).await.unwrap());
        assert!(!db::invoices::invoice_delete(&mut tx, two).await.unwrap());
        tx.commit().await.unwrap();
        let stats = db::stats::stats(&mut store.read().await.unwrap(), now_ms()).await.unwrap();
        assert_eq!(stats.counts.into_iter().collect::<Vec<_>>(), [("approved".to_owned(), 1)]);
        assert_eq!(stats.done_today, 1);
        assert!(stats.hours_to_approve.is_some_and(|hours| (0.0..1.0).contains(&hours)));
    }
}
