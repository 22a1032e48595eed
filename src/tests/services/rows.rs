//! Lines and VAT rows: each with its own version, checked and told of like any other value.

use crate::store::contract;

contract!(
    a_line_is_corrected_and_judged,
    people_in_different_lines_never_meet,
    a_line_is_added_removed_and_brought_back,
    a_line_that_is_none_is_refused,
    lines_void_a_submission,
    reading_again_keeps_what_a_person_wrote,
);

mod check {
    use crate::services::House;
    use ap_intake::{
        db::Store,
        domain::{
            error::AppError,
            field::Field,
            ids::InvoiceId,
            invoice::{FieldEdit, StepRequest},
            rows::{Cell, Row},
            status::{Status, Step},
        },
    };

    const FIRST: Field = Field::Line(1);
    const SECOND: Field = Field::Line(2);

    async fn write(
        house: &House,
        id: InvoiceId,
        key: &str,
        field: Field,
        base_version: i64,
        value: &str,
    ) -> Result<(), AppError> {
        let edit = FieldEdit::new(field, base_version, value);
        house.services.edit_fields(&house.clerk, id, key, &[edit]).await.map(drop)
    }

    async fn row(house: &House, id: InvoiceId, field: Field) -> Row {
        Row::parse(field, &house.get(id).await.fields[&field].value).expect("a row")
    }

    fn with(mut row: Row, cells: &[(Cell, &str)]) -> String {
        cells.iter().for_each(|(cell, text)| row.set(*cell, (*text).to_owned()));
        row.value()
    }

    pub async fn a_line_is_corrected_and_judged(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let read = row(&house, id, FIRST).await;
        assert_eq!(
            [Cell::Description, Cell::Quantity, Cell::UnitPrice, Cell::Net].map(|cell| read.get(cell)),
            ["Thing", "2", "50.00", "100.00"]
        );
        write(&house, id, "1", FIRST, 1, &with(read, &[(Cell::Quantity, "3,0")])).await.unwrap();
        let invoice = house.get(id).await;
        assert_eq!(row(&house, id, FIRST).await.get(Cell::Quantity), "3", "in the form we keep");
        assert_eq!((invoice.fields[&FIRST].version, invoice.fields[&FIRST].verified_by.as_deref()), (2, Some("clerk")));
        let product =
            invoice.checks.iter().find(|check| check.rule == "PEPPOL-EN16931-R120").expect("3 × 50 is not 100");
        assert_eq!(product.fields, [FIRST], "told at its line");
        let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
        assert_eq!(history[0].changes[0].name, FIRST);
    }

    pub async fn people_in_different_lines_never_meet(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let line = row(&house, id, FIRST).await;
        let new = with(Row::new(SECOND).unwrap(), &[(Cell::Description, "Delivery"), (Cell::Net, "5")]);
        write(&house, id, "1", SECOND, 0, &new).await.unwrap();
        write(&house, id, "2", FIRST, 1, &with(line.clone(), &[(Cell::Description, "Thing, blue")])).await.unwrap();
        write(&house, id, "3", SECOND, 1, &new.replace("Delivery", "Freight")).await.unwrap();
        let met = write(&house, id, "4", FIRST, 1, &with(line, &[(Cell::Description, "Thing, red")])).await;
        let Err(AppError::Conflict { conflicts }) = met else { panic!("{met:?}") };
        assert_eq!((conflicts[0].name, conflicts[0].version), (FIRST, 2));
        assert!(conflicts[0].theirs.as_deref().is_some_and(|theirs| theirs.contains("blue")));
        // Two who add a line under the same number: the second one is told, and nothing is overwritten.
        let met = write(&house, id, "5", SECOND, 0, &new.replace("Delivery", "Packing")).await;
        assert!(matches!(met, Err(AppError::Conflict { .. })), "{met:?}");
    }

    pub async fn a_line_is_added_removed_and_brought_back(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let new = with(Row::new(SECOND).unwrap(), &[(Cell::Description, "Delivery"), (Cell::Net, "5,00")]);
        write(&house, id, "1", SECOND, 0, &new).await.unwrap();
        let sum_is_off =
            |checks: &[ap_intake::domain::checks::CheckResult]| checks.iter().any(|check| check.rule == "BR-CO-10");
        assert!(sum_is_off(&house.get(id).await.checks));
        write(&house, id, "2", SECOND, 1, "").await.unwrap();
        let invoice = house.get(id).await;
        assert!(!sum_is_off(&invoice.checks), "what was removed counts no more");
        assert_eq!((invoice.lines().len(), invoice.fields[&SECOND].version), (1, 2));
        write(&house, id, "3", SECOND, 2, &new).await.unwrap();
        assert_eq!(house.get(id).await.lines().len(), 2);
    }

    pub async fn a_line_that_is_none_is_refused(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let line = row(&house, id, FIRST).await;
        for value in [with(line, &[(Cell::Net, "ten")]), "not JSON".to_owned(), "[1]".to_owned()] {
            let refused = write(&house, id, "x", FIRST, 1, &value).await;
            assert!(
                matches!(&refused, Err(AppError::Invalid { field: Some(name), .. }) if name == "line_1"),
                "{refused:?}"
            );
        }
        assert_eq!(house.get(id).await.fields[&FIRST].version, 1);
    }

    pub async fn lines_void_a_submission(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        house.services.take_step(&house.clerk, id, Step::Submit, &StepRequest::default()).await.unwrap();
        let line = row(&house, id, FIRST).await;
        write(&house, id, "1", FIRST, 1, &with(line, &[(Cell::Description, "Another thing")])).await.unwrap();
        assert_eq!(house.get(id).await.summary.status, Status::NeedsReview);
    }

    pub async fn reading_again_keeps_what_a_person_wrote(store: &Store) {
        let house = House::new(store).await;
        let id = house.read_invoice("A-1").await;
        let line = row(&house, id, FIRST).await;
        write(&house, id, "1", FIRST, 1, &with(line.clone(), &[(Cell::Description, "By hand")])).await.unwrap();
        write(&house, id, "2", SECOND, 0, &with(line, &[(Cell::Description, "Added")])).await.unwrap();
        for step in [Step::Cancel, Step::Retry] {
            house.services.take_step(&house.clerk, id, step, &StepRequest::default()).await.unwrap();
        }
        house.work().await;
        assert_eq!(row(&house, id, FIRST).await.get(Cell::Description), "By hand");
        assert_eq!(row(&house, id, SECOND).await.get(Cell::Description), "Added");
    }
}
