//! Samples in UBL 2.1, bound to EN 16931.

use super::invoice::{Invoice, Line, Party, Type, iso};
use super::xml::Xml;

const CAC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2";
const CBC: &str = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2";
const EUR: [(&str, &str); 1] = [("currencyID", "EUR")];

/// The element names in which an invoice and a credit note differ.
struct Names {
    root: &'static str,
    namespace: &'static str,
    type_code: &'static str,
    line: &'static str,
    quantity: &'static str,
}

fn names(kind: Type) -> Names {
    match kind {
        Type::Invoice => Names {
            root: "Invoice",
            namespace: "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2",
            type_code: "cbc:InvoiceTypeCode",
            line: "cac:InvoiceLine",
            quantity: "cbc:InvoicedQuantity",
        },
        Type::CreditNote => Names {
            root: "CreditNote",
            namespace: "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2",
            type_code: "cbc:CreditNoteTypeCode",
            line: "cac:CreditNoteLine",
            quantity: "cbc:CreditedQuantity",
        },
    }
}

pub(super) fn ubl(invoice: &Invoice) -> String {
    let names = names(invoice.kind);
    let namespaces = [("xmlns", names.namespace), ("xmlns:cac", CAC), ("xmlns:cbc", CBC)];
    let mut xml = Xml::document(names.root, &namespaces);
    header(&mut xml, invoice, names.type_code);
    party(&mut xml, "cac:AccountingSupplierParty", &invoice.seller);
    party(&mut xml, "cac:AccountingCustomerParty", &invoice.buyer);
    payment(&mut xml, invoice);
    discounts(&mut xml, invoice);
    taxes(&mut xml, invoice);
    totals(&mut xml, invoice);
    for (line, place) in invoice.lines.iter().zip(1..) {
        invoice_line(&mut xml, &names, line, place);
    }
    xml.finish()
}

fn header(xml: &mut Xml, invoice: &Invoice, type_code: &str) {
    xml.text("cbc:CustomizationID", "urn:cen.eu:en16931:2017")
        .text("cbc:ID", &invoice.number)
        .text("cbc:IssueDate", iso(invoice.issued));
    if invoice.kind == Type::Invoice {
        xml.text("cbc:DueDate", iso(invoice.due));
    }
    xml.text(type_code, invoice.kind.code()).text("cbc:DocumentCurrencyCode", "EUR");
    xml.open("cac:OrderReference").text("cbc:ID", &invoice.order).end();
    if let Some(corrects) = &invoice.corrects {
        xml.open("cac:BillingReference").open("cac:InvoiceDocumentReference").text("cbc:ID", corrects).end().end();
    }
}

fn party(xml: &mut Xml, role: &'static str, party: &Party) {
    xml.open(role).open("cac:Party");
    xml.open("cac:PostalAddress")
        .text("cbc:StreetName", party.street)
        .text("cbc:CityName", party.city)
        .text("cbc:PostalZone", party.postcode);
    xml.open("cac:Country").text("cbc:IdentificationCode", party.country).end().end();
    xml.open("cac:PartyTaxScheme").text("cbc:CompanyID", &party.vat_id);
    tax_scheme(xml);
    xml.end();
    xml.open("cac:PartyLegalEntity").text("cbc:RegistrationName", party.name).end();
    xml.end().end();
}

fn payment(xml: &mut Xml, invoice: &Invoice) {
    if invoice.kind == Type::Invoice {
        xml.open("cac:PaymentMeans").text("cbc:PaymentMeansCode", "58").text("cbc:PaymentID", &invoice.number);
        xml.open("cac:PayeeFinancialAccount").text("cbc:ID", &invoice.iban).text("cbc:Name", invoice.seller.name);
        xml.open("cac:FinancialInstitutionBranch").text("cbc:ID", &invoice.bic).end().end().end();
    }
    xml.open("cac:PaymentTerms").text("cbc:Note", invoice.company.language.words().please_pay).end();
}

fn discounts(xml: &mut Xml, invoice: &Invoice) {
    for tax in invoice.taxes.iter().filter(|tax| !tax.discount.is_zero()) {
        xml.open("cac:AllowanceCharge")
            .text("cbc:ChargeIndicator", "false")
            .text("cbc:AllowanceChargeReason", invoice.company.language.words().discount)
            .text("cbc:MultiplierFactorNumeric", invoice.discount_per_cent)
            .text_with("cbc:Amount", &EUR, tax.discount)
            .text_with("cbc:BaseAmount", &EUR, tax.base + tax.discount);
        tax_category(xml, "cac:TaxCategory", tax.rate);
        xml.end();
    }
}

fn taxes(xml: &mut Xml, invoice: &Invoice) {
    xml.open("cac:TaxTotal").text_with("cbc:TaxAmount", &EUR, invoice.tax());
    for tax in &invoice.taxes {
        xml.open("cac:TaxSubtotal").text_with("cbc:TaxableAmount", &EUR, tax.base).text_with(
            "cbc:TaxAmount",
            &EUR,
            tax.tax,
        );
        tax_category(xml, "cac:TaxCategory", tax.rate);
        xml.end();
    }
    xml.end();
}

fn totals(xml: &mut Xml, invoice: &Invoice) {
    xml.open("cac:LegalMonetaryTotal")
        .text_with("cbc:LineExtensionAmount", &EUR, invoice.lines_total())
        .text_with("cbc:TaxExclusiveAmount", &EUR, invoice.net())
        .text_with("cbc:TaxInclusiveAmount", &EUR, invoice.gross());
    if !invoice.discount().is_zero() {
        xml.text_with("cbc:AllowanceTotalAmount", &EUR, invoice.discount());
    }
    xml.text_with("cbc:PayableAmount", &EUR, invoice.gross()).end();
}

fn invoice_line(xml: &mut Xml, names: &Names, line: &Line, place: usize) {
    xml.open(names.line)
        .text("cbc:ID", place)
        .text_with(names.quantity, &[("unitCode", line.item.unit)], line.quantity)
        .text_with("cbc:LineExtensionAmount", &EUR, line.net);
    xml.open("cac:Item").text("cbc:Name", line.item.name);
    xml.open("cac:SellersItemIdentification").text("cbc:ID", line.item.number).end();
    tax_category(xml, "cac:ClassifiedTaxCategory", line.rate);
    xml.end();
    xml.open("cac:Price").text_with("cbc:PriceAmount", &EUR, line.price).end().end();
}

fn tax_category(xml: &mut Xml, name: &'static str, rate: rust_decimal::Decimal) {
    xml.open(name).text("cbc:ID", "S").text("cbc:Percent", rate);
    tax_scheme(xml);
    xml.end();
}

fn tax_scheme(xml: &mut Xml) {
    xml.open("cac:TaxScheme").text("cbc:ID", "VAT").end();
}
