//! The list: filters, orders, pages by number and by cursor, neighbours.

use super::contract;

contract!(filters_select, cursors_visit_every_row_once, neighbours_follow_the_order, odd_words_are_taken_literally);

mod check {
    use crate::store::{add_invoice, add_user};
    use ap_intake::{
        db::{self, Store, invoices::ListValues, list::invoice_list},
        domain::{
            ids::InvoiceId,
            invoice::{InvoiceQuery, Sort},
            roles::Role,
            status::Status,
        },
    };

    /// Nine invoices: supplier a, b, c in turn, gross 1 to 9, the first four to review.
    async fn fill(store: &Store) -> Vec<InvoiceId> {
        let user = add_user(store, "a@example.com", Role::Clerk).await;
        let mut ids = Vec::new();
        for number in 1..=9_i64 {
            let id = add_invoice(store, user, &format!("file{number}")).await;
            let supplier = ["a", "b", "c"][(number % 3) as usize];
            let values = ListValues {
                supplier_name: supplier.into(),
                supplier_key: supplier.into(),
                invoice_number: format!("N-{number}"),
                number_key: format!("N{number}"),
                issue_date: format!("2026-11-0{number}"),
                gross_total: format!("{number}.00"),
                gross_order: number * 10_000,
                search: format!("{supplier} n-{number} 50%_x"),
                ..ListValues::default()
            };
            let mut tx = store.begin().await.unwrap();
            db::invoices::invoice_set_list_values(&mut tx, id, &values, number).await.unwrap();
            if number <= 4 {
                db::invoices::invoice_set_status(&mut tx, id, Status::NeedsReview, None, number).await.unwrap();
            }
            tx.commit().await.unwrap();
            ids.push(id);
        }
        ids
    }

    async fn numbers(store: &Store, query: &InvoiceQuery) -> (Vec<String>, i64) {
        let page = invoice_list(&mut store.read().await.unwrap(), query).await.unwrap();
        let numbers = page.invoices.into_iter().map(|invoice| invoice.invoice_number.unwrap_or_default()).collect();
        (numbers, page.total)
    }

    fn query() -> InvoiceQuery {
        InvoiceQuery { sort: Sort::parse("gross"), ..InvoiceQuery::default() }
    }

    pub async fn filters_select(store: &Store) {
        fill(store).await;
        let by = |query: InvoiceQuery| async move { numbers(store, &query).await };
        assert_eq!(by(query()).await.1, 9);
        let review = by(InvoiceQuery { status: Some(Status::NeedsReview), ..query() }).await;
        assert_eq!(review, (["N-1", "N-2", "N-3", "N-4"].map(String::from).to_vec(), 4));
        let supplier = by(InvoiceQuery { supplier: Some(" B ".into()), ..query() }).await;
        assert_eq!(supplier, (["N-1", "N-4", "N-7"].map(String::from).to_vec(), 3));
        let words = by(InvoiceQuery { q: Some("N-5".into()), ..query() }).await;
        assert_eq!(words, (vec!["N-5".to_owned()], 1));
        let range = by(InvoiceQuery { min: Some("2.5".into()), max: Some("4".into()), ..query() }).await;
        assert_eq!(range.0, ["N-3", "N-4"]);
        let dates =
            by(InvoiceQuery { from: Some("2026-11-08".into()), to: Some("2026-11-08".into()), ..query() }).await;
        assert_eq!(dates.0, ["N-8"]);
        let second = by(InvoiceQuery { page: Some(2), limit: Some(4), sort: Sort::parse("-gross"), ..query() }).await;
        assert_eq!(second, (["N-5", "N-4", "N-3", "N-2"].map(String::from).to_vec(), 9));
        assert_eq!(by(InvoiceQuery::default()).await.0.first().map(String::as_str), Some("N-9"), "newest first");
    }

    pub async fn cursors_visit_every_row_once(store: &Store) {
        fill(store).await;
        for sort in ["supplier", "-supplier", "gross", "-created", "created", "-date", "status", "number", "due"] {
            let mut seen = Vec::new();
            let mut query = InvoiceQuery { sort: Sort::parse(sort), limit: Some(2), ..InvoiceQuery::default() };
            loop {
                let page = invoice_list(&mut store.read().await.unwrap(), &query).await.unwrap();
                seen.extend(page.invoices.into_iter().map(|invoice| invoice.id));
                query.cursor = page.next_cursor;
                if query.cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen.len(), 9, "{sort}");
            seen.sort();
            seen.dedup();
            assert_eq!(seen.len(), 9, "{sort}");
        }
    }

    pub async fn neighbours_follow_the_order(store: &Store) {
        let ids = fill(store).await;
        let query = InvoiceQuery { status: Some(Status::NeedsReview), ..query() };
        let mut conn = store.read().await.unwrap();
        let middle = db::list::invoice_neighbours(&mut conn, ids[1], &query).await.unwrap();
        assert_eq!((middle.previous, middle.next, middle.place, middle.total), (Some(ids[0]), Some(ids[2]), 2, 4));
        let last = db::list::invoice_neighbours(&mut conn, ids[3], &query).await.unwrap();
        assert_eq!((last.previous, last.next, last.place), (Some(ids[2]), None, 4));
        let outside = db::list::invoice_neighbours(&mut conn, ids[8], &query).await.unwrap();
        assert_eq!((outside.place, outside.total), (0, 4));
    }

    pub async fn odd_words_are_taken_literally(store: &Store) {
        fill(store).await;
        for (words, found) in [("50%_x", 9), ("5%x", 0), ("_", 9), ("\\", 0), ("'; DROP TABLE invoices; --", 0)] {
            let query = InvoiceQuery { q: Some(words.into()), ..query() };
            assert_eq!(numbers(store, &query).await.1, found, "{words}");
        }
    }
}
