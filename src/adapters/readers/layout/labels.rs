//! The words that documents put beside their values, in six languages, and where they stand.
//!
//! One table: a language or a trade that says it otherwise is one more phrase here. Phrases are written as
//! [`super::sheet::Token`]s are: lower case, no accents, signs as spaces.

use super::sheet::{Cell, Sheet};
use std::collections::{BTreeSet, HashMap};
use std::ops::Range;
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Label {
    // Document.
    InvoiceNumber,
    /// "Invoice", "Rechnung": a title, and a label where a number follows at once.
    Title,
    CreditTitle,
    IssueDate,
    DueDate,
    DeliveryDate,
    /// When the VAT becomes due; often the date of issue by another name.
    TaxPoint,
    /// A date that is none of the above: of the order, of printing.
    OtherDate,
    /// "Date" alone.
    AnyDate,
    Period,
    Order,
    Customer,
    Despatch,
    Contract,
    Project,
    Reference,
    /// Of the buyer, for the buyer: BT-10.
    BuyerReference,
    /// To give with the payment: BT-83.
    PaymentReference,
    CostCode,
    Preceding,
    Terms,
    CashDiscount,
    // Parties.
    Supplier,
    Buyer,
    ShipTo,
    Name,
    Contact,
    Address,
    VatId,
    BuyerVatId,
    TaxNumber,
    Registration,
    /// What the buyer, or a register of places, calls the seller.
    SupplierId,
    Phone,
    Mail,
    // Payment.
    Iban,
    Bic,
    AccountName,
    Bank,
    DirectDebit,
    Currency,
    // Totals.
    LinesTotal,
    Subtotal,
    Net,
    Tax,
    Gross,
    Due,
    Paid,
    Allowance,
    Charge,
    Rounding,
    CarriedOver,
    // Of till receipts, and only in scans.
    /// What the customer gave.
    Tendered,
    /// What they got back.
    Change,
    /// A number of things, beside which "total" is no sum of money.
    Count,
    /// Who sat at which till.
    Till,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lang {
    En,
    De,
    Fr,
    Nl,
    It,
    Es,
}

use Label::*;
use Lang::*;

/// Label, how much it says (1 to 10), language, phrases.
#[rustfmt::skip] // A line a language.
const TABLE: &[(Label, u8, Lang, &str)] = &[
    (InvoiceNumber, 10, En, "invoice number|invoice no|invoice nr|invoice num|invoice #|invoice id|inv no|inv #|inv number|tax invoice no|tax invoice number|bill number|bill no|credit note number|credit note no|credit memo number|credit memo no|credit note #|invoice reference number|vat invoice number|receipt number|receipt no|receipt #|invoice ref"),
    (InvoiceNumber, 7, En, "document number|document no|doc no|statement number"),
    (InvoiceNumber, 3, En, "booking id|booking number|booking no|transaction id"),
    (InvoiceNumber, 10, De, "rechnungsnummer|rechnungsnr|rechnung nr|rechnungs nr|rechnung nummer|rechnung no|rechnung #|rechn nr|rg nr|re nr|rgnr|renr|rechnungsnummer nr|gutschriftsnummer|gutschrift nr|gutschriftnr|gutschriftnummer|rechnungskorrektur nr|stornorechnung nr|faktura nr|fakturanummer|faktura nummer|rechnungs nummer|quittung nr|rechnungskorrekturnummer"),
    (InvoiceNumber, 7, De, "belegnummer|beleg nr|belegnr|dokumentnummer|dokument nr|vorgangsnummer"),
    (InvoiceNumber, 10, Fr, "numero de facture|n de facture|no de facture|nr de facture|facture n|facture no|facture nr|facture numero|num facture|numero facture|n facture|no facture|facture #|avoir n|avoir no|numero davoir|n davoir|no davoir|avoir numero|num de facture|numero de la facture|facture num|n de lavoir"),
    (InvoiceNumber, 7, Fr, "reference facture|ref facture|numero de piece|piece n|numero de document|n de document|reference de la facture"),
    (InvoiceNumber, 10, Nl, "factuurnummer|factuurnr|factuur nummer|factuur nr|factuur no|fact nr|creditnotanummer|creditnota nummer|creditfactuurnummer|creditnummer|notanummer|nota nummer|factuur #|creditnota nr"),
    (InvoiceNumber, 7, Nl, "documentnummer|document nr"),
    (InvoiceNumber, 10, It, "numero fattura|n fattura|fattura n|fattura nr|fattura numero|fattura no|nr fattura|num fattura|n della fattura|numero della fattura|nota di credito n|nota credito n|fattura num|nota di credito nr|numero nota di credito"),
    (InvoiceNumber, 7, It, "numero documento|n documento|nr documento|num doc|n doc|numero doc|documento n|documento nr|nr doc"),
    (InvoiceNumber, 10, Es, "numero de factura|n de factura|no de factura|factura n|factura no|factura num|num factura|numero factura|n factura|no factura|factura numero|nro factura|factura nro|num de factura|nro de factura|numero de la factura|factura #|factura rectificativa n|abono n"),
    (InvoiceNumber, 7, Es, "numero de documento|n documento|serie numero|serie y numero|n de documento"),
    (Title, 5, En, "invoice|tax invoice|sales invoice|vat invoice|commercial invoice|proforma invoice|pro forma invoice|self billed invoice"),
    (Title, 5, De, "rechnung|faktura|quittung|rechnung gemass"),
    (Title, 5, Fr, "facture"),
    (Title, 5, Nl, "factuur|kopie factuur|verkoopfactuur"),
    (Title, 5, It, "fattura|fattura elettronica|fattura differita|fattura immediata|fattura di vendita"),
    (Title, 5, Es, "factura|factura de venta"),
    (CreditTitle, 6, En, "credit note|credit memo|credit invoice|credit memorandum"),
    (CreditTitle, 6, De, "gutschrift|rechnungskorrektur|stornorechnung|storno|rechnungsgutschrift|korrekturrechnung|storno rechnung"),
    (CreditTitle, 6, Fr, "avoir|facture davoir|note de credit"),
    (CreditTitle, 6, Nl, "creditnota|creditfactuur|credit factuur|credit nota"),
    (CreditTitle, 6, It, "nota di credito|nota credito|nota di accredito"),
    (CreditTitle, 6, Es, "factura rectificativa|nota de credito|abono|nota de abono"),
    (IssueDate, 10, En, "invoice date|date of invoice|date of issue|issue date|date issued|bill date|billing date|invoice dated|credit note date|receipt date|invoice issue date|tax invoice date|issued on|date of receipt"),
    (IssueDate, 8, En, "issued|issued at|document date|dated|doc date|statement date"),
    (TaxPoint, 8, En, "tax point|tax date|tax point date|date of tax point|time of supply|tax point time of supply"),
    (TaxPoint, 4, De, "steuerdatum|umsatzsteuerdatum|mwst datum|steuerzeitpunkt"),
    (TaxPoint, 4, Fr, "date dexigibilite de la tva|exigibilite de la tva|date dexigibilite tva"),
    (TaxPoint, 4, Nl, "btw datum|datum btw|belastingdatum"),
    (TaxPoint, 4, It, "data esigibilita iva|esigibilita iva"),
    (TaxPoint, 4, Es, "fecha de devengo|fecha devengo|devengo"),
    (IssueDate, 10, De, "rechnungsdatum|rechnungs datum|rechnung vom|rechnungsdat|rechnung datum|ausstellungsdatum|datum der rechnung|gutschriftsdatum|rg datum|re datum|fakturadatum|ausgestellt am|rechnungstag|gutschrift vom|datum der ausstellung|rechnungsausgang|rech datum"),
    (IssueDate, 8, De, "belegdatum|dokumentdatum|erstellungsdatum|erstellt am|beleg datum"),
    (IssueDate, 10, Fr, "date de facture|date facture|date de facturation|date demission|date de la facture|facture du|emise le|emis le|date davoir|date de lavoir|date facturation|date emission|date detablissement|date de lemission|facture emise le|avoir du"),
    (IssueDate, 8, Fr, "date du document|etablie le|date document|date de creation"),
    (IssueDate, 10, Nl, "factuurdatum|factuur datum|datum factuur|notadatum|datum van factuur|factuur d d|creditdatum|factuurdatum datum|factuur van"),
    (IssueDate, 8, Nl, "documentdatum|datum document"),
    (IssueDate, 10, It, "data fattura|data della fattura|data emissione|data di emissione|fattura del|data di fattura|emessa il|data emiss|data di fatturazione"),
    (IssueDate, 8, It, "data documento|data doc|data del documento"),
    (IssueDate, 10, Es, "fecha de factura|fecha factura|fecha de emision|fecha emision|fecha de expedicion|fecha expedicion|fecha de la factura|fecha de facturacion|fecha facturacion|emitida el"),
    (IssueDate, 8, Es, "fecha del documento|fecha documento|fecha doc"),
    (AnyDate, 6, En, "date"),
    (AnyDate, 6, De, "datum"),
    (AnyDate, 6, It, "data|li"),
    (AnyDate, 6, Es, "fecha"),
    (DueDate, 10, En, "due date|payment due date|payment due|date due|due on|due by|payable by|pay by|please pay by|remit until|remit by|amount due on|total amount due on|payment due by|payable on|please remit until|invoice due date|payment is due by|to be paid by|payable until|pay before|pay until|please remit by|please pay until|due"),
    (DueDate, 6, En, "payment date|payment deadline"),
    (DueDate, 10, De, "fallig am|falligkeit|falligkeitsdatum|fallig|zahlbar bis|zahlbar bis zum|zahlungstermin|zahlung bis|zahlung bis zum|uberweisen sie bis zum|uberweisen bis zum|spatestens bis|spatestens bis zum|spatestens zum|fallig bis|netto bis|zu zahlen bis|falligkeitstermin|fallig zum|zahlbar am|netto fallig am|betrag bis zum|rechnungsbetrag bis zum|fallig bis zum|falligkeitstag|zahlungsfrist bis|netto bis zum|begleichen sie bis zum|zahlbar netto bis|zahlbar ohne abzug bis|zahlungseingang bis|zahlungseingang bis zum|innerhalb der zahlungsfrist bis"),
    (DueDate, 6, De, "zahlungsziel|zahldatum|zahlungsdatum|zahlungsfrist|bis zum|bis spatestens"),
    (DueDate, 10, Fr, "date decheance|echeance|date limite de paiement|a payer avant le|payable le|payable au|a regler avant le|date echeance|paiement avant le|a payer avant|date dexigibilite|date limite de reglement|reglement avant le|echeance le|a echeance du|payable avant le|a payer pour le|a regler avant|paiement au plus tard le|date de reglement|payable au plus tard le|paiement du le"),
    (DueDate, 6, Fr, "date de paiement|date paiement"),
    (DueDate, 10, Nl, "vervaldatum|verval datum|te betalen voor|betalen voor|uiterste betaaldatum|betaal voor|te voldoen voor|uiterlijk|betalen uiterlijk|vervaldag|uiterlijk op|vervalt op|te betalen uiterlijk|te betalen op|uiterste betaaldag|betaling voor|te voldoen uiterlijk|gelieve te betalen voor|over te maken voor|bedrag voor|factuurbedrag voor"),
    (DueDate, 6, Nl, "betaaldatum|betalingsdatum"),
    (DueDate, 10, It, "scadenza|data scadenza|data di scadenza|scade il|scadenza pagamento|da pagare entro|da pagare entro il|scadenze|scad|scadenza il|entro il|pagamento entro il|scadenza al"),
    (DueDate, 10, Es, "vencimiento|fecha de vencimiento|fecha vencimiento|vence|vence el|fecha limite de pago|pagar antes del|vencimientos|vto|fecha vto|fecha de vto|a pagar antes del|fecha limite"),
    (DueDate, 6, Es, "fecha de pago|fecha pago"),
    (DeliveryDate, 9, En, "delivery date|date of delivery|date of supply|supply date|service date|date of service|ship date|shipping date|delivered on|date shipped"),
    (DeliveryDate, 9, De, "leistungsdatum|lieferdatum|liefer und leistungsdatum|liefertermin|liefer leistungsdatum|leistungs und lieferdatum|datum der leistung|datum der lieferung|leistungsdatum lieferdatum|lieferung vom|lieferung am|leistung vom|leistung am|liefertag|tag der lieferung|leistungstag|tag der leistung|versanddatum"),
    (DeliveryDate, 9, Fr, "date de livraison|date de prestation|date livraison|livre le|date de la prestation|date dexecution|date de realisation|date de la livraison|date de vente|date de la vente"),
    (DeliveryDate, 9, Nl, "leverdatum|leveringsdatum|datum levering|prestatiedatum|afleverdatum|datum van levering"),
    (DeliveryDate, 9, It, "data consegna|data di consegna|data trasporto|data inizio trasporto|data ddt|data spedizione"),
    (DeliveryDate, 9, Es, "fecha de entrega|fecha entrega|fecha de operacion|fecha operacion|fecha de prestacion|fecha albaran"),
    (OtherDate, 8, En, "order date|date of order|print date|printed on|po date|contract date|delivery note date|shipped date|start date|end date|check in|check out|date of birth|exchange rate date|expiry date|ordered on|valid until"),
    (OtherDate, 8, De, "bestelldatum|auftragsdatum|lieferscheindatum|druckdatum|bestellung vom|auftrag vom|lieferschein vom|ihre bestellung vom|bestell datum|auftrag datum|lieferschein datum|angebot vom|vertragsdatum|gedruckt am|bestelltag|ihr auftrag vom|vertrag vom|druck datum|gultig ab|gultig bis|buchungsdatum|anreise|abreise|eingangsdatum|mandatsdatum"),
    (OtherDate, 8, Fr, "date de commande|date commande|commande du|votre commande du|bon de livraison du|date du bon de commande|date dimpression|imprime le|date dexpedition|valable jusquau|date de la commande|devis du"),
    (OtherDate, 8, Nl, "besteldatum|orderdatum|datum order|afdrukdatum|order datum|bestelling van|pakbondatum|datum bestelling|opdrachtdatum|incassodatum"),
    (OtherDate, 8, It, "data ordine|data dellordine|ordine del|ddt del|vs ordine del|data stampa|data ord"),
    (OtherDate, 8, Es, "fecha de pedido|fecha pedido|pedido del|albaran de fecha|fecha del pedido|fecha de impresion|fecha de alta"),
    (Period, 8, En, "billing period|service period|period|invoice period|for the period|period of service|statement period|usage period|service dates"),
    (Period, 8, De, "abrechnungszeitraum|leistungszeitraum|zeitraum|rechnungszeitraum|lieferzeitraum|berechnungszeitraum|leistungsperiode|mietzeitraum|verbrauchszeitraum"),
    (Period, 8, Fr, "periode|periode de facturation|periode du|pour la periode|periode de consommation|periode facturee"),
    (Period, 8, Nl, "periode van|factuurperiode|verbruiksperiode|dienstperiode"),
    (Period, 8, It, "periodo|periodo di riferimento|periodo di fatturazione|competenza"),
    (Period, 8, Es, "periodo de facturacion|periodo facturado|periodo de consumo"),
    (Order, 8, En, "order number|order no|order nr|order #|order id|po number|po no|po #|po|p o number|p o no|purchase order|purchase order number|purchase order no|your order|your order no|your order number|order ref|order reference|customer order|customer po|sales order|sales order no|order"),
    (Order, 8, De, "bestellnummer|bestell nr|bestellnr|bestellung|bestellung nr|auftragsnummer|auftrag nr|auftragsnr|auftrags nr|ihre bestellung|ihre bestellung nr|ihre bestellnummer|ihr auftrag|bestellreferenz|ihre bestell nr|bestellung nr kunde|auftrag|kundenauftrag"),
    (Order, 8, Fr, "numero de commande|n de commande|no de commande|commande n|commande no|bon de commande|votre commande|commande|ref commande|reference commande|n commande|numero commande|n bon de commande"),
    (Order, 8, Nl, "bestelnummer|ordernummer|order nummer|uw order|uw bestelling|uw ordernummer|bestelling|inkoopordernummer|opdrachtnummer|uw bestelnummer|uw opdracht|inkooporder"),
    (Order, 8, It, "numero ordine|ordine n|n ordine|ordine|vs ordine|vostro ordine|rif ordine|riferimento ordine|ordine cliente|ns ordine|nr ordine|ordine nr"),
    (Order, 8, Es, "pedido|n de pedido|numero de pedido|su pedido|n pedido|no pedido|numero pedido|pedido n|pedido no|ref pedido|num pedido"),
    (Customer, 7, En, "customer number|customer no|customer nr|customer id|customer #|customer ref|customer code|customer account|account number|account no|account #|client id|client number|client no|client code|member id"),
    (Customer, 7, De, "kundennummer|kunden nr|kundennr|kunde nr|kd nr|kdnr|kunden nummer|debitorennummer|debitor|debitoren nr|mandatsreferenz|mitgliedsnummer|debitor nr|debitornummer|kunden id|personenkonto|debitorenkonto"),
    (Customer, 7, Fr, "numero client|n client|no client|code client|reference client|ref client|n de client|numero de client|compte client|n compte client|client n|client no|code tiers|n adherent|identifiant client|num client"),
    (Customer, 7, Nl, "klantnummer|klant nr|klantnr|debiteurnummer|debiteurennummer|debiteur nr|klantcode|relatienummer|deb nr|debiteurnr|klant nummer|klantreferentie|relatienr"),
    (Customer, 7, It, "codice cliente|cod cliente|n cliente|numero cliente|cod cli|cliente n|codice utente"),
    (Customer, 7, Es, "numero de cliente|n de cliente|no de cliente|codigo cliente|cod cliente|n cliente|codigo de cliente|num cliente|cliente n|cliente no|numero cliente"),
    (Despatch, 7, En, "delivery note|delivery note no|delivery note number|packing slip|waybill|shipment number|shipment no|dispatch note|tracking number"),
    (Despatch, 7, De, "lieferschein|lieferscheinnummer|lieferschein nr|lieferscheinnr|lieferavis|lieferschein nummer|sendungsnummer|unser lieferschein"),
    (Despatch, 7, Fr, "bon de livraison|bl n|n bl|numero de livraison|bon de livraison n|n de bon de livraison"),
    (Despatch, 7, Nl, "pakbon|pakbonnummer|leverbon|afleverbon|zendingnummer|pakbon nr|leveringsbon"),
    (Despatch, 7, It, "ddt|ddt n|documento di trasporto|bolla|d d t|bolla n"),
    (Despatch, 7, Es, "albaran|n albaran|albaran n|numero de albaran|nota de entrega|albaranes"),
    (Contract, 7, En, "contract|contract number|contract no|agreement number"),
    (Contract, 7, De, "vertrag|vertragsnummer|vertrag nr|vertragsnr|vertragskonto|versicherungsnummer|vertragskontonummer|police nr"),
    (Contract, 7, Fr, "contrat|numero de contrat|contrat n|n de contrat|ref marche|reference du marche|marche n|ref contrat"),
    (Contract, 7, Nl, "contractnummer|overeenkomst|contract nr|polisnummer"),
    (Contract, 7, It, "contratto|numero contratto|contratto n|n contratto|codice contratto|cig|cup"),
    (Contract, 7, Es, "contrato|numero de contrato|n de contrato|n contrato|contrato n|referencia del contrato"),
    (Project, 6, En, "project|project number|project no|job number|job no"),
    (Project, 6, De, "projekt|projektnummer|bauvorhaben|objekt|projekt nr|kommission"),
    (Project, 6, Fr, "projet|chantier|affaire|n affaire"),
    (Project, 6, Nl, "projectnummer|project nr|werknummer"),
    (Project, 6, Es, "proyecto|obra"),
    (Project, 6, It, "progetto|commessa|cantiere"),
    (Reference, 6, En, "reference|our reference|ref|our ref|reference number|reference no|ref no|ref #"),
    (Reference, 6, De, "referenz|unsere referenz|unser zeichen|referenznummer|weitere referenz|referenz nr|aktenzeichen"),
    (Reference, 6, Fr, "notre reference|nos references|nos ref|notre ref|reference client interne|n ref"),
    (Reference, 6, Nl, "referentie|onze referentie|ons kenmerk|kenmerk|onze ref"),
    (Reference, 6, It, "riferimento|riferimenti|ns rif|nostro riferimento|rif"),
    (Reference, 6, Es, "referencia|nuestra referencia|n ref|nuestra ref"),
    (BuyerReference, 6, En, "your reference|your ref|customer reference|buyer reference"),
    (BuyerReference, 6, De, "ihre referenz|ihr zeichen|referenz des kaufers|leitweg id|ihre kundenreferenz"),
    (BuyerReference, 6, Fr, "votre reference|vos references|vos ref|votre ref"),
    (BuyerReference, 6, Nl, "uw referentie|uw kenmerk|uw ref"),
    (BuyerReference, 6, It, "vs rif|vostro riferimento"),
    (BuyerReference, 6, Es, "su referencia|s ref|su ref"),
    (PaymentReference, 6, En, "payment reference|remittance reference|remittance information|payment ref"),
    (PaymentReference, 6, De, "verwendungszweck|zahlungsreferenz"),
    (PaymentReference, 6, Fr, "reference de paiement|reference du paiement|reference de virement|communication structuree"),
    (PaymentReference, 6, Nl, "betalingskenmerk|betaalreferentie|gestructureerde mededeling"),
    (PaymentReference, 6, It, "causale|causale bonifico|causale di pagamento"),
    (PaymentReference, 6, Es, "referencia de pago|concepto de pago|referencia del pago"),
    (CostCode, 6, En, "cost centre|cost center|cost code|accounting reference|buyer accounting reference"),
    (CostCode, 6, De, "kostenstelle|kostentrager|buchungsreferenz"),
    (CostCode, 6, Fr, "centre de cout|centre de couts"),
    (CostCode, 6, Nl, "kostenplaats"),
    (CostCode, 6, It, "centro di costo"),
    (CostCode, 6, Es, "centro de coste|centro de costes"),
    (SupplierId, 7, En, "supplier no|supplier number|supplier id|vendor no|vendor number|vendor id|gln"),
    (SupplierId, 7, De, "lieferantennummer|lieferanten nr|lieferantennr|lieferant nr|kreditorennummer|kreditoren nr|kreditor nr|iln|globale nummer"),
    (SupplierId, 7, Fr, "numero fournisseur|n fournisseur|code fournisseur|siret|n siret|numero siret"),
    (SupplierId, 7, Nl, "leveranciersnummer|leverancier nr|crediteurnummer|crediteurennummer"),
    (SupplierId, 7, It, "codice fornitore|cod fornitore"),
    (SupplierId, 7, Es, "codigo de proveedor|cod proveedor|numero de proveedor|n proveedor"),
    (Preceding, 8, En, "original invoice|corrected invoice|related invoice|credited invoice|original invoice number|for invoice"),
    (Preceding, 8, De, "ursprungsbeleg nr|ursprungsrechnung|zu rechnung nr|urspruengliche rechnung|ursprungliche rechnung|zur rechnung nr|originalrechnung|zu rechnung|gutschrift zu rechnung|korrektur zu rechnung|bezug rechnung|vorherige rechnung|referenzrechnung|storno zu rechnung|zur rechnung"),
    (Preceding, 8, Fr, "facture liee|facture dorigine|avoir sur facture|facture initiale|concerne la facture|sur facture n|facture concernee"),
    (Preceding, 8, Nl, "oorspronkelijke factuur|betreft factuur|creditering factuur|credit op factuur|gerelateerde factuur"),
    (Preceding, 8, It, "fattura di riferimento|fattura originale|rif fattura|storno fattura"),
    (Preceding, 8, Es, "factura original|factura rectificada|rectifica a|factura que se rectifica"),
    (Terms, 7, En, "payment terms|terms|terms of payment|payment term|net days"),
    (Terms, 7, De, "zahlungsbedingungen|zahlungsbedingung|zahlungskonditionen|zahlungskondition|zahlungsvereinbarung"),
    (Terms, 7, Fr, "conditions de paiement|condition de paiement|conditions de reglement|modalites de paiement|delai de paiement|conditions reglement|mode et conditions de reglement|modalites de reglement"),
    (Terms, 7, Nl, "betalingsvoorwaarden|betalingstermijn|betalingsconditie|betaalconditie|betaalvoorwaarden|betalingsconditie betaling|betaaltermijn"),
    (Terms, 7, It, "condizioni di pagamento|termini di pagamento|pagamento|modalita di pagamento|condizioni pagamento|modalita pagamento|tipo pagamento"),
    (Terms, 7, Es, "condiciones de pago|forma de pago|condiciones|plazo de pago|terminos de pago"),
    (CashDiscount, 6, En, "early payment discount|cash discount|prompt payment discount"),
    (CashDiscount, 6, De, "skonto|skontobetrag|abzgl skonto|skontofahig|skontovereinbarung|skonti|skontofahiger betrag"),
    (CashDiscount, 6, Fr, "escompte"),
    (CashDiscount, 6, Nl, "betalingskorting|kredietbeperking"),
    (CashDiscount, 6, Es, "descuento pronto pago|pronto pago|dto pronto pago"),
    (CashDiscount, 6, It, "sconto cassa|sconto pagamento"),
    (Name, 6, En, "name|company|company name|customer name|legal name|trading name"),
    (Name, 6, De, "firma|firmenname|name firma|kundenname|unternehmen"),
    (Name, 6, Fr, "nom|raison sociale|societe|nom du client|denomination|denomination sociale|entreprise"),
    (Name, 6, Nl, "naam|bedrijf|bedrijfsnaam"),
    (Name, 6, It, "denominazione|ragione sociale|nome|nominativo|ditta"),
    (Name, 6, Es, "nombre|razon social|empresa|nombre o razon social|nombre y apellidos|nombre razon social|denominacion social"),
    (Contact, 5, En, "contact|contact person|attention|attn|prepared by|sales rep|salesperson|your contact|account manager"),
    (Contact, 5, De, "ansprechpartner|sachbearbeiter|ihr ansprechpartner|bearbeiter|kontakt|z hd|zu handen|abteilung|kontaktperson|ansprechpartnerin|bearbeiterin|verkaufer name|sachbearbeiterin|zustandig"),
    (Contact, 5, Fr, "contact commercial|votre contact|interlocuteur|votre interlocuteur|suivi par|commercial|a lattention de|affaire suivie par|vendeur nom"),
    (Contact, 5, Nl, "contactpersoon|t a v|ter attentie van|behandeld door|vertegenwoordiger|tav"),
    (Contact, 5, It, "contatto|referente|agente|alla c a|allattenzione di"),
    (Contact, 5, Es, "contacto|persona de contacto|att|a la atencion de|comercial"),
    (Address, 5, En, "address|street|city|postcode|zip|zip code|country|state"),
    (Address, 5, De, "anschrift|strasse|ort|plz|plz ort|land|adresse"),
    (Address, 5, Fr, "rue|ville|code postal|pays"),
    (Address, 5, Nl, "adres|straat|plaats|postcode plaats"),
    (Address, 5, It, "indirizzo|via|citta|cap|sede legale|sede|residenza o domicilio"),
    (Address, 5, Es, "direccion|domicilio|poblacion|codigo postal|ciudad|c p|cp|provincia|localidad|domicilio fiscal"),
    (Phone, 5, En, "phone|tel|telephone|fax|mobile|telephone number|phone number|fon|fax no|tel no|call us"),
    (Phone, 5, De, "telefon|telefax|tel nr|mobil|telefonnummer|rufnummer|handy|faxnummer|fax nr"),
    (Phone, 5, Fr, "telephone fax|telecopie|portable|tel fax|gsm"),
    (Phone, 5, Nl, "telefoon|telefoonnummer|mobiel"),
    (Phone, 5, It, "telefono|cell|cellulare"),
    (Phone, 5, Es, "tfno|movil|telefono fax|tlf|telf|tlfno"),
    (Mail, 5, En, "email|e mail|web|website|internet|www|mail|homepage|url|email address|courriel|sito web|correo electronico|correo|pec|mel|site web|site internet"),
    (VatId, 9, En, "vat id|vat no|vat number|vat reg no|vat registration number|vat registration|vat registration no|vat reg|tax id|vat nr|vat id no|tax id no|vat identification number|vat id nr|our vat number|our vat no|vat reg number|tax registration number|gst no|gst number|gstin|abn|vat code|vat #|tax identification number|vat number seller|seller vat id|supplier vat number|tin|ein|vatin|company vat number"),
    (VatId, 9, De, "ust id nr|ust idnr|ustid|ust id|ustidnr|ust ident nr|umsatzsteuer id|umsatzsteuer id nr|umsatzsteuer identifikationsnummer|umsatzsteuer idnr|umsatzsteueridentifikationsnummer|uid|uid nr|mwst nr|ust idnummer|ust id nummer|ustid nr|umsatzsteuer ident nr|umsatzsteuer identnummer|uid nummer|ust identifikationsnummer|ust ident|unsere ust id|mwst nummer|umst id nr|uidnr|ustldnr|unsere ust idnr|unsere ust id nr|eg ust id nr|umsatzsteuernummer|ust id no|che mwst|mehrwertsteuernummer"),
    (VatId, 9, Fr, "n tva|numero de tva|tva intracommunautaire|n tva intracommunautaire|tva intra|tva intracom|numero de tva intracommunautaire|id tva|no tva|numero tva|n de tva|n tva intra|tva no|tva n|n de tva intracommunautaire|numero tva intracommunautaire|identifiant tva|n id tva|tva intracommunautaire n|code tva|n tva intracom|id tva intracom|n ident tva|numero didentification tva|tva intra n|num tva"),
    (VatId, 9, Nl, "btw nummer|btw nr|btw id|btw identificatienummer|btw nummer nl|btwnummer|btw id nummer|btw no|ondernemingsnummer|btw be|btw id nr|btwnr|btw identificatie nr|ob nummer|ob nr|tva btw|btw tva"),
    (VatId, 9, It, "partita iva|p iva|piva|part iva|codice iva|partita i v a|p iva c f|partita iva cod fisc|p iva e c f|cod fiscale e p iva|p i|codice fiscale e partita iva|c f e p iva|p iva cod fisc|identificativo fiscale ai fini iva|id fiscale iva|c f p iva|partita iva e codice fiscale|cf e p iva|p iva cf|iva comunitaria"),
    (VatId, 9, Es, "nif|cif|nif iva|cif nif|nif cif|numero de iva|n iva|c i f|n i f|nif intracomunitario|vat n|n de iva|iva n|n i f c i f|identificacion fiscal|numero de identificacion fiscal|c i f n i f|dni nif|nif vat"),
    (BuyerVatId, 9, En, "your vat|your vat number|your vat no|your vat id|customer vat|customer vat number|customer vat no|client vat|client vat number|vat number customer|buyer vat number|buyer vat id|your vat reg no|your vat registration number|customer vat id|customer tax id|your tax id|client vat no|vat id customer|vat no customer|customer vat reg no|recipient vat id"),
    (BuyerVatId, 9, De, "ihre ust id|ihre ust id nr|ihre ust idnr|ihre ustid|ust id kunde|kunden ust id|ihre umsatzsteuer id|ust idnr kunde|ust id nr kunde|ihre uid|ihre uid nr|ust id nr des kunden|ihre umsatzsteuer identifikationsnummer|ihre ust ident nr|kunden ust idnr|uid kunde|ust idnr des leistungsempfangers|ihre uid nummer|ust id des kunden|kunden uid|ihre mwst nr|ust id empfanger|ust id nr empfanger|ust id leistungsempfanger|ihre eg ust id nr|kunden ust id nr"),
    (BuyerVatId, 9, Fr, "n tva client|tva client|votre n tva|votre numero de tva|numero de tva client|n de tva client|votre tva|n tva intracommunautaire client|tva intracommunautaire client|votre tva intracommunautaire|votre n de tva|no tva client|votre n tva intracommunautaire|tva intra client|n tva intra client|numero tva client|tva acheteur|n tva acheteur|code tva client|tva intracom client"),
    (BuyerVatId, 9, Nl, "uw btw nummer|uw btw nr|btw nummer klant|uw btw id|btw nr klant|btw nummer afnemer|klant btw nummer|uw btw|uw btw identificatienummer|btw klant|btw nummer ontvanger|uw btwnummer|btw nr afnemer|uw btw id nummer|btw id klant"),
    (BuyerVatId, 9, It, "p iva cliente|partita iva cliente|vs p iva|vostra p iva|vostra partita iva|vs partita iva|partita iva del cliente|piva cliente|p iva destinatario"),
    (BuyerVatId, 9, Es, "nif cliente|cif cliente|su nif|su cif|cif nif cliente|nif cif cliente|nif del cliente|nif receptor|cif del cliente|nif comprador"),
    (TaxNumber, 7, En, "tax number|tax no|tax file number|utr|pan no|pan"),
    (TaxNumber, 7, De, "steuernummer|steuer nr|st nr|steuernr|stnr|finanzamt|unsere steuernummer|steuer nummer"),
    (TaxNumber, 7, It, "codice fiscale|cod fisc|c f|cod fiscale|cf"),
    (Registration, 7, En, "company number|company no|company registration|registered in|registered in england|company reg no|registration number|reg no|registered office|registered number|company registration number|company registration no|registered no|co reg no|cin|crn|registration no|duns|lei"),
    (Registration, 7, De, "handelsregister|hrb|hra|amtsgericht|handelsregisternummer|registergericht|firmenbuch|firmenbuchnummer|fn|geschaftsfuhrer|geschaftsfuhrung|geschaftsfuhrerin|hr nr|firmenbuch nr|firmenbuchgericht|registernummer|vorstand|aufsichtsrat|sitz der gesellschaft|ag|handelsregister nr|inhaber|genossenschaftsregister|handelsgericht|eingetragen im|vertretungsberechtigt|vorsitzender des aufsichtsrats|komplementar|personlich haftende gesellschafterin|glaubiger id|glaubiger identifikationsnummer"),
    (Registration, 7, Fr, "siren|rcs|r c s|ape|code ape|naf|capital|au capital de|capital social|n siren|rcs n|code naf|n rcs|n siren siret"),
    (Registration, 7, Nl, "kvk|kvk nummer|kvk nr|k v k|kamer van koophandel|rpr|kvknummer|kvk no|handelsregister nr kvk|kbo"),
    (Registration, 7, It, "rea|r e a|cap soc|capitale sociale|registro imprese|reg imp|iscr|c c i a a|cciaa|n rea|num rea|capitale soc|iscrizione registro imprese|codice sdi|codice univoco|codice destinatario"),
    (Registration, 7, Es, "registro mercantil|reg merc|inscrita en|tomo|folio|inscrita en el registro mercantil|r m|insc|hoja"),
    (Iban, 9, En, "iban|iban no|iban number|iban nr|iban code|iban nummer|bankverbindung iban|codice iban|kontonummer iban|code iban|iban n|n iban|cuenta iban|coordinate bancarie iban|compte iban"),
    (Bic, 8, En, "bic|swift|bic swift|swift bic|swift code|bic code|verkaufer bic|bic swift code|swift bic code|code bic|bic nr|code swift|bank identifier code|codigo swift|bic nummer|codice bic|codice swift"),
    (AccountName, 7, En, "account holder|account name|beneficiary|beneficiary name|name of account|payee|account holder name|in favor of|in favour of|name on account"),
    (AccountName, 7, De, "kontoinhaber|kontoname|empfanger konto|zahlungsempfanger|inhaber des kontos|kontoinhaberin"),
    (AccountName, 7, Fr, "titulaire|titulaire du compte|beneficiaire|intitule du compte|nom du titulaire|a lordre de"),
    (AccountName, 7, Nl, "tenaamstelling|rekeninghouder|t n v|ten name van|begunstigde|op naam van"),
    (AccountName, 7, It, "intestato a|intestatario conto|beneficiario|intestatario del conto|intestazione"),
    (AccountName, 7, Es, "titular|titular de la cuenta|beneficiario cuenta|titular cuenta"),
    (Bank, 5, En, "bank|bank name|bank details|sort code|routing number|bank account|account details|bankers|bank transfer|ifsc code|ifsc|bank account number|aba|bank address|bank information|wire transfer"),
    (Bank, 5, De, "bankverbindung|blz|bankleitzahl|kontonummer|konto nr|kto nr|kto|konto|bankhaus|sparkasse|volksbank|kontoverbindung|kontonr"),
    (Bank, 5, Fr, "banque|rib|domiciliation|coordonnees bancaires|code banque|numero de compte|n de compte"),
    (Bank, 5, Nl, "bankrekening|rekeningnummer|rekening|bankgegevens|bankrekeningnummer|bankrelatie"),
    (Bank, 5, It, "banca|banca dappoggio|coordinate bancarie|conto corrente|c c|appoggio bancario|abi|cab"),
    (Bank, 5, Es, "banco|cuenta bancaria|numero de cuenta|entidad bancaria|datos bancarios|n de cuenta|cuenta|transferencia bancaria"),
    (DirectDebit, 8, En, "direct debit|will be debited|debited from|charged to your|automatically charged|will be collected from|your account|collect from your account"),
    (DirectDebit, 8, De, "abgebucht|lastschrift|eingezogen|abbuchung|wird abgebucht|von konto|von ihrem konto|sepa lastschrift|lastschriftmandat|einzug|ihre iban|ihr konto|ihrem konto|ihre bankverbindung|lastschriftverfahren|bankeinzug|einziehen|abbuchen|eingezogen von|buchen wir"),
    (DirectDebit, 8, Fr, "prelevement|sera preleve|preleve sur|votre compte|prelevement automatique|prelevement sepa|votre iban|compte debite|compte a debiter|sera debite"),
    (DirectDebit, 8, Nl, "automatische incasso|incasso|geincasseerd|wordt afgeschreven|uw rekening|afgeschreven|uw iban|uw rekeningnummer|automatisch afgeschreven|van uw rekening|incasseren"),
    (DirectDebit, 8, It, "addebito|addebito diretto|rid|sdd|sul vostro conto|vs iban|vostro iban|vs banca|vostra banca|banca cliente|addebitato|rimessa diretta"),
    (DirectDebit, 8, Es, "domiciliado|domiciliacion|recibo domiciliado|adeudo|cargo en cuenta|domiciliacion bancaria|cargo en su cuenta|su cuenta|giro bancario|recibo bancario|domiciliado en"),
    (Currency, 8, En, "currency|invoice currency|document currency|all amounts in|amounts in|currency code"),
    (Currency, 8, De, "wahrung|rechnungswahrung|alle betrage in|betrage in|belegwahrung"),
    (Currency, 8, Fr, "devise|monnaie|montants exprimes en|montants en|devise de facturation"),
    (Currency, 8, Nl, "valuta|munteenheid|bedragen in|alle bedragen in"),
    (Currency, 8, It, "divisa|importi in|valuta eur"),
    (Currency, 8, Es, "moneda|importes en|divisa eur"),
    (CarriedOver, 8, En, "carried forward|brought forward|carry over|carried over|balance brought forward|page total|previous balance"),
    (CarriedOver, 8, De, "ubertrag|zwischensumme seite|seitensumme|vortrag|ubertrag seite|seitenubertrag|saldovortrag"),
    (CarriedOver, 8, Fr, "report|a reporter|total page|report page precedente"),
    (CarriedOver, 8, Nl, "transport|over te brengen|overdracht|transporteren|overgebracht"),
    (CarriedOver, 8, It, "a riportare|riporto|totale pagina|da riportare"),
    (CarriedOver, 8, Es, "suma y sigue|suma anterior|total pagina"),
];

#[path = "labels_parties.rs"]
mod parties;
#[path = "labels_slips.rs"]
mod slips;
#[path = "labels_totals.rs"]
mod totals;

/// A label where it stands.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub label: Label,
    pub weight: u8,
    pub lang: Lang,
    pub cell: usize,
    pub words: Range<usize>,
    pub tokens: Range<usize>,
}

