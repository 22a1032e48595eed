//! What stands beside who, how much and when.

use super::{page, value};
use crate::adapters::readers::layout::read;
use crate::domain::field::Field;
use crate::domain::invoice::SURE;
use crate::domain::reading::Reading;

/// An invoice with these rows between its head and its sums.
fn invoice(rows: &[&[(f32, &str)]]) -> Reading {
    let head: &[&[(f32, &str)]] = &[
        &[(60.0, "Verkäufer: Muster GmbH"), (320.0, "Rechnungsempfänger:")],
        &[(60.0, "Hauptstr. 1"), (320.0, "Beispiel Handels AG")],
        &[(60.0, "80331 München"), (320.0, "Ring 2")],
        &[(320.0, "10115 Berlin")],
        &[(60.0, "Rechnung Nr. R-2026-17"), (300.0, "Rechnungsdatum: 01.02.2026")],
        &[],
    ];
    let sums: &[&[(f32, &str)]] = &[
        &[],
        &[(60.0, "Nettobetrag"), (500.0, ">100,00 EUR")],
        &[(60.0, "MwSt 19%"), (500.0, ">19,00 EUR")],
        &[(60.0, "Gesamtbetrag"), (500.0, ">119,00 EUR")],
    ];
    read(&[page(&[head, rows, sums].concat())])
}

/// What is read of a row, which is to stand under its words and to be unsure.
fn of_row(row: &[(f32, &str)], field: Field) -> String {
    let reading = invoice(&[row, &[]]);
    let Some(found) = reading.fields.get(&field) else {
        return String::new();
    };
    assert!(found.confidence < SURE && found.confidence >= 0.4, "{found:?}");
    let place = found.place.expect("a place");
    assert!((place.y * 842.0 - 124.0).abs() < 3.0, "{place:?}");
    assert_eq!(value(&reading, Field::SupplierName), "Muster GmbH");
    assert_eq!(value(&reading, Field::InvoiceNumber), "R-2026-17");
    assert_eq!(value(&reading, Field::GrossTotal), "119.00");
    found.value.clone()
}

#[test]
fn references_are_told_apart_by_whose_they_are() {
    for (text, field, wanted) in [
        ("Ihr Zeichen: AB-77", Field::BuyerReference, "AB-77"),
        ("Leitweg-ID: 04011000-12345-34", Field::BuyerReference, "04011000-12345-34"),
        ("Your reference: Jane Miller", Field::BuyerReference, "Jane Miller"),
        ("Projekt: Umbau Halle West", Field::ProjectReference, "Umbau Halle West"),
        ("Project no: P-4711", Field::ProjectReference, "P-4711"),
        ("Kostenstelle: 4711", Field::CostCode, "4711"),
        ("Cost centre: CC-12", Field::CostCode, "CC-12"),
        ("Verwendungszweck: KD-1234-99", Field::PaymentReference, "KD-1234-99"),
        ("Lieferantennummer: 70012", Field::SupplierId, "70012"),
        ("Tax point: 15.01.2026", Field::TaxPointDate, "2026-01-15"),
    ] {
        assert_eq!(of_row(&[(60.0, text)], field), wanted, "{text}");
    }
    assert_eq!(of_row(&[(60.0, "Unser Zeichen: XY-1")], Field::BuyerReference), "");
    assert_eq!(of_row(&[(60.0, "Verwendungszweck: R-2026-17")], Field::PaymentReference), "R-2026-17");
}

#[test]
fn structured_references_need_no_label() {
    let of = |text: &str| of_row(&[(60.0, text)], Field::PaymentReference);
    assert_eq!(of("Bitte angeben: RF18 5390 0754 7034"), "RF18539007547034");
    assert_eq!(of("21 00000 00003 13947 14300 09017"), "210000000003139471430009017");
    assert_eq!(of("Communication: +++090/9337/55493+++"), "+++090/9337/55493+++");
    assert_eq!(of("Bitte angeben: RF19 5390 0754 7034"), "");
}

#[test]
fn registers_are_read_with_their_sign() {
    for (text, wanted) in [
        ("Amtsgericht München HRB 123456", "HRB 123456"),
        ("Company no. 01234567", "01234567"),
        ("Registered in England No. 1234567", "1234567"),
        ("KvK: 12345678", "12345678"),
        ("SIREN 123 456 789", "123 456 789"),
        ("Geschäftsführer: Max Muster 12", ""),
    ] {
        assert_eq!(of_row(&[(60.0, text)], Field::SupplierRegistration), wanted, "{text}");
    }
    assert_eq!(of_row(&[(60.0, "SIRET: 12345678900012")], Field::SupplierId), "12345678900012");
}

