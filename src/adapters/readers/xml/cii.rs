//! UN/CEFACT Cross Industry Invoice: D16B, as Factur-X, ZUGFeRD 2 and XRechnung use it (EN 16931-3-3), and the older
//! names of ZUGFeRD 1.0 beside them.

use super::{
    tree::Node,
    values::{Numbers, Sheet, in_a_row, is_charge, item_text, short_text},
};
use crate::domain::{
    field::Field,
    reading::{Allowance, DocumentKind, InvoiceLine, Reading, VatRow},
};

const DOCUMENT: &str = "ExchangedDocument|HeaderExchangedDocument";
const TRANSACTION: &str = "SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction";
const AGREEMENT: &str = "ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement";
const DELIVERY: &str = "ApplicableHeaderTradeDelivery|ApplicableSupplyChainTradeDelivery";
const SETTLEMENT: &str = "ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement";
const TOTALS: &str = "SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation";
const LINE_AGREEMENT: &str = "SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement";
const LINE_DELIVERY: &str = "SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery";
const LINE_SETTLEMENT: &str = "SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement";
const LINE_TOTAL: &str = "SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation";
const RATE: &str = "RateApplicablePercent|ApplicablePercent";
const ACCOUNT: &str = "PayeePartyCreditorFinancialAccount";
/// The number of a referenced document.
const REFERENCE: &str = "IssuerAssignedID|ID";

/// Reads the root element `CrossIndustryInvoice` or `CrossIndustryDocument`.
pub(super) fn read(root: Node<'_>) -> Reading {
    let mut sheet = Sheet::new(DocumentKind::Cii);
    if let Some(node) = root.first(DOCUMENT) {
        document(&mut sheet, node);
    }
    let Some(transaction) = root.first(TRANSACTION) else {
        return sheet.reading;
    };
    if let Some(node) = transaction.first(AGREEMENT) {
        agreement(&mut sheet, node);
    }
    if let Some(node) = transaction.first(DELIVERY) {
        delivery(&mut sheet, node);
    }
    if let Some(node) = transaction.first(SETTLEMENT) {
        settlement(&mut sheet, node);
        payment(&mut sheet, node);
        totals(&mut sheet, node);
    }
    let lines = transaction.named("IncludedSupplyChainTradeLineItem").zip(1..);
    sheet.reading.lines = lines.map(|(node, place)| line(&mut sheet, node, place)).collect();
    sheet.reading
}

fn document(sheet: &mut Sheet, document: Node<'_>) {
    let notes: Vec<&str> = document.all("IncludedNote/Content").into_iter().filter_map(Node::text).collect();
    sheet.set(Field::InvoiceNumber, document.value("ID"));
    sheet.set(Field::DocumentType, document.value("TypeCode"));
    sheet.set_date(Field::IssueDate, document.first("IssueDateTime"));
    sheet.set(Field::Note, Some(&notes.join("\n")));
}

fn agreement(sheet: &mut Sheet, agreement: Node<'_>) {
    let reference = |name: &str| agreement.value(&format!("{name}/{REFERENCE}"));
    sheet.set(Field::BuyerReference, agreement.value("BuyerReference"));
    sheet.set(Field::ProjectReference, agreement.value("SpecifiedProcuringProject/ID"));
    sheet.set(Field::ContractReference, reference("ContractReferencedDocument"));
    sheet.set(Field::PurchaseOrder, reference("BuyerOrderReferencedDocument"));
    if let Some(party) = agreement.first("SellerTradeParty") {
        supplier(sheet, party);
    }
    if let Some(party) = agreement.first("BuyerTradeParty") {
        buyer(sheet, party);
    }
}

