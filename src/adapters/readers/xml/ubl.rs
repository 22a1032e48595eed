//! UBL 2.1 Invoice and CreditNote, by the syntax binding of EN 16931-3-2.

use super::{
    tree::{Node, Vocabulary},
    values::{Numbers, Sheet, in_a_row, is_charge, item_text, short_text},
};
use crate::domain::{
    en16931::model::number,
    field::Field,
    money::Decimal,
    reading::{Allowance, DocumentKind, InvoiceLine, Reading, VatRow},
};

/// BT-13 must be there when a sales order (BT-14) is; senders without a purchase order write this.
const NO_PURCHASE_ORDER: &str = "NA";
/// The scheme of a SEPA creditor identifier (BT-90), which stands among the party's identifiers.
const SEPA_CREDITOR: &str = "SEPA";
/// In the name of the specification that an invoice follows, BT-24.
const XRECHNUNG_EXTENSION: &str = "extension:xrechnung";
/// UNTDID 1001: credit note.
const CREDIT_NOTE: &str = "381";

/// Reads the root element `Invoice` or `CreditNote`.
pub(super) fn read(root: Node<'_>) -> Reading {
    let mut sheet = Sheet::new(DocumentKind::Ubl);
    document(&mut sheet, root);
    references(&mut sheet, root);
    if let Some(party) = root.first("AccountingSupplierParty/Party") {
        supplier(&mut sheet, party);
    }
    if let Some(party) = root.first("AccountingCustomerParty/Party") {
        buyer(&mut sheet, party);
    }
    payment(&mut sheet, root);
    totals(&mut sheet, root);
    sheet.reading.allowances =
        root.named("AllowanceCharge").zip(1..).map(|(own, place)| allowance(&mut sheet, own, place)).collect();
    for (node, place) in root.named("InvoiceLine|CreditNoteLine").zip(1..) {
        let read = line(&mut sheet, node, place);
        sheet.reading.lines.push(read);
        sub_lines(&mut sheet, node);
    }
    sheet.reading
}

fn document(sheet: &mut Sheet, root: Node<'_>) {
    let type_code = root.value("InvoiceTypeCode|CreditNoteTypeCode");
    let implied = (root.vocabulary() == Vocabulary::UblCreditNote).then_some(CREDIT_NOTE);
    let notes: Vec<&str> = root.named("Note").filter_map(Node::text).map(without_subject_code).collect();
    sheet.set(Field::InvoiceNumber, root.value("ID"));
    sheet.set(Field::IssueDate, root.value("IssueDate"));
    sheet.set(Field::DocumentType, type_code.or(implied));
    sheet.set(Field::Currency, root.value("DocumentCurrencyCode"));
    sheet.set(Field::TaxPointDate, root.value("TaxPointDate"));
    sheet.set(Field::Note, Some(&notes.join("\n")));
    sheet.set(Field::DeliveryDate, root.value("Delivery/ActualDeliveryDate"));
    sheet.set(Field::PeriodStart, root.value("InvoicePeriod/StartDate"));
    sheet.set(Field::PeriodEnd, root.value("InvoicePeriod/EndDate"));
    // An invoice has its own element; a credit note, and UBL 2.0, give it with the means or terms of payment.
    let due = ["DueDate", "PaymentMeans/PaymentDueDate", "PaymentTerms/PaymentDueDate"];
    sheet.set(Field::DueDate, due.iter().find_map(|path| root.value(path)));
}

/// A note may begin with its subject (BT-21) as `#AAI#`.
fn without_subject_code(note: &str) -> &str {
    let stripped = note.strip_prefix('#').and_then(|rest| rest.split_once('#'));
    match stripped {
        Some((code, text)) if code.len() == 3 => text,
        _ => note,
    }
}

