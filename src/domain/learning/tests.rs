use super::*;
use crate::domain::reading::{DocumentKind, PageWord, ReadValue, Reading, Source};
use proptest::prelude::*;

/// A page from rows of words: each word with its column, in hundredths of the width.
fn page(rows: &[&[(&str, u8)]]) -> Pages {
    let mut words = Vec::new();
    for (row, y) in rows.iter().zip(1_u8..) {
        for (text, x) in *row {
            let place = PageBox {
                page: 1,
                x: f32::from(*x) / 100.0,
                y: f32::from(y) / 40.0,
                w: text.chars().count() as f32 * 0.008,
                h: 0.012,
            };
            words.push(PageWord { text: (*text).to_owned(), place });
        }
    }
    Pages::new(1, words)
}

fn lesson(field: Field, value: &str) -> Lesson<'_> {
    Lesson { field, value, instead_of: None, place: None, taken: &[] }
}

fn reading(values: &[(Field, &str, f32)]) -> Reading {
    let mut reading = Reading::empty(DocumentKind::TextPdf);
    for (field, value, confidence) in values {
        let value = (*value).to_owned();
        let read = ReadValue { value, raw: None, confidence: *confidence, place: None, source: Source::Text };
        reading.fields.insert(*field, read);
    }
    reading
}

/// What the rules make of a page of which this was read.
fn chosen(pages: &Pages, hints: &[&Hint], read: &[(Field, &str, f32)]) -> Vec<(Field, String)> {
    let known: Vec<Known<'_>> = hints.iter().map(|hint| Known { hint, is_trusted: false }).collect();
    let used = choose(pages, &known, &reading(read), "2026-11-02");
    used.into_iter().map(|(field, used)| (field, used.value.value)).collect()
}

fn one(field: Field, value: &str) -> Vec<(Field, String)> {
    vec![(field, value.to_owned())]
}

#[test]
fn a_value_right_of_its_label_is_found_again_where_the_label_moved() {
    let first = page(&[&[("Kommission", 10), ("A-4711", 40)], &[("Zahlbar", 10), ("bis", 17), ("02.12.2026", 40)]]);
    let order = learn(&first, &lesson(Field::PurchaseOrder, "A-4711")).unwrap();
    let due = learn(&first, &lesson(Field::DueDate, "2026-12-02")).unwrap();
    assert_eq!(order.place_in_words(), "right of “Kommission”");
    assert_eq!(due.place_in_words(), "right of “Zahlbar bis”");
    let next = page(&[
        &[("Something", 10), ("new", 20)],
        &[("Kommission", 10), ("A-4712", 40)],
        &[("Zahlbar", 10), ("bis", 17), ("3.1.2027", 40)],
    ]);
    assert_eq!(
        chosen(&next, &[&order, &due], &[]),
        [(Field::DueDate, "2027-01-03".to_owned()), (Field::PurchaseOrder, "A-4712".to_owned())]
    );
    let used = choose(&next, &[Known { hint: &order, is_trusted: false }], &reading(&[]), "2026-11-02");
    let ReadValue { place, confidence, .. } = &used[&Field::PurchaseOrder].value;
    let place = place.unwrap();
    assert!((place.x, place.y) == (0.4, 0.05) && *confidence == LEARNED, "{place:?}");
}

#[test]
fn a_value_below_its_label_is_found_again() {
    let first = page(&[&[("Order", 10), ("Day", 40)], &[("77-1", 10), ("01.02.2026", 40)]]);
    let hint = learn(&first, &lesson(Field::IssueDate, "2026-02-01")).unwrap();
    assert_eq!(hint.place_in_words(), "below “Day”");
    let next = page(&[&[("x", 1)], &[("Order", 10), ("Day", 40)], &[("78-1", 10), ("05.02.2026", 40)]]);
    assert_eq!(chosen(&next, &[&hint], &[]), one(Field::IssueDate, "2026-02-05"));
}

