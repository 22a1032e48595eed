//! The labels of till receipts. They are looked for in scans only: "card" and "change" are no labels elsewhere.

use super::{Label, Label::*, Lang, Lang::*};

#[rustfmt::skip] // A line a language.
pub(super) const TABLE: &[(Label, u8, Lang, &str)] = &[
    (Tendered, 8, En, "cash|cash tendered|cash given|cash received|cash paid|cash payment|cash amount|tendered|tender|amount tendered|visa|visa card|mastercard|master card|master|credit card|debit card|card|card payment|amex|eftpos|maestro"),
    (Tendered, 8, De, "bar|barzahlung|bar erhalten|girocard|ec cash|ec karte|kartenzahlung|kreditkarte|gegeben|bar gegeben"),
    (Tendered, 8, Fr, "especes|carte bancaire|carte|cb|paiement cb"),
    (Tendered, 8, Nl, "contant|betaald contant|pin|pinbetaling|bankpas"),
    (Tendered, 8, It, "contanti|contante|pagamento contante|pagamento elettronico|bancomat|carta"),
    (Tendered, 8, Es, "efectivo|tarjeta|entregado|entrega"),
    (Change, 8, En, "change|change due|your change|cash change|change given"),
    (Change, 8, De, "ruckgeld|wechselgeld|zuruck"),
    (Change, 8, Fr, "rendu|rendu monnaie|monnaie rendue|a rendre"),
    (Change, 8, Nl, "wisselgeld|retour"),
    (Change, 8, It, "resto"),
    (Change, 8, Es, "cambio|su cambio|devolucion"),
    (Till, 5, En, "cashier|cashier name|till|till no|pos no|register no"),
    (Till, 5, De, "kassierer|kassiererin|kasse|kassen nr|bon nr|es bediente sie"),
    (Till, 5, Fr, "caisse|caissier|caissiere|ticket de caisse"),
    (Till, 5, Nl, "kassa|kassabon|kassier"),
    (Till, 5, It, "cassa|cassiere|scontrino"),
    (Till, 5, Es, "caja|cajero|cajera"),
    (Count, 8, En, "total qty|total quantity|total items|total item|total no of items|item count|items|qty|total qty tender|no of items|number of items|tot qty|total item discount"),
    (Count, 8, De, "anzahl artikel|artikelanzahl|posten"),
    (Count, 8, Fr, "nombre articles|nb articles|articles"),
    (Count, 8, Nl, "aantal artikelen"),
    (Count, 8, Es, "total articulos|articulos"),
    (Count, 8, It, "numero articoli|n articoli"),
    (Gross, 10, En, "total rounded|rounded total|total amt payable|total amt|nett total|net total payable|bill total|total bill|sale total|total sale|total sales|total after rounding|total sales inclusive|total rm|total rs|amount total|total sales incl|total collected"),
    (Gross, 10, De, "summe eur|zu zahlen eur|gesamt eur|total eur|summe euro"),
    (Rounding, 7, En, "rounding adj|rounding adjusment|round adj|rnd adj|round adjustment|adj"),
];