struct Phrase {
    rest: Vec<&'static str>,
    label: Label,
    weight: u8,
    lang: Lang,
    /// Whether it is looked for in scans only.
    of_slips: bool,
}

type Index = HashMap<&'static str, Vec<Phrase>>;

fn index() -> &'static Index {
    static INDEX: OnceLock<Index> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut index = Index::new();
        let rows = TABLE.iter().chain(parties::TABLE).chain(totals::TABLE).map(|row| (row, false));
        for ((label, weight, lang, phrases), of_slips) in rows.chain(slips::TABLE.iter().map(|row| (row, true))) {
            for phrase in phrases.split('|') {
                let mut tokens = phrase.split(' ');
                let Some(first) = tokens.next() else { continue };
                let phrase = Phrase { rest: tokens.collect(), label: *label, weight: *weight, lang: *lang, of_slips };
                index.entry(first).or_default().push(phrase);
            }
        }
        for phrases in index.values_mut() {
            phrases.sort_by_key(|phrase| (std::cmp::Reverse(phrase.rest.len()), !phrase.of_slips));
        }
        index
    })
}

/// Whether the word stands in any label.
pub(super) fn is_known_word(token: &str) -> bool {
    vocabulary().get(token.len()).is_some_and(|words| words.contains(token))
}

