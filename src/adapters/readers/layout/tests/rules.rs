//! One rule each, and random pages.

use super::*;
use crate::domain::reading::Source;
use proptest::prelude::*;

#[test]
fn table_over_two_pages_with_sums_carried_over() {
    let head: &[(f32, &str)] =
        &[(60.0, "Pos."), (100.0, "Beschreibung"), (320.0, ">Anzahl"), (400.0, ">Preis"), (540.0, ">Betrag")];
    let reading = read(&[
        page(&[
            &[(60.0, "Rechnung Nr. 77-A vom 1. März 2026")],
            &[],
            head,
            &[(60.0, "1"), (100.0, "Kies, 2/8 mm"), (320.0, ">3,0"), (400.0, ">20,00"), (540.0, ">60,00")],
            &[(60.0, "2"), (100.0, "Sand"), (320.0, ">2,0"), (400.0, ">15,00"), (540.0, ">30,00")],
            &[(100.0, "Übertrag"), (540.0, ">90,00")],
        ]),
        page(&[
            &[(60.0, "Seite 2")],
            head,
            &[(100.0, "Übertrag"), (540.0, ">90,00")],
            &[(60.0, "3"), (100.0, "Lieferung"), (320.0, ">1,0"), (400.0, ">10,00"), (540.0, ">10,00")],
            &[(100.0, "Zwischensumme"), (540.0, ">100,00")],
            &[(320.0, "Summe netto"), (540.0, ">100,00 EUR")],
            &[(320.0, "19 % USt"), (540.0, ">19,00 EUR")],
            &[(320.0, "Gesamtbetrag"), (540.0, ">119,00 EUR")],
        ]),
    ]);
    assert_eq!(lines(&reading), [("3", "20", "60.00"), ("2", "15", "30.00"), ("1", "10", "10.00")]);
    assert_fields(
        &reading,
        &[
            (Field::InvoiceNumber, "77-A"),
            (Field::IssueDate, "2026-03-01"),
            (Field::NetTotal, "100.00"),
            (Field::TaxTotal, "19.00"),
            (Field::GrossTotal, "119.00"),
        ],
    );
    assert_eq!(reading.lines[2].place.map(|place| place.page), Some(2));
}

#[test]
fn credit_note_keeps_its_sign_and_its_invoice() {
    let reading = read(&[page(&[
        &[(60.0, "CREDIT NOTE"), (350.0, "Credit Note No"), (460.0, "CN-9")],
        &[(350.0, "Date"), (460.0, "2026-04-30")],
        &[(350.0, "Original Invoice"), (460.0, "INV-100")],
        &[],
        &[(60.0, "Description"), (320.0, ">Qty"), (400.0, ">Price"), (540.0, ">Amount")],
        &[(60.0, "Returned chair"), (320.0, ">-1"), (400.0, ">€80.00"), (540.0, ">-€80.00")],
        &[(400.0, "Net"), (540.0, ">-80.00 EUR")],
        &[(400.0, "VAT 20%"), (540.0, ">-16.00 EUR")],
        &[(400.0, "Total"), (540.0, ">-96.00 EUR")],
    ])]);
    assert_fields(
        &reading,
        &[
            (Field::InvoiceNumber, "CN-9"),
            (Field::DocumentType, "381"),
            (Field::PrecedingInvoice, "INV-100"),
            (Field::NetTotal, "-80.00"),
            (Field::TaxTotal, "-16.00"),
            (Field::GrossTotal, "-96.00"),
        ],
    );
    assert_eq!(lines(&reading), [("-1", "80", "-80.00")]);
}

#[test]
fn account_of_the_payer_is_not_taken() {
    let debit = read(&[page(&[&[(60.0, "Der Betrag wird von Ihrem Konto DE02 1203 0000 0000 2020 51 abgebucht.")]])]);
    assert_eq!(value(&debit, Field::Iban), "");
    let both = read(&[page(&[
        &[(60.0, "Wir ziehen den Betrag per Lastschrift von DE02 1203 0000 0000 2020 51 ein.")],
        &[],
        &[],
        &[(60.0, "Unsere Bank mit vielen Worten dazwischen, damit nichts daneben steht, was gemeint sein kann:")],
        &[],
        &[(60.0, "IBAN: DE88 2008 0000 0970 3757 00")],
    ])]);
    assert_eq!(value(&both, Field::Iban), "DE88200800000970375700");
}