#[test]
fn a_label_that_clings_to_its_value_is_split_off() {
    let hint = learn(&page(&[&[("Auftrag:4711", 10)]]), &lesson(Field::PurchaseOrder, "4711")).unwrap();
    let next = page(&[&[("Auftrag:4712", 10)]]);
    assert_eq!(chosen(&next, &[&hint], &[]), one(Field::PurchaseOrder, "4712"));
}

#[test]
fn the_number_format_is_learned() {
    let first = page(&[&[("Betrag", 10), ("EUR", 30), ("1.190", 40)]]);
    let misread = |value: &str| Some(Misreading { value: value.to_owned(), confidence: 0.8 });
    let hint = Lesson { instead_of: misread("1.19"), ..lesson(Field::GrossTotal, "1190.00") };
    let hint = learn(&first, &hint).unwrap();
    assert_eq!(hint.style_in_words(), Some("1.234,56"));
    let next = page(&[&[("Betrag", 10), ("EUR", 30), ("2.380", 40)]]);
    assert_eq!(chosen(&next, &[&hint], &[(Field::GrossTotal, "2.38", 0.8)]), one(Field::GrossTotal, "2380.00"));
    let american = page(&[&[("Due", 10), ("03/04/2026", 40)]]);
    let hint = Lesson { instead_of: misread("2026-04-03"), ..lesson(Field::DueDate, "2026-03-04") };
    let hint = learn(&american, &hint).unwrap();
    let next = page(&[&[("Due", 10), ("05/04/2026", 40)]]);
    assert_eq!(chosen(&next, &[&hint], &[(Field::DueDate, "2026-04-05", 0.9)]), one(Field::DueDate, "2026-05-04"));
}

#[test]
fn an_account_in_groups_is_read_anew_and_only_if_it_is_one() {
    let groups: Vec<(&str, u8)> =
        ["Konto", "DE89", "3704", "0044", "0532", "0130", "00"].into_iter().zip([10, 30, 34, 38, 42, 46, 50]).collect();
    let hint = learn(&page(&[&groups]), &lesson(Field::Iban, "DE89370400440532013000")).unwrap();
    let How::Words(spot) = &hint.how else { panic!("an account is never remembered itself") };
    assert_eq!(spot.shown, "Konto");
    let other = page(&[&[("Konto", 10), ("AT611904300234573201", 30)]]);
    assert_eq!(chosen(&other, &[&hint], &[]), one(Field::Iban, "AT611904300234573201"));
    let wrong = page(&[&[("Konto", 10), ("AT611904300234573202", 30)]]);
    assert_eq!(chosen(&wrong, &[&hint], &[]), []);
}

#[test]
fn only_what_is_always_the_same_is_remembered_itself() {
    let nothing = page(&[&[("x", 1)]]);
    for field in Field::ALL {
        let hint = learn(&nothing, &lesson(*field, "Acme"));
        let is_kept = matches!(hint, Some(Hint { how: How::Constant(_), .. }));
        assert_eq!(is_kept, is_constant(*field), "{field}");
    }
    assert_eq!(learn(&nothing, &lesson(Field::PaymentTerms, "Payable by 02.12.2026")), None);
    assert!(learn(&nothing, &lesson(Field::PaymentTerms, "14 days 2 %, 30 days net")).is_some());
}

#[test]
fn a_name_takes_the_place_of_the_same_misreading_only() {
    let paper = page(&[&[("x", 1)]]);
    let instead_of = Some(Misreading { value: "Invoice To".into(), confidence: 0.7 });
    let hint = learn(&paper, &Lesson { instead_of, ..lesson(Field::SupplierName, "Acme GmbH") }).unwrap();
    assert_eq!(
        chosen(&paper, &[&hint], &[(Field::SupplierName, "Invoice to", 0.7)]),
        one(Field::SupplierName, "Acme GmbH")
    );
    assert_eq!(chosen(&paper, &[&hint], &[]), one(Field::SupplierName, "Acme GmbH"));
    assert_eq!(chosen(&paper, &[&hint], &[(Field::SupplierName, "Other Ltd", 0.7)]), []);
}

