//! What the readers make of documents written here, one rule of the standard a test.

use super::read;
use crate::domain::{
    field::Field,
    reading::{Allowance, DocumentKind, ReadErrorCode, Reading, Source},
};

const COMPONENTS: &str = "xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\" \
     xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\"";

/// A UBL invoice with the given elements in it.
fn ubl(content: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\
         <Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" {COMPONENTS}>{content}</Invoice>"
    )
}

fn ubl_credit_note(content: &str) -> String {
    format!(
        "<CreditNote xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2\" {COMPONENTS}>{content}</CreditNote>"
    )
}

/// A CII invoice: header, then agreement, delivery and settlement, with `lines` before them.
fn cii(document: &str, lines: &str, agreement: &str, delivery: &str, settlement: &str) -> String {
    format!(
        "<rsm:CrossIndustryInvoice xmlns:rsm=\"urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100\" \
         xmlns:ram=\"urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100\" \
         xmlns:udt=\"urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100\">\
         <rsm:ExchangedDocument>{document}</rsm:ExchangedDocument>\
         <rsm:SupplyChainTradeTransaction>{lines}\
         <ram:ApplicableHeaderTradeAgreement>{agreement}</ram:ApplicableHeaderTradeAgreement>\
         <ram:ApplicableHeaderTradeDelivery>{delivery}</ram:ApplicableHeaderTradeDelivery>\
         <ram:ApplicableHeaderTradeSettlement>{settlement}</ram:ApplicableHeaderTradeSettlement>\
         </rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"
    )
}

fn reading(xml: &str) -> Reading {
    read(xml.as_bytes()).expect("reads")
}

fn value(reading: &Reading, field: Field) -> Option<&str> {
    reading.fields.get(&field).map(|value| value.value.as_str())
}

#[track_caller]
fn assert_values(reading: &Reading, expected: &[(Field, &str)]) {
    for (field, expected) in expected {
        assert_eq!(value(reading, *field), Some(*expected), "{field}");
    }
}