#[test]
fn the_buyers_vat_id_may_come_first() {
    let reading = read(&[page(&[
        &[(60.0, "Ihre USt-IdNr.: DE111111125")],
        &[],
        &[(60.0, "Rechnung 5")],
        &[],
        &[(60.0, "USt-IdNr.: DE136695976")],
    ])]);
    assert_fields(&reading, &[(Field::SupplierVatId, "DE136695976"), (Field::BuyerVatId, "DE111111125")]);
}

#[test]
fn sums_are_chosen_because_they_add_up() {
    // Two totals: only one of them is the sum of net and tax. One cent is allowed for.
    let reading = read(&[page(&[
        &[(60.0, "Total hours"), (540.0, ">12.00")],
        &[(60.0, "Total net"), (540.0, ">100.02")],
        &[(60.0, "VAT"), (540.0, ">21.00")],
        &[(60.0, "Total"), (540.0, ">121.03")],
        &[(60.0, "Amount due"), (540.0, ">21.03")],
        &[(60.0, "Already paid"), (540.0, ">100.00")],
    ])]);
    assert_fields(
        &reading,
        &[
            (Field::NetTotal, "100.02"),
            (Field::TaxTotal, "21.00"),
            (Field::GrossTotal, "121.03"),
            (Field::AmountDue, "21.03"),
            (Field::PaidAmount, "100.00"),
        ],
    );
}

#[test]
fn confidence_means_something() {
    let sure = read(&[page(&[
        &[(60.0, "Invoice number: A-100")],
        &[(60.0, "Net total"), (540.0, ">100.00")],
        &[(60.0, "VAT 20%"), (540.0, ">20.00")],
        &[(60.0, "Grand total"), (540.0, ">120.00")],
    ])]);
    let unsure = read(&[page(&[
        &[(60.0, "Booking ID A-100")],
        &[(60.0, "Net total"), (540.0, ">100.00")],
        &[(60.0, "VAT 20%"), (540.0, ">20.00")],
        &[(60.0, "Grand total"), (540.0, ">125.00")],
    ])]);
    let confidence = |reading: &Reading, field| reading.fields.get(&field).map_or(0.0, |value| value.confidence);
    assert!(confidence(&sure, Field::InvoiceNumber) > 0.9);
    assert!(confidence(&unsure, Field::InvoiceNumber) < 0.7);
    assert!(confidence(&sure, Field::GrossTotal) > 0.95);
    assert!(confidence(&unsure, Field::GrossTotal) < 0.7);
}

#[test]
fn a_table_of_too_many_lines_says_that_it_is_cut() {
    let words = |lines: u16| {
        let rows = (0..=lines).flat_map(|row| {
            let texts = match row {
                0 => ["Description", "Quantity", "Price", "Amount"].map(str::to_owned),
                row => [format!("Part {row}").replace(' ', "-"), "1".to_owned(), "2.00".to_owned(), "2.00".to_owned()],
            };
            let place = move |(column, text): (u8, String)| Word {
                text,
                x: 0.1 + 0.2 * f32::from(column),
                y: f32::from(row) / 2_400.0,
                w: 0.1,
                h: 0.0003,
                font_size: 10.0,
                bold: false,
                confidence: 1.0,
            };
            (0..).zip(texts).map(place)
        });
        read(&[PageWords::of_text(PageSize { width: 595.0, height: 14_400.0 * 2.0 }, rows.collect())])
    };
    let has_note = |reading: &Reading| reading.notes.iter().any(|note| note.code == "rows_left_out");
    let (all, cut) = (words(1_900), words(2_100));
    assert_eq!((all.lines.len(), has_note(&all)), (1_900, false));
    assert_eq!((cut.lines.len(), has_note(&cut)), (2_000, true));
}

