//! Till receipts, as OCR reads them.

use super::{PageWords, assert_fields, page, read, value};
use crate::domain::field::Field::{GrossTotal, IssueDate, NetTotal, SupplierName, TaxTotal};
use crate::domain::reading::{Reading, Source};

/// A receipt of rows of label and sum.
fn slip(rows: &[(&str, &str)]) -> PageWords {
    let rows: Vec<Vec<(f32, &str)>> = rows
        .iter()
        .map(|(label, sum)| if sum.is_empty() { vec![(60.0, *label)] } else { vec![(60.0, *label), (260.0, *sum)] })
        .collect();
    let rows: Vec<&[(f32, &str)]> = rows.iter().map(Vec::as_slice).collect();
    PageWords { scanned: true, ..page(&rows) }
}

fn read_slip(rows: &[(&str, &str)]) -> Reading {
    read(&[slip(rows)])
}

const HEAD: [(&str, &str); 4] =
    [("Corner Bakery", ""), ("12 Mill Lane", ""), ("Cashier: 7", ""), ("Date: 03/05/2026 09:14", "")];

fn with_head<'a>(rows: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    HEAD.into_iter().chain(rows.iter().copied()).collect()
}

#[test]
fn the_total_is_neither_cash_nor_change() {
    let rows = [("Bread", "3.20"), ("Cake", "14.00"), ("Total", "17.20"), ("Cash", "20.00"), ("Change", "2.80")];
    let reading = read_slip(&with_head(&rows));
    assert_fields(&reading, &[(GrossTotal, "17.20"), (SupplierName, "Corner Bakery"), (IssueDate, "2026-05-03")]);
    assert!(reading.fields.values().all(|value| value.source == Source::Ocr));
}

#[test]
fn labels_that_ocr_spoiled_are_understood() {
    let rows = [("Bread", "3.20"), ("T0TAL", "3.20"), ("GASH", "5.00"), ("CHANCE", "1.80")];
    assert_eq!(value(&read_slip(&with_head(&rows)), GrossTotal), "3.20");
    let text = PageWords { scanned: false, ..slip(&with_head(&rows)) };
    assert_eq!(value(&read(&[text]), GrossTotal), "", "a text layer means what it says");
}

#[test]
fn the_sum_after_rounding_is_the_total() {
    let rows = [("Total sales", "28.31"), ("Rounding adjustment", "-0.01"), ("TOTAL", "28.30"), ("Cash", "0.00")];
    assert_eq!(value(&read_slip(&with_head(&rows)), GrossTotal), "28.30");
}

#[test]
fn a_total_without_its_label_is_told_by_what_was_paid() {
    let rows = [("Subtotal", "43.90"), ("Total (excl tax)", "41.42"), ("Cash", "100.00"), ("Change", "56.10")];
    assert_eq!(value(&read_slip(&with_head(&rows)), GrossTotal), "43.90");
    let rows = [("Tea", "2.50"), ("ooo", "2.50"), ("Cash", "10.00"), ("Change", "7.50")];
    assert_eq!(value(&read_slip(&with_head(&rows)), GrossTotal), "2.50");
}

#[test]
fn net_and_vat_are_given_where_they_come_to_the_total() {
    let rows = [("Net", "10.00"), ("VAT 20%", "2.00"), ("Total", "12.00"), ("Card", "12.00")];
    let reading = read_slip(&with_head(&rows));
    assert_fields(&reading, &[(NetTotal, "10.00"), (TaxTotal, "2.00"), (GrossTotal, "12.00")]);
    let rows = [("Net", "10.00"), ("VAT 20%", "3.00"), ("Total", "12.00"), ("Card", "12.00")];
    let reading = read_slip(&with_head(&rows));
    assert_fields(&reading, &[(NetTotal, ""), (TaxTotal, ""), (GrossTotal, "12.00")]);
}

#[test]
fn numbers_of_things_and_tables_of_taxes_are_no_totals() {
    let rows = [("Total qty", "12.00"), ("Total", "9.50"), ("GST summary", ""), ("Total", "90.00")];
    assert_eq!(value(&read_slip(&with_head(&rows)), GrossTotal), "9.50");
}

#[test]
fn no_value_is_surer_than_its_words() {
    let rows = with_head(&[("Total", "9.50"), ("Cash", "9.50")]);
    let mut unsure = slip(&rows);
    for word in &mut unsure.words {
        word.confidence = 0.4;
    }
    let (sure, unsure) = (read_slip(&rows), read(&[unsure]));
    for (field, value) in &unsure.fields {
        assert!(value.confidence < 0.9 && value.confidence <= sure.fields[field].confidence, "{field}: {value:?}");
    }
    assert!(sure.fields.values().all(|value| value.confidence < 0.975));
}