fn references(sheet: &mut Sheet, root: Node<'_>) {
    let preceding: Vec<&str> =
        root.all("BillingReference/InvoiceDocumentReference/ID").into_iter().filter_map(Node::text).collect();
    // A credit note has no element for the project; it is a document reference of type 50.
    let project_document = root
        .named("AdditionalDocumentReference")
        .find(|reference| reference.value("DocumentTypeCode") == Some("50"))
        .and_then(|reference| reference.value("ID"));
    sheet.set(Field::BuyerReference, root.value("BuyerReference"));
    sheet.set(Field::ProjectReference, root.value("ProjectReference/ID").or(project_document));
    sheet.set(Field::ContractReference, root.value("ContractDocumentReference/ID"));
    sheet.set(Field::PurchaseOrder, root.value("OrderReference/ID").filter(|id| *id != NO_PURCHASE_ORDER));
    sheet.set(Field::DespatchAdvice, root.value("DespatchDocumentReference/ID"));
    sheet.set(Field::CostCode, root.value("AccountingCost"));
    sheet.set(Field::PrecedingInvoice, Some(&preceding.join(", ")));
}

fn supplier(sheet: &mut Sheet, party: Node<'_>) {
    let id = party
        .all("PartyIdentification/ID")
        .into_iter()
        .find(|id| id.attribute("schemeID") != Some(SEPA_CREDITOR))
        .and_then(Node::text);
    sheet.set(Field::SupplierName, party_name(party));
    sheet.set(Field::SupplierId, id);
    sheet.set(Field::SupplierRegistration, party.value("PartyLegalEntity/CompanyID"));
    sheet.set(Field::SupplierVatId, vat_id(party));
    sheet.set(Field::SupplierTaxNumber, tax_number(party));
    sheet.set(Field::SupplierStreet, street(party).as_deref());
    sheet.set(Field::SupplierCity, city(party).as_deref());
    sheet.set(Field::SupplierPostcode, party.value("PostalAddress/PostalZone"));
    sheet.set(Field::SupplierCountry, party.value("PostalAddress/Country/IdentificationCode"));
}

fn buyer(sheet: &mut Sheet, party: Node<'_>) {
    sheet.set(Field::BuyerName, party_name(party));
    sheet.set(Field::BuyerVatId, vat_id(party));
    sheet.set(Field::BuyerStreet, street(party).as_deref());
    sheet.set(Field::BuyerCity, city(party).as_deref());
    sheet.set(Field::BuyerPostcode, party.value("PostalAddress/PostalZone"));
    sheet.set(Field::BuyerCountry, party.value("PostalAddress/Country/IdentificationCode"));
}

/// The lines of the address: BT-35, BT-36 and BT-162 of the seller, BT-50, BT-51 and BT-163 of the buyer.
fn street(party: Node<'_>) -> Option<String> {
    let lines = ["StreetName", "AdditionalStreetName", "AddressLine/Line"];
    in_a_row(&lines.map(|line| party.value(&format!("PostalAddress/{line}"))))
}

/// The town, and what it lies in: BT-37 and BT-39, BT-52 and BT-54.
fn city(party: Node<'_>) -> Option<String> {
    in_a_row(&["CityName", "CountrySubentity"].map(|part| party.value(&format!("PostalAddress/{part}"))))
}

/// The registered name (BT-27, BT-44), else the trading name, else the contact's.
fn party_name(party: Node<'_>) -> Option<&str> {
    let paths = ["PartyLegalEntity/RegistrationName", "PartyName/Name", "Contact/Name"];
    paths.iter().find_map(|path| party.value(path))
}

/// `VAT`, and what the same tax is called where it is the goods and services tax.
fn is_vat(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("VAT") || scheme.eq_ignore_ascii_case("GST")
}

/// BT-31 or BT-48: the registration under the scheme `VAT`. Older national profiles give the scheme by number or not
/// at all; there the id's own form tells.
fn vat_id(party: Node<'_>) -> Option<&str> {
    tax_id(party, |scheme, _| is_vat(scheme)).or_else(|| tax_id(party, |_, id| has_country_prefix(id)))
}

/// BT-32: a registration under another scheme.
fn tax_number(party: Node<'_>) -> Option<&str> {
    tax_id(party, |scheme, id| !is_vat(scheme) && !has_country_prefix(id))
}