#[test]
fn a_currency_has_to_stand_on_the_page() {
    let hint = learn(&page(&[&[("x", 1)]]), &lesson(Field::Currency, "CHF")).unwrap();
    assert_eq!(chosen(&page(&[&[("Total", 10), ("CHF", 20)]]), &[&hint], &[]), one(Field::Currency, "CHF"));
    assert_eq!(chosen(&page(&[&[("Total", 10), ("EUR", 20)]]), &[&hint], &[]), []);
}

#[test]
fn what_fits_is_not_replaced_by_what_does_not() {
    let first = page(&[&[("Net", 10), ("100.00", 40)], &[("Sum", 10), ("119.00", 40)]]);
    let instead_of = Some(Misreading { value: "100.00".into(), confidence: 0.9 });
    let hint = learn(&first, &Lesson { instead_of, ..lesson(Field::GrossTotal, "119.00") }).unwrap();
    let next = page(&[&[("Net", 10), ("200.00", 40)], &[("Sum", 10), ("200.00", 40)]]);
    let fitting =
        [(Field::NetTotal, "200.00", 0.9), (Field::TaxTotal, "38.00", 0.9), (Field::GrossTotal, "238.00", 0.9)];
    assert_eq!(chosen(&next, &[&hint], &fitting), []);
}

#[test]
fn what_was_learned_where_nothing_was_read_fills_gaps_only() {
    let hint = learn(&page(&[&[("Ref", 10), ("A-1", 40)]]), &lesson(Field::PurchaseOrder, "A-1")).unwrap();
    let next = page(&[&[("Ref", 10), ("A-2", 40)]]);
    assert_eq!(chosen(&next, &[&hint], &[(Field::PurchaseOrder, "B-2", 0.8)]), []);
    assert_eq!(chosen(&next, &[&hint], &[(Field::PurchaseOrder, "B-2", 0.3)]), one(Field::PurchaseOrder, "A-2"));
}

#[test]
fn a_buyer_has_to_stand_on_the_page() {
    let hint = learn(&page(&[&[("x", 1)]]), &lesson(Field::BuyerName, "Acme South GmbH")).unwrap();
    let ours = page(&[&[("To", 10), ("Acme", 20), ("South", 30), ("GmbH", 40)]]);
    assert_eq!(chosen(&ours, &[&hint], &[]), one(Field::BuyerName, "Acme South GmbH"));
    assert_eq!(chosen(&page(&[&[("To", 10), ("Acme", 20), ("North", 30), ("GmbH", 40)]]), &[&hint], &[]), []);
}

#[test]
fn what_was_read_surely_stays_unless_that_was_wrong_before() {
    let hint = learn(&page(&[&[("Ref", 10), ("A-1", 40)]]), &lesson(Field::PurchaseOrder, "A-1")).unwrap();
    let sure = [(Field::PurchaseOrder, "B-2", 0.98)];
    let next = page(&[&[("Ref", 10), ("A-2", 40)]]);
    assert_eq!(chosen(&next, &[&hint], &sure), []);
    let misread =
        |confidence: f32| Hint { instead_of: Some(Misreading { value: "B-1".into(), confidence }), ..hint.clone() };
    assert_eq!(chosen(&next, &[&misread(0.98)], &sure), one(Field::PurchaseOrder, "A-2"));
    let was_unsure = misread(0.8);
    assert_eq!(chosen(&next, &[&was_unsure], &sure), []);
    let trusted = choose(&next, &[Known { hint: &was_unsure, is_trusted: true }], &reading(&sure), "2026-11-02");
    assert_eq!(trusted[&Field::PurchaseOrder].value.confidence, LEARNED_SURELY);
}

#[test]
fn a_trusted_rule_that_filled_a_gap_fills_gaps_only_too() {
    let hint = learn(&page(&[&[("Ref", 10), ("A-1", 40)]]), &lesson(Field::PurchaseOrder, "A-1")).unwrap();
    let next = page(&[&[("Ref", 10), ("A-2", 40)]]);
    let is_used = |confidence: f32| {
        let read = reading(&[(Field::PurchaseOrder, "B-2", confidence)]);
        !choose(&next, &[Known { hint: &hint, is_trusted: true }], &read, "2026-11-02").is_empty()
    };
    assert_eq!([0.98, 0.8, 0.3].map(is_used), [false, false, true]);
}

