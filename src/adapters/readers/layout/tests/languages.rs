//! One invoice of each language, each with another layout.

use super::*;

#[test]
fn german_letter() {
    let reading = read(&[page(&[
        &[(350.0, "Nordlicht Werkzeuge GmbH")],
        &[(350.0, "Hafenstraße 7")],
        &[(350.0, "24103 Kiel")],
        &[(350.0, "Tel. 0431 123456")],
        &[(60.0, "Nordlicht Werkzeuge GmbH · Hafenstraße 7 · 24103 Kiel")],
        &[],
        &[(60.0, "Bauhof Süd KG")],
        &[(60.0, "Frau Erika Beispiel")],
        &[(60.0, "Ringweg 12a")],
        &[(60.0, "80331 München"), (350.0, "Rechnungsnummer:"), (460.0, "2026-1042")],
        &[(350.0, "Rechnungsdatum:"), (460.0, "03.02.2026")],
        &[(350.0, "Kundennummer:"), (460.0, "70113")],
        &[(350.0, "Lieferdatum:"), (460.0, "30.01.2026")],
        &[(60.0, "Rechnung")],
        &[],
        &[
            (60.0, "Pos"),
            (90.0, "Bezeichnung"),
            (300.0, ">Menge"),
            (380.0, ">Einzelpreis"),
            (450.0, ">MwSt"),
            (540.0, ">Gesamtpreis"),
        ],
        &[
            (60.0, "1"),
            (90.0, "Akkuschrauber 18 V"),
            (300.0, ">2 Stk"),
            (380.0, ">129,50"),
            (450.0, ">19 %"),
            (540.0, ">259,00"),
        ],
        &[(90.0, "mit Koffer und Ladegerät")],
        &[
            (60.0, "2"),
            (90.0, "Fachbuch Holzbau"),
            (300.0, ">10 Stk"),
            (380.0, ">100,00"),
            (450.0, ">7 %"),
            (540.0, ">1.000,00"),
        ],
        &[],
        &[(350.0, "Nettobetrag"), (540.0, ">1.259,00 €")],
        &[(350.0, "zzgl. 19 % MwSt. auf 259,00"), (540.0, ">49,21 €")],
        &[(350.0, "zzgl. 7 % MwSt. auf 1.000,00"), (540.0, ">70,00 €")],
        &[(350.0, "Rechnungsbetrag"), (540.0, ">1.378,21 €")],
        &[],
        &[(60.0, "Zahlbar innerhalb von 30 Tagen ohne Abzug, bei Zahlung innerhalb von 10 Tagen 2 % Skonto.")],
        &[],
        &[(60.0, "Amtsgericht Kiel HRB 1234"), (230.0, "Förde Bank"), (400.0, "USt-IdNr.: DE136695976")],
        &[
            (60.0, "Geschäftsführer: Hein Muster"),
            (230.0, "IBAN: DE02 1203 0000 0000 2020 51"),
            (400.0, "www.nordlicht-werkzeuge.de"),
        ],
    ])]);
    assert_fields(
        &reading,
        &[
            (Field::InvoiceNumber, "2026-1042"),
            (Field::IssueDate, "2026-02-03"),
            (Field::DueDate, "2026-03-05"),
            (Field::DeliveryDate, "2026-01-30"),
            (Field::DocumentType, "380"),
            (Field::Currency, "EUR"),
            (Field::SupplierName, "Nordlicht Werkzeuge GmbH"),
            (Field::SupplierVatId, "DE136695976"),
            (Field::SupplierCity, "Kiel"),
            (Field::BuyerName, "Bauhof Süd KG"),
            (Field::BuyerPostcode, "80331"),
            (Field::NetTotal, "1259.00"),
            (Field::TaxTotal, "119.21"),
            (Field::GrossTotal, "1378.21"),
            (Field::Iban, "DE02120300000000202051"),
        ],
    );
    assert_eq!(lines(&reading), [("2", "129.5", "259.00"), ("10", "100", "1000.00")]);
    assert!(reading.lines[0].description.contains("mit Koffer"), "{:?}", reading.lines[0]);
    assert_eq!(reading.vat_rows.len(), 2);
}