#[test]
fn a_ubl_invoice_is_read_whole() {
    let reading = reading(&ubl(
        "<cbc:ID>R-7</cbc:ID><cbc:IssueDate>2026-11-02</cbc:IssueDate><cbc:DueDate>2026-12-02</cbc:DueDate>\
         <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode><cbc:Note>#AAI#Thank you</cbc:Note><cbc:Note>Second</cbc:Note>\
         <cbc:TaxPointDate>2026-10-31</cbc:TaxPointDate><cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>\
         <cbc:AccountingCost>4711</cbc:AccountingCost><cbc:BuyerReference>04011000-1</cbc:BuyerReference>\
         <cac:InvoicePeriod><cbc:StartDate>2026-10-01</cbc:StartDate><cbc:EndDate>2026-10-31</cbc:EndDate></cac:InvoicePeriod>\
         <cac:OrderReference><cbc:ID>PO-1</cbc:ID></cac:OrderReference>\
         <cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>R-5</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>\
         <cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>R-6</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>\
         <cac:DespatchDocumentReference><cbc:ID>LS-1</cbc:ID></cac:DespatchDocumentReference>\
         <cac:ContractDocumentReference><cbc:ID>V-1</cbc:ID></cac:ContractDocumentReference>\
         <cac:ProjectReference><cbc:ID>P-1</cbc:ID></cac:ProjectReference>\
         <cac:AccountingSupplierParty><cac:Party>\
           <cac:PartyIdentification><cbc:ID schemeID=\"SEPA\">DE98ZZZ</cbc:ID></cac:PartyIdentification>\
           <cac:PartyIdentification><cbc:ID>K-9</cbc:ID></cac:PartyIdentification>\
           <cac:PartyName><cbc:Name>Trading name</cbc:Name></cac:PartyName>\
           <cac:PostalAddress><cbc:StreetName>Road 1</cbc:StreetName><cbc:CityName>Bonn</cbc:CityName>\
             <cbc:PostalZone>53111</cbc:PostalZone><cac:Country><cbc:IdentificationCode>de</cbc:IdentificationCode></cac:Country></cac:PostalAddress>\
           <cac:PartyTaxScheme><cbc:CompanyID>201/113/40209</cbc:CompanyID><cac:TaxScheme><cbc:ID>FC</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>\
           <cac:PartyTaxScheme><cbc:CompanyID>DE 123456789</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>\
           <cac:PartyLegalEntity><cbc:RegistrationName>Seller GmbH</cbc:RegistrationName><cbc:CompanyID>HRB 1</cbc:CompanyID></cac:PartyLegalEntity>\
         </cac:Party></cac:AccountingSupplierParty>\
         <cac:AccountingCustomerParty><cac:Party>\
           <cac:PostalAddress><cbc:StreetName>Lane 2</cbc:StreetName><cbc:CityName>Wien</cbc:CityName>\
             <cbc:PostalZone>1010</cbc:PostalZone><cac:Country><cbc:IdentificationCode>AT</cbc:IdentificationCode></cac:Country></cac:PostalAddress>\
           <cac:PartyTaxScheme><cbc:CompanyID>ATU12345678</cbc:CompanyID><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>\
           <cac:PartyLegalEntity><cbc:RegistrationName>Buyer AG</cbc:RegistrationName></cac:PartyLegalEntity>\
         </cac:Party></cac:AccountingCustomerParty>\
         <cac:PayeeParty><cac:PartyName><cbc:Name>Factor SA</cbc:Name></cac:PartyName></cac:PayeeParty>\
         <cac:Delivery><cbc:ActualDeliveryDate>2026-10-30</cbc:ActualDeliveryDate></cac:Delivery>\
         <cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cbc:PaymentID>REF 1</cbc:PaymentID>\
           <cac:PayeeFinancialAccount><cbc:ID>DE75512108001245126199</cbc:ID><cbc:Name>Seller</cbc:Name>\
             <cac:FinancialInstitutionBranch><cbc:ID>SOLADEST</cbc:ID></cac:FinancialInstitutionBranch></cac:PayeeFinancialAccount></cac:PaymentMeans>\
         <cac:PaymentTerms><cbc:Note>30 days</cbc:Note></cac:PaymentTerms>\
         <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>95</cbc:AllowanceChargeReasonCode>\
           <cbc:AllowanceChargeReason>Discount</cbc:AllowanceChargeReason><cbc:MultiplierFactorNumeric>12</cbc:MultiplierFactorNumeric>\
           <cbc:Amount currencyID=\"EUR\">12.00</cbc:Amount><cac:TaxCategory><cbc:Percent>19</cbc:Percent></cac:TaxCategory></cac:AllowanceCharge>\
         <cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator><cbc:AllowanceChargeReasonCode>FC</cbc:AllowanceChargeReasonCode>\
           <cbc:Amount currencyID=\"EUR\">2.00</cbc:Amount></cac:AllowanceCharge>\
         <cac:TaxTotal><cbc:TaxAmount currencyID=\"EUR\">17.10</cbc:TaxAmount><cac:TaxSubtotal>\
           <cbc:TaxableAmount currencyID=\"EUR\">90.00</cbc:TaxableAmount><cbc:TaxAmount currencyID=\"EUR\">17.10</cbc:TaxAmount>\
           <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent></cac:TaxCategory></cac:TaxSubtotal></cac:TaxTotal>\
         <cac:LegalMonetaryTotal><cbc:LineExtensionAmount>100.00</cbc:LineExtensionAmount><cbc:TaxExclusiveAmount>90.00</cbc:TaxExclusiveAmount>\
           <cbc:TaxInclusiveAmount>107.10</cbc:TaxInclusiveAmount><cbc:AllowanceTotalAmount>12.00</cbc:AllowanceTotalAmount>\
           <cbc:ChargeTotalAmount>2.00</cbc:ChargeTotalAmount><cbc:PrepaidAmount>7.00</cbc:PrepaidAmount>\
           <cbc:PayableRoundingAmount>-0.10</cbc:PayableRoundingAmount><cbc:PayableAmount>100.00</cbc:PayableAmount></cac:LegalMonetaryTotal>\
         <cac:InvoiceLine><cbc:ID>10</cbc:ID><cbc:InvoicedQuantity unitCode=\"C62\">200</cbc:InvoicedQuantity>\
           <cbc:LineExtensionAmount>100.00</cbc:LineExtensionAmount><cac:Item><cbc:Description>Hardened</cbc:Description><cbc:Name>Screw</cbc:Name>\
           <cac:SellersItemIdentification><cbc:ID>A-1</cbc:ID></cac:SellersItemIdentification>\
           <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19</cbc:Percent></cac:ClassifiedTaxCategory></cac:Item>\
           <cac:Price><cbc:PriceAmount>50.00</cbc:PriceAmount><cbc:BaseQuantity>100</cbc:BaseQuantity></cac:Price></cac:InvoiceLine>",
    ));
    use Field::*;
    let expected = [
        (InvoiceNumber, "R-7"),
        (IssueDate, "2026-11-02"),
        (DueDate, "2026-12-02"),
        (Currency, "EUR"),
        (DocumentType, "380"),
        (TaxPointDate, "2026-10-31"),
        (BuyerReference, "04011000-1"),
        (ProjectReference, "P-1"),
        (ContractReference, "V-1"),
        (PurchaseOrder, "PO-1"),
        (DespatchAdvice, "LS-1"),
        (CostCode, "4711"),
        (PaymentTerms, "30 days"),
        (Note, "Thank you\nSecond"),
        (PrecedingInvoice, "R-5, R-6"),
        (DeliveryDate, "2026-10-30"),
        (PeriodStart, "2026-10-01"),
        (PeriodEnd, "2026-10-31"),
        (SupplierName, "Seller GmbH"),
        (SupplierId, "K-9"),
        (SupplierRegistration, "HRB 1"),
        (SupplierVatId, "DE123456789"),
        (SupplierTaxNumber, "201/113/40209"),
        (SupplierStreet, "Road 1"),
        (SupplierCity, "Bonn"),
        (SupplierPostcode, "53111"),
        (SupplierCountry, "DE"),
        (BuyerName, "Buyer AG"),
        (BuyerVatId, "ATU12345678"),
        (BuyerStreet, "Lane 2"),
        (BuyerCity, "Wien"),
        (BuyerPostcode, "1010"),
        (BuyerCountry, "AT"),
        (PayeeName, "Factor SA"),
        (PaymentMeans, "58"),
        (PaymentReference, "REF 1"),
        (Iban, "DE75512108001245126199"),
        (AccountName, "Seller"),
        (Bic, "SOLADEST"),
        (LinesTotal, "100.00"),
        (AllowancesTotal, "12.00"),
        (ChargesTotal, "2.00"),
        (NetTotal, "90.00"),
        (TaxTotal, "17.10"),
        (GrossTotal, "107.10"),
        (PaidAmount, "7.00"),
        (RoundingAmount, "-0.10"),
        (AmountDue, "100.00"),
    ];
    assert_values(&reading, &expected);
    // All but what only XRechnung's extension has.
    assert_eq!(expected.len() + 1, Field::ALL.len(), "every field is read");
    assert_eq!(reading.kind, DocumentKind::Ubl);
    assert!(reading.fields.values().all(|value| value.confidence == 1.0 && value.source == Source::Xml));
    assert!(reading.notes.is_empty() && reading.pages.is_empty());

    let line = &reading.lines[0];
    assert_eq!((line.id.as_str(), line.description.as_str()), ("10", "Screw\nHardened"));
    assert_eq!((line.quantity.as_deref(), line.unit.as_deref()), (Some("200"), Some("C62")));
    assert_eq!((line.unit_price.as_deref(), line.net.as_deref()), (Some("0.5"), Some("100.00")));
    assert_eq!((line.tax_category.as_deref(), line.tax_rate.as_deref()), (Some("S"), Some("19")));
    assert_eq!(line.item_number.as_deref(), Some("A-1"));
    let told: Vec<_> = reading.allowances.iter().map(told).collect();
    assert_eq!(told, ["allowance Discount 95 12.00 12 19", "charge - FC 2.00 - -"]);
    let row = &reading.vat_rows[0];
    assert_eq!((row.base.as_deref(), row.tax.as_deref()), (Some("90.00"), Some("17.10")));
    assert_eq!((row.category.as_deref(), row.rate.as_deref()), (Some("S"), Some("19")));
}

