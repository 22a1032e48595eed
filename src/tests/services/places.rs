//! Where values stand in the document: moved and taken away by people, with versions, conflicts and history as values.

use crate::store::contract;

contract!(
    a_place_is_moved_and_removed_and_the_value_stays,
    a_place_that_waits_for_its_value_confirms_nothing,
    a_place_that_others_moved_is_a_conflict,
    a_place_is_on_a_page_of_the_document,
    whoever_moved_a_place_may_still_approve,
    the_words_of_a_scan_are_kept_when_it_is_read,
);

mod check {
    use crate::services::House;
    use ap_intake::{
        adapters::samples,
        db::{self, Store},
        domain::{
            error::AppError,
            field::Field,
            ids::InvoiceId,
            invoice::{FieldEdit, Placing},
            reading::{DocumentKind, PageBox},
            roles::Actor,
            status::Step,
        },
    };

    const PLACE: PageBox = PageBox { page: 1, x: 0.5, y: 0.25, w: 0.125, h: 0.0625 };

    async fn read_pdf(house: &House) -> InvoiceId {
        let sample = samples::generate(DocumentKind::TextPdf, 5);
        let id = house.upload(&house.clerk, "places.pdf", sample.bytes).await;
        house.work().await;
        id
    }

    /// Gives the number's value again as it stands, and says where.
    async fn put(
        house: &House,
        actor: &Actor,
        id: InvoiceId,
        base_version: i64,
        place: Placing,
    ) -> Result<(), AppError> {
        let value = house.get(id).await.fields[&Field::InvoiceNumber].value.clone();
        let edit = FieldEdit { place, ..FieldEdit::new(Field::InvoiceNumber, base_version, value) };
        let mutation = format!("{base_version} {place:?} {}", actor.name);
        house.services.edit_fields(actor, id, &mutation, &[edit]).await.map(drop)
    }

    pub async fn a_place_is_moved_and_removed_and_the_value_stays(store: &Store) {
        let house = House::new(store).await;
        let id = read_pdf(&house).await;
        let read = house.get(id).await.fields[&Field::InvoiceNumber].clone();
        assert!(read.place.is_some(), "the reader found it on the page");

        put(&house, &house.clerk, id, 1, Placing::Removed).await.unwrap();
        let removed = house.get(id).await.fields[&Field::InvoiceNumber].clone();
        assert_eq!((removed.place, removed.page, removed.version), (None, None, 2));
        assert_eq!((&removed.value, removed.confidence), (&read.value, read.confidence));
        assert_eq!(removed.verified_by, None, "taking a place away says nothing of the value");

        put(&house, &house.clerk, id, 2, Placing::At(PLACE)).await.unwrap();
        let moved = house.get(id).await.fields[&Field::InvoiceNumber].clone();
        assert_eq!((moved.place, moved.page, &moved.value), (Some(PLACE), Some(1), &read.value));
        // An edit that says nothing of the place leaves it.
        let edit = FieldEdit::new(Field::InvoiceNumber, 3, "another");
        house.services.edit_fields(&house.clerk, id, "value", &[edit]).await.unwrap();
        assert_eq!(house.get(id).await.fields[&Field::InvoiceNumber].place, Some(PLACE));

        let history = house.services.invoice_history(&house.clerk, id).await.unwrap();
        let done: Vec<_> = history[..3].iter().map(|entry| entry.action.as_str()).collect();
        assert_eq!(done, ["field_changed", "place_changed", "place_changed"]);
        let places: Vec<_> = history[..3].iter().map(|entry| entry.changes[0].place).collect();
        let of = |change: usize| places[change].map(|place| (place.before, place.after));
        assert_eq!((of(0), of(1), of(2)), (None, Some((None, Some(PLACE))), Some((read.place, None))));
        let (broken, _) = db::history::history_verify(&mut store.read().await.unwrap()).await.unwrap();
        assert_eq!(broken, []);
    }