#[test]
fn british_invoice() {
    let reading = read(&[page(&[
        &[(60.0, "Harbour Lights Ltd"), (400.0, "INVOICE")],
        &[(60.0, "4 Quay Street")],
        &[(60.0, "Bristol BS1 4ND")],
        &[(60.0, "VAT Reg No: GB123456789")],
        &[(60.0, "accounts@harbourlights.co.uk")],
        &[],
        &[(60.0, "Bill To"), (350.0, "Invoice No"), (450.0, "HL-00871")],
        &[(60.0, "Tidewater Marine Ltd"), (350.0, "Date"), (450.0, "12/03/2026")],
        &[(60.0, "Unit 9, Dock Road"), (350.0, "Due Date"), (450.0, "11/04/2026")],
        &[(60.0, "Hull HU1 1AA"), (350.0, "PO Number"), (450.0, "PO-5521")],
        &[],
        &[(60.0, "Qty"), (110.0, "Description"), (400.0, ">Unit Price"), (460.0, ">VAT"), (540.0, ">Amount")],
        &[(60.0, "3"), (110.0, "Deck lamp, brass"), (400.0, ">£1,250.00"), (460.0, ">20%"), (540.0, ">£3,750.00")],
        &[(60.0, "1"), (110.0, "Fitting"), (400.0, ">£180.00"), (460.0, ">20%"), (540.0, ">£180.00")],
        &[],
        &[(400.0, "Subtotal"), (540.0, ">£3,930.00")],
        &[(400.0, "VAT @ 20%"), (540.0, ">£786.00")],
        &[(400.0, "Total"), (540.0, ">£4,716.00")],
        &[(400.0, "Balance Due"), (540.0, ">£4,716.00")],
        &[],
        &[(60.0, "IBAN GB82 WEST 1234 5698 7654 32"), (300.0, "BIC WESTGB2L")],
    ])]);
    assert_fields(
        &reading,
        &[
            (Field::InvoiceNumber, "HL-00871"),
            (Field::IssueDate, "2026-03-12"),
            (Field::DueDate, "2026-04-11"),
            (Field::PurchaseOrder, "PO-5521"),
            (Field::Currency, "GBP"),
            (Field::SupplierName, "Harbour Lights Ltd"),
            (Field::SupplierVatId, "GB123456789"),
            (Field::BuyerName, "Tidewater Marine Ltd"),
            (Field::NetTotal, "3930.00"),
            (Field::TaxTotal, "786.00"),
            (Field::GrossTotal, "4716.00"),
            (Field::Iban, "GB82WEST12345698765432"),
            (Field::Bic, "WESTGB2L"),
        ],
    );
    assert_eq!(lines(&reading), [("3", "1250", "3750.00"), ("1", "180", "180.00")]);
}

#[test]
fn american_invoice() {
    let reading = read(&[page(&[
        &[(60.0, "Prairie Data Systems, Inc."), (430.0, "Invoice #20391")],
        &[(60.0, "210 Grain Ave"), (430.0, "March 4, 2026")],
        &[(60.0, "Lincoln, NE 68508")],
        &[(60.0, "(402) 555-0100")],
        &[],
        &[(60.0, "Billed To:"), (300.0, "Ship To:")],
        &[(60.0, "Cedar Hill Schools"), (300.0, "Cedar Hill Warehouse")],
        &[(60.0, "99 Main St"), (300.0, "1 Depot Rd")],
        &[(60.0, "Omaha, NE 68102"), (300.0, "Omaha, NE 68104")],
        &[],
        &[(60.0, "Item"), (300.0, ">Quantity"), (400.0, ">Rate"), (540.0, ">Line Total")],
        &[(60.0, "Cloud backup, annual"), (300.0, ">12"), (400.0, ">$40.00"), (540.0, ">$480.00")],
        &[(60.0, "On-site training"), (300.0, ">1.5"), (400.0, ">$200.00"), (540.0, ">$300.00")],
        &[],
        &[(400.0, "Subtotal:"), (540.0, ">$780.00")],
        &[(400.0, "Sales Tax (5.5%):"), (540.0, ">$42.90")],
        &[(400.0, "Total Due:"), (540.0, ">$822.90")],
        &[(60.0, "Terms: Net 15")],
        &[(60.0, "Payment due within 15 days. Please pay by 03/19/2026.")],
    ])]);
    assert_fields(
        &reading,
        &[
            (Field::InvoiceNumber, "20391"),
            (Field::IssueDate, "2026-03-04"),
            (Field::DueDate, "2026-03-19"),
            (Field::Currency, "USD"),
            (Field::SupplierName, "Prairie Data Systems, Inc."),
            (Field::BuyerName, "Cedar Hill Schools"),
            (Field::NetTotal, "780.00"),
            (Field::TaxTotal, "42.90"),
            (Field::GrossTotal, "822.90"),
        ],
    );
    assert_eq!(lines(&reading), [("12", "40", "480.00"), ("1.5", "200", "300.00")]);
}

