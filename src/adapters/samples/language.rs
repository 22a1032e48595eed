//! What a sample says on paper, in six languages: its words, and how it writes dates and amounts.

use super::invoice::Type;
use rust_decimal::Decimal;
use time::Date;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Language {
    Dutch,
    English,
    French,
    German,
    Italian,
    Spanish,
}

/// The printed words of one language.
pub(super) struct Words {
    pub(super) invoice: &'static str,
    pub(super) credit_note: &'static str,
    pub(super) number: &'static str,
    pub(super) date: &'static str,
    pub(super) due: &'static str,
    pub(super) order: &'static str,
    pub(super) corrects: &'static str,
    pub(super) bill_to: &'static str,
    pub(super) vat_id: &'static str,
    /// In front of the buyer's VAT id.
    pub(super) your_vat_id: &'static str,
    pub(super) position: &'static str,
    pub(super) description: &'static str,
    pub(super) quantity: &'static str,
    pub(super) price: &'static str,
    pub(super) rate: &'static str,
    pub(super) amount: &'static str,
    pub(super) lines_total: &'static str,
    pub(super) discount: &'static str,
    pub(super) net: &'static str,
    pub(super) tax: &'static str,
    pub(super) gross: &'static str,
    pub(super) page: &'static str,
    /// A sentence above the bank account.
    pub(super) please_pay: &'static str,
    pub(super) thanks: &'static str,
}

impl Language {
    pub(super) fn words(self) -> &'static Words {
        match self {
            Language::Dutch => &DUTCH,
            Language::English => &ENGLISH,
            Language::French => &FRENCH,
            Language::German => &GERMAN,
            Language::Italian => &ITALIAN,
            Language::Spanish => &SPANISH,
        }
    }

    /// The document's title.
    pub(super) fn title(self, kind: Type) -> &'static str {
        match kind {
            Type::Invoice => self.words().invoice,
            Type::CreditNote => self.words().credit_note,
        }
    }

    /// A date as a letter in this language writes it.
    pub(super) fn date(self, date: Date) -> String {
        let (day, month, year) = (date.day(), u8::from(date.month()), date.year());
        match self {
            Language::English => format!("{day} {} {year}", date.month()),
            Language::German => format!("{day:02}.{month:02}.{year}"),
            Language::Dutch => format!("{day:02}-{month:02}-{year}"),
            Language::French | Language::Italian | Language::Spanish => {
                format!("{day:02}/{month:02}/{year}")
            }
        }
    }

    /// A number with its decimals as they are, and marks between thousands.
    pub(super) fn number(self, value: Decimal) -> String {
        let (thousands, point) = match self {
            Language::English => (',', '.'),
            Language::French => ('\u{a0}', ','),
            _ => ('.', ','),
        };
        let text = value.abs().to_string();
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let mut out = String::new();
        if value.is_sign_negative() && !value.is_zero() {
            out.push('-');
        }
        for (place, digit) in whole.chars().enumerate() {
            if place > 0 && (whole.len() - place).is_multiple_of(3) {
                out.push(thousands);
            }
            out.push(digit);
        }
        if !fraction.is_empty() {
            out.push(point);
            out.push_str(fraction);
        }
        out
    }

    /// An amount with two decimals and the currency where this language puts it.
    pub(super) fn money(self, value: Decimal) -> String {
        match self {
            Language::English => format!("€{}", self.number(value)),
            Language::Dutch => format!("€ {}", self.number(value)),
            _ => format!("{} €", self.number(value)),
        }
    }

    /// A unit as people write it.
    pub(super) fn unit(self, code: &str) -> &'static str {
        match (code, self) {
            ("HUR", Language::German) => "Std.",
            ("HUR", Language::Dutch) => "uur",
            ("HUR", Language::Italian | Language::Spanish) => "h",
            ("HUR", _) => "h",
            ("KGM", _) => "kg",
            ("MTR", _) => "m",
            ("KMT", _) => "km",
            ("MON", _) => "mo",
            (_, Language::German) => "Stk.",
            (_, Language::Dutch) => "st.",
            (_, Language::French) => "pce",
            (_, Language::Italian) => "pz",
            (_, Language::Spanish) => "ud.",
            (_, Language::English) => "pcs",
        }
    }
}

const GERMAN: Words = Words {
    invoice: "Rechnung",
    credit_note: "Gutschrift",
    number: "Rechnungsnummer",
    date: "Rechnungsdatum",
    due: "Fällig am",
    order: "Ihre Bestellung",
    corrects: "Zu Rechnung",
    bill_to: "Rechnung an",
    vat_id: "USt-IdNr.",
    your_vat_id: "Ihre USt-IdNr.",
    position: "Pos.",
    description: "Bezeichnung",
    quantity: "Menge",
    price: "Einzelpreis",
    rate: "USt",
    amount: "Betrag",
    lines_total: "Summe der Positionen",
    discount: "Rabatt",
    net: "Nettobetrag",
    tax: "Umsatzsteuer",
    gross: "Rechnungsbetrag",
    page: "Seite",
    please_pay: "Bitte überweisen Sie den Betrag unter Angabe der Rechnungsnummer.",
    thanks: "Wir danken für Ihren Auftrag.",
};

