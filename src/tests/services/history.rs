//! The history as people and other programs get it.

use crate::store::contract;

contract!(a_changed_history_shows, the_table_tells_every_change_and_no_formula);

mod check {
    use crate::services::House;
    use ap_intake::{
        db::Store,
        domain::{field::Field, ids::InvoiceId, invoice::FieldEdit},
    };
    use uuid::Uuid;

    pub async fn a_changed_history_shows(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let seen = house.services.history_seen(&house.clerk, id).await.unwrap();
        assert_eq!((seen.total, seen.broken), (seen.entries.len(), None));
        assert_eq!(seen.entries.last().map(|entry| entry.action.as_str()), Some("uploaded"));
        let mut tx = store.begin_quiet().await.unwrap();
        sqlx::query("UPDATE history SET actor_name = 'Somebody else' WHERE invoice_id = $1 AND seq = 2")
            .bind(id.to_string())
            .execute(&mut *tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        assert_eq!(house.services.history_seen(&house.clerk, id).await.unwrap().broken, Some(2));
        let nobodys = house.services.history_seen(&house.clerk, InvoiceId(Uuid::now_v7())).await;
        assert_eq!(nobodys.unwrap_err().code(), "not_found");
    }

    pub async fn the_table_tells_every_change_and_no_formula(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let edits = [
            FieldEdit::new(Field::BuyerName, 1, "=1+1"),
            FieldEdit::new(Field::Note, 0, "Says \"soon\",\nin two lines"),
        ];
        house.services.edit_fields(&house.clerk, id, "1", &edits).await.unwrap();
        let table = house.services.history_csv(&house.clerk, id).await.unwrap();
        let mut table = csv::Reader::from_reader(table.as_slice());
        let head: Vec<String> = table.headers().unwrap().iter().map(str::to_owned).collect();
        assert_eq!(head, ["entry", "time", "person", "action", "field", "before", "after", "box", "note", "hash"]);
        let rows: Vec<Vec<String>> =
            table.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        assert_eq!((rows[0][0].as_str(), rows[0][3].as_str()), ("1", "uploaded"), "oldest first");
        let after = |field: &str| rows.iter().find(|row| row[4] == field).map(|row| (row[5].as_str(), row[6].as_str()));
        assert_eq!(after("buyer_name"), Some(("Buyer", "'=1+1")));
        assert_eq!(after("note"), Some(("", "Says \"soon\",\nin two lines")));
        assert!(rows.iter().all(|row| row[9].len() == 64 && row[1].ends_with('Z')), "{rows:?}");
    }
}