#[test]
fn what_ocr_may_have_read_is_never_sure() {
    let hint = learn(&page(&[&[("Ref", 10), ("A-1", 40)]]), &lesson(Field::PurchaseOrder, "A-1")).unwrap();
    let next = page(&[&[("Ref", 10), ("A-2", 40)]]);
    let used = |reading: &Reading| {
        let used = choose(&next, &[Known { hint: &hint, is_trusted: true }], reading, "2026-11-02");
        let value = &used[&Field::PurchaseOrder].value;
        (value.source, value.confidence)
    };
    let (by_ocr, by_text) = ((Source::Ocr, LEARNED_BY_OCR), (Source::Text, LEARNED_SURELY));
    assert_eq!(used(&reading(&[])), by_text);
    assert_eq!(used(&Reading::empty(DocumentKind::ScanImage)), by_ocr);

    // Of a file that has pages of both kinds, what was read tells which one this is.
    let place = PageBox { page: 1, x: 0.1, y: 0.1, w: 0.1, h: 0.01 };
    let mut both = reading(&[(Field::InvoiceNumber, "R-1", 0.9), (Field::IssueDate, "2026-10-02", 0.9)]);
    both.words = vec![PageWord { text: "Ref".to_owned(), place }];
    assert_eq!(used(&both), by_ocr);
    both.fields.get_mut(&Field::InvoiceNumber).unwrap().place = Some(place);
    assert_eq!(used(&both), by_text);
    let date = both.fields.get_mut(&Field::IssueDate).unwrap();
    (date.place, date.source) = (Some(place), Source::Ocr);
    assert_eq!(used(&both), by_ocr);
}

#[test]
fn what_stands_in_too_many_places_names_nothing() {
    let labelled: &[(&str, u8)] = &[("Kommission", 10), ("A-2", 40)];
    let hint = learn(&page(&[&[("Kommission", 10), ("A-1", 40)]]), &lesson(Field::PurchaseOrder, "A-1")).unwrap();
    assert_eq!(chosen(&page(&[labelled; 50]), &[&hint], &[]), one(Field::PurchaseOrder, "A-2"));
    assert_eq!(chosen(&page(&[labelled; 51]), &[&hint], &[]), []);

    let alone = learn(&page(&[&[("A-1", 40)]]), &lesson(Field::PurchaseOrder, "A-1")).unwrap();
    assert_eq!(alone.place_in_words(), "always at the same place");
    let heap = |count: usize| page(&[vec![("A-2", 40); count].as_slice()]);
    assert_eq!(chosen(&heap(200), &[&alone], &[]), one(Field::PurchaseOrder, "A-2"));
    assert_eq!(chosen(&heap(201), &[&alone], &[]), []);
}

#[test]
fn of_a_value_in_too_many_places_the_first_are_looked_at() {
    let after = |count: usize| {
        let alone: &[(&str, u8)] = &[("A-1", 40)];
        let mut rows = vec![alone; count];
        rows.push(&[("Kommission", 10), ("A-1", 40)]);
        learn(&page(&rows), &lesson(Field::PurchaseOrder, "A-1"))
    };
    assert_eq!(after(49).unwrap().place_in_words(), "right of “Kommission”");
    assert_eq!(after(50), None);
}

#[test]
fn values_of_xml_are_never_replaced() {
    let hint = learn(&page(&[&[("Ref", 10), ("A-1", 40)]]), &lesson(Field::PurchaseOrder, "A-1")).unwrap();
    let misread = Hint { instead_of: Some(Misreading { value: "B-1".into(), confidence: 0.98 }), ..hint.clone() };
    let mut exact = reading(&[(Field::PurchaseOrder, "B-2", 0.4)]);
    exact.fields.get_mut(&Field::PurchaseOrder).unwrap().source = Source::Xml;
    let known = [&hint, &misread].map(|hint| Known { hint, is_trusted: true });
    assert!(choose(&page(&[&[("Ref", 10), ("A-2", 40)]]), &known, &exact, "2026-11-02").is_empty());
}

