//! UBL 2.1 to the semantic model, by the syntax binding of EN 16931-3-2.

use super::{
    super::tree::{Node, Vocabulary},
    boolean, has,
    places::{CodePlace, Places, Take},
    text, texts, value,
};
use crate::domain::en16931::{
    Invoice, Syntax,
    model::{
        Address, Adjustment, Code, CodeUse, Delivery, Line, Party, Payee, Payment, Period, SupportingDocument,
        TaxTotal, Totals, VatCategory, VatRow,
    },
};
use std::sync::LazyLock;

/// The type of a reference that stands for the invoiced object, BT-18 and BT-128.
const INVOICED_OBJECT: &str = "130";
const SEPA: &str = "SEPA";

static PLACES: LazyLock<Places> = LazyLock::new(|| Places::new(Syntax::Ubl, CODES, TAKES));

const AMOUNTS: &str = "Amount|BaseAmount|PriceAmount|TaxAmount|TaxableAmount|LineExtensionAmount|TaxExclusiveAmount|\
    TaxInclusiveAmount|AllowanceTotalAmount|ChargeTotalAmount|PrepaidAmount|PayableRoundingAmount|PayableAmount";

const CODES: &[CodePlace] = &[
    ("InvoiceTypeCode", CodeUse::InvoiceType, None),
    ("CreditNoteTypeCode", CodeUse::CreditNoteType, None),
    (AMOUNTS, CodeUse::AmountCurrency, Some("currencyID")),
    ("DocumentCurrencyCode", CodeUse::DocumentCurrency, None),
    ("TaxCurrencyCode", CodeUse::TaxCurrency, None),
    ("InvoicePeriod/DescriptionCode", CodeUse::TaxPoint, None),
    ("PartyIdentification/ID!AccountingSupplierParty!PayeeParty", CodeUse::PartyScheme, Some("schemeID")),
    ("PartyLegalEntity/CompanyID", CodeUse::LegalScheme, Some("schemeID")),
    ("CommodityClassification/ItemClassificationCode", CodeUse::ItemClassScheme, Some("listID")),
    ("Country/IdentificationCode", CodeUse::Country, None),
    ("OriginCountry/IdentificationCode", CodeUse::OriginCountry, None),
    ("PaymentMeans/PaymentMeansCode", CodeUse::PaymentMeans, None),
    ("TaxCategory/ID", CodeUse::DocumentVatCategory, None),
    ("ClassifiedTaxCategory/ID", CodeUse::LineVatCategory, None),
    ("StandardItemIdentification/ID", CodeUse::ItemScheme, Some("schemeID")),
    ("TaxExemptionReasonCode", CodeUse::ExemptionReason, None),
    ("InvoicedQuantity|BaseQuantity|CreditedQuantity", CodeUse::Unit, Some("unitCode")),
    ("EmbeddedDocumentBinaryObject", CodeUse::FileType, Some("mimeCode")),
    ("EndpointID", CodeUse::ElectronicAddressScheme, Some("schemeID")),
    ("DeliveryLocation/ID", CodeUse::LocationScheme, Some("schemeID")),
];

const TAKES: &[(&str, Take)] = &[
    ("PartyTaxScheme", take_vat_id),
    ("PartyIdentification/ID", take_creditor_id),
    ("AccountingSupplierParty/Party/PartyIdentification/ID", take_creditor_scheme),
    ("PayeeParty/PartyIdentification/ID", take_creditor_scheme),
    ("AllowanceCharge", take_reason),
    ("AdditionalDocumentReference|DocumentReference", take_object_scheme),
    ("/Note", take_note_subject),
];

fn take_vat_id<'t>(registration: Node<'t>, invoice: &mut Invoice<'t>) {
    if is_vat(registration) {
        invoice.vat_ids.extend(value(registration, "CompanyID"));
    }
}

fn take_creditor_id<'t>(id: Node<'t>, invoice: &mut Invoice<'t>) {
    invoice.creditor_ids += usize::from(is_sepa(id));
}

/// The ids of who is paid may be SEPA creditor identifiers.
fn take_creditor_scheme<'t>(id: Node<'t>, invoice: &mut Invoice<'t>) {
    let scheme = id.attribute("schemeID").unwrap_or_default();
    if id.has_attribute("schemeID") && scheme != SEPA {
        invoice.codes.push(Code { usage: CodeUse::PartyScheme, value: scheme });
    }
}

fn take_reason<'t>(adjustment: Node<'t>, invoice: &mut Invoice<'t>) {
    let usage = match boolean(value(adjustment, "ChargeIndicator")) {
        Some(true) => CodeUse::ChargeReason,
        Some(false) => CodeUse::AllowanceReason,
        None => return,
    };
    let codes = adjustment.named("AllowanceChargeReasonCode");
    invoice.codes.extend(codes.map(|code| Code { usage, value: text(code) }));
}