fn supplier(sheet: &mut Sheet, party: Node<'_>) {
    sheet.set(Field::SupplierName, party_name(party));
    sheet.set(Field::SupplierId, party.value("ID").or_else(|| party.value("GlobalID")));
    sheet.set(Field::SupplierRegistration, party.value("SpecifiedLegalOrganization/ID"));
    sheet.set(Field::SupplierVatId, tax_id(party, "VA"));
    sheet.set(Field::SupplierTaxNumber, tax_id(party, "FC"));
    sheet.set(Field::SupplierStreet, street(party).as_deref());
    sheet.set(Field::SupplierCity, city(party).as_deref());
    sheet.set(Field::SupplierPostcode, party.value("PostalTradeAddress/PostcodeCode"));
    sheet.set(Field::SupplierCountry, party.value("PostalTradeAddress/CountryID"));
}

fn buyer(sheet: &mut Sheet, party: Node<'_>) {
    sheet.set(Field::BuyerName, party_name(party));
    sheet.set(Field::BuyerVatId, tax_id(party, "VA"));
    sheet.set(Field::BuyerStreet, street(party).as_deref());
    sheet.set(Field::BuyerCity, city(party).as_deref());
    sheet.set(Field::BuyerPostcode, party.value("PostalTradeAddress/PostcodeCode"));
    sheet.set(Field::BuyerCountry, party.value("PostalTradeAddress/CountryID"));
}

/// The lines of the address: BT-35, BT-36 and BT-162 of the seller, BT-50, BT-51 and BT-163 of the buyer.
fn street(party: Node<'_>) -> Option<String> {
    let lines = ["LineOne|StreetName", "LineTwo", "LineThree"];
    in_a_row(&lines.map(|line| party.value(&format!("PostalTradeAddress/{line}"))))
}

/// The town, and what it lies in: BT-37 and BT-39, BT-52 and BT-54.
fn city(party: Node<'_>) -> Option<String> {
    in_a_row(&["CityName", "CountrySubDivisionName"].map(|part| party.value(&format!("PostalTradeAddress/{part}"))))
}

/// The registered name (BT-27, BT-44), else the trading name.
fn party_name(party: Node<'_>) -> Option<&str> {
    party.value("Name").or_else(|| party.value("SpecifiedLegalOrganization/TradingBusinessName"))
}

/// The tax registration of a scheme: `VA` is the VAT id, `FC` the national tax number.
fn tax_id<'t>(party: Node<'t>, scheme: &str) -> Option<&'t str> {
    party
        .all("SpecifiedTaxRegistration/ID")
        .into_iter()
        .find(|id| id.attribute("schemeID") == Some(scheme) && id.text().is_some())
        .and_then(Node::text)
}

fn delivery(sheet: &mut Sheet, delivery: Node<'_>) {
    let despatch = "DespatchAdviceReferencedDocument|DeliveryNoteReferencedDocument";
    sheet.set(Field::DespatchAdvice, delivery.value(&format!("{despatch}/{REFERENCE}")));
    sheet.set_date(Field::DeliveryDate, delivery.first("ActualDeliverySupplyChainEvent/OccurrenceDateTime"));
}

fn settlement(sheet: &mut Sheet, settlement: Node<'_>) {
    let preceding: Vec<&str> =
        settlement.named("InvoiceReferencedDocument").filter_map(|document| document.value(REFERENCE)).collect();
    sheet.set(Field::Currency, settlement.value("InvoiceCurrencyCode"));
    sheet.set(Field::CostCode, settlement.value("ReceivableSpecifiedTradeAccountingAccount/ID"));
    sheet.set(Field::PrecedingInvoice, Some(&preceding.join(", ")));
    sheet.set_date(Field::TaxPointDate, settlement.first("ApplicableTradeTax/TaxPointDate"));
    sheet.set_date(Field::PeriodStart, settlement.first("BillingSpecifiedPeriod/StartDateTime"));
    sheet.set_date(Field::PeriodEnd, settlement.first("BillingSpecifiedPeriod/EndDateTime"));
}