/// The words of labels that have so many letters.
pub(super) fn known_words_of(length: usize) -> impl Iterator<Item = &'static str> {
    vocabulary().get(length).into_iter().flatten().copied()
}

/// Every word of every label, by its length.
fn vocabulary() -> &'static [BTreeSet<&'static str>] {
    static WORDS: OnceLock<Vec<BTreeSet<&'static str>>> = OnceLock::new();
    WORDS.get_or_init(|| {
        let rows = TABLE.iter().chain(parties::TABLE).chain(totals::TABLE).chain(slips::TABLE);
        let mut words = Vec::new();
        for word in rows.flat_map(|(.., phrases)| phrases.split(['|', ' '])) {
            if words.len() <= word.len() {
                words.resize_with(word.len() + 1, BTreeSet::new);
            }
            words[word.len()].insert(word);
        }
        words
    })
}

/// All labels of the document, in reading order; of those that begin alike the longest counts.
pub(super) fn find(sheet: &Sheet) -> Vec<Found> {
    let index = index();
    let mut found = Vec::new();
    for (cell_index, cell) in sheet.cells.iter().enumerate() {
        let mut at = cell.tokens.start;
        while at < cell.tokens.end {
            let matched = match_at(sheet, index, at, cell.tokens.end);
            match matched.filter(|(phrase, end)| {
                may_begin(sheet, phrase.label, at) && !is_in_code(sheet, *end) && !is_preposition(sheet, cell, at..*end)
            }) {
                Some((phrase, end)) => {
                    found.push(Found {
                        label: phrase.label,
                        weight: phrase.weight,
                        lang: phrase.lang,
                        cell: cell_index,
                        words: sheet.tokens[at].word..sheet.tokens[end - 1].word + 1,
                        tokens: at..end,
                    });
                    at = end;
                }
                None => at += 1,
            }
        }
    }
    found
}