    pub async fn a_place_that_waits_for_its_value_confirms_nothing(store: &Store) {
        let house = House::new(store).await;
        let scan = samples::generate(DocumentKind::ScanImage, 5);
        let id = house.upload(&house.clerk, "scan.pdf", scan.bytes).await;
        house.work().await;
        let edit = FieldEdit { place: Placing::At(PLACE), ..FieldEdit::new(Field::InvoiceNumber, 0, "") };
        house.services.edit_fields(&house.clerk, id, "place", &[edit]).await.unwrap();
        let placed = house.get(id).await.fields[&Field::InvoiceNumber].clone();
        assert_eq!((placed.place, placed.value.as_str(), placed.verified_by), (Some(PLACE), "", None));
        let edit = FieldEdit::new(Field::InvoiceNumber, 1, "S-17");
        house.services.edit_fields(&house.clerk, id, "value", &[edit]).await.unwrap();
        let filled = house.get(id).await.fields[&Field::InvoiceNumber].clone();
        assert_eq!((filled.place, filled.verified_by.as_deref()), (Some(PLACE), Some("clerk")));
    }

    pub async fn the_words_of_a_scan_are_kept_when_it_is_read(store: &Store) {
        let house = House::new(store).await;
        let scan = samples::generate(DocumentKind::ScanImage, 5);
        let id = house.upload(&house.clerk, "scan.pdf", scan.bytes).await;
        house.work().await;
        let words = house.services.page_words(&house.clerk, id, 1).await.unwrap();
        assert_eq!(words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>(), ["scanned"]);
    }

    pub async fn a_place_that_others_moved_is_a_conflict(store: &Store) {
        let house = House::new(store).await;
        let id = read_pdf(&house).await;
        put(&house, &house.clerk, id, 1, Placing::At(PLACE)).await.unwrap();
        let refused = put(&house, &house.reviewer, id, 1, Placing::Removed).await;
        let Err(AppError::Conflict { conflicts }) = refused else { panic!("{refused:?}") };
        assert_eq!((conflicts[0].name, conflicts[0].version), (Field::InvoiceNumber, 2));
        assert_eq!(Some(&conflicts[0].mine), conflicts[0].theirs.as_ref(), "only the place differs");
        assert_eq!(house.get(id).await.fields[&Field::InvoiceNumber].place, Some(PLACE));
        // Who says the very same is no conflict; neither is who says nothing of it.
        put(&house, &house.reviewer, id, 1, Placing::At(PLACE)).await.unwrap();
        put(&house, &house.reviewer, id, 1, Placing::Kept).await.unwrap();
        put(&house, &house.reviewer, id, 4, Placing::Removed).await.unwrap();
    }

    pub async fn a_place_is_on_a_page_of_the_document(store: &Store) {
        let house = House::new(store).await;
        let id = read_pdf(&house).await;
        let pages = house.get(id).await.pages.len() as u32;
        for wrong in [
            PageBox { page: 0, ..PLACE },
            PageBox { page: pages + 1, ..PLACE },
            PageBox { x: -0.1, ..PLACE },
            PageBox { x: 0.95, ..PLACE },
            PageBox { h: 0.0, ..PLACE },
            PageBox { w: f32::NAN, ..PLACE },
            PageBox { y: f32::INFINITY, ..PLACE },
        ] {
            let refused = put(&house, &house.clerk, id, 1, Placing::At(wrong)).await;
            let Err(AppError::Invalid { field, .. }) = refused else { panic!("{wrong:?}: {refused:?}") };
            assert_eq!(field.as_deref(), Some("invoice_number"));
        }
        assert_eq!(house.get(id).await.fields[&Field::InvoiceNumber].version, 1);
    }

    pub async fn whoever_moved_a_place_may_still_approve(store: &Store) {
        let house = House::new(store).await;
        let id = read_pdf(&house).await;
        put(&house, &house.reviewer, id, 1, Placing::At(PLACE)).await.unwrap();
        assert!(house.get(id).await.allowed.contains(&Step::Approve), "{:?}", house.get(id).await.approve_refused);
    }
}
