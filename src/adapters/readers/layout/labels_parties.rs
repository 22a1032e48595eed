//! The labels over the blocks of the seller and the buyer.

use super::{Label, Label::*, Lang, Lang::*};

#[rustfmt::skip] // A line a language.
pub(super) const TABLE: &[(Label, u8, Lang, &str)] = &[
    (Supplier, 9, En, "seller|supplier|vendor|issued by|service provider|bill from|sold by|billed by|from|invoice from|supplier details|vendor details|seller details|provider|our details|remit to|payable to|pay to|company details|remittance address|shipped from|ship from"),
    (Supplier, 9, De, "verkaufer|lieferant|rechnungssteller|leistungserbringer|auftragnehmer|absender|rechnungsaussteller|leistender unternehmer|von|anbieter|verkaufer lieferant|dienstleister"),
    (Supplier, 9, Fr, "fournisseur|vendeur|emetteur|emis par|prestataire|expediteur|vendu par|societe emettrice|emetteur de la facture"),
    (Supplier, 9, Nl, "leverancier|verkoper|afzender|opdrachtnemer|verkocht door|van"),
    (Supplier, 9, It, "fornitore|cedente|cedente prestatore|venditore|mittente|emittente|prestatore|cedente prestatore fornitore|dati fornitore|dati del fornitore"),
    (Supplier, 9, Es, "proveedor|vendedor|emisor|expedidor|datos del emisor|datos del proveedor|emitida por|datos fiscales emisor|datos de la empresa|datos emisor|emisor de la factura"),
    (Buyer, 9, En, "bill to|billed to|bill to address|billing address|invoice to|invoiced to|sold to|customer|client|buyer|purchaser|guest name|invoice address|customer details|client details|customer address|customer information|bill to customer|to|billing details|recipient|billing information|invoice for|prepared for|bill to party|sold to party|billed to customer|invoice recipient"),
    (Buyer, 9, De, "kaufer|kaufer leistungsempfanger|leistungsempfanger|rechnungsempfanger|rechnungsadresse|rechnungsanschrift|rechnung an|kunde|auftraggeber|empfanger|besteller|rechnung fur|an|kundenadresse|kundendaten|kundenanschrift|an firma|rechnungsadresse kunde|debitor kunde"),
    (Buyer, 9, Fr, "client|facture a|facturer a|adresse de facturation|acheteur|destinataire|client facture|facturation|adresse facturation|facture client|adresse client|adresse du client|coordonnees client|destinataire de la facture|factures a|facturee a|adresse de facturation client|doit|livre et facture a"),
    (Buyer, 9, Nl, "factuuradres|klant|afnemer|koper|factuur aan|debiteur|gefactureerd aan|opdrachtgever|aan|klantgegevens|factuur voor|ontvanger|facturatieadres|gefactureerd|factuur naar"),
    (Buyer, 9, It, "cliente|cessionario|cessionario committente|destinatario|spett le|spettle|intestatario|fatturare a|acquirente|spettabile|cliente destinatario|committente|dati cliente|intestatario fattura|cessionario committente cliente|dati del cliente|fatturato a|destinatario fattura"),
    (Buyer, 9, Es, "cliente|facturar a|facturado a|datos del cliente|comprador|direccion de facturacion|destinatario|datos cliente|receptor|a la atencion|datos de facturacion|cliente datos|para|facturacion a|datos fiscales cliente|adquirente|datos del receptor"),
    (ShipTo, 9, En, "ship to|shipping address|deliver to|delivery address|shipped to|ship to address|delivered to|delivery to|consignee|service address|site address|place of delivery|shipping details|delivery location"),
    (ShipTo, 9, De, "lieferadresse|lieferanschrift|warenempfanger|abweichender warenempfanger|lieferung an|leistungsort|versandadresse|abweichender rechnungsempfanger|lieferadresse kunde|lieferort|versand an|empfanger der lieferung|verbrauchsstelle|lieferstelle|lieferempfanger|leistungsadresse"),
    (ShipTo, 9, Fr, "adresse de livraison|livre a|livraison|livraison a|adresse livraison|lieu de livraison|adresse du chantier|lieu de consommation|livrer a|adresse dexpedition|destinataire de la livraison"),
    (ShipTo, 9, Nl, "afleveradres|leveradres|bezorgadres|leveringsadres|levering aan|verzendadres|geleverd aan|afleveradres klant|leverings adres"),
    (ShipTo, 9, It, "indirizzo di consegna|destinazione|luogo di consegna|destinazione merce|consegna|luogo di destinazione|destinazione diversa|indirizzo di spedizione|spedire a"),
    (ShipTo, 9, Es, "direccion de entrega|direccion de envio|enviar a|lugar de entrega|direccion entrega|entregar a|envio|datos de envio|punto de suministro|direccion de suministro"),
];