fn match_at(sheet: &Sheet, index: &'static Index, at: usize, end: usize) -> Option<(&'static Phrase, usize)> {
    let first = sheet.tokens[at].text.as_str();
    let phrases = index.get(first).or_else(|| index.get(compound_head(first)?))?;
    let asked = phrases.iter().filter(|phrase| sheet.scanned || !phrase.of_slips);
    asked.into_iter().find_map(|phrase| Some((phrase, end_of(sheet, phrase, at + 1, end)?)))
}

/// Whether the label may begin at the token: those of names not inside of a word, for "Muster-Kunde" is a name.
fn may_begin(sheet: &Sheet, label: Label, token: usize) -> bool {
    let word = sheet.tokens[token].word;
    let is_first = token == 0 || sheet.tokens[token - 1].word != word;
    let is_of_names = matches!(label, Supplier | Buyer | ShipTo | Name | Contact | Address | Title);
    is_first || !is_of_names || sheet.words[word].text.contains([':', '/', '('])
}

/// Whether the word goes on with digits behind the label: "PO-5521" is a number, not a label.
fn is_in_code(sheet: &Sheet, end: usize) -> bool {
    let word = sheet.tokens[end - 1].word;
    let rest = sheet.tokens[end..].iter().take_while(|token| token.word == word);
    !sheet.words[word].text.contains('(')
        && rest.into_iter().any(|token| token.text.bytes().any(|b| b.is_ascii_digit()))
}