#[test]
fn prefixes_are_free_and_foreign_namespaces_say_nothing() {
    let xml = "<i:Invoice xmlns:i=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
         xmlns:b=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\" xmlns:x=\"urn:example:own\">\
         <x:ID>wrong</x:ID><ID>wrong too</ID><b:ID>right</b:ID></i:Invoice>";
    assert_eq!(value(&reading(xml), Field::InvoiceNumber), Some("right"));
}

#[test]
fn the_payers_account_of_a_direct_debit_is_not_the_suppliers() {
    let xml = ubl(
        "<cac:PaymentMeans><cbc:PaymentMeansCode>59</cbc:PaymentMeansCode><cac:PaymentMandate><cbc:ID>M-1</cbc:ID>\
         <cac:PayerFinancialAccount><cbc:ID>DE02120300000000202051</cbc:ID></cac:PayerFinancialAccount>\
         </cac:PaymentMandate></cac:PaymentMeans>",
    );
    assert_eq!(value(&reading(&xml), Field::Iban), None);
    let xml = cii(
        "",
        "",
        "",
        "",
        "<ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>59</ram:TypeCode><ram:PayerPartyDebtorFinancialAccount>\
         <ram:IBANID>DE02120300000000202051</ram:IBANID></ram:PayerPartyDebtorFinancialAccount>\
         </ram:SpecifiedTradeSettlementPaymentMeans>",
    );
    let reading = reading(&xml);
    assert_eq!(value(&reading, Field::Iban), None);
    assert_eq!(value(&reading, Field::PaymentMeans), Some("59"));
}

#[test]
fn of_several_tax_totals_the_one_in_the_documents_currency_counts() {
    let total = |currency: &str, amount: &str, rows: &str| {
        format!("<cac:TaxTotal><cbc:TaxAmount currencyID=\"{currency}\">{amount}</cbc:TaxAmount>{rows}</cac:TaxTotal>")
    };
    let rows = "<cac:TaxSubtotal><cbc:TaxAmount currencyID=\"EUR\">19.00</cbc:TaxAmount></cac:TaxSubtotal>";
    let xml = ubl(&format!(
        "<cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>{}{}",
        total("SEK", "210.00", ""),
        total("EUR", "19.00", rows)
    ));
    assert_eq!(value(&reading(&xml), Field::TaxTotal), Some("19.00"));
    assert_eq!(reading(&xml).vat_rows.len(), 1);

    let xml = cii(
        "",
        "",
        "",
        "",
        "<ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode><ram:SpecifiedTradeSettlementHeaderMonetarySummation>\
         <ram:TaxTotalAmount currencyID=\"SEK\">210.00</ram:TaxTotalAmount><ram:TaxTotalAmount currencyID=\"EUR\">19.00</ram:TaxTotalAmount>\
         </ram:SpecifiedTradeSettlementHeaderMonetarySummation>",
    );
    assert_eq!(value(&reading(&xml), Field::TaxTotal), Some("19.00"));
}

