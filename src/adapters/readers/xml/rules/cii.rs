//! CII D16B to the semantic model, by the syntax binding of EN 16931-3-3.

use super::{
    super::tree::Node,
    boolean, has,
    places::{CodePlace, Places, Take},
    text, texts, value,
};
use crate::domain::en16931::{
    Invoice, Syntax,
    model::{
        Address, Adjustment, Code, CodeUse, Delivery, Line, Party, Payee, Payment, Period, SupportingDocument,
        TaxTotal, Totals, Value, VatCategory, VatRow,
    },
};
use std::sync::LazyLock;

const AGREEMENT: &str = "SupplyChainTradeTransaction/ApplicableHeaderTradeAgreement";
const DELIVERY: &str = "SupplyChainTradeTransaction/ApplicableHeaderTradeDelivery";
const SETTLEMENT: &str = "SupplyChainTradeTransaction/ApplicableHeaderTradeSettlement";

static PLACES: LazyLock<Places> = LazyLock::new(|| Places::new(Syntax::Cii, CODES, TAKES));

const CODES: &[CodePlace] = &[
    ("ExchangedDocument/TypeCode", CodeUse::InvoiceType, None),
    ("InvoiceCurrencyCode", CodeUse::DocumentCurrency, None),
    ("TaxCurrencyCode", CodeUse::TaxCurrency, None),
    ("DueDateTypeCode", CodeUse::TaxPoint, None),
    ("ReferenceTypeCode", CodeUse::ReferenceType, None),
    ("SubjectCode", CodeUse::NoteSubject, None),
    ("ClassCode", CodeUse::ItemClassScheme, Some("listID")),
    ("CountryID", CodeUse::Country, None),
    ("OriginTradeCountry/ID", CodeUse::OriginCountry, None),
    ("SpecifiedTradeSettlementPaymentMeans/TypeCode", CodeUse::PaymentMeans, None),
    ("CategoryTradeTax/CategoryCode", CodeUse::DocumentVatCategory, None),
    ("ApplicableTradeTax/CategoryCode", CodeUse::LineVatCategory, None),
    ("SpecifiedTradeProduct/GlobalID", CodeUse::ItemScheme, Some("schemeID")),
    ("ExemptionReasonCode", CodeUse::ExemptionReason, None),
    ("BasisQuantity|BilledQuantity", CodeUse::Unit, Some("unitCode")),
    ("AttachmentBinaryObject", CodeUse::FileType, Some("mimeCode")),
    ("URIUniversalCommunication/URIID", CodeUse::ElectronicAddressScheme, Some("schemeID")),
    ("ApplicableHeaderTradeDelivery/ShipToTradeParty/GlobalID", CodeUse::LocationScheme, Some("schemeID")),
];

const TAKES: &[(&str, Take)] = &[
    ("SpecifiedTaxRegistration/ID", take_vat_id),
    ("TaxTotalAmount", take_currency),
    ("SpecifiedTradeAllowanceCharge", take_reason),
    ("GlobalID!SpecifiedTradeProduct!ShipToTradeParty", take_party_scheme),
    ("ID!SpecifiedTaxRegistration", take_legal_scheme),
];

fn take_vat_id<'t>(id: Node<'t>, invoice: &mut Invoice<'t>) {
    if id.attribute("schemeID") == Some("VA") {
        invoice.vat_ids.push(text(id));
    }
}

fn take_attribute<'t>(node: Node<'t>, name: &str, usage: CodeUse, invoice: &mut Invoice<'t>) {
    if node.has_attribute(name) {
        invoice.codes.push(Code { usage, value: node.attribute(name).unwrap_or_default() });
    }
}

fn take_currency<'t>(amount: Node<'t>, invoice: &mut Invoice<'t>) {
    take_attribute(amount, "currencyID", CodeUse::AmountCurrency, invoice);
}

fn take_party_scheme<'t>(id: Node<'t>, invoice: &mut Invoice<'t>) {
    take_attribute(id, "schemeID", CodeUse::PartyScheme, invoice);
}

fn take_legal_scheme<'t>(id: Node<'t>, invoice: &mut Invoice<'t>) {
    take_attribute(id, "schemeID", CodeUse::LegalScheme, invoice);
}

fn take_reason<'t>(adjustment: Node<'t>, invoice: &mut Invoice<'t>) {
    let usage = match boolean(value(adjustment, "ChargeIndicator/Indicator")) {
        Some(true) => CodeUse::ChargeReason,
        Some(false) => CodeUse::AllowanceReason,
        None => return,
    };
    invoice.codes.extend(adjustment.named("ReasonCode").map(|code| Code { usage, value: text(code) }));
}

