//! Invoices that look like another one.

use super::contract;

contract!(
    twins_are_found,
    a_supplier_is_known_by_its_vat_id_too,
    all_but_the_supplier_is_enough,
    a_dismissal_is_of_one_twin_and_its_number,
    what_was_dismissed_before_stays_so,
);

mod check {
    use crate::store::{add_invoice, add_user};
    use ap_intake::{
        db::{
            self, Backend, Store, Tx,
            invoices::ListValues,
            twins::{Twin, twin_alike, twin_dismiss, twin_with_file},
        },
        domain::{duplicate::Likeness, ids::InvoiceId, roles::Role},
    };

    fn values() -> ListValues {
        ListValues {
            supplier_key: "acme gmbh".into(),
            supplier_vat_key: "DE136695976".into(),
            number_key: "117".into(),
            gross_total: "10.00".into(),
            gross_order: 100_000,
            issue_date: "2026-11-02".into(),
            currency: "EUR".into(),
            ..ListValues::default()
        }
    }

    /// So many invoices, each with its file, and a transaction.
    async fn some<const N: usize>(store: &Store) -> ([InvoiceId; N], Tx) {
        let user = add_user(store, "a@example.com", Role::Clerk).await;
        let mut ids = Vec::new();
        for number in 0..N {
            ids.push(add_invoice(store, user, &number.to_string()).await);
        }
        (ids.try_into().unwrap(), store.begin().await.unwrap())
    }

    async fn write(tx: &mut Tx, id: InvoiceId, values: &ListValues) {
        db::invoices::invoice_set_list_values(tx, id, values, 1).await.unwrap();
    }

    /// What `id` looks like with these values.
    async fn alike(tx: &mut Tx, id: InvoiceId, values: &ListValues) -> Option<(InvoiceId, Likeness)> {
        twin_alike(tx, id, values).await.unwrap().map(|Twin { id, likeness }| (id, likeness))
    }

    pub async fn twins_are_found(store: &Store) {
        let user = add_user(store, "a@example.com", Role::Clerk).await;
        let (one, two) = (add_invoice(store, user, "same").await, add_invoice(store, user, "same").await);
        let mut values = values();
        let mut tx = store.begin().await.unwrap();
        write(&mut tx, one, &values).await;
        assert_eq!(twin_with_file(&mut tx, "same", two).await.unwrap(), Some(one));
        assert_eq!(twin_with_file(&mut tx, "same", one).await.unwrap(), None);
        assert_eq!(alike(&mut tx, two, &values).await, Some((one, Likeness::Number)));
        assert_eq!(alike(&mut tx, one, &values).await, None, "not itself");
        // The later one was read first.
        write(&mut tx, two, &values).await;
        assert_eq!(alike(&mut tx, one, &values).await, Some((two, Likeness::Number)));
        db::invoices::invoice_set_checks(&mut tx, two, &[], &[], Some(one)).await.unwrap();
        assert_eq!(alike(&mut tx, one, &values).await, None, "marked itself");
        assert_eq!(alike(&mut tx, two, &values).await, Some((one, Likeness::Number)));
        values.number_key = "118".into();
        assert_eq!(alike(&mut tx, two, &values).await, Some((one, Likeness::AmountAndDate)));
        values.issue_date = "2026-11-03".into();
        assert_eq!(alike(&mut tx, two, &values).await, None);
        tx.commit().await.unwrap();
    }

    pub async fn a_supplier_is_known_by_its_vat_id_too(store: &Store) {
        let ([one, two], mut tx) = some(store).await;
        write(&mut tx, one, &values()).await;
        let renamed = ListValues { supplier_key: "acme trading".into(), ..values() };
        let next_year = ListValues { issue_date: "2027-11-02".into(), gross_order: 7, ..renamed.clone() };
        assert_eq!(alike(&mut tx, two, &next_year).await, Some((one, Likeness::Number)));
        let other_number = ListValues { number_key: "118".into(), ..renamed.clone() };
        assert_eq!(alike(&mut tx, two, &other_number).await, Some((one, Likeness::AmountAndDate)));
        // Neither name nor VAT id is no supplier, and the same of both.
        let nobody = ListValues { supplier_key: String::new(), supplier_vat_key: String::new(), ..next_year.clone() };
        write(&mut tx, one, &nobody).await;
        assert_eq!(alike(&mut tx, two, &ListValues { gross_order: 8, ..nobody }).await, None);
        let by_name = ListValues { supplier_vat_key: String::new(), ..next_year };
        write(&mut tx, one, &by_name).await;
        assert_eq!(alike(&mut tx, two, &by_name).await, Some((one, Likeness::Number)));
    }