#[test]
fn a_credit_note_keeps_its_signs_and_knows_its_type() {
    let reading = reading(&ubl_credit_note(
        "<cbc:ID>G-1</cbc:ID><cac:PaymentMeans><cbc:PaymentDueDate>2026-12-01</cbc:PaymentDueDate></cac:PaymentMeans>\
         <cac:AdditionalDocumentReference><cbc:ID>P-9</cbc:ID><cbc:DocumentTypeCode>50</cbc:DocumentTypeCode></cac:AdditionalDocumentReference>\
         <cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount>-8.79</cbc:TaxInclusiveAmount></cac:LegalMonetaryTotal>\
         <cac:CreditNoteLine><cbc:CreditedQuantity>-5</cbc:CreditedQuantity><cbc:LineExtensionAmount>-7.67</cbc:LineExtensionAmount></cac:CreditNoteLine>",
    ));
    assert_values(
        &reading,
        &[
            (Field::DocumentType, "381"),
            (Field::DueDate, "2026-12-01"),
            (Field::ProjectReference, "P-9"),
            (Field::GrossTotal, "-8.79"),
        ],
    );
    let line = &reading.lines[0];
    assert_eq!((line.id.as_str(), line.quantity.as_deref(), line.net.as_deref()), ("1", Some("-5"), Some("-7.67")));
}

#[test]
fn a_purchase_order_that_says_it_is_none_is_none() {
    let xml = ubl("<cac:OrderReference><cbc:ID>NA</cbc:ID><cbc:SalesOrderID>S</cbc:SalesOrderID></cac:OrderReference>");
    assert_eq!(value(&reading(&xml), Field::PurchaseOrder), None);
}