#[test]
fn terms_are_what_their_label_names_or_the_days_they_give() {
    let of = |row: &[(f32, &str)]| of_row(row, Field::PaymentTerms);
    assert_eq!(of(&[(60.0, "Payment terms: net 30 days")]), "net 30 days");
    assert_eq!(of(&[(60.0, "Zahlungsbedingungen"), (200.0, "14 Tage ohne Abzug")]), "14 Tage ohne Abzug");
    assert_eq!(
        of(&[(60.0, "Zahlbar innerhalb von 30 Tagen ohne Abzug.")]),
        "Zahlbar innerhalb von 30 Tagen ohne Abzug."
    );
}

#[test]
fn the_way_to_pay_is_told_where_the_words_say_one() {
    let of = |text: &str| of_row(&[(60.0, text)], Field::PaymentMeans);
    assert_eq!(of("Der Betrag wird per Lastschrift eingezogen."), "59");
    assert_eq!(of("Bitte zahlen Sie per Überweisung."), "30");
    assert_eq!(of("Paid by credit card, thank you"), "48");
    assert_eq!(of("Zahlung per Überweisung oder Lastschrift"), "");
    assert_eq!(of("Vielen Dank"), "");
}

#[test]
fn an_account_may_be_somebody_elses() {
    let holder = |text: &str, field: Field| of_row(&[(60.0, text)], field);
    assert_eq!(holder("Kontoinhaber: Muster GmbH", Field::AccountName), "Muster GmbH");
    assert_eq!(holder("Kontoinhaber: Muster GmbH", Field::PayeeName), "");
    assert_eq!(holder("Zahlungsempfänger: Beispiel Factoring AG", Field::PayeeName), "Beispiel Factoring AG");
}

#[test]
fn countries_stand_below_the_town_or_follow_from_ids() {
    let rows = |country: &'static str| {
        let rows: &[&[(f32, &str)]] = &[
            &[(60.0, "Supplier:"), (320.0, "Bill to:")],
            &[(60.0, "Muster GmbH"), (320.0, "Acme Ltd")],
            &[(60.0, "Hauptstr. 1"), (320.0, "1 High Street")],
            &[(60.0, "80331 München"), (320.0, "London SW1A 1AA")],
            &[(60.0, country)],
            &[],
            &[(60.0, "Invoice No. R-17"), (320.0, "Invoice date 1 May 2026")],
            &[(60.0, "Total"), (500.0, ">119.00 EUR")],
        ];
        read(&[page(rows)])
    };
    let reading = rows("Germany");
    assert_eq!((value(&reading, Field::SupplierCountry), value(&reading, Field::BuyerCountry)), ("DE", "GB"));
    assert_eq!(reading.fields[&Field::SupplierCountry].raw.as_deref(), Some("Germany"));
    assert!(reading.fields[&Field::BuyerCountry].confidence < SURE);
    assert_eq!(value(&rows("VAT: ATU13585627"), Field::SupplierCountry), "AT");
    assert_eq!(value(&rows("Telefon 089 1234"), Field::SupplierCountry), "");
}

#[test]
fn a_rate_of_nought_has_the_category_that_words_give() {
    let category = |text: &str| {
        let rows: &[&[(f32, &str)]] = &[
            &[(60.0, "Muster GmbH")],
            &[(60.0, "Rechnung Nr. R-17 vom 01.02.2026")],
            &[(60.0, text)],
            &[],
            &[(60.0, "MwSt 0%"), (300.0, ">100,00 EUR"), (500.0, ">0,00 EUR")],
            &[(60.0, "Gesamtbetrag"), (500.0, ">100,00 EUR")],
        ];
        let reading = read(&[page(rows)]);
        assert_eq!(reading.vat_rows.len(), 1, "{:?}", reading.vat_rows);
        reading.vat_rows[0].category.clone()
    };
    assert_eq!(category("Vielen Dank"), None);
    for (text, wanted) in [
        ("Steuerschuldnerschaft des Leistungsempfängers", "AE"),
        ("Reverse charge applies", "AE"),
        ("Steuerfreie innergemeinschaftliche Lieferung", "K"),
        ("Steuerfreie Ausfuhrlieferung", "G"),
        ("Umsatzsteuerfrei nach § 4 UStG", "E"),
        ("Zero-rated supply", "Z"),
    ] {
        assert_eq!(category(text).as_deref(), Some(wanted), "{text}");
    }
}