    pub async fn all_but_the_supplier_is_enough(store: &Store) {
        let ([one, two], mut tx) = some(store).await;
        write(&mut tx, one, &values()).await;
        let other = ListValues { supplier_key: "other".into(), supplier_vat_key: "IT00743110157".into(), ..values() };
        assert_eq!(alike(&mut tx, two, &other).await, Some((one, Likeness::AllButSupplier)));
        for differs in [
            ListValues { number_key: "118".into(), ..other.clone() },
            ListValues { number_key: String::new(), ..other.clone() },
            ListValues { issue_date: "2026-11-03".into(), ..other.clone() },
            ListValues { gross_order: 100_001, ..other.clone() },
            ListValues { currency: "USD".into(), ..other.clone() },
        ] {
            assert_eq!(alike(&mut tx, two, &differs).await, None, "{differs:?}");
        }
    }

    pub async fn a_dismissal_is_of_one_twin_and_its_number(store: &Store) {
        let ([one, two, three], mut tx) = some(store).await;
        write(&mut tx, one, &values()).await;
        write(&mut tx, two, &values()).await;
        twin_dismiss(&mut tx, two, one, 5).await.unwrap();
        assert_eq!(alike(&mut tx, two, &values()).await, None);
        assert_eq!(alike(&mut tx, one, &values()).await, None, "and it is no other's twin");
        // Another one.
        write(&mut tx, three, &values()).await;
        assert_eq!(alike(&mut tx, two, &values()).await, Some((three, Likeness::Number)));
        assert_eq!(
            alike(&mut tx, three, &values()).await,
            Some((one, Likeness::Number)),
            "it was not said of this one"
        );
        twin_dismiss(&mut tx, three, one, 6).await.unwrap();
        assert_eq!(alike(&mut tx, three, &values()).await, Some((two, Likeness::Number)));
        twin_dismiss(&mut tx, three, two, 7).await.unwrap();
        assert_eq!(alike(&mut tx, three, &values()).await, None);
        // Under another number it is another question, until it is answered again.
        let renumbered = ListValues { number_key: "118".into(), ..values() };
        write(&mut tx, two, &renumbered).await;
        assert_eq!(alike(&mut tx, two, &renumbered).await, Some((one, Likeness::AmountAndDate)));
        twin_dismiss(&mut tx, two, one, 8).await.unwrap();
        twin_dismiss(&mut tx, two, three, 8).await.unwrap();
        assert_eq!(alike(&mut tx, two, &renumbered).await, None);
        write(&mut tx, one, &renumbered).await;
        assert_eq!(alike(&mut tx, two, &renumbered).await, Some((one, Likeness::Number)), "the other's number changed");
        // It goes with the invoice.
        assert!(db::invoices::invoice_delete(&mut tx, three).await.unwrap());
        tx.commit().await.unwrap();
    }

    /// The migration, on a database where people said so before.
    pub async fn what_was_dismissed_before_stays_so(store: &Store) {
        let ([one, two, three], mut tx) = some(store).await;
        for (id, supplier) in [(one, "acme gmbh"), (two, "acme gmbh"), (three, "somebody")] {
            write(&mut tx, id, &ListValues { supplier_key: supplier.into(), ..values() }).await;
        }
        let entry = db::history::NewEntry {
            at: 5,
            actor_id: None,
            actor_name: "Cleo",
            action: "not_duplicate",
            changes: &[],
            note: None,
        };
        db::history::history_append(&mut tx, two, entry).await.unwrap();
        let whole = match store.backend() {
            Backend::Sqlite => include_str!("../../../migrations/sqlite/0012_twins.sql"),
            Backend::Postgres => include_str!("../../../migrations/postgres/0012_twins.sql"),
        };
        let filling = &whole[whole.find("INSERT INTO not_duplicates").unwrap()..];
        sqlx::raw_sql(filling).execute(&mut *tx).await.unwrap();
        let by_name = ListValues { supplier_vat_key: String::new(), issue_date: "2026-12-02".into(), ..values() };
        assert_eq!(alike(&mut tx, two, &by_name).await, None);
        assert_eq!(alike(&mut tx, three, &values()).await, Some((one, Likeness::Number)));
        let keys = &whole[whole.find("UPDATE invoices").unwrap()..whole.find("CREATE INDEX").unwrap()];
        sqlx::query("INSERT INTO invoice_fields (invoice_id, name, value, confidence, source, version, changed_by, changed_at) VALUES ($1, 'supplier_vat_id', 'de 136.695.976', 1.0, 'text', 1, 'Reader', 1)")
            .bind(one.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        sqlx::raw_sql(keys).execute(&mut *tx).await.unwrap();
        let row = sqlx::query("SELECT supplier_vat_key FROM invoices ORDER BY id").fetch_all(&mut *tx).await.unwrap();
        let keys: Vec<String> = row.iter().map(|row| sqlx::Row::get(row, 0)).collect();
        assert_eq!(keys, ["DE136695976", "", ""]);
    }
}
