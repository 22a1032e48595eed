//! What a supplier's earlier invoices came to.

use super::contract;

contract!(the_newest_approved_ones_are_compared);

mod check {
    use crate::store::{add_invoice, add_user};
    use ap_intake::{
        db::{self, Store, invoices::ListValues, supplier_past::past_amounts},
        domain::{roles::Role, status::Status},
    };

    pub async fn the_newest_approved_ones_are_compared(store: &Store) {
        let user = add_user(store, "a@example.com", Role::Clerk).await;
        let of = |supplier: &str, vat_id: &str, currency: &str, gross_order| ListValues {
            supplier_key: supplier.into(),
            supplier_vat_key: vat_id.into(),
            currency: currency.into(),
            gross_order,
            ..ListValues::default()
        };
        let mut ids = Vec::new();
        for (status, values) in [
            (Status::Approved, of("acme", "DE136695976", "EUR", 1)),
            (Status::Exported, of("acme", "", "EUR", 2)),
            (Status::Approved, of("renamed", "DE136695976", "EUR", 3)),
            (Status::Approved, of("acme", "DE136695976", "USD", 4)),
            (Status::Approved, of("other", "", "EUR", 5)),
            (Status::NeedsReview, of("acme", "DE136695976", "EUR", 6)),
            (Status::Rejected, of("acme", "DE136695976", "EUR", 7)),
            (Status::Approved, of("acme", "DE136695976", "EUR", -8)),
            (Status::ExportFailed, of("acme", "DE136695976", "EUR", 9)),
        ] {
            let id = add_invoice(store, user, &ids.len().to_string()).await;
            let mut tx = store.begin().await.unwrap();
            db::invoices::invoice_set_list_values(&mut tx, id, &values, 1).await.unwrap();
            db::invoices::invoice_set_status(&mut tx, id, status, None, 1).await.unwrap();
            tx.commit().await.unwrap();
            ids.push(id);
        }
        let mut conn = store.read().await.unwrap();
        let asked = of("acme", "DE136695976", "EUR", 10);
        let mut amounts =
            async |id, values: &ListValues, most| past_amounts(&mut conn, id, values, most).await.unwrap();
        assert_eq!(amounts(ids[5], &asked, 30).await, [9, 3, 2, 1]);
        assert_eq!(amounts(ids[5], &asked, 2).await, [9, 3], "the newest");
        assert_eq!(amounts(ids[8], &asked, 30).await, [3, 2, 1], "not itself");
        assert_eq!(amounts(ids[5], &of("", "", "EUR", 10), 30).await, Vec::<i64>::new(), "of nobody");
    }
}
