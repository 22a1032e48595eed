//! Accounts known for suppliers.

use super::contract;

contract!(
    a_supplier_goes_by_its_surest_key,
    an_approval_is_forgotten_and_a_verification_stays,
    accounts_of_approved_invoices_are_known_after_an_upgrade,
);

mod check {
    use crate::store::{add_invoice, add_user};
    use ap_intake::{
        db::{
            self, Backend, Conn, Store,
            fields::StoredField,
            invoices::ListValues,
            supplier_accounts::{Evidence, account_forget_approval, account_known, account_put, supplier_was_approved},
        },
        domain::{
            bank_account::{Origin, SupplierKeys},
            field::Field,
            ids::InvoiceId,
            invoice::FieldValue,
            reading::Source,
            roles::Role,
            status::Status,
        },
    };

    const OURS: &str = "DE89370400440532013000";
    const OTHER: &str = "AT611904300234573201";

    fn keys(vat_id: &str, tax_number: &str, name: &str) -> SupplierKeys {
        SupplierKeys::new(vat_id, tax_number, name.to_owned())
    }

    async fn put(conn: &mut Conn, origin: Origin, account: &str, supplier: &SupplierKeys, at: i64) -> InvoiceId {
        let invoice = InvoiceId(uuid::Uuid::now_v7());
        let (person_id, person, note) = (None, "A", "");
        let evidence = Evidence { invoice, origin, account, supplier, at, person_id, person, note };
        account_put(conn, &evidence).await.unwrap();
        account_put(conn, &evidence).await.expect("the same again");
        invoice
    }

    async fn known(conn: &mut Conn, supplier: &SupplierKeys, account: &str) -> Option<(String, Origin)> {
        let known = account_known(conn, supplier, account).await.unwrap();
        known.map(|known| (known.account, known.origin))
    }

    pub async fn a_supplier_goes_by_its_surest_key(store: &Store) {
        let mut tx = store.begin_quiet().await.unwrap();
        put(&mut tx, Origin::Approved, OURS, &keys("DE1", "11", "acme"), 1).await;
        put(&mut tx, Origin::Verified, OTHER, &keys("", "22", "other"), 2).await;
        let ours = Some((OURS.to_owned(), Origin::Approved));
        let other = Some((OTHER.to_owned(), Origin::Verified));
        for (supplier, account, expected) in [
            (keys("DE1", "", ""), OURS, &ours),
            (keys("DE1", "22", "other"), OTHER, &ours),
            (keys("DE9", "22", "acme"), OTHER, &other),
            (keys("DE9", "33", "acme"), OTHER, &ours),
            (keys("DE9", "33", "nobody"), OURS, &None),
            (keys("", "", ""), OURS, &None),
        ] {
            assert_eq!(known(&mut tx, &supplier, account).await, *expected, "{supplier:?}");
        }
        // Of several, the one itself; else the newest.
        put(&mut tx, Origin::Verified, "NEWER", &keys("DE1", "", ""), 5).await;
        assert_eq!(known(&mut tx, &keys("DE1", "", ""), OURS).await, ours);
        let newest = known(&mut tx, &keys("DE1", "", ""), "UNKNOWN").await;
        assert_eq!(newest, Some(("NEWER".to_owned(), Origin::Verified)));
        assert!(supplier_was_approved(&mut tx, &keys("", "", "acme")).await.unwrap());
        assert!(!supplier_was_approved(&mut tx, &keys("", "22", "other")).await.unwrap());
    }

    pub async fn an_approval_is_forgotten_and_a_verification_stays(store: &Store) {
        let mut tx = store.begin_quiet().await.unwrap();
        let supplier = keys("DE1", "", "acme");
        let approved = put(&mut tx, Origin::Approved, OURS, &supplier, 1).await;
        let verified = put(&mut tx, Origin::Verified, OTHER, &supplier, 2).await;
        for invoice in [approved, verified] {
            account_forget_approval(&mut tx, invoice).await.unwrap();
        }
        assert_eq!(known(&mut tx, &supplier, OURS).await, Some((OTHER.to_owned(), Origin::Verified)));
    }

    async fn approved(store: &Store, name: &str, status: Status, values: &[(Field, &str)]) -> InvoiceId {
        let user = add_user(store, &format!("{name}@example.com"), Role::Clerk).await;
        let id = add_invoice(store, user, name).await;
        let mut tx = store.begin().await.unwrap();
        let list = ListValues { supplier_key: name.to_owned(), ..ListValues::default() };
        db::invoices::invoice_set_list_values(&mut tx, id, &list, 1).await.unwrap();
        db::invoices::invoice_set_status(&mut tx, id, status, None, 7).await.unwrap();
        let stored: Vec<_> = values.iter().map(|(field, value)| (*field, stored(value))).collect();
        db::fields::field_put_all(&mut tx, id, stored.iter().map(|(field, stored)| (*field, stored))).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    fn stored(value: &str) -> StoredField {
        let value = FieldValue { value: value.to_owned(), version: 1, ..FieldValue::empty(Source::Text) };
        StoredField { value, changed_by: "Reader".to_owned(), changed_at: 1 }
    }

    fn migration(store: &Store) -> &'static str {
        match store.backend() {
            Backend::Sqlite => include_str!("../../../migrations/sqlite/0007_supplier_accounts.sql"),
            Backend::Postgres => include_str!("../../../migrations/postgres/0007_supplier_accounts.sql"),
        }
    }

    pub async fn accounts_of_approved_invoices_are_known_after_an_upgrade(store: &Store) {
        let vat = (Field::SupplierVatId, "DE 123456788");
        approved(store, "acme", Status::Approved, &[(Field::Iban, OURS), vat]).await;
        let tax = (Field::SupplierTaxNumber, "201/123-45");
        approved(store, "taxed", Status::Exported, &[(Field::Iban, OTHER), tax]).await;
        approved(store, "open", Status::NeedsReview, &[(Field::Iban, OURS), (Field::SupplierVatId, "DE5")]).await;
        approved(store, "without", Status::Approved, &[(Field::Iban, "")]).await;
        let mut tx = store.begin_quiet().await.unwrap();
        let before = "DROP TABLE supplier_accounts; DROP INDEX invoice_fields_iban;";
        sqlx::raw_sql(before).execute(&mut *tx).await.unwrap();
        sqlx::raw_sql(migration(store)).execute(&mut *tx).await.unwrap();
        for (supplier, account) in [
            (keys("DE123456788", "", ""), Some(OURS)),
            (keys("", "", "acme"), Some(OURS)),
            (keys("", "20112345", ""), Some(OTHER)),
            (keys("", "", "taxed"), Some(OTHER)),
            (keys("DE5", "", "open"), None),
            (keys("", "", "without"), None),
        ] {
            let expected = account.map(|account| (account.to_owned(), Origin::Approved));
            assert_eq!(known(&mut tx, &supplier, account.unwrap_or(OURS)).await, expected, "{supplier:?}");
        }
        // A backup from before that is taken back comes to the same, and adds nothing where all is there.
        let count = "SELECT COUNT(*) FROM supplier_accounts";
        for emptied in [false, true] {
            if emptied {
                sqlx::query("DELETE FROM supplier_accounts").execute(&mut *tx).await.unwrap();
            }
            db::supplier_accounts::accounts_from_approved(&mut tx).await.unwrap();
            let found: i64 = sqlx::query_scalar(count).fetch_one(&mut *tx).await.unwrap();
            assert_eq!(found, 2);
        }
    }
}