#[test]
fn a_cii_invoice_is_read_whole() {
    let lines = "<ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>01</ram:LineID>\
         <ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode></ram:AssociatedDocumentLineDocument>\
         <ram:SpecifiedTradeProduct><ram:Name>Section</ram:Name></ram:SpecifiedTradeProduct></ram:IncludedSupplyChainTradeLineItem>\
         <ram:IncludedSupplyChainTradeLineItem><ram:AssociatedDocumentLineDocument><ram:LineID>02</ram:LineID></ram:AssociatedDocumentLineDocument>\
         <ram:SpecifiedTradeProduct><ram:SellerAssignedID>A-1</ram:SellerAssignedID><ram:Name>Screw</ram:Name></ram:SpecifiedTradeProduct>\
         <ram:SpecifiedLineTradeAgreement><ram:GrossPriceProductTradePrice><ram:ChargeAmount>9</ram:ChargeAmount></ram:GrossPriceProductTradePrice>\
         <ram:NetPriceProductTradePrice><ram:ChargeAmount>5.00</ram:ChargeAmount></ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>\
         <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode=\"H87\">20</ram:BilledQuantity></ram:SpecifiedLineTradeDelivery>\
         <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:CategoryCode>S</ram:CategoryCode><ram:RateApplicablePercent>7.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>\
         <ram:SpecifiedTradeSettlementLineMonetarySummation><ram:LineTotalAmount>100.00</ram:LineTotalAmount></ram:SpecifiedTradeSettlementLineMonetarySummation></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>";
    let reading = reading(&cii(
        "<ram:ID>R-8</ram:ID><ram:TypeCode>380</ram:TypeCode><ram:IssueDateTime><udt:DateTimeString format=\"102\">20261102</udt:DateTimeString></ram:IssueDateTime>\
         <ram:IncludedNote><ram:Content>One</ram:Content></ram:IncludedNote><ram:IncludedNote><ram:Content>Two</ram:Content></ram:IncludedNote>",
        lines,
        "<ram:BuyerReference>B-1</ram:BuyerReference><ram:SellerTradeParty><ram:ID>K-9</ram:ID><ram:Name>Seller GmbH</ram:Name>\
         <ram:SpecifiedLegalOrganization><ram:ID>HRB 1</ram:ID></ram:SpecifiedLegalOrganization>\
         <ram:PostalTradeAddress><ram:PostcodeCode>53111</ram:PostcodeCode><ram:LineOne>Road 1</ram:LineOne><ram:CityName>Bonn</ram:CityName><ram:CountryID>DE</ram:CountryID></ram:PostalTradeAddress>\
         <ram:SpecifiedTaxRegistration><ram:ID schemeID=\"FC\">201/113</ram:ID></ram:SpecifiedTaxRegistration>\
         <ram:SpecifiedTaxRegistration><ram:ID schemeID=\"VA\">DE123456789</ram:ID></ram:SpecifiedTaxRegistration></ram:SellerTradeParty>\
         <ram:BuyerTradeParty><ram:Name>Buyer AG</ram:Name></ram:BuyerTradeParty>\
         <ram:BuyerOrderReferencedDocument><ram:IssuerAssignedID>PO-1</ram:IssuerAssignedID></ram:BuyerOrderReferencedDocument>\
         <ram:ContractReferencedDocument><ram:IssuerAssignedID>V-1</ram:IssuerAssignedID></ram:ContractReferencedDocument>\
         <ram:SpecifiedProcuringProject><ram:ID>P-1</ram:ID><ram:Name>Project</ram:Name></ram:SpecifiedProcuringProject>",
        "<ram:ActualDeliverySupplyChainEvent><ram:OccurrenceDateTime><udt:DateTimeString format=\"102\">20261030</udt:DateTimeString></ram:OccurrenceDateTime></ram:ActualDeliverySupplyChainEvent>\
         <ram:DespatchAdviceReferencedDocument><ram:IssuerAssignedID>LS-1</ram:IssuerAssignedID></ram:DespatchAdviceReferencedDocument>",
        "<ram:PaymentReference>REF 1</ram:PaymentReference><ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>\
         <ram:PayeeTradeParty><ram:Name>Factor SA</ram:Name></ram:PayeeTradeParty>\
         <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode><ram:PayeePartyCreditorFinancialAccount><ram:IBANID>DE75512108001245126199</ram:IBANID><ram:AccountName>Seller</ram:AccountName></ram:PayeePartyCreditorFinancialAccount>\
         <ram:PayeeSpecifiedCreditorFinancialInstitution><ram:BICID>SOLADEST</ram:BICID></ram:PayeeSpecifiedCreditorFinancialInstitution></ram:SpecifiedTradeSettlementPaymentMeans>\
         <ram:ApplicableTradeTax><ram:CalculatedAmount>7.00</ram:CalculatedAmount><ram:BasisAmount>100.00</ram:BasisAmount><ram:CategoryCode>S</ram:CategoryCode>\
         <ram:TaxPointDate><udt:DateString format=\"102\">20261031</udt:DateString></ram:TaxPointDate><ram:RateApplicablePercent>7.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>\
         <ram:BillingSpecifiedPeriod><ram:StartDateTime><udt:DateTimeString format=\"102\">20261001</udt:DateTimeString></ram:StartDateTime><ram:EndDateTime><udt:DateTimeString format=\"102\">20261031</udt:DateTimeString></ram:EndDateTime></ram:BillingSpecifiedPeriod>\
         <ram:SpecifiedTradePaymentTerms><ram:Description>30 days</ram:Description><ram:DueDateDateTime><udt:DateTimeString format=\"102\">20261202</udt:DateTimeString></ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>\
         <ram:SpecifiedTradeSettlementHeaderMonetarySummation><ram:LineTotalAmount>100.00</ram:LineTotalAmount><ram:TaxBasisTotalAmount>100.00</ram:TaxBasisTotalAmount><ram:TaxTotalAmount currencyID=\"EUR\">7.00</ram:TaxTotalAmount><ram:GrandTotalAmount>107.00</ram:GrandTotalAmount><ram:TotalPrepaidAmount>7.00</ram:TotalPrepaidAmount><ram:DuePayableAmount>100.00</ram:DuePayableAmount></ram:SpecifiedTradeSettlementHeaderMonetarySummation>\
         <ram:InvoiceReferencedDocument><ram:IssuerAssignedID>R-5</ram:IssuerAssignedID></ram:InvoiceReferencedDocument>\
         <ram:ReceivableSpecifiedTradeAccountingAccount><ram:ID>4711</ram:ID></ram:ReceivableSpecifiedTradeAccountingAccount>",
    ));
    use Field::*;
    assert_values(
        &reading,
        &[
            (InvoiceNumber, "R-8"),
            (IssueDate, "2026-11-02"),
            (DueDate, "2026-12-02"),
            (Currency, "EUR"),
            (DocumentType, "380"),
            (TaxPointDate, "2026-10-31"),
            (BuyerReference, "B-1"),
            (ProjectReference, "P-1"),
            (ContractReference, "V-1"),
            (PurchaseOrder, "PO-1"),
            (DespatchAdvice, "LS-1"),
            (CostCode, "4711"),
            (PaymentTerms, "30 days"),
            (Note, "One\nTwo"),
            (PrecedingInvoice, "R-5"),
            (DeliveryDate, "2026-10-30"),
            (PeriodStart, "2026-10-01"),
            (PeriodEnd, "2026-10-31"),
            (SupplierName, "Seller GmbH"),
            (SupplierId, "K-9"),
            (SupplierRegistration, "HRB 1"),
            (SupplierVatId, "DE123456789"),
            (SupplierTaxNumber, "201/113"),
            (SupplierPostcode, "53111"),
            (BuyerName, "Buyer AG"),
            (PayeeName, "Factor SA"),
            (PaymentReference, "REF 1"),
            (Iban, "DE75512108001245126199"),
            (AccountName, "Seller"),
            (Bic, "SOLADEST"),
            (NetTotal, "100.00"),
            (TaxTotal, "7.00"),
            (GrossTotal, "107.00"),
            (PaidAmount, "7.00"),
            (AmountDue, "100.00"),
        ],
    );
    assert_eq!(reading.kind, DocumentKind::Cii);
    assert!(reading.lines[0].informative, "a group's line is no part of the sum");
    let line = &reading.lines[1];
    assert!(!line.informative);
    assert_eq!((line.id.as_str(), line.description.as_str()), ("02", "Screw"));
    assert_eq!((line.quantity.as_deref(), line.unit.as_deref()), (Some("20"), Some("H87")));
    assert_eq!((line.unit_price.as_deref(), line.net.as_deref()), (Some("5.00"), Some("100.00")));
    assert_eq!(line.tax_rate.as_deref(), Some("7.00"));
    assert_eq!(reading.vat_rows[0].rate.as_deref(), Some("7.00"));
}