fn take_object_scheme<'t>(document: Node<'t>, invoice: &mut Invoice<'t>) {
    if value(document, "DocumentTypeCode") != Some(INVOICED_OBJECT) {
        return;
    }
    let schemes = document.named("ID").filter(|id| id.has_attribute("schemeID"));
    invoice.codes.extend(
        schemes.map(|id| Code { usage: CodeUse::ReferenceType, value: id.attribute("schemeID").unwrap_or_default() }),
    );
}

/// A note may begin with its subject (BT-21) as `#AAI#`.
fn take_note_subject<'t>(note: Node<'t>, invoice: &mut Invoice<'t>) {
    let between = text(note).split_once('#').and_then(|(_, rest)| rest.split_once('#'));
    if let Some((subject, _)) = between.filter(|(subject, _)| subject.chars().count() == 3) {
        invoice.codes.push(Code { usage: CodeUse::NoteSubject, value: subject });
    }
}

pub(super) fn invoice(root: Node<'_>) -> Invoice<'_> {
    let periods: Vec<Period<'_>> = root.named("InvoicePeriod").map(period).collect();
    let mut invoice = Invoice {
        syntax: Syntax::Ubl,
        specification: value(root, "CustomizationID"),
        number: value(root, "ID"),
        issue_date: value(root, "IssueDate"),
        type_code: value(root, "InvoiceTypeCode").or_else(|| value(root, "CreditNoteTypeCode")),
        currency: value(root, "DocumentCurrencyCode"),
        tax_currency: value(root, "TaxCurrencyCode"),
        has_tax_point_date: has(root, "TaxPointDate"),
        has_tax_point_code: periods.iter().any(|period| period.has_tax_point_code),
        seller: root.first("AccountingSupplierParty").map(|holder| party(holder.first("Party").unwrap_or(holder))),
        buyer: root.first("AccountingCustomerParty").map(|holder| party(holder.first("Party").unwrap_or(holder))),
        payees: root.named("PayeeParty").map(payee).collect(),
        representatives: root.named("TaxRepresentativeParty").map(representative).collect(),
        delivery: delivery(root),
        periods,
        preceding: root.named("BillingReference").map(|one| value(one, "InvoiceDocumentReference/ID")).collect(),
        documents: root.named("AdditionalDocumentReference").map(|document| supporting(document, root)).collect(),
        payments: root.named("PaymentMeans").map(payment).collect(),
        adjustments: root.named("AllowanceCharge").map(adjustment).collect(),
        totals: root.first("LegalMonetaryTotal").map(totals),
        lines: root.named("InvoiceLine|CreditNoteLine").map(line).collect(),
        ..Invoice::default()
    };
    for (place, total) in root.named("TaxTotal").enumerate() {
        let amount = total.first("TaxAmount");
        let currency = amount.and_then(|amount| amount.attribute("currencyID"));
        invoice.tax_totals.push(TaxTotal { amount: amount.map(text), currency });
        invoice.vat_rows.extend(total.named("TaxSubtotal").map(|row| vat_row(row, place)));
    }
    PLACES.walk(root, &mut invoice);
    invoice
}

fn is_sepa(id: Node<'_>) -> bool {
    id.attribute("schemeID").is_some_and(|scheme| scheme.eq_ignore_ascii_case(SEPA))
}

/// Whether a tax registration or category is of VAT.
fn is_vat(holder: Node<'_>) -> bool {
    holder.all("TaxScheme/ID").into_iter().any(|scheme| text(scheme).eq_ignore_ascii_case("VAT"))
}

fn party(party: Node<'_>) -> Party<'_> {
    let registrations = |vat: bool| party.named("PartyTaxScheme").filter(move |one| is_vat(*one) == vat);
    let ids = party.all("PartyIdentification/ID").into_iter();
    Party {
        name: value(party, "PartyLegalEntity/RegistrationName"),
        trading_name: value(party, "PartyName/Name"),
        ids: ids.filter(|id| id.attribute("schemeID") != Some(SEPA)).map(text).collect(),
        legal_id: value(party, "PartyLegalEntity/CompanyID"),
        vat_ids: registrations(true).filter_map(|one| value(one, "CompanyID")).collect(),
        other_tax_ids: registrations(false).filter(|one| has(*one, "CompanyID")).count(),
        address: party.first("PostalAddress").map(address),
        electronic_address_schemes: party
            .named("EndpointID")
            .map(|id| id.has_attribute("schemeID").then(|| id.attribute("schemeID").unwrap_or_default()))
            .collect(),
    }
}

fn representative(holder: Node<'_>) -> Party<'_> {
    Party { name: value(holder, "PartyName/Name"), ..party(holder) }
}

fn payee(party: Node<'_>) -> Payee<'_> {
    let ids = party.all("PartyIdentification/ID").into_iter();
    Payee {
        names: texts(party, "PartyName/Name"),
        ids: ids.filter(|id| !is_sepa(*id)).map(text).collect(),
        legal_ids: texts(party, "PartyLegalEntity/CompanyID"),
    }
}

fn address(address: Node<'_>) -> Address<'_> {
    Address { country: value(address, "Country/IdentificationCode") }
}

fn delivery(root: Node<'_>) -> Delivery<'_> {
    Delivery {
        date: value(root, "Delivery/ActualDeliveryDate"),
        address: root.first("Delivery/DeliveryLocation/Address").map(address),
    }
}

fn period(period: Node<'_>) -> Period<'_> {
    let (start, end) = (value(period, "StartDate"), value(period, "EndDate"));
    Period {
        has_start: start.is_some(),
        has_end: end.is_some(),
        start,
        end,
        has_tax_point_code: has(period, "DescriptionCode"),
        is_filled: period.children().next().is_some(),
    }
}

fn supporting<'t>(document: Node<'t>, root: Node<'t>) -> SupportingDocument<'t> {
    SupportingDocument {
        id: value(document, "ID"),
        has_scheme: document.first("ID").is_some_and(|id| id.has_attribute("schemeID")),
        type_code: value(document, "DocumentTypeCode"),
        of_credit_note: root.vocabulary() == Vocabulary::UblCreditNote,
    }
}

fn payment(means: Node<'_>) -> Payment<'_> {
    Payment {
        means: value(means, "PaymentMeansCode"),
        references: texts(means, "PaymentID"),
        has_account: has(means, "PayeeFinancialAccount"),
        account: value(means, "PayeeFinancialAccount/ID"),
        card: value(means, "CardAccount/PrimaryAccountNumberID"),
    }
}

fn adjustment(node: Node<'_>) -> Adjustment<'_> {
    Adjustment {
        is_charge: boolean(value(node, "ChargeIndicator")),
        amount: value(node, "Amount"),
        base: value(node, "BaseAmount"),
        has_reason: has(node, "AllowanceChargeReason|AllowanceChargeReasonCode"),
        vat: category(node, "TaxCategory"),
    }
}

/// The VAT category among those at a path, or else the first of another tax.
fn category<'t>(holder: Node<'t>, path: &str) -> VatCategory<'t> {
    let categories = holder.all(path);
    let vat = categories.iter().copied().find(|category| is_vat(*category));
    let Some(category) = vat.or_else(|| categories.first().copied()) else { return VatCategory::default() };
    VatCategory { code: value(category, "ID"), rate: value(category, "Percent"), is_vat: vat.is_some() }
}

fn totals(totals: Node<'_>) -> Totals<'_> {
    Totals {
        lines: value(totals, "LineExtensionAmount"),
        allowances: value(totals, "AllowanceTotalAmount"),
        charges: value(totals, "ChargeTotalAmount"),
        net: value(totals, "TaxExclusiveAmount"),
        gross: value(totals, "TaxInclusiveAmount"),
        paid: value(totals, "PrepaidAmount"),
        rounding: value(totals, "PayableRoundingAmount"),
        due: value(totals, "PayableAmount"),
    }
}

fn vat_row(row: Node<'_>, total: usize) -> VatRow<'_> {
    VatRow {
        total,
        base: value(row, "TaxableAmount"),
        tax: value(row, "TaxAmount"),
        vat: category(row, "TaxCategory"),
        has_reason: has(row, "TaxCategory/TaxExemptionReason|TaxExemptionReasonCode"),
    }
}

fn line(line: Node<'_>) -> Line<'_> {
    let quantity = line.first("InvoicedQuantity|CreditedQuantity");
    let has_both = |property: Node<'_>| has(property, "Name") && has(property, "Value");
    let lacks = |path: &str, attribute: &str| line.all(path).into_iter().any(|node| !node.has_attribute(attribute));
    Line {
        id: value(line, "ID"),
        quantity: quantity.map(text),
        has_unit: quantity.is_some_and(|quantity| quantity.has_attribute("unitCode")),
        net: value(line, "LineExtensionAmount"),
        price: value(line, "Price/PriceAmount"),
        gross_price: value(line, "Price/AllowanceCharge/BaseAmount"),
        vat: category(line, "Item/ClassifiedTaxCategory"),
        name: value(line, "Item/Name"),
        period: line.first("InvoicePeriod").map(period),
        adjustments: line.named("AllowanceCharge").map(adjustment).collect(),
        has_item_id_without_scheme: lacks("Item/StandardItemIdentification/ID", "schemeID"),
        has_class_without_scheme: lacks("Item/CommodityClassification/ItemClassificationCode", "listID"),
        has_unfinished_attribute: !line.all("Item/AdditionalItemProperty").into_iter().all(has_both),
    }
}