pub(super) fn invoice(root: Node<'_>) -> Invoice<'_> {
    let mut invoice = Invoice { syntax: Syntax::Cii, ..Invoice::default() };
    enter_document(root, &mut invoice);
    if let Some(agreement) = root.first(AGREEMENT) {
        enter_agreement(agreement, &mut invoice);
    }
    if let Some(delivery) = root.first(DELIVERY) {
        invoice.delivery = Delivery {
            date: value(delivery, "ActualDeliverySupplyChainEvent/OccurrenceDateTime/DateTimeString"),
            address: delivery.first("ShipToTradeParty/PostalTradeAddress").map(address),
        };
    }
    if let Some(settlement) = root.first(SETTLEMENT) {
        enter_settlement(settlement, &mut invoice);
    }
    let lines = root.all("SupplyChainTradeTransaction/IncludedSupplyChainTradeLineItem");
    for node in lines {
        let documents =
            node.all("SpecifiedLineTradeAgreement|SpecifiedLineTradeSettlement/AdditionalReferencedDocument");
        invoice.documents.extend(documents.into_iter().map(supporting));
        invoice.lines.push(line(node));
    }
    PLACES.walk(root, &mut invoice);
    invoice
}

fn enter_document<'t>(root: Node<'t>, invoice: &mut Invoice<'t>) {
    invoice.specification = value(root, "ExchangedDocumentContext/GuidelineSpecifiedDocumentContextParameter/ID");
    invoice.number = value(root, "ExchangedDocument/ID");
    invoice.issue_date = root.first("ExchangedDocument/IssueDateTime").and_then(day);
    invoice.type_code = value(root, "ExchangedDocument/TypeCode");
}

fn enter_agreement<'t>(agreement: Node<'t>, invoice: &mut Invoice<'t>) {
    invoice.seller = agreement.first("SellerTradeParty").map(party);
    invoice.buyer = agreement.first("BuyerTradeParty").map(party);
    invoice.representatives = agreement.named("SellerTaxRepresentativeTradeParty").map(party).collect();
    invoice.documents = agreement.named("AdditionalReferencedDocument").map(supporting).collect();
}

fn enter_settlement<'t>(settlement: Node<'t>, invoice: &mut Invoice<'t>) {
    invoice.currency = value(settlement, "InvoiceCurrencyCode");
    invoice.tax_currency = value(settlement, "TaxCurrencyCode");
    invoice.has_tax_point_date = has(settlement, "ApplicableTradeTax/TaxPointDate");
    invoice.has_tax_point_code = has(settlement, "ApplicableTradeTax/DueDateTypeCode");
    invoice.payees = settlement.named("PayeeTradeParty").map(payee).collect();
    invoice.periods = settlement.named("BillingSpecifiedPeriod").map(period).collect();
    invoice.preceding =
        settlement.named("InvoiceReferencedDocument").map(|document| value(document, "IssuerAssignedID")).collect();
    invoice.payments = settlement.named("SpecifiedTradeSettlementPaymentMeans").map(payment).collect();
    invoice.adjustments = settlement.named("SpecifiedTradeAllowanceCharge").map(adjustment).collect();
    invoice.vat_rows = settlement.named("ApplicableTradeTax").map(vat_row).collect();
    let summation = settlement.first("SpecifiedTradeSettlementHeaderMonetarySummation");
    invoice.totals = summation.map(totals);
    let taxes = summation.into_iter().flat_map(|summation| summation.named("TaxTotalAmount"));
    invoice.tax_totals =
        taxes.map(|tax| TaxTotal { amount: Some(text(tax)), currency: tax.attribute("currencyID") }).collect();
}