#[test]
fn a_name_stands_where_it_is_spelt() {
    let page = page(&[
        &[(50.0, "Rechnung Nr. R-17")],
        &[(50.0, "Gesamtbetrag"), (400.0, ">119,00 EUR")],
        &[(50.0, "Muster Werk GmbH, Hauptstr. 1, 10115 Berlin - USt-IdNr. DE136695976")],
    ]);
    let reading = read(std::slice::from_ref(&page));
    assert_fields(&reading, &[(Field::SupplierName, "Muster Werk GmbH")]);
    let place = reading.fields[&Field::SupplierName].place.unwrap();
    let at = page.words.iter().position(|word| word.text == "Muster").unwrap();
    let (first, last) = (&page.words[at], &page.words[at + 2]);
    assert!((place.x - first.x).abs() < 1e-4 && (place.x + place.w - last.x - last.w).abs() < 1e-4, "{place:?}");
}

#[test]
fn boxes_stand_on_the_words() {
    let page = page(&[&[(60.0, "Invoice number:"), (200.0, "A-100")], &[(60.0, "Total"), (540.0, ">€ 1,120.00")]]);
    let reading = read(std::slice::from_ref(&page));
    let number = &reading.fields[&Field::InvoiceNumber];
    let (place, word) = (number.place.unwrap(), &page.words[2]);
    assert_eq!(place.page, 1);
    assert!((place.x - word.x).abs() < 1e-4 && (place.y - word.y).abs() < 1e-4, "{place:?} {word:?}");
    assert!((place.w - word.w).abs() < 1e-4 && (place.h - word.h).abs() < 1e-4, "{place:?} {word:?}");
    assert_eq!((number.raw.as_deref(), number.source), (None, Source::Text));
    assert_eq!(reading.fields[&Field::GrossTotal].raw.as_deref(), Some("1,120.00"));
}

#[test]
fn says_when_there_is_nothing_to_read() {
    let empty = read(&[PageWords::of_text(SIZE, Vec::new())]);
    assert_eq!(empty.notes[0].code, "no_text");
    assert!(empty.fields.keys().all(|field| *field == Field::DocumentType), "{:?}", empty.fields);
    let garbled = PageWords { garbage: 0.8, ..page(&[&[(60.0, "\u{fffd}\u{fffd}")]]) };
    assert_eq!(read(&[garbled]).notes[0].code, "garbled_text");
}

/// Words as invoices have them, and any others.
fn any_text() -> impl Strategy<Value = String> {
    const COMMON: &[&str] = &[
        "Rechnung",
        "Nr.",
        "Invoice",
        "Total",
        "VAT",
        "19%",
        "1.234,56",
        "€",
        "12.03.2026",
        "Betrag",
        "Menge",
        "Preis",
        "Beschreibung",
        "DE136695976",
        "IBAN",
        "GmbH",
        "80331",
        "München",
        "Käufer:",
        "-",
        "#",
        "vom",
        "30",
        "Tage",
        "(380)",
    ];
    prop_oneof![3 => prop::sample::select(COMMON).prop_map(str::to_owned), 1 => "\\PC{1,12}"]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn random_words_never_panic_and_boxes_stay_on_the_page(
        words in prop::collection::vec((any_text(), -0.1f32..1.1, -0.1f32..1.1, 0.0f32..0.4, 0.0f32..0.1, 1.0f32..40.0), 0..120),
    ) {
        let words = words.into_iter().map(|(text, x, y, w, h, font_size)| Word { text, x, y, w, h, font_size, bold: false, confidence: 1.0 });
        let reading = read(&[PageWords::of_text(SIZE, words.collect())]);
        let places = reading.fields.values().filter_map(|value| value.place).chain(reading.lines.iter().filter_map(|line| line.place));
        for place in places {
            prop_assert!(place.page == 1);
            prop_assert!(place.x >= 0.0 && place.y >= 0.0 && place.w >= 0.0 && place.h >= 0.0, "{place:?}");
            prop_assert!(place.x + place.w <= 1.0001 && place.y + place.h <= 1.0001, "{place:?}");
        }
        for value in reading.fields.values() {
            prop_assert!((0.0..=1.0).contains(&value.confidence));
        }
    }
}

