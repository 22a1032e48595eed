//! Migrations that change what is stored, run on a database that holds something.

use super::contract;

contract!(lines_and_vat_rows_become_values);

mod check {
    use crate::store::{add_invoice, add_user};
    use ap_intake::{
        db::{self, Backend, Store},
        domain::{
            field::Field,
            reading::{InvoiceLine, PageBox, Source, VatRow},
            roles::Role,
        },
    };

    fn rows_sql(store: &Store) -> &'static str {
        match store.backend() {
            Backend::Sqlite => include_str!("../../../migrations/sqlite/0004_rows.sql"),
            Backend::Postgres => include_str!("../../../migrations/postgres/0004_rows.sql"),
        }
    }

    /// The columns as they were before it, with what programs of that time wrote.
    const BEFORE: &str = "ALTER TABLE invoices ADD COLUMN lines TEXT NOT NULL DEFAULT '[]';
        ALTER TABLE invoices ADD COLUMN vat_rows TEXT NOT NULL DEFAULT '[]';";
    const LINES: &str = r#"[
        {"id":"1","description":"Büro \"A\"","quantity":"2","unit_price":"5.00","net":"10.00","tax_rate":"19",
         "box":{"page":2,"x":0.25,"y":0.5,"w":0.125,"h":0.0625}},
        {"id":"2","description":"Fracht","quantity":null,"net":"-1.50"}]"#;
    const VAT_ROWS: &str = r#"[{"category":"S","rate":"19","base":"8.50","tax":"1.62"}]"#;

    pub async fn lines_and_vat_rows_become_values(store: &Store) {
        let user = add_user(store, "a@example.com", Role::Clerk).await;
        let (full, empty) = (add_invoice(store, user, "full").await, add_invoice(store, user, "empty").await);
        let mut tx = store.begin_quiet().await.unwrap();
        sqlx::raw_sql(BEFORE).execute(&mut *tx).await.unwrap();
        sqlx::query("UPDATE invoices SET lines = $1, vat_rows = $2, kind = 'text_pdf' WHERE id = $3")
            .bind(LINES)
            .bind(VAT_ROWS)
            .bind(full.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::raw_sql(rows_sql(store)).execute(&mut *tx).await.unwrap();

        let stored = db::fields::field_list(&mut tx, full).await.unwrap();
        assert_eq!(stored.keys().copied().collect::<Vec<_>>(), [Field::Line(1), Field::Line(2), Field::VatRow(1)]);
        let line = |number| serde_json::from_str::<InvoiceLine>(&stored[&Field::Line(number)].value.value).unwrap();
        assert_eq!(
            (line(1).description.as_str(), line(1).net.as_deref(), line(1).place),
            ("Büro \"A\"", Some("10.00"), None)
        );
        assert_eq!((line(2).quantity, line(2).net.as_deref()), (None, Some("-1.50")));
        let row: VatRow = serde_json::from_str(&stored[&Field::VatRow(1)].value.value).unwrap();
        assert_eq!((row.base.as_deref(), row.tax.as_deref()), (Some("8.50"), Some("1.62")));
        let first = &stored[&Field::Line(1)].value;
        assert_eq!((first.page, first.source, first.version), (Some(2), Source::Text, 1));
        assert_eq!(first.place, Some(PageBox { page: 2, x: 0.25, y: 0.5, w: 0.125, h: 0.0625 }));
        assert_eq!(stored[&Field::Line(2)].value.place, None);
        assert!(db::fields::field_list(&mut tx, empty).await.unwrap().is_empty());
        // Seen by the program as it is now, without the columns.
        assert!(db::invoices::invoice_get(&mut tx, full).await.unwrap().is_some());
        tx.commit().await.unwrap();
    }
}
