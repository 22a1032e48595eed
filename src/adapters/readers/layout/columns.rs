//! The heads of the columns in tables of items, in six languages.

use super::sheet::{Sheet, Token};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Position,
    Item,
    Description,
    Quantity,
    Unit,
    Price,
    /// The line's sum without VAT, or the only sum there is.
    Amount,
    /// The line's sum with VAT, where another column has it without.
    Gross,
    TaxRate,
    TaxAmount,
    Discount,
    /// What a breakdown of VAT has and a table of items has not.
    TaxBase,
    Date,
}

use Column::*;

#[rustfmt::skip] // A line a column.
const TABLE: &[(Column, &str)] = &[
    (Position, "pos|position|line|line no|item no|no|nr|n|lp|pos nr|posnr|ligne|lfd nr|regel|riga|linea|#|nr pos|poz|s no|sl no|sr no|lfdnr|pos no|l no|lin|num"),
    (Item, "item number|item code|sku|article|art nr|artikelnummer|artikel nr|art no|product code|product no|code|ref|reference|codice|cod|codigo|referencia|artikelnr|part number|part no|product id|article no|artnr|bestellnummer|material|article number|item id|artikelcode|code article|codice articolo|cod art|art|stock code|part|productcode|material no|artikel no|references|referenzen|ean|gtin|artikelnummer ean|cod articolo|codice prodotto|catalog no|cat no|hs code|hsn|sac|hsn sac|model"),
    (Description, "description|product|service|details|particulars|beschreibung|bezeichnung|artikelbezeichnung|leistung|produkt|text|designation|libelle|produit|omschrijving|artikelomschrijving|descrizione|prodotto|descripcion|concepto|articulo|producto|servicio|detalle|item|items|leistungsbeschreibung|artikel|prestation|detail|description of goods|product description|item description|description of services|dienst|dienstleistung|descrizione articolo|beschreibung der leistung|produits|prestations|services|work description|activity|denominacion|conceptos|bezeichnung der leistung|leistungsbezeichnung|goods|product name|item name|descrizione dei beni|descrizione prodotti|natura e qualita dei beni|artikel bezeichnung|produktbezeichnung|warenbezeichnung|produktbeschreibung|service description|art der leistung|artikelbeschreibung|positionen|tatigkeit|ware|designations|produktnaam|dienst product|werkzaamheden|artikel omschrijving|titel|title|name|natura dei beni|beni servizi|descripcion del servicio|descripcion articulo|expense"),
    (Quantity, "qty|quantity|units|hours|menge|anzahl|anz|stunden|quantite|qte|aantal|hoeveelheid|quantita|qta|q ta|cantidad|cant|uds|unidades|qty hrs|menge einheit|hrs|stk|stuck|quant|q|aant|ud|unid|quantity unit|mg|qty shipped|shipped|unites|quantites|qty hours|geliefert|std|ore|horas|uren|heures|no of units|nights|days|tage|pcs|pieces|stuks|nombre|nb|u|antal|qty ordered|quantity ordered|qty invoiced|cantidades|colli"),
    (Unit, "unit|uom|einheit|me|unite|eenheid|unita|u m|um|unidad|eh|einh|mengeneinheit|u o m|udm|verp|mass|vpe|eenh|per"),
    (Price, "unit price|price|rate|unit cost|price each|price per unit|einzelpreis|preis|stuckpreis|e preis|ep|nettopreis|preis einheit|prix unitaire|pu|pu ht|prix|prix u|prix unit|stukprijs|prijs|prijs per stuk|eenheidsprijs|tarief|prezzo|prezzo unitario|prezzo unit|precio|precio unitario|precio unidad|importe unitario|unit price excl vat|cost|einzelpreis netto|einzelpreis eur|preis pro einheit|prix unitaire ht|p u|p u ht|prix u ht|net price|unit net price|unit price net|price unit|listpreis|stueckpreis|vk preis|unit rate|preis eur|preis stuck|stk preis|prezzo un|pr unitario|p unitario|precio ud|precio un|precio unit|einheitspreis|e preis eur|prijs excl|eenheid prijs|prix unit ht|price excl vat|prijs excl btw|unit|einzel|einzelbetrag|stundensatz|hourly rate|tarif|prijs eenheid|unit price excl|netto einzelpreis|einzel preis|e preis netto|nettoeinzelpreis|mrp|price per item|verkaufspreis|listenpreis|prix net|p unit|prix unitaire net|unitario|stuk prijs|prezzo netto|unit price usd|unit price eur|precio neto|price eur|val unitario|each"),
    (Amount, "amount|total|line total|net amount|total price|extended|extended price|net|subtotal|sub total|price total|betrag|gesamt|gesamtpreis|gesamtbetrag|summe|nettobetrag|positionsbetrag|positions betrag|gp|g preis|netto|entgelt|wert|montant|total ht|prix ht|montant ht|prix total|prix total ht|bedrag|totaal|totaalprijs|netto bedrag|importo|totale|prezzo totale|importe|importe neto|total net|betrag eur|gesamt eur|gesamtpreis eur|total eur|total excl vat|amount eur|net value|line amount|total net amount|total amount|net total|amount excl vat|betrag netto|gesamtpreis netto|totaal excl btw|bedrag excl btw|importo netto|valore|valor|totaal excl|netto gesamt|nettogesamtpreis|summe eur|gesamt netto|amount usd|total usd|total hors taxe|montant net|total htva|net price total|value|line value|totaalbedrag|regeltotaal|totale riga|bedrag eur|montant ht eur|subtotaal|sous total|subtotale|amount net|nettowert|line net|ext price|ext amount|extended amount|bedrag excl|summe netto|g preis eur|ges preis|gesamt preis|gesamtwert|charges|warenwert netto|pos betrag|importe total|prezzo tot|total ligne|total linea|imp|net line total|total net price|net amt|amt|taxable amount|totaalbedrag excl btw|importo totale"),
    (Gross, "gross|gross amount|brutto|total ttc|ttc|incl btw|ivato|bruttobetrag|total incl vat|montant ttc|totaal incl btw|bedrag incl btw|total incl|gesamt brutto|gesamtpreis brutto|importo ivato|amount incl vat|total with vat|total inc vat|prix ttc|betrag brutto|bruttogesamt|gross total|totale ivato|gross value"),
    (TaxRate, "vat|tax|tax rate|vat rate|ust|mwst|ust %|mwst %|steuersatz|steuer|ust satz|mwst satz|taxes|taxe|tva|tva %|taux tva|taux|btw|btw %|btw tarief|iva|iva %|aliquota|al iva|tipo iva|gst|vat %|tax %|% vat|% iva|% mwst|% ust|% tva|% btw|taux de tva|taux tva %|mwst %|steuersatz %|aliq|aliquota iva|% i v a|sales tax|i v a|t v a|m w st|ust in %|mwst in %|tax code|vat code|steuer %|btw perc|cod iva|ust satz %|gst %|% tax|gst rate|tipo"),
    (TaxAmount, "vat amount|tax amount|steuerbetrag|montant tva|btw bedrag|importo iva|cuota|mwst betrag|ust betrag|vat total|tax amt|cuota iva|bedrag btw|importe iva|tva eur|ust eur|mwst eur|gst amount|imposta|betrag ust|betrag mwst"),
    (Discount, "discount|disc|disc %|rabatt|remise|rem|korting|sconto|descuento|dto|discount %|rabatt %|remise %|korting %|sconto %|dto %|% disc|% dto|rab|rab %|nachlass|sc|sc %|% remise|% rabatt|% korting|% sconto|r %|dcto|desc|sconti|rem %|zuschlag|remises"),
    (TaxBase, "basisbetrag|grondslag|base|bemessungsgrundlage|warenwert|imponibile|base imponible|base ht|taxable|zu abschlag|basis|maatstaf|tax base|basisbetrag eur|bases|base h t|nettobasis|over"),
    (Date, "date|datum|data|fecha|leistungsdatum|lieferdatum|period|zeitraum|periode|service date|dates"),
];