#[test]
fn zugferd_1_uses_older_names() {
    let reading = reading(
        "<r:CrossIndustryDocument xmlns:r=\"urn:ferd:CrossIndustryDocument:invoice:1p0\" \
         xmlns:a=\"urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12\" \
         xmlns:u=\"urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15\">\
         <r:HeaderExchangedDocument><a:ID>Z-1</a:ID><a:IssueDateTime><u:DateTimeString format=\"102\">20131105</u:DateTimeString></a:IssueDateTime></r:HeaderExchangedDocument>\
         <r:SpecifiedSupplyChainTradeTransaction><a:ApplicableSupplyChainTradeAgreement><a:SellerTradeParty><a:Name>Seller</a:Name></a:SellerTradeParty></a:ApplicableSupplyChainTradeAgreement>\
         <a:ApplicableSupplyChainTradeDelivery><a:DeliveryNoteReferencedDocument><a:ID>LS-1</a:ID></a:DeliveryNoteReferencedDocument></a:ApplicableSupplyChainTradeDelivery>\
         <a:ApplicableSupplyChainTradeSettlement><a:InvoiceCurrencyCode>EUR</a:InvoiceCurrencyCode>\
         <a:ApplicableTradeTax><a:ApplicablePercent>19.00</a:ApplicablePercent></a:ApplicableTradeTax>\
         <a:SpecifiedTradeSettlementMonetarySummation><a:GrandTotalAmount currencyID=\"EUR\">119.00</a:GrandTotalAmount></a:SpecifiedTradeSettlementMonetarySummation></a:ApplicableSupplyChainTradeSettlement>\
         <a:IncludedSupplyChainTradeLineItem><a:AssociatedDocumentLineDocument><a:IncludedNote><a:Content>Only words</a:Content></a:IncludedNote></a:AssociatedDocumentLineDocument>\
         <a:SpecifiedSupplyChainTradeDelivery><a:BilledQuantity unitCode=\"C62\">1</a:BilledQuantity></a:SpecifiedSupplyChainTradeDelivery>\
         <a:SpecifiedSupplyChainTradeSettlement><a:SpecifiedTradeSettlementMonetarySummation><a:LineTotalAmount>100.00</a:LineTotalAmount></a:SpecifiedTradeSettlementMonetarySummation></a:SpecifiedSupplyChainTradeSettlement></a:IncludedSupplyChainTradeLineItem>\
         </r:SpecifiedSupplyChainTradeTransaction></r:CrossIndustryDocument>",
    );
    assert_values(
        &reading,
        &[
            (Field::InvoiceNumber, "Z-1"),
            (Field::IssueDate, "2013-11-05"),
            (Field::SupplierName, "Seller"),
            (Field::DespatchAdvice, "LS-1"),
            (Field::GrossTotal, "119.00"),
        ],
    );
    assert_eq!(reading.vat_rows[0].rate.as_deref(), Some("19.00"));
    let line = &reading.lines[0];
    assert_eq!(
        (line.description.as_str(), line.quantity.as_deref(), line.net.as_deref()),
        ("Only words", Some("1"), Some("100.00"))
    );
    assert!(reading.notes.is_empty());
}

#[test]
fn what_every_invoice_must_have_is_missed_aloud() {
    let reading = reading(&ubl("<cbc:ID>R-1</cbc:ID>"));
    assert_eq!(reading.notes.len(), 1);
    assert_eq!(reading.notes[0].code, "incomplete_xml");
    assert_eq!(
        reading.notes[0].message,
        "The XML lacks what every invoice must have: issue date, currency, supplier name, gross total"
    );
}

#[test]
fn other_xml_is_no_invoice() {
    for xml in [
        "<Invoice/>",
        "<Order xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Order-2\"/>",
        "<CreditNote xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\"/>",
    ] {
        assert_eq!(read(xml.as_bytes()).expect_err(xml).code, ReadErrorCode::NotAnInvoice);
    }
}

#[test]
fn all_lines_of_an_address_are_read() {
    let address = "<cac:PostalAddress><cbc:StreetName>Hauptstr. 1</cbc:StreetName>\
        <cbc:AdditionalStreetName>Haus B</cbc:AdditionalStreetName><cbc:CityName>Bonn</cbc:CityName>\
        <cbc:CountrySubentity>NRW</cbc:CountrySubentity>\
        <cac:AddressLine><cbc:Line>3. Stock</cbc:Line></cac:AddressLine></cac:PostalAddress>";
    let party = |role: &str| format!("<cac:{role}><cac:Party>{address}</cac:Party></cac:{role}>");
    let parties = [party("AccountingSupplierParty"), party("AccountingCustomerParty")].concat();
    let expected = [
        (Field::SupplierStreet, "Hauptstr. 1, Haus B, 3. Stock"),
        (Field::SupplierCity, "Bonn, NRW"),
        (Field::BuyerStreet, "Hauptstr. 1, Haus B, 3. Stock"),
        (Field::BuyerCity, "Bonn, NRW"),
    ];
    assert_values(&reading(&ubl(&parties)), &expected);

    let address = "<ram:PostalTradeAddress><ram:LineOne>Hauptstr. 1</ram:LineOne><ram:LineTwo>Haus B</ram:LineTwo>\
        <ram:LineThree>3. Stock</ram:LineThree><ram:CityName>Bonn</ram:CityName>\
        <ram:CountrySubDivisionName>NRW</ram:CountrySubDivisionName></ram:PostalTradeAddress>";
    let parties = format!(
        "<ram:SellerTradeParty>{address}</ram:SellerTradeParty><ram:BuyerTradeParty>{address}</ram:BuyerTradeParty>"
    );
    assert_values(&reading(&cii("", "", &parties, "", "")), &expected);
}