/// The first tax registration whose scheme and id are as wanted.
fn tax_id<'t>(party: Node<'t>, wanted: impl Fn(&str, &str) -> bool) -> Option<&'t str> {
    party.named("PartyTaxScheme").find_map(|registration| {
        let scheme = registration.value("TaxScheme/ID").unwrap_or_default();
        registration.value("CompanyID").filter(|id| wanted(scheme, id))
    })
}

/// Whether it has the form of a VAT id: two letters for the country, then letters and digits, at least five of them digits.
fn has_country_prefix(id: &str) -> bool {
    let (Some(country), Some(rest)) = (id.get(..2), id.get(2..)) else {
        return false;
    };
    country.bytes().all(|byte| byte.is_ascii_uppercase())
        && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b' ')
        && rest.bytes().filter(u8::is_ascii_digit).count() >= 5
}

fn payment(sheet: &mut Sheet, root: Node<'_>) {
    let terms: Vec<&str> = root.all("PaymentTerms/Note").into_iter().filter_map(Node::text).collect();
    sheet.set(Field::PaymentTerms, Some(&terms.join("\n")));
    sheet.set(Field::PayeeName, root.value("PayeeParty/PartyName/Name"));
    // The payer's account of a direct debit is elsewhere, in the mandate.
    sheet.note_accounts(root.all("PaymentMeans/PayeeFinancialAccount/ID").into_iter().filter_map(Node::text));
    // Of several ways to pay, take one with an account.
    let with_account = root.named("PaymentMeans").find(|means| means.value("PayeeFinancialAccount/ID").is_some());
    let Some(means) = with_account.or_else(|| root.first("PaymentMeans")) else {
        return;
    };
    let bank = "PayeeFinancialAccount/FinancialInstitutionBranch";
    let bic = means.value(&format!("{bank}/ID")).or_else(|| means.value(&format!("{bank}/FinancialInstitution/ID")));
    sheet.set(Field::PaymentMeans, means.value("PaymentMeansCode"));
    sheet.set(Field::PaymentReference, means.value("PaymentID"));
    sheet.set(Field::Iban, means.value("PayeeFinancialAccount/ID"));
    sheet.set(Field::AccountName, means.value("PayeeFinancialAccount/Name"));
    sheet.set(Field::Bic, bic);
}

fn totals(sheet: &mut Sheet, root: Node<'_>) {
    if let Some(totals) = root.first("LegalMonetaryTotal") {
        sheet.set(Field::LinesTotal, totals.value("LineExtensionAmount"));
        sheet.set(Field::AllowancesTotal, totals.value("AllowanceTotalAmount"));
        sheet.set(Field::ChargesTotal, totals.value("ChargeTotalAmount"));
        sheet.set(Field::NetTotal, totals.value("TaxExclusiveAmount"));
        sheet.set(Field::GrossTotal, totals.value("TaxInclusiveAmount"));
        sheet.set(Field::PaidAmount, totals.value("PrepaidAmount"));
        sheet.set(Field::RoundingAmount, totals.value("PayableRoundingAmount"));
        sheet.set(Field::AmountDue, totals.value("PayableAmount"));
    }
    sheet.set(Field::ThirdPartyAmount, third_party_amount(root).map(|sum| sum.to_string()).as_deref());
    if let Some(total) = tax_total(root) {
        sheet.set(Field::TaxTotal, total.value("TaxAmount"));
        sheet.reading.vat_rows =
            total.named("TaxSubtotal").zip(1..).map(|(row, place)| vat_row(sheet, row, place)).collect();
    }
}

/// What the invoice collects for others, by XRechnung's extension: BT-DEX-002, all together. In plain UBL the same element is
/// what was paid before, and EN 16931 does not use it: by its rules alone, which `validate` judges by, BR-CO-16 is broken.
fn third_party_amount(root: Node<'_>) -> Option<Decimal> {
    let is_extension = root.value("CustomizationID").is_some_and(|id| id.contains(XRECHNUNG_EXTENSION));
    let amounts: Vec<Decimal> =
        root.all("PrepaidPayment/PaidAmount").into_iter().filter_map(|amount| number(amount.text())).collect();
    (is_extension && !amounts.is_empty()).then(|| amounts.into_iter().sum())
}