#[test]
fn a_label_in_two_places_means_the_one_where_it_stood() {
    let first = page(&[&[("Nr", 10), ("A-1", 20), ("Nr", 60), ("B-1", 70)]]);
    let place = Some(PageBox { page: 1, x: 0.7, y: 0.025, w: 0.02, h: 0.012 });
    let hint = learn(&first, &Lesson { place, ..lesson(Field::PurchaseOrder, "B-1") }).unwrap();
    let next = page(&[&[("Nr", 10), ("A-2", 20), ("Nr", 60), ("B-2", 70)]]);
    assert_eq!(chosen(&next, &[&hint], &[]), one(Field::PurchaseOrder, "B-2"));
    let elsewhere = page(&[&[("Nr", 30), ("A-3", 40), ("Nr", 80), ("B-3", 90)]]);
    assert_eq!(chosen(&elsewhere, &[&hint], &[]), []);
}

#[test]
fn a_place_that_holds_another_value_is_not_believed() {
    let first = page(&[&[("Old", 10), ("Z-9", 40)], &[("Ref", 10), ("A-1", 40)]]);
    let place = Some(PageBox { page: 1, x: 0.4, y: 0.025, w: 0.02, h: 0.012 });
    let hint = learn(&first, &Lesson { place, ..lesson(Field::PurchaseOrder, "A-1") }).unwrap();
    assert_eq!(hint.place_in_words(), "right of “Ref”");
}

#[test]
fn a_letterhead_is_known_again_without_the_buyer_on_it() {
    let paper = |day: &str, number: &str| {
        page(&[
            &[("+49301234567", 10), ("www.acme.example", 40), (number, 60)],
            &[("DE123456789", 10), ("HRB12345", 40), ("10115", 60), (day, 80)],
        ])
    };
    let of = |day: &str, number: &str| {
        marks(&paper(day, number), |field| match field {
            Field::InvoiceNumber => "2026-0001 2026-0002",
            Field::BuyerPostcode => "10115",
            _ => "",
        })
    };
    let one = of("02.11.2026", "2026-0001");
    assert_eq!(one.len(), 4);
    assert_eq!(of("03.11.2026", "2026-0002"), one);
    assert!(resembles(3, 6) && !resembles(2, 2) && !resembles(3, 7));
}

proptest! {
    #[test]
    fn what_was_learned_reads_its_own_page_and_never_panics(
        words in prop::collection::vec(("[A-Za-z]{2,9}|[0-9]{1,6}|[0-9]{1,3},[0-9]{2}|[:.#]|\\PC{1,6}", 0u8..90, 0u8..20), 1..40),
        pick in any::<prop::sample::Index>(),
    ) {
        let place = |x: u8, y: u8| PageBox { page: 1, x: f32::from(x) / 100.0, y: f32::from(y) / 30.0, w: 0.05, h: 0.012 };
        let words: Vec<PageWord> = words.into_iter().map(|(text, x, y)| PageWord { text, place: place(x, y) }).collect();
        let picked = words[pick.index(words.len())].clone();
        let pages = Pages::new(1, words);
        for field in Field::ALL {
            let Ok(value) = crate::domain::normalise::normalise(*field, &picked.text) else { continue };
            let asked = Lesson { place: Some(picked.place), ..lesson(*field, &value) };
            let Some(hint) = learn(&pages, &asked) else { continue };
            let How::Words(spot) = &hint.how else { continue };
            let again = seek::seek(&pages, *field, spot).map(|sought| sought.value);
            prop_assert!(again.is_some_and(|again| spelling::style_of(*field, &again, &value).is_some() || again == value));
            let text = serde_json::to_string(&hint).unwrap();
            prop_assert_eq!(serde_json::from_str::<Hint>(&text).unwrap(), hint);
        }
    }
}