#[test]
fn lines_within_a_line_count_in_no_sum() {
    let line = |element: &str, id: &str, net: &str, within: &str| {
        format!(
            "<cac:{element}><cbc:ID>{id}</cbc:ID><cbc:LineExtensionAmount>{net}</cbc:LineExtensionAmount>{within}</cac:{element}>"
        )
    };
    let deep = line("SubInvoiceLine", "1.1.1", "60", "");
    let within = [line("SubInvoiceLine", "1.1", "60", &deep), line("SubInvoiceLine", "1.2", "40", "")].concat();
    let lines = [line("InvoiceLine", "1", "100", &within), line("InvoiceLine", "2", "5", "")].concat();
    let reading = reading(&ubl(&lines));
    let shown: Vec<_> = reading.lines.iter().map(|line| (line.id.as_str(), line.informative)).collect();
    assert_eq!(shown, [("1", false), ("1.1", true), ("1.1.1", true), ("1.2", true), ("2", false)]);
}

#[test]
fn what_is_collected_for_others_belongs_to_the_amount_due() {
    let invoice = |customization: &str| {
        ubl(&format!(
            "<cbc:CustomizationID>{customization}</cbc:CustomizationID>\
             <cac:PrepaidPayment><cbc:PaidAmount>10.00</cbc:PaidAmount></cac:PrepaidPayment>\
             <cac:PrepaidPayment><cbc:PaidAmount>2.50</cbc:PaidAmount></cac:PrepaidPayment>\
             <cac:LegalMonetaryTotal><cbc:TaxInclusiveAmount>119.00</cbc:TaxInclusiveAmount>\
             <cbc:PayableAmount>131.50</cbc:PayableAmount></cac:LegalMonetaryTotal>"
        ))
    };
    let breaks = |reading: &Reading| {
        let told = reading.broken_rules.iter().map(|check| check.rule.clone());
        let checked = crate::domain::checks::check(&crate::domain::checks::Facts::of_reading(reading, "2026-11-02"));
        told.chain(checked.into_iter().map(|check| check.rule)).any(|rule| rule == "BR-CO-16")
    };
    let extension = reading(&invoice(
        "urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
    ));
    assert_values(&extension, &[(Field::ThirdPartyAmount, "12.50"), (Field::AmountDue, "131.50")]);
    assert!(!breaks(&extension), "{:?}", extension.broken_rules);
    let plain = reading(&invoice("urn:cen.eu:en16931:2017"));
    assert_eq!(value(&plain, Field::ThirdPartyAmount), None);
    assert!(breaks(&plain));
}

#[test]
fn rows_beyond_those_of_an_invoice_are_left_out_and_said() {
    let line = "<cac:InvoiceLine><cbc:ID>1</cbc:ID></cac:InvoiceLine>";
    let reading = |count: usize| reading(&ubl(&line.repeat(count)));
    let note = |reading: &Reading| reading.notes.iter().find(|note| note.code == "rows_left_out").cloned();
    assert_eq!(note(&reading(9_999)), None);
    let cut = reading(10_050);
    assert_eq!(cut.lines.len(), 9_999);
    assert_eq!(note(&cut).expect("a note").message, "Only the first 9999 of 10050 lines were taken");
}

fn told(allowance: &Allowance) -> String {
    let Allowance { is_charge, reason, reason_code, amount, percentage, tax_rate } = allowance;
    let kind = if *is_charge { "charge" } else { "allowance" };
    let parts = [reason, reason_code, amount, percentage, tax_rate].map(|part| part.as_deref().unwrap_or("-"));
    format!("{kind} {}", parts.join(" "))
}

#[test]
fn allowances_of_cii_and_its_freight_are_read() {
    let xml = cii(
        "<ram:ID>R-1</ram:ID>",
        "",
        "",
        "",
        "<ram:SpecifiedTradeAllowanceCharge>\
         <ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator>\
           <ram:CalculationPercent>5</ram:CalculationPercent><ram:ActualAmount>5.00</ram:ActualAmount><ram:Reason>Loyalty</ram:Reason>\
           <ram:CategoryTradeTax><ram:RateApplicablePercent>19</ram:RateApplicablePercent></ram:CategoryTradeTax></ram:SpecifiedTradeAllowanceCharge>\
         <ram:SpecifiedTradeAllowanceCharge>\
         <ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator>\
           <ram:ActualAmount>1.00</ram:ActualAmount><ram:ReasonCode>95</ram:ReasonCode></ram:SpecifiedTradeAllowanceCharge>\
         <ram:SpecifiedLogisticsServiceCharge><ram:Description>Freight</ram:Description><ram:AppliedAmount>8.50</ram:AppliedAmount>\
           <ram:AppliedTradeTax><ram:RateApplicablePercent>7</ram:RateApplicablePercent></ram:AppliedTradeTax></ram:SpecifiedLogisticsServiceCharge>",
    );
    let told: Vec<_> = reading(&xml).allowances.iter().map(told).collect();
    assert_eq!(told, ["allowance Loyalty - 5.00 5 19", "allowance - 95 1.00 - -", "charge Freight - 8.50 - 7"]);
}