fn payment(sheet: &mut Sheet, settlement: Node<'_>) {
    let terms: Vec<&str> =
        settlement.all("SpecifiedTradePaymentTerms/Description").into_iter().filter_map(Node::text).collect();
    sheet.set(Field::PaymentTerms, Some(&terms.join("\n")));
    sheet.set_date(Field::DueDate, settlement.first("SpecifiedTradePaymentTerms/DueDateDateTime"));
    sheet.set(Field::PaymentReference, settlement.value("PaymentReference"));
    sheet.set(Field::PayeeName, settlement.value("PayeeTradeParty/Name"));
    // The debtor's account of a direct debit has an element of its own.
    let ways = || settlement.named("SpecifiedTradeSettlementPaymentMeans");
    sheet.note_accounts(ways().flat_map(|means| means.named(ACCOUNT)).filter_map(number_of_account));
    // Of several ways to pay, take one with an account.
    let Some(means) = ways().find(|means| account(*means).is_some()).or_else(|| ways().next()) else {
        return;
    };
    sheet.set(Field::PaymentMeans, means.value("TypeCode"));
    sheet.set(Field::Iban, account(means));
    sheet.set(Field::AccountName, means.value(&format!("{ACCOUNT}/AccountName")));
    sheet.set(Field::Bic, means.value("PayeeSpecifiedCreditorFinancialInstitution/BICID"));
}

/// The payee's IBAN, else its account number.
fn account(means: Node<'_>) -> Option<&str> {
    means.first(ACCOUNT).and_then(number_of_account)
}

fn number_of_account(account: Node<'_>) -> Option<&str> {
    ["IBANID", "ProprietaryID"].iter().find_map(|name| account.value(name))
}

fn totals(sheet: &mut Sheet, settlement: Node<'_>) {
    let vat_rows = settlement.named("ApplicableTradeTax").zip(1..);
    sheet.reading.vat_rows = vat_rows.map(|(row, place)| vat_row(sheet, row, place)).collect();
    let allowances = settlement.named("SpecifiedTradeAllowanceCharge").zip(1..);
    sheet.reading.allowances = allowances.map(|(own, place)| allowance(sheet, own, place)).collect();
    let freight = settlement.named("SpecifiedLogisticsServiceCharge").zip(1..);
    let freight: Vec<_> = freight.map(|(own, place)| logistics(sheet, own, place)).collect();
    sheet.reading.allowances.extend(freight);
    let Some(totals) = settlement.first(TOTALS) else {
        return;
    };
    sheet.set(Field::LinesTotal, totals.value("LineTotalAmount"));
    sheet.set(Field::AllowancesTotal, totals.value("AllowanceTotalAmount"));
    sheet.set(Field::ChargesTotal, totals.value("ChargeTotalAmount"));
    sheet.set(Field::NetTotal, totals.value("TaxBasisTotalAmount"));
    sheet.set(Field::TaxTotal, tax_total(totals, settlement.value("InvoiceCurrencyCode")));
    sheet.set(Field::GrossTotal, totals.value("GrandTotalAmount"));
    sheet.set(Field::PaidAmount, totals.value("TotalPrepaidAmount"));
    sheet.set(Field::RoundingAmount, totals.value("RoundingAmount"));
    sheet.set(Field::AmountDue, totals.value("DuePayableAmount"));
}

/// Of several tax totals the one in the document's currency; the other is BT-111, in the accounting currency.
fn tax_total<'t>(totals: Node<'t>, currency: Option<&str>) -> Option<&'t str> {
    let amounts = || totals.named("TaxTotalAmount");
    amounts()
        .find(|amount| currency.is_some() && amount.attribute("currencyID") == currency)
        .or_else(|| amounts().next())
        .and_then(Node::text)
}