fn phrases() -> &'static HashMap<&'static str, Column> {
    static PHRASES: OnceLock<HashMap<&'static str, Column>> = OnceLock::new();
    PHRASES.get_or_init(|| {
        let mut all = HashMap::new();
        for (column, phrases) in TABLE {
            for phrase in phrases.split('|') {
                all.entry(phrase).or_insert(*column);
            }
        }
        all
    })
}

/// A column's head where it stands.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub column: Column,
    pub x0: f32,
    pub x1: f32,
    /// How many words of the head the table above knows, and how many it has.
    pub known: usize,
}

/// The longest phrase has this many words.
const LONGEST: usize = 5;

/// The heads in one cell: usually one, several where the columns stand close together. The second figure counts the
/// words that belong to none.
pub(super) fn heads_in(sheet: &Sheet, tokens: Range<usize>) -> (Vec<Head>, usize) {
    let phrases = phrases();
    let mut heads: Vec<Head> = Vec::new();
    let mut strange = 0;
    let mut at = tokens.start;
    let mut text = String::new();
    while at < tokens.end {
        let mut best = None;
        text.clear();
        for end in at..tokens.end.min(at + LONGEST) {
            if !text.is_empty() {
                text.push(' ');
            }
            text.push_str(&sheet.tokens[end].text);
            if let Some(column) = phrases.get(text.as_str()) {
                best = Some((*column, end + 1));
            }
        }
        match best {
            Some((column, end)) => {
                let words = sheet.tokens[at].word..sheet.tokens[end - 1].word + 1;
                let x0 = sheet.words[words.clone()].iter().map(|w| w.x0).fold(f32::MAX, f32::min);
                let x1 = sheet.words[words].iter().map(|w| w.x1).fold(f32::MIN, f32::max);
                heads.push(Head { column, x0, x1, known: end - at });
                at = end;
            }
            None => {
                strange += usize::from(!is_filler(&sheet.tokens[at]));
                at += 1;
            }
        }
    }
    (heads, strange)
}

/// Words beside a head that change nothing: "in EUR", "(excl. VAT)", "%".
fn is_filler(token: &Token) -> bool {
    matches!(
        token.text.as_str(),
        "in" | "eur"
            | "usd"
            | "gbp"
            | "chf"
            | "excl"
            | "exkl"
            | "incl"
            | "inkl"
            | "ex"
            | "netto"
            | "net"
            | "ht"
            | "%"
            | "ohne"
            | "euro"
            | "euros"
            | "de"
            | "der"
            | "des"
            | "du"
            | "and"
            | "und"
            | "et"
            | "e"
            | "of"
            | "per"
            | "pro"
            | "kunde"
            | "lief"
    )
}

/// The column that a stack of cells heads, one over the other: `Unit` over `price`.
pub(super) fn stacked(text: &str) -> Option<Column> {
    let phrases = phrases();
    let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).take(8).collect();
    // The longest beginning that is known: "positions betrag ohne ust".
    (1..=words.len().min(LONGEST)).rev().find_map(|end| phrases.get(words[..end].join(" ").as_str())).copied()
}