#[test]
fn numbers_of_rows_that_are_no_decimals_are_noted() {
    let told = |reading: &Reading| {
        let invalid = reading.notes.iter().filter(|note| note.code == "invalid_value");
        invalid.map(|note| note.message.clone()).collect::<Vec<_>>()
    };
    let of_ubl = reading(&ubl("<cac:AllowanceCharge><cbc:Amount>ten</cbc:Amount></cac:AllowanceCharge>\
         <cac:TaxTotal><cac:TaxSubtotal><cbc:TaxableAmount>1,000.00</cbc:TaxableAmount><cbc:TaxAmount>190.00</cbc:TaxAmount>\
         </cac:TaxSubtotal></cac:TaxTotal>\
         <cac:InvoiceLine><cbc:ID>A</cbc:ID><cbc:InvoicedQuantity>two</cbc:InvoicedQuantity>\
         <cbc:LineExtensionAmount>5.00</cbc:LineExtensionAmount><cac:Price><cbc:PriceAmount>2,50</cbc:PriceAmount></cac:Price>\
         </cac:InvoiceLine>"));
    let expected = [
        "VAT row 1, Base: the XML says “1,000.00”, which is no number",
        "Allowance 1, Amount: the XML says “ten”, which is no number",
        "Line A, Quantity: the XML says “two”, which is no number",
        "Line A, Price: the XML says “2,50”, which is no number",
    ];
    assert_eq!(told(&of_ubl), expected);
    assert_eq!((of_ubl.lines[0].quantity.as_deref(), of_ubl.lines[0].net.as_deref()), (None, Some("5.00")));

    let line = "<ram:IncludedSupplyChainTradeLineItem>\
         <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice><ram:ChargeAmount>2,50</ram:ChargeAmount>\
         </ram:NetPriceProductTradePrice></ram:SpecifiedLineTradeAgreement>\
         <ram:SpecifiedLineTradeSettlement><ram:ApplicableTradeTax><ram:RateApplicablePercent>19 %</ram:RateApplicablePercent>\
         </ram:ApplicableTradeTax></ram:SpecifiedLineTradeSettlement></ram:IncludedSupplyChainTradeLineItem>";
    let settlement = "<ram:ApplicableTradeTax><ram:CalculatedAmount>x</ram:CalculatedAmount></ram:ApplicableTradeTax>\
         <ram:SpecifiedLogisticsServiceCharge><ram:AppliedAmount>1e3</ram:AppliedAmount></ram:SpecifiedLogisticsServiceCharge>";
    let of_cii = reading(&cii("", line, "", "", settlement));
    let expected = [
        "VAT row 1, VAT: the XML says “x”, which is no number",
        "Freight 1, Amount: the XML says “1e3”, which is no number",
        "Line 1, Price: the XML says “2,50”, which is no number",
        "Line 1, VAT %: the XML says “19 %”, which is no number",
    ];
    assert_eq!(told(&of_cii), expected);
}

#[test]
fn several_accounts_to_pay_to_are_noted() {
    let told = |reading: &Reading| {
        let note = reading.notes.iter().find(|note| note.code == "several_accounts");
        note.map(|note| note.message.clone())
    };
    let said = "The invoice names several bank accounts: DE75512108001245126199, FR7630006000011234567890189";
    let of_ubl = |accounts: &[&str]| {
        let means = |account: &&str| {
            format!(
                "<cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode><cac:PayeeFinancialAccount>\
                 <cbc:ID>{account}</cbc:ID></cac:PayeeFinancialAccount></cac:PaymentMeans>"
            )
        };
        reading(&ubl(&accounts.iter().map(means).collect::<String>()))
    };
    let of_cii = |accounts: &[&str]| {
        let means = |account: &&str| {
            format!(
                "<ram:SpecifiedTradeSettlementPaymentMeans><ram:PayeePartyCreditorFinancialAccount>\
                 <ram:IBANID>{account}</ram:IBANID><ram:ProprietaryID>1245126199</ram:ProprietaryID>\
                 </ram:PayeePartyCreditorFinancialAccount></ram:SpecifiedTradeSettlementPaymentMeans>"
            )
        };
        reading(&cii("", "", "", "", &accounts.iter().map(means).collect::<String>()))
    };
    let two = ["DE75512108001245126199", "FR76 3000 6000 0112 3456 7890 189"];
    let same = ["DE75512108001245126199", "DE75 5121 0800 1245 1261 99"];
    for (several, one) in [(of_ubl(&two), of_ubl(&same)), (of_cii(&two), of_cii(&same))] {
        assert_eq!(told(&several).as_deref(), Some(said));
        assert_eq!(value(&several, Field::Iban), Some("DE75512108001245126199"), "the first is taken");
        assert_eq!(told(&one), None);
    }
}