#[test]
fn french_invoice() {
    let reading = read(&[page(&[
        &[(60.0, "Menuiserie Delorme SARL")],
        &[(60.0, "18 rue des Érables")],
        &[(60.0, "69003 Lyon")],
        &[(60.0, "Tél. : 04 78 00 00 00")],
        &[],
        &[(330.0, "Hôtel du Parc")],
        &[(330.0, "2 avenue Foch")],
        &[(330.0, "21000 Dijon")],
        &[],
        &[(60.0, "FACTURE N° F2026-118")],
        &[(60.0, "Date de facture : 5 février 2026")],
        &[(60.0, "Date d'échéance : 07/03/2026")],
        &[(60.0, "N° TVA client : FR19787878784")],
        &[],
        &[(60.0, "Désignation"), (320.0, ">Qté"), (400.0, ">P.U. HT"), (460.0, ">TVA"), (540.0, ">Total HT")],
        &[
            (60.0, "Porte en chêne massif"),
            (320.0, ">4"),
            (400.0, ">1 450,00 €"),
            (460.0, ">20 %"),
            (540.0, ">5 800,00 €"),
        ],
        &[(60.0, "Pose"), (320.0, ">8"), (400.0, ">55,00 €"), (460.0, ">10 %"), (540.0, ">440,00 €")],
        &[],
        &[(60.0, "Taux"), (150.0, ">Base HT"), (250.0, ">Montant TVA"), (400.0, "Total HT"), (540.0, ">6 240,00 €")],
        &[(60.0, "20 %"), (150.0, ">5 800,00"), (250.0, ">1 160,00"), (400.0, "Total TVA"), (540.0, ">1 204,00 €")],
        &[(60.0, "10 %"), (150.0, ">440,00"), (250.0, ">44,00"), (400.0, "Total TTC"), (540.0, ">7 444,00 €")],
        &[(400.0, "Net à payer"), (540.0, ">7 444,00 €")],
        &[],
        &[(
            60.0,
            "SARL au capital de 20 000 € - SIRET 123 456 789 00011 - RCS Lyon - TVA intracommunautaire : FR40303265045",
        )],
        &[(60.0, "IBAN : FR14 2004 1010 0505 0001 3M02 606")],
    ])]);
    assert_fields(
        &reading,
        &[
            (Field::InvoiceNumber, "F2026-118"),
            (Field::IssueDate, "2026-02-05"),
            (Field::DueDate, "2026-03-07"),
            (Field::Currency, "EUR"),
            (Field::SupplierName, "Menuiserie Delorme SARL"),
            (Field::SupplierVatId, "FR40303265045"),
            (Field::BuyerName, "Hôtel du Parc"),
            (Field::BuyerVatId, "FR19787878784"),
            (Field::NetTotal, "6240.00"),
            (Field::TaxTotal, "1204.00"),
            (Field::GrossTotal, "7444.00"),
            (Field::Iban, "FR1420041010050500013M02606"),
        ],
    );
    assert_eq!(lines(&reading), [("4", "1450", "5800.00"), ("8", "55", "440.00")]);
}

#[test]
fn dutch_invoice() {
    let reading = read(&[page(&[
        &[(60.0, "Factuuradres"), (330.0, "De Groene Tuin B.V.")],
        &[(60.0, "Bakkerij Van Dam"), (330.0, "Tulpenlaan 3")],
        &[(60.0, "Molenweg 8"), (330.0, "1012 AB Amsterdam")],
        &[(60.0, "3511 CD Utrecht"), (330.0, "info@degroenetuin.nl")],
        &[(330.0, "KvK 12345678")],
        &[(330.0, "BTW-nummer NL123456782B01")],
        &[],
        &[(60.0, "Factuurnummer"), (160.0, "Factuurdatum"), (260.0, "Vervaldatum"), (360.0, "Klantnummer")],
        &[(60.0, "20260077"), (160.0, "14-01-2026"), (260.0, "28-01-2026"), (360.0, "4410")],
        &[],
        &[(60.0, "Omschrijving"), (320.0, ">Aantal"), (400.0, ">Prijs"), (460.0, ">BTW"), (540.0, ">Bedrag")],
        &[(60.0, "Onderhoud januari"), (320.0, ">6"), (400.0, ">€ 45,00"), (460.0, ">21%"), (540.0, ">€ 270,00")],
        &[(60.0, "Afvoer groenafval"), (320.0, ">1"), (400.0, ">€ 35,50"), (460.0, ">21%"), (540.0, ">€ 35,50")],
        &[],
        &[(400.0, "Totaal excl. BTW"), (540.0, ">€ 305,50")],
        &[(400.0, "BTW 21%"), (540.0, ">€ 64,16")],
        &[(400.0, "Totaal incl. BTW"), (540.0, ">€ 369,66")],
        &[(60.0, "Gelieve te betalen op IBAN NL91 ABNA 0417 1643 00 t.n.v. De Groene Tuin B.V.")],
    ])]);
    assert_fields(
        &reading,
        &[
            (Field::InvoiceNumber, "20260077"),
            (Field::IssueDate, "2026-01-14"),
            (Field::DueDate, "2026-01-28"),
            (Field::Currency, "EUR"),
            (Field::SupplierName, "De Groene Tuin B.V."),
            (Field::SupplierVatId, "NL123456782B01"),
            (Field::BuyerName, "Bakkerij Van Dam"),
            (Field::NetTotal, "305.50"),
            (Field::TaxTotal, "64.16"),
            (Field::GrossTotal, "369.66"),
            (Field::Iban, "NL91ABNA0417164300"),
        ],
    );
    assert_eq!(lines(&reading), [("6", "45", "270.00"), ("1", "35.5", "35.50")]);
}

