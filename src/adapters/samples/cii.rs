//! Samples in UN/CEFACT Cross Industry Invoice D16B, bound to EN 16931: alone, and inside a Factur-X PDF.

use super::invoice::{Invoice, Line, Party, Tax, Type};
use super::xml::Xml;
use time::Date;

const NAMESPACES: [(&str, &str); 4] = [
    ("xmlns:rsm", "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"),
    ("xmlns:ram", "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"),
    ("xmlns:udt", "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100"),
    ("xmlns:qdt", "urn:un:unece:uncefact:data:standard:QualifiedDataType:100"),
];

pub(super) fn cii(invoice: &Invoice) -> String {
    let mut xml = Xml::document("rsm:CrossIndustryInvoice", &NAMESPACES);
    xml.open("rsm:ExchangedDocumentContext")
        .open("ram:GuidelineSpecifiedDocumentContextParameter")
        .text("ram:ID", "urn:cen.eu:en16931:2017")
        .end()
        .end();
    xml.open("rsm:ExchangedDocument").text("ram:ID", &invoice.number).text("ram:TypeCode", invoice.kind.code());
    date(&mut xml, "ram:IssueDateTime", "udt:DateTimeString", invoice.issued);
    xml.end();
    xml.open("rsm:SupplyChainTradeTransaction");
    for (line, place) in invoice.lines.iter().zip(1..) {
        trade_line(&mut xml, line, place);
    }
    agreement(&mut xml, invoice);
    xml.text("ram:ApplicableHeaderTradeDelivery", "");
    settlement(&mut xml, invoice);
    xml.finish()
}

/// A date in the form 102, `20261102`.
fn date(xml: &mut Xml, outer: &'static str, inner: &str, date: Date) {
    let text = format!("{:04}{:02}{:02}", date.year(), u8::from(date.month()), date.day());
    xml.open(outer).text_with(inner, &[("format", "102")], text).end();
}

fn trade_line(xml: &mut Xml, line: &Line, place: usize) {
    xml.open("ram:IncludedSupplyChainTradeLineItem");
    xml.open("ram:AssociatedDocumentLineDocument").text("ram:LineID", place).end();
    xml.open("ram:SpecifiedTradeProduct")
        .text("ram:SellerAssignedID", line.item.number)
        .text("ram:Name", line.item.name)
        .end();
    xml.open("ram:SpecifiedLineTradeAgreement")
        .open("ram:NetPriceProductTradePrice")
        .text("ram:ChargeAmount", line.price)
        .end()
        .end();
    xml.open("ram:SpecifiedLineTradeDelivery")
        .text_with("ram:BilledQuantity", &[("unitCode", line.item.unit)], line.quantity)
        .end();
    xml.open("ram:SpecifiedLineTradeSettlement");
    xml.open("ram:ApplicableTradeTax")
        .text("ram:TypeCode", "VAT")
        .text("ram:CategoryCode", "S")
        .text("ram:RateApplicablePercent", line.rate)
        .end();
    xml.open("ram:SpecifiedTradeSettlementLineMonetarySummation").text("ram:LineTotalAmount", line.net).end();
    xml.end().end();
}

fn agreement(xml: &mut Xml, invoice: &Invoice) {
    xml.open("ram:ApplicableHeaderTradeAgreement");
    party(xml, "ram:SellerTradeParty", &invoice.seller);
    party(xml, "ram:BuyerTradeParty", &invoice.buyer);
    xml.open("ram:BuyerOrderReferencedDocument").text("ram:IssuerAssignedID", &invoice.order).end();
    xml.end();
}

fn party(xml: &mut Xml, role: &'static str, party: &Party) {
    xml.open(role).text("ram:Name", party.name);
    xml.open("ram:PostalTradeAddress")
        .text("ram:PostcodeCode", party.postcode)
        .text("ram:LineOne", party.street)
        .text("ram:CityName", party.city)
        .text("ram:CountryID", party.country)
        .end();
    xml.open("ram:SpecifiedTaxRegistration").text_with("ram:ID", &[("schemeID", "VA")], &party.vat_id).end();
    xml.end();
}

fn settlement(xml: &mut Xml, invoice: &Invoice) {
    xml.open("ram:ApplicableHeaderTradeSettlement");
    if invoice.kind == Type::Invoice {
        xml.text("ram:PaymentReference", &invoice.number);
    }
    xml.text("ram:InvoiceCurrencyCode", "EUR");
    if invoice.kind == Type::Invoice {
        payment_means(xml, invoice);
    }
    for tax in &invoice.taxes {
        xml.open("ram:ApplicableTradeTax")
            .text("ram:CalculatedAmount", tax.tax)
            .text("ram:TypeCode", "VAT")
            .text("ram:BasisAmount", tax.base)
            .text("ram:CategoryCode", "S")
            .text("ram:RateApplicablePercent", tax.rate)
            .end();
    }
    for tax in invoice.taxes.iter().filter(|tax| !tax.discount.is_zero()) {
        discount(xml, invoice, tax);
    }
    xml.open("ram:SpecifiedTradePaymentTerms").text("ram:Description", invoice.company.language.words().please_pay);
    if invoice.kind == Type::Invoice {
        date(xml, "ram:DueDateDateTime", "udt:DateTimeString", invoice.due);
    }
    xml.end();
    totals(xml, invoice);
    if let Some(corrects) = &invoice.corrects {
        xml.open("ram:InvoiceReferencedDocument").text("ram:IssuerAssignedID", corrects).end();
    }
    xml.end();
}

fn payment_means(xml: &mut Xml, invoice: &Invoice) {
    xml.open("ram:SpecifiedTradeSettlementPaymentMeans").text("ram:TypeCode", "58");
    xml.open("ram:PayeePartyCreditorFinancialAccount")
        .text("ram:IBANID", &invoice.iban)
        .text("ram:AccountName", invoice.seller.name)
        .end();
    xml.open("ram:PayeeSpecifiedCreditorFinancialInstitution").text("ram:BICID", &invoice.bic).end();
    xml.end();
}

fn discount(xml: &mut Xml, invoice: &Invoice, tax: &Tax) {
    xml.open("ram:SpecifiedTradeAllowanceCharge");
    xml.open("ram:ChargeIndicator").text("udt:Indicator", "false").end();
    xml.text("ram:CalculationPercent", invoice.discount_per_cent)
        .text("ram:BasisAmount", tax.base + tax.discount)
        .text("ram:ActualAmount", tax.discount)
        .text("ram:Reason", invoice.company.language.words().discount);
    xml.open("ram:CategoryTradeTax")
        .text("ram:TypeCode", "VAT")
        .text("ram:CategoryCode", "S")
        .text("ram:RateApplicablePercent", tax.rate)
        .end();
    xml.end();
}

fn totals(xml: &mut Xml, invoice: &Invoice) {
    xml.open("ram:SpecifiedTradeSettlementHeaderMonetarySummation");
    xml.text("ram:LineTotalAmount", invoice.lines_total());
    if !invoice.discount().is_zero() {
        xml.text("ram:AllowanceTotalAmount", invoice.discount());
    }
    xml.text("ram:TaxBasisTotalAmount", invoice.net());
    xml.text_with("ram:TaxTotalAmount", &[("currencyID", "EUR")], invoice.tax());
    xml.text("ram:GrandTotalAmount", invoice.gross());
    xml.text("ram:DuePayableAmount", invoice.gross());
    xml.end();
}