fn allowance(sheet: &mut Sheet, own: Node<'_>, place: u32) -> Allowance {
    let mut numbers = Numbers::of(sheet, "Allowance", &place);
    Allowance {
        is_charge: is_charge(own.value("ChargeIndicator/Indicator")),
        reason: short_text(own.value("Reason")),
        reason_code: short_text(own.value("ReasonCode")),
        amount: numbers.decimal("Amount", own.value("ActualAmount")),
        percentage: numbers.decimal("Per cent", own.value("CalculationPercent")),
        tax_rate: numbers.decimal("VAT %", own.value(&format!("CategoryTradeTax/{RATE}"))),
    }
}

/// Freight, as ZUGFeRD 1.0 and Factur-X EXTENDED have it: always a charge.
fn logistics(sheet: &mut Sheet, own: Node<'_>, place: u32) -> Allowance {
    let mut numbers = Numbers::of(sheet, "Freight", &place);
    Allowance {
        is_charge: true,
        reason: short_text(own.value("Description")),
        reason_code: None,
        amount: numbers.decimal("Amount", own.value("AppliedAmount")),
        percentage: None,
        tax_rate: numbers.decimal("VAT %", own.value(&format!("AppliedTradeTax/{RATE}"))),
    }
}

fn vat_row(sheet: &mut Sheet, row: Node<'_>, place: u32) -> VatRow {
    let mut numbers = Numbers::of(sheet, "VAT row", &place);
    VatRow {
        base: numbers.decimal("Base", row.value("BasisAmount")),
        tax: numbers.decimal("VAT", row.value("CalculatedAmount")),
        category: short_text(row.value("CategoryCode")),
        rate: numbers.decimal("VAT %", row.value(RATE)),
    }
}

fn line(sheet: &mut Sheet, line: Node<'_>, place: u32) -> InvoiceLine {
    let document = line.first("AssociatedDocumentLineDocument");
    let product = line.first("SpecifiedTradeProduct");
    let price = line.first(LINE_AGREEMENT).and_then(|agreement| agreement.first("NetPriceProductTradePrice"));
    let quantity = line.first(LINE_DELIVERY).and_then(|delivery| delivery.first("BilledQuantity"));
    let settlement = line.first(LINE_SETTLEMENT);
    let tax = settlement.and_then(|settlement| settlement.first("ApplicableTradeTax"));
    let of = |node: Option<Node<'_>>, path: &str| node.and_then(|node| short_text(node.value(path)));
    let id = of(document, "LineID").unwrap_or_else(|| place.to_string());
    let mut numbers = Numbers::of(sheet, "Line", &id);
    let status = of(document, "LineStatusReasonCode");
    let text = item_text(
        product.and_then(|product| product.value("Name")),
        product.and_then(|product| product.value("Description")),
    );
    let own = settlement.into_iter().flat_map(|settlement| settlement.named("SpecifiedTradeAllowanceCharge"));
    let own = own.map(|own| (own.value("ChargeIndicator/Indicator"), own.value("ActualAmount")));
    let total = format!("{LINE_TOTAL}/LineTotalAmount");
    // A line that only says something has a note and no product.
    let note = document.and_then(|document| document.value("IncludedNote/Content"));
    InvoiceLine {
        id,
        description: if text.is_empty() { item_text(note, None) } else { text },
        quantity: numbers.decimal("Quantity", quantity.and_then(Node::text)),
        unit: short_text(quantity.and_then(|quantity| quantity.attribute("unitCode"))),
        unit_price: price
            .and_then(|price| numbers.unit_price(price.value("ChargeAmount"), price.value("BasisQuantity"))),
        net: numbers.decimal("Net", settlement.and_then(|settlement| settlement.value(&total))),
        allowances: numbers.allowances(own),
        tax_category: of(tax, "CategoryCode"),
        tax_rate: numbers.decimal("VAT %", tax.and_then(|tax| tax.value(RATE))),
        item_number: of(product, "SellerAssignedID"),
        informative: matches!(status.as_deref(), Some("GROUP" | "INFORMATION")),
        ..InvoiceLine::default()
    }
}