/// Of several tax totals the one in the document's currency; the other is BT-111, in the accounting currency.
fn tax_total(root: Node<'_>) -> Option<Node<'_>> {
    let currency = root.value("DocumentCurrencyCode");
    let in_currency = |total: &Node<'_>| {
        total.first("TaxAmount").and_then(|amount| amount.attribute("currencyID")) == currency && currency.is_some()
    };
    let broken_down = |total: &Node<'_>| total.first("TaxSubtotal").is_some();
    let totals = || root.named("TaxTotal");
    totals()
        .find(|total| in_currency(total) && broken_down(total))
        .or_else(|| totals().find(in_currency))
        .or_else(|| totals().find(broken_down))
        .or_else(|| totals().next())
}

fn allowance(sheet: &mut Sheet, own: Node<'_>, place: u32) -> Allowance {
    let mut numbers = Numbers::of(sheet, "Allowance", &place);
    Allowance {
        is_charge: is_charge(own.value("ChargeIndicator")),
        reason: short_text(own.value("AllowanceChargeReason")),
        reason_code: short_text(own.value("AllowanceChargeReasonCode")),
        amount: numbers.decimal("Amount", own.value("Amount")),
        percentage: numbers.decimal("Per cent", own.value("MultiplierFactorNumeric")),
        tax_rate: numbers.decimal("VAT %", own.value("TaxCategory/Percent")),
    }
}

fn vat_row(sheet: &mut Sheet, row: Node<'_>, place: u32) -> VatRow {
    let mut numbers = Numbers::of(sheet, "VAT row", &place);
    VatRow {
        base: numbers.decimal("Base", row.value("TaxableAmount")),
        tax: numbers.decimal("VAT", row.value("TaxAmount")),
        category: short_text(row.value("TaxCategory/ID")),
        rate: numbers.decimal("VAT %", row.value("TaxCategory/Percent").or_else(|| row.value("Percent"))),
    }
}

/// The lines within a line, as XRechnung's extension has them (BG-DEX-01). They say what the line is made of: its amount is
/// theirs together, so they count in no sum.
fn sub_lines(sheet: &mut Sheet, parent: Node<'_>) {
    for (node, place) in parent.named("SubInvoiceLine|SubCreditNoteLine").zip(1..) {
        let read = InvoiceLine { informative: true, ..line(sheet, node, place) };
        sheet.reading.lines.push(read);
        sub_lines(sheet, node);
    }
}

fn line(sheet: &mut Sheet, line: Node<'_>, place: u32) -> InvoiceLine {
    let id = short_text(line.value("ID")).unwrap_or_else(|| place.to_string());
    let mut numbers = Numbers::of(sheet, "Line", &id);
    let quantity = line.first("InvoicedQuantity|CreditedQuantity");
    let tax = line.first("Item/ClassifiedTaxCategory");
    let own = line.named("AllowanceCharge").map(|own| (own.value("ChargeIndicator"), own.value("Amount")));
    InvoiceLine {
        id,
        description: item_text(line.value("Item/Name"), line.value("Item/Description")),
        quantity: numbers.decimal("Quantity", quantity.and_then(Node::text)),
        unit: short_text(quantity.and_then(|quantity| quantity.attribute("unitCode"))),
        unit_price: numbers.unit_price(line.value("Price/PriceAmount"), line.value("Price/BaseQuantity")),
        net: numbers.decimal("Net", line.value("LineExtensionAmount")),
        allowances: numbers.allowances(own),
        tax_category: short_text(tax.and_then(|tax| tax.value("ID"))),
        tax_rate: numbers.decimal("VAT %", tax.and_then(|tax| tax.value("Percent"))),
        item_number: short_text(line.value("Item/SellersItemIdentification/ID")),
        ..InvoiceLine::default()
    }
}