#[test]
fn italian_invoice() {
    let reading = read(&[page(&[
        &[(60.0, "Officina Bianchi S.r.l.")],
        &[(60.0, "Via Garibaldi 15")],
        &[(60.0, "20121 Milano (MI)")],
        &[(60.0, "P.IVA: IT00743110157")],
        &[],
        &[(330.0, "Spett.le")],
        &[(330.0, "Trattoria da Piero S.n.c.")],
        &[(330.0, "Corso Italia 40")],
        &[(330.0, "50123 Firenze (FI)")],
        &[],
        &[(60.0, "Fattura n. 58/2026 del 10/02/2026")],
        &[],
        &[(60.0, "Descrizione"), (320.0, ">Q.tà"), (400.0, ">Prezzo unitario"), (460.0, ">IVA"), (540.0, ">Importo")],
        &[(60.0, "Revisione forno"), (320.0, ">1"), (400.0, ">350,00"), (460.0, ">22%"), (540.0, ">350,00")],
        &[(60.0, "Ricambi"), (320.0, ">4"), (400.0, ">12,25"), (460.0, ">22%"), (540.0, ">49,00")],
        &[],
        &[(380.0, "Imponibile"), (540.0, ">€ 399,00")],
        &[(380.0, "IVA 22%"), (540.0, ">€ 87,78")],
        &[(380.0, "Totale fattura"), (540.0, ">€ 486,78")],
        &[(60.0, "Scadenza: 12/03/2026"), (300.0, "IBAN: IT60X0542811101000000123456")],
    ])]);
    assert_fields(
        &reading,
        &[
            (Field::InvoiceNumber, "58/2026"),
            (Field::IssueDate, "2026-02-10"),
            (Field::DueDate, "2026-03-12"),
            (Field::SupplierName, "Officina Bianchi S.r.l."),
            (Field::SupplierVatId, "IT00743110157"),
            (Field::BuyerName, "Trattoria da Piero S.n.c."),
            (Field::NetTotal, "399.00"),
            (Field::TaxTotal, "87.78"),
            (Field::GrossTotal, "486.78"),
            (Field::Iban, "IT60X0542811101000000123456"),
        ],
    );
    assert_eq!(lines(&reading), [("1", "350", "350.00"), ("4", "12.25", "49.00")]);
}

#[test]
fn spanish_invoice() {
    let reading = read(&[page(&[
        &[(60.0, "Aceites del Sur S.L."), (350.0, "FACTURA")],
        &[(60.0, "CIF: B12345674"), (350.0, "Nº factura: A-2026/31")],
        &[(60.0, "Calle Real 20"), (350.0, "Fecha: 20/02/2026")],
        &[(60.0, "41001 Sevilla"), (350.0, "Vencimiento: 22/03/2026")],
        &[],
        &[(60.0, "Cliente:")],
        &[(60.0, "Restaurante El Puerto S.A.")],
        &[(60.0, "NIF: A87654321")],
        &[(60.0, "Paseo Marítimo 5")],
        &[(60.0, "11002 Cádiz")],
        &[],
        &[(60.0, "Concepto"), (320.0, ">Cantidad"), (400.0, ">Precio"), (540.0, ">Importe")],
        &[(60.0, "Aceite de oliva 5 l"), (320.0, ">40"), (400.0, ">31,50"), (540.0, ">1.260,00")],
        &[],
        &[(380.0, "Base imponible"), (540.0, ">1.260,00 €")],
        &[(380.0, "IVA 21%"), (540.0, ">264,60 €")],
        &[(380.0, "Total factura"), (540.0, ">1.524,60 €")],
    ])]);
    assert_fields(
        &reading,
        &[
            (Field::InvoiceNumber, "A-2026/31"),
            (Field::IssueDate, "2026-02-20"),
            (Field::DueDate, "2026-03-22"),
            (Field::SupplierName, "Aceites del Sur S.L."),
            (Field::SupplierVatId, "ESB12345674"),
            (Field::BuyerName, "Restaurante El Puerto S.A."),
            (Field::BuyerVatId, "ESA87654321"),
            (Field::NetTotal, "1260.00"),
            (Field::TaxTotal, "264.60"),
            (Field::GrossTotal, "1524.60"),
        ],
    );
    assert_eq!(lines(&reading), [("40", "31.5", "1260.00")]);
}