const ENGLISH: Words = Words {
    invoice: "Invoice",
    credit_note: "Credit note",
    number: "Invoice number",
    date: "Invoice date",
    due: "Due date",
    order: "Your order",
    corrects: "Corrects invoice",
    bill_to: "Bill to",
    vat_id: "VAT no.",
    your_vat_id: "Your VAT no.",
    position: "#",
    description: "Description",
    quantity: "Quantity",
    price: "Unit price",
    rate: "VAT",
    amount: "Amount",
    lines_total: "Subtotal",
    discount: "Discount",
    net: "Total excl. VAT",
    tax: "VAT total",
    gross: "Total due",
    page: "Page",
    please_pay: "Please pay by bank transfer and quote the invoice number.",
    thanks: "Thank you for your business.",
};

const FRENCH: Words = Words {
    invoice: "Facture",
    credit_note: "Avoir",
    number: "Facture n°",
    date: "Date de facture",
    due: "Échéance",
    order: "Votre commande",
    corrects: "Facture d'origine",
    bill_to: "Facturé à",
    vat_id: "N° TVA",
    your_vat_id: "Votre n° TVA",
    position: "N°",
    description: "Désignation",
    quantity: "Quantité",
    price: "Prix unitaire HT",
    rate: "TVA",
    amount: "Montant HT",
    lines_total: "Sous-total HT",
    discount: "Remise",
    net: "Total HT",
    tax: "Total TVA",
    gross: "Total TTC",
    page: "Page",
    please_pay: "Règlement par virement, en rappelant le numéro de facture.",
    thanks: "Merci de votre confiance.",
};

const DUTCH: Words = Words {
    invoice: "Factuur",
    credit_note: "Creditfactuur",
    number: "Factuurnummer",
    date: "Factuurdatum",
    due: "Vervaldatum",
    order: "Uw bestelling",
    corrects: "Bij factuur",
    bill_to: "Factuuradres",
    vat_id: "BTW-nummer",
    your_vat_id: "Uw BTW-nummer",
    position: "Nr.",
    description: "Omschrijving",
    quantity: "Aantal",
    price: "Prijs",
    rate: "BTW",
    amount: "Bedrag",
    lines_total: "Som van de regels",
    discount: "Korting",
    net: "Totaal excl. BTW",
    tax: "Totaal BTW",
    gross: "Totaal te betalen",
    page: "Pagina",
    please_pay: "Gelieve te betalen onder vermelding van het factuurnummer.",
    thanks: "Bedankt voor uw opdracht.",
};

const ITALIAN: Words = Words {
    invoice: "Fattura",
    credit_note: "Nota di credito",
    number: "Fattura n.",
    date: "Data fattura",
    due: "Scadenza",
    order: "Vostro ordine",
    corrects: "Rif. fattura",
    bill_to: "Destinatario",
    vat_id: "P. IVA",
    your_vat_id: "Vs. P. IVA",
    position: "N.",
    description: "Descrizione",
    quantity: "Quantità",
    price: "Prezzo unitario",
    rate: "IVA",
    amount: "Importo",
    lines_total: "Totale righe",
    discount: "Sconto",
    net: "Imponibile",
    tax: "Totale IVA",
    gross: "Totale fattura",
    page: "Pagina",
    please_pay: "Pagamento con bonifico, indicando il numero di fattura.",
    thanks: "Grazie per la fiducia.",
};

const SPANISH: Words = Words {
    invoice: "Factura",
    credit_note: "Factura rectificativa",
    number: "Factura n.º",
    date: "Fecha de factura",
    due: "Vencimiento",
    order: "Su pedido",
    corrects: "Rectifica la factura",
    bill_to: "Facturar a",
    vat_id: "NIF-IVA",
    your_vat_id: "Su NIF-IVA",
    position: "N.º",
    description: "Descripción",
    quantity: "Cantidad",
    price: "Precio",
    rate: "IVA",
    amount: "Importe",
    lines_total: "Suma de líneas",
    discount: "Descuento",
    net: "Base imponible",
    tax: "Cuota IVA",
    gross: "Total factura",
    page: "Página",
    please_pay: "Pago por transferencia, indicando el número de factura.",
    thanks: "Gracias por su confianza.",
};

#[cfg(test)]
mod tests {
    use super::*;
    use time::Month;

    #[test]
    fn amounts_and_dates_are_written_as_each_language_does() {
        let value = Decimal::new(123_456_789, 2);
        assert_eq!(Language::German.money(value), "1.234.567,89 €");
        assert_eq!(Language::English.money(value), "€1,234,567.89");
        assert_eq!(Language::French.money(value), "1\u{a0}234\u{a0}567,89 €");
        assert_eq!(Language::Dutch.money(Decimal::new(50, 2)), "€ 0,50");
        assert_eq!(Language::Italian.number(Decimal::new(-100_000, 2)), "-1.000,00");

        let date = Date::from_calendar_date(2026, Month::March, 5).unwrap();
        assert_eq!(Language::German.date(date), "05.03.2026");
        assert_eq!(Language::English.date(date), "5 March 2026");
        assert_eq!(Language::Dutch.date(date), "05-03-2026");
    }
}