/// A date, where it is written as format 102 says.
fn day(holder: Node<'_>) -> Value<'_> {
    holder.named("DateTimeString").find(|date| date.attribute("format") == Some("102")).map(text)
}

fn party(party: Node<'_>) -> Party<'_> {
    let registered = |scheme: &str| -> Vec<&str> {
        let ids = party.all("SpecifiedTaxRegistration/ID").into_iter();
        ids.filter(|id| id.attribute("schemeID") == Some(scheme)).map(text).collect()
    };
    Party {
        name: value(party, "Name"),
        trading_name: value(party, "SpecifiedLegalOrganization/TradingBusinessName"),
        ids: texts(party, "ID|GlobalID"),
        legal_id: value(party, "SpecifiedLegalOrganization/ID"),
        vat_ids: registered("VA"),
        other_tax_ids: registered("FC").len(),
        address: party.first("PostalTradeAddress").map(address),
        electronic_address_schemes: party
            .named("URIUniversalCommunication")
            .map(|one| one.first("URIID").and_then(|id| id.attribute("schemeID")))
            .collect(),
    }
}

fn payee(party: Node<'_>) -> Payee<'_> {
    Payee {
        names: texts(party, "Name"),
        ids: texts(party, "ID"),
        legal_ids: texts(party, "SpecifiedLegalOrganization/ID"),
    }
}

fn address(address: Node<'_>) -> Address<'_> {
    Address { country: value(address, "CountryID") }
}

fn period(period: Node<'_>) -> Period<'_> {
    let (start, end) = (period.first("StartDateTime"), period.first("EndDateTime"));
    Period {
        has_start: start.is_some(),
        has_end: end.is_some(),
        start: start.and_then(day),
        end: end.and_then(day),
        has_tax_point_code: false,
        is_filled: period.children().next().is_some(),
    }
}

fn supporting(document: Node<'_>) -> SupportingDocument<'_> {
    SupportingDocument {
        id: value(document, "IssuerAssignedID"),
        has_scheme: has(document, "ReferenceTypeCode"),
        type_code: value(document, "TypeCode"),
        of_credit_note: false,
    }
}

fn payment(means: Node<'_>) -> Payment<'_> {
    let ids = texts(means, "PayeePartyCreditorFinancialAccount/IBANID|ProprietaryID");
    Payment {
        means: value(means, "TypeCode"),
        references: Vec::new(),
        has_account: has(means, "PayeePartyCreditorFinancialAccount"),
        account: ids.iter().copied().find(|id| !id.is_empty()).or_else(|| ids.first().copied()),
        card: value(means, "ApplicableTradeSettlementFinancialCard/ID"),
    }
}

fn adjustment(node: Node<'_>) -> Adjustment<'_> {
    Adjustment {
        is_charge: boolean(value(node, "ChargeIndicator/Indicator")),
        amount: value(node, "ActualAmount"),
        base: value(node, "BasisAmount"),
        has_reason: has(node, "Reason|ReasonCode"),
        vat: node.first("CategoryTradeTax").map(category).unwrap_or_default(),
    }
}

fn category(tax: Node<'_>) -> VatCategory<'_> {
    VatCategory {
        code: value(tax, "CategoryCode"),
        rate: value(tax, "RateApplicablePercent"),
        is_vat: value(tax, "TypeCode").is_some_and(|kind| kind.eq_ignore_ascii_case("VAT")),
    }
}

fn totals(totals: Node<'_>) -> Totals<'_> {
    Totals {
        lines: value(totals, "LineTotalAmount"),
        allowances: value(totals, "AllowanceTotalAmount"),
        charges: value(totals, "ChargeTotalAmount"),
        net: value(totals, "TaxBasisTotalAmount"),
        gross: value(totals, "GrandTotalAmount"),
        paid: value(totals, "TotalPrepaidAmount"),
        rounding: value(totals, "RoundingAmount"),
        due: value(totals, "DuePayableAmount"),
    }
}

fn vat_row(row: Node<'_>) -> VatRow<'_> {
    VatRow {
        total: 0,
        base: value(row, "BasisAmount"),
        tax: value(row, "CalculatedAmount"),
        vat: category(row),
        has_reason: has(row, "ExemptionReason|ExemptionReasonCode"),
    }
}

fn line(line: Node<'_>) -> Line<'_> {
    let quantity = line.first("SpecifiedLineTradeDelivery/BilledQuantity");
    let settlement = line.first("SpecifiedLineTradeSettlement");
    let product = line.first("SpecifiedTradeProduct");
    let in_settlement = |path: &str| settlement.and_then(|settlement| settlement.first(path));
    let of_product = |path: &str| product.map(|product| product.all(path)).unwrap_or_default();
    let is_described = |property: Node<'_>| has(property, "Description") && has(property, "Value");
    let is_classified =
        |class: Node<'_>| class.first("ClassCode").is_none_or(|code| code.attribute("listID").is_some());
    Line {
        id: value(line, "AssociatedDocumentLineDocument/LineID"),
        quantity: quantity.map(text),
        has_unit: quantity.is_some_and(|quantity| quantity.has_attribute("unitCode")),
        net: in_settlement("SpecifiedTradeSettlementLineMonetarySummation/LineTotalAmount").map(text),
        price: value(line, "SpecifiedLineTradeAgreement/NetPriceProductTradePrice/ChargeAmount"),
        gross_price: value(line, "SpecifiedLineTradeAgreement/GrossPriceProductTradePrice/ChargeAmount"),
        vat: in_settlement("ApplicableTradeTax").map(category).unwrap_or_default(),
        name: product.and_then(|product| value(product, "Name")),
        period: in_settlement("BillingSpecifiedPeriod").map(period),
        adjustments: settlement
            .map(|settlement| settlement.named("SpecifiedTradeAllowanceCharge").map(adjustment).collect())
            .unwrap_or_default(),
        has_item_id_without_scheme: of_product("GlobalID").iter().any(|id| id.attribute("schemeID").is_none()),
        has_class_without_scheme: !of_product("DesignatedProductClassification").into_iter().all(is_classified),
        has_unfinished_attribute: !of_product("ApplicableProductCharacteristic").into_iter().all(is_described),
    }
}