#[test]
fn many_words_take_little_time() {
    // Four times the words take about four times as long; far from the sixteen times of comparing all with all.
    let pages = |count: usize| -> Vec<PageWords> {
        let row: &[(f32, &str)] =
            &[(60.0, "Rechnung Nr. 7 vom 1.2.2026"), (300.0, "IBAN 12,00"), (500.0, "80331 München")];
        let rows = vec![row; 50];
        (0..count).map(|_| page(&rows)).collect()
    };
    let time = |pages: &[PageWords]| {
        let begin = std::time::Instant::now();
        assert!(!read(pages).fields.is_empty());
        begin.elapsed()
    };
    let (few, many) = (pages(20), pages(80));
    time(&few);
    let (short, long) = (time(&few), time(&many));
    assert!(long < short * 12 + std::time::Duration::from_millis(50), "{short:?} {long:?}");
}

#[test]
fn says_when_it_may_be_no_invoice() {
    let letter = read(&[page(&[&[(60.0, "Dear Sir or Madam, the weather is fine.")]])]);
    assert_eq!(letter.notes[0].code, "no_invoice_found");
    assert!(read(&[page(&[&[(60.0, "Invoice No. 12-7")]])]).notes.is_empty());
}

#[test]
fn lines_without_a_head_are_those_that_make_the_total() {
    let reading = read(&[page(&[
        &[(60.0, "Invoice 44-B")],
        &[(60.0, "Hosting, small"), (540.0, ">$10.00")],
        &[(60.0, "Domain example"), (540.0, ">$2.50")],
        &[(60.0, "Total"), (540.0, ">$12.50")],
        &[(60.0, "Your budget for the year is"), (540.0, ">$900.00")],
    ])]);
    assert_eq!(lines(&reading), [("", "", "10.00"), ("", "", "2.50")]);
    assert_eq!(reading.lines[1].description, "Domain example");
}

#[test]
fn an_item_may_begin_with_the_word_of_a_sum() {
    let reading = read(&[page(&[
        &[(60.0, "Description"), (540.0, ">Amount")],
        &[(60.0, "Analysis of last year"), (540.0, ">€ 100.00")],
        &[(60.0, "Tax advice for March and April"), (540.0, ">€ 50.00")],
        &[(60.0, "Total net"), (540.0, ">€ 150.00")],
        &[(60.0, "VAT 20 %"), (540.0, ">€ 30.00")],
        &[(60.0, "Total"), (540.0, ">€ 180.00")],
    ])]);
    assert_eq!(lines(&reading), [("", "", "100.00"), ("", "", "50.00")]);
    assert_fields(&reading, &[(Field::NetTotal, "150.00"), (Field::GrossTotal, "180.00")]);
}

#[test]
fn a_credits_minus_is_the_quantitys() {
    let reading = read(&[page(&[
        &[(60.0, "Description"), (320.0, ">Quantité"), (400.0, ">Prix unitaire"), (540.0, ">Prix HT")],
        &[(60.0, "Huile d'olive"), (320.0, ">10"), (400.0, ">19,80 €"), (540.0, ">-198,00 €")],
    ])]);
    assert_eq!(lines(&reading), [("-10", "19.8", "-198.00")]);
}

#[test]
fn words_around_a_total_say_whether_tax_is_in_it() {
    let reading = read(&[page(&[
        &[(60.0, "Rechnung 9"), (300.0, "Datum: 1. Mai 2026")],
        &[(300.0, "Total EUR ohne MwSt."), (540.0, ">1.032,00")],
        &[(300.0, "19 % MwSt."), (540.0, ">196,08")],
        &[(300.0, "Total EUR inkl. MwSt."), (540.0, ">1.228,08")],
        &[(60.0, "Zahlbar innerhalb 14 Tagen netto.")],
    ])]);
    assert_fields(
        &reading,
        &[
            (Field::NetTotal, "1032.00"),
            (Field::TaxTotal, "196.08"),
            (Field::GrossTotal, "1228.08"),
            (Field::DueDate, "2026-05-15"),
        ],
    );
}
