//! What a name looks like, and when two are the same.

use super::address::{has_legal_form, until_legal_form};
use super::blocks::{Block, is_street};
use super::find::Context;
use super::sheet::fold;
use std::ops::Range;

pub(super) fn name_of_block(ctx: &Context<'_>, block: &Block) -> Option<(String, Range<usize>)> {
    let sheet = ctx.sheet;
    if block.cells.len() < 2 {
        return None;
    }
    let lines: Vec<&Range<usize>> =
        block.cells.iter().filter(|&&cell| cell != block.town.cell).map(|&cell| &sheet.cells[cell].words).collect();
    name_of_lines(ctx, &lines)
}

/// The first line that may be a name; with the next one where only that has the legal form.
pub(super) fn name_of_lines(ctx: &Context<'_>, lines: &[&Range<usize>]) -> Option<(String, Range<usize>)> {
    let sheet = ctx.sheet;
    for (index, words) in lines.iter().enumerate() {
        let text = clean_name(&sheet.text((*words).clone()));
        if !is_name(&text) || is_salutation(&text) || ends_in_number(&text) {
            continue;
        }
        if let Some(next) = lines.get(index + 1) {
            let more = sheet.text((*next).clone());
            let joins = !has_legal_form(&text)
                && has_legal_form(&format!("x {more}"))
                && !is_street(&more)
                && sheet.words[next.start].row == sheet.words[words.start].row + 1;
            if joins && until_legal_form(&format!("x {more}")).is_some_and(|until| until.len() == more.len() + 2) {
                return Some((format!("{text} {more}"), words.start..next.end));
            }
        }
        return Some((text, (*words).clone()));
    }
    None
}

/// "Hauptstraße 12 a": a street, not a name.
fn ends_in_number(text: &str) -> bool {
    let mut words = text.rsplit(' ');
    let is_number = |word: &str| {
        let digits = word.bytes().take_while(u8::is_ascii_digit).count();
        digits > 0 && word.len() <= digits + 2
    };
    let last = words.next().unwrap_or_default();
    !has_legal_form(text) && (is_number(last) || last.len() == 1 && words.next().is_some_and(is_number))
}

fn is_salutation(text: &str) -> bool {
    matches!(
        fold(text).as_str(),
        "herrn"
            | "herr"
            | "frau"
            | "firma"
            | "familie"
            | "monsieur"
            | "madame"
            | "mr"
            | "mrs"
            | "ms"
            | "sig"
            | "signor"
            | "spett le"
            | "spettle"
            | "an"
            | "to"
            | "dhr"
            | "mevr"
            | "de heer"
            | "sr"
            | "sra"
            | "herr frau"
    )
}

/// Without what is written in front of a name and behind it.
pub(super) fn clean_name(text: &str) -> String {
    let mut text = text.trim_matches(|c: char| matches!(c, ':' | ',' | ';' | '|' | '-' | '\u{2022}' | ' ')).to_owned();
    for prefix in [
        "ATTN:",
        "Attn:",
        "Attn.:",
        "ATTN",
        "Attn",
        "Att:",
        "Firma",
        "Spett.le",
        "Spettabile",
        "M/s",
        "z.Hd.",
        "T.a.v.",
        "t.a.v.",
    ] {
        if let Some(rest) = text.strip_prefix(prefix)
            && (rest.starts_with(' ') || prefix.ends_with(':'))
        {
            text = rest.trim().to_owned();
        }
    }
    text
}

/// Whether a text may be the name of somebody: letters, no sentence, no number in front.
pub(super) fn is_name(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    letters >= 2
        && letters > digits
        && text.chars().count() <= 100
        && text.split(' ').count() <= 12
        && !text.contains(['@', '€', '%', '=', '|', '\u{2022}', '\u{b7}', '\u{25cf}'])
        && !text.contains("http")
        && !text.contains("www.")
        && !text.starts_with('(')
        && !HEADINGS.contains(&fold(text).as_str())
}

/// Words that head values and columns, in six languages: by themselves nobody is called so.
#[rustfmt::skip]
const HEADINGS: &[&str] = &[
    "number", "nummer", "numero", "date", "datum", "data", "fecha", "page", "seite", "pagina", "quantity", "menge", "quantite",
    "aantal", "quantita", "cantidad", "amount", "betrag", "montant", "bedrag", "importo", "importe", "price", "preis", "prix",
    "prijs", "prezzo", "precio", "description", "beschreibung", "omschrijving", "descrizione", "descripcion", "unit", "einheit",
    "unite", "invoice", "rechnung", "facture", "factuur", "fattura", "factura", "customer", "kunde", "client", "klant", "cliente",
    "supplier", "lieferant", "fournisseur", "leverancier", "fornitore", "proveedor", "telephone", "telefon", "telefoon",
    "telefono", "reference", "referenz", "referentie", "riferimento", "referencia",
];

pub(super) fn same_name(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty() && (a == b || (a.len() > 4 && b.len() > 4 && (a.starts_with(b) || b.starts_with(a))))
}

/// The distinctive parts of web and mail addresses: `info@acme-tools.de` gives `acmetools`.
pub(super) fn domain_stems(ctx: &Context<'_>) -> Vec<String> {
    const MAILERS: &[&str] = &[
        "gmail",
        "gmx",
        "web",
        "hotmail",
        "outlook",
        "yahoo",
        "tonline",
        "icloud",
        "example",
        "localhost",
        "orange",
        "wanadoo",
        "libero",
        "ziggo",
        "aol",
        "googlemail",
        "live",
    ];
    let mut stems: Vec<String> = Vec::new();
    for word in &ctx.sheet.words {
        if stems.len() > 20 {
            break;
        }
        let text = word.text.to_lowercase();
        let host = match (text.rfind('@'), text.find("www."), text.find("://")) {
            (Some(at), ..) => &text[at + 1..],
            (None, Some(at), _) => &text[at + 4..],
            (None, None, Some(at)) => &text[at + 3..],
            _ => continue,
        };
        let host = host.split(['/', ':', ',', ';', ')', '?']).next().unwrap_or_default().trim_end_matches('.');
        let mut labels: Vec<&str> = host.split('.').collect();
        labels.pop();
        if labels.last().is_some_and(|last| matches!(*last, "co" | "com")) {
            labels.pop();
        }
        let Some(stem) = labels.last() else { continue };
        let stem: String = fold(stem).chars().filter(|c| *c != ' ').collect();
        if stem.len() >= 4 && !MAILERS.contains(&stem.as_str()) && !stems.contains(&stem) {
            stems.push(stem);
        }
    }
    stems
}

pub(super) fn matches_stem(name: &str, stem: &str) -> bool {
    name.contains(stem)
        || (name.len() >= 5 && stem.contains(name))
        || stem.get(..6).is_some_and(|begin| name.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_is_no_name() {
        for heading in ["Nummer", "DATUM", "Quantité", "Référence"] {
            assert!(!is_name(heading), "{heading}");
        }
        for name in ["Nummer Eins GmbH", "Datum AG", "Total"] {
            assert!(is_name(name), "{name}");
        }
    }
}