/// "to", "von", "de": a heading when they stand alone in their cell or before a colon, and else part of a sentence.
fn is_preposition(sheet: &Sheet, cell: &Cell, tokens: Range<usize>) -> bool {
    let [token] = &sheet.tokens[tokens] else {
        return false;
    };
    let word = &sheet.words[token.word].text;
    matches!(
        token.text.as_str(),
        "to" | "from" | "von" | "an" | "van" | "aan" | "para" | "li" | "doit" | "data" | "over"
    ) && !(token.word == cell.words.start && (cell.words.len() == 1 || word.ends_with(':')))
        && !(token.text == "data" && (word.ends_with(':') || token.word == cell.words.start))
}

/// German joins words: a "Mietrechnung" is a "Rechnung".
fn compound_head(token: &str) -> Option<&'static str> {
    ["rechnung", "gutschrift"].into_iter().find(|head| token.len() > head.len() && token.ends_with(head))
}

/// Where the phrase ends, if it stands here. A code in brackets, `Rechnung (380) Nr.`, is stepped over.
fn end_of(sheet: &Sheet, phrase: &Phrase, mut at: usize, end: usize) -> Option<usize> {
    for part in &phrase.rest {
        while at < end && is_bracketed(&sheet.words[sheet.tokens[at].word].text) && sheet.tokens[at].text != *part {
            at += 1;
        }
        if at >= end || sheet.tokens[at].text != *part {
            return None;
        }
        at += 1;
    }
    Some(at)
}

fn is_bracketed(word: &str) -> bool {
    word.starts_with('(') && word.trim_end_matches([':', '.']).ends_with(')')
}
