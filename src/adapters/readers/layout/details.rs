//! What invoices say beside who, how much and when: references, terms, registers, the way to pay.
//!
//! Nothing here is proven by the rest of the page, so nothing here is beyond doubt; only a payment reference with check
//! digits comes close.

use super::candidates::is_in;
use super::find::Context;
use super::labels::{Found, Label};
use super::names::{clean_name, is_name, same_name};
use super::number::{self, Code};
use super::payment_reference;
use super::regions::Region;
use super::sheet::fold;
use super::when::When;
use std::ops::Range;

/// Longer texts behind a label are no reference.
const MAX_REFERENCE: usize = 60;
/// Terms of payment are a sentence or two.
const MAX_TERMS: usize = 300;
/// Labels of one kind that are looked at.
const MAX_LABELS: usize = 20;
/// Words that a structured reference spreads over: `RF18 5390 0754 7034`, `21 00000 00003 13947 14300 09017`.
const REFERENCE_WORDS: usize = 8;

/// The reference that a label names: what stands behind its colon or in the next cell, else the code nearest to it.
pub(super) fn reference(ctx: &Context<'_>, label: Label) -> Option<Code> {
    // In the middle of a sentence it names nothing.
    let is_heading = |found: &&Found| ctx.is_first_in_cell(found) || has_colon(ctx, found);
    ctx.labelled(label).filter(is_heading).take(MAX_LABELS).find_map(|found| {
        let written =
            value_words(ctx, found).filter(|words| ctx.values.date_at(words.start).is_none()).and_then(|words| {
                let text = ctx.sheet.text(words.clone()).trim_end_matches([',', ';']).to_owned();
                let confidence = if text.bytes().any(|b| b.is_ascii_digit()) { 0.75 } else { 0.6 };
                let is_one = (2..=MAX_REFERENCE).contains(&text.chars().count());
                is_one.then_some(Code { text, words, confidence })
            });
        let near = || {
            let near = ctx.near(found, |word| number::number_at(ctx, word)).into_iter().next()?;
            Some(Code { text: near.value, words: near.words, confidence: 0.65 * near.quality })
        };
        written.or_else(near)
    })
}

fn has_colon(ctx: &Context<'_>, label: &Found) -> bool {
    let sheet = ctx.sheet;
    let behind = label.words.end..sheet.cells[label.cell].words.end;
    sheet.words[label.words.end - 1].text.ends_with(':')
        || sheet.words[behind].first().is_some_and(|word| word.text.starts_with(':'))
}

fn has_letters(text: &str) -> bool {
    text.chars().filter(|c| c.is_alphabetic()).count() > 1
}

/// The words that a label with a colon, or alone in its cell, points at: the rest of its cell, or the next one of the row.
fn value_words(ctx: &Context<'_>, label: &Found) -> Option<Range<usize>> {
    let sheet = ctx.sheet;
    let cell = &sheet.cells[label.cell];
    let is_said = |word: &usize| sheet.words[*word].text.chars().any(char::is_alphanumeric);
    let has_colon = has_colon(ctx, label);
    let words = match (label.words.end..cell.words.end).find(is_said) {
        Some(begin) if has_colon => begin..cell.words.end,
        Some(_) => return None,
        None => {
            let row = &sheet.rows[cell.row];
            let next = (label.cell + 1 < row.cells.end).then(|| sheet.cells[label.cell + 1].words.clone())?;
            // Heads of columns stand in a row, too: "Your reference", "Contact", "Date".
            let is_value = has_colon || row.cells.len() == 2 || next.clone().any(|word| is_number(ctx, word));
            is_value.then_some(next)?
        }
    };
    // Another label heads another value; "net" in "net 30 days" does not.
    let heads = |other: &&Found| {
        sheet.words[other.words.end - 1].text.ends_with(':') || sheet.cells[other.cell].words == other.words
    };
    let end = ctx.labels_in(words.clone()).find(heads).map_or(words.end, |other| other.words.start);
    (end > words.start).then_some(words.start..end)
}

fn is_number(ctx: &Context<'_>, word: usize) -> bool {
    ctx.sheet.words[word].text.bytes().any(|b| b.is_ascii_digit())
}

/// The reference to give with a payment: one that its check digits prove, wherever it stands, else what a label names.
pub(super) fn payment_reference(ctx: &Context<'_>, number: Option<&Code>) -> Option<Code> {
    let structured = (0..ctx.sheet.words.len()).find_map(|word| structured_at(ctx, word));
    let labelled = || reference(ctx, Label::PaymentReference);
    // "Reference: invoice number" says where to look.
    structured.or_else(labelled).filter(|found| number.is_none_or(|number| number.words != found.words))
}

/// A reference with check digits: ISO 11649, Swiss, Belgian.
fn structured_at(ctx: &Context<'_>, word: usize) -> Option<Code> {
    let sheet = ctx.sheet;
    let first = &sheet.words[word].text;
    if !first.starts_with("RF") && !first.starts_with(['+', '*']) && !first.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let cell_end = sheet.cells[sheet.words[word].cell].words.end;
    let mut text = String::new();
    for end in word..cell_end.min(word + REFERENCE_WORDS) {
        text.push_str(&sheet.words[end].text);
        let Some(reference) = payment_reference::parse(&text) else { continue };
        // As long as it may be: `RF18 5390` has check digits of its own one time in a hundred.
        let goes_on = (end + 1..cell_end).next().is_some_and(|next| {
            let next = &sheet.words[next].text;
            first.starts_with("RF")
                && next.bytes().all(|b| b.is_ascii_alphanumeric())
                && next.bytes().any(|b| b.is_ascii_digit())
        });
        if !goes_on {
            return Some(Code { text: reference, words: word..end + 1, confidence: 0.96 });
        }
    }
    None
}

/// The terms of payment: what their label names, else the line that the due date was reckoned from.
pub(super) fn terms(ctx: &Context<'_>, due: Option<&When>) -> Option<Code> {
    let labelled = ctx.labelled(Label::Terms).take(MAX_LABELS).find_map(|label| {
        let words = value_words(ctx, label).or_else(|| terms_below(ctx, label))?;
        let is_alone = ctx.values.date_at(words.start).is_none() || words.len() > 3;
        is_alone.then(|| Code { text: ctx.sheet.text(words.clone()), words, confidence: 0.8 })
    });
    let reckoned = || {
        let words = due?.words.clone();
        let is_date = ctx.values.date_at(words.start).is_some();
        let words = ctx.sheet.cells[ctx.sheet.words[words.start].cell].words.clone();
        (!is_date).then(|| Code { text: ctx.sheet.text(words.clone()), words, confidence: 0.75 })
    };
    let terms = labelled.or_else(reckoned)?;
    (terms.text.chars().count() <= MAX_TERMS && has_letters(&terms.text)).then_some(terms)
}

/// The first line below the label that says something: heads of columns, "Description", are short and have no number.
fn terms_below(ctx: &Context<'_>, label: &Found) -> Option<Range<usize>> {
    let is_alone = ctx.sheet.cells[label.cell].words.len() <= label.words.len() + 1;
    let below = ctx.below(label, |word| {
        let words = ctx.sheet.cells[ctx.sheet.words[word].cell].words.clone();
        (words.len() > 2 || words.clone().any(|word| is_number(ctx, word))).then_some(((), words))
    });
    below.map(|below| below.words).filter(|words| is_alone && !ctx.in_table[ctx.sheet.words[words.start].row])
}

/// What a word says in front of a number that the seller has.
enum Register {
    /// Its sign is part of the number: `HRB 12345`.
    Signed(&'static str),
    Plain,
}

/// Labels of registration that a number follows; others name people, or the capital.
#[rustfmt::skip]
const REGISTERS: &[(&str, Register)] = &[
    ("hrb", Register::Signed("HRB")), ("hra", Register::Signed("HRA")), ("fn", Register::Signed("FN")),
    ("rcs", Register::Signed("RCS")), ("r c s", Register::Signed("RCS")), ("rea", Register::Signed("REA")),
    ("siren", Register::Plain), ("n siren", Register::Plain), ("company number", Register::Plain),
    ("company no", Register::Plain), ("company registration", Register::Plain), ("company reg no", Register::Plain),
    ("company registration number", Register::Plain), ("company registration no", Register::Plain),
    ("registration number", Register::Plain), ("registration no", Register::Plain), ("reg no", Register::Plain),
    ("co reg no", Register::Plain), ("crn", Register::Plain), ("registered no", Register::Plain),
    ("registered number", Register::Plain), ("registered in england", Register::Plain),
    ("handelsregisternummer", Register::Plain), ("handelsregister nr", Register::Plain), ("hr nr", Register::Plain),
    ("registernummer", Register::Plain), ("firmenbuchnummer", Register::Plain), ("firmenbuch nr", Register::Plain),
    ("kvk", Register::Plain), ("kvk nummer", Register::Plain), ("kvk nr", Register::Plain), ("kvk no", Register::Plain),
    ("kvknummer", Register::Plain), ("k v k", Register::Plain), ("kbo", Register::Plain), ("n rea", Register::Signed("REA")),
    ("num rea", Register::Signed("REA")),
];

/// The seller's number in a register of companies, outside of the buyer's block.
pub(super) fn registration(ctx: &Context<'_>, regions: &[Region]) -> Option<Code> {
    ctx.labelled(Label::Registration).take(2 * MAX_LABELS).find_map(|label| {
        let said = ctx.sheet.tokens[label.tokens.clone()].iter().map(|token| token.text.as_str()).collect::<Vec<_>>();
        let said = said.join(" ");
        let (_, register) = REGISTERS.iter().find(|(phrase, _)| *phrase == said)?;
        if is_in(regions, Label::Buyer, &label.words) {
            return None;
        }
        let near = ctx.beside(label, |word| number::number_at(ctx, word))?;
        let words = with_digits_behind(ctx, near.words);
        let number = ctx.sheet.text(words.clone());
        let number = number.trim_matches(|c: char| !c.is_alphanumeric());
        let digits = number.bytes().filter(u8::is_ascii_digit).count();
        let text = match register {
            Register::Signed(sign) => format!("{sign} {number}"),
            Register::Plain => number.to_owned(),
        };
        let words = match register {
            Register::Signed(_) if label.words.end == words.start => label.words.start..words.end,
            _ => words,
        };
        (digits >= 3).then_some(Code { text, words, confidence: 0.8 * near.quality })
    })
}

/// What the buyer, or a register of places, calls the seller. A number of places (GLN) stands with each party, so there
/// the seller's block has to name it.
pub(super) fn supplier_id(ctx: &Context<'_>, regions: &[Region]) -> Option<Code> {
    ctx.labelled(Label::SupplierId).take(MAX_LABELS).find_map(|label| {
        let is_place = matches!(ctx.sheet.tokens[label.tokens.start].text.as_str(), "gln" | "iln" | "globale");
        let is_others = [Label::Buyer, Label::ShipTo].iter().any(|party| is_in(regions, *party, &label.words));
        let near = ctx.beside(label, |word| number::number_at(ctx, word))?;
        let is_of_place = near.value.len() == 13 && near.value.bytes().all(|b| b.is_ascii_digit());
        let is_sellers =
            if is_place { is_in(regions, Label::Supplier, &near.words) && is_of_place } else { !is_others };
        let words = with_digits_behind(ctx, near.words);
        let text = ctx.sheet.text(words.clone()).trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
        (is_sellers && text.len() >= 3).then_some(Code { text, words, confidence: 0.75 * near.quality })
    })
}

/// `123 456 789` is one number.
fn with_digits_behind(ctx: &Context<'_>, words: Range<usize>) -> Range<usize> {
    let cell_end = ctx.sheet.cells[ctx.sheet.words[words.start].cell].words.end;
    let is_group = |word: &usize| {
        let text = ctx.sheet.words[*word].text.trim_end_matches(['.', ',', ';']);
        (2..=5).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
    };
    let is_first_group = (words.clone()).all(|word| is_group(&word));
    let more = if is_first_group { (words.end..cell_end).take(4).take_while(is_group).count() } else { 0 };
    words.start..words.end + more
}

/// The name that the account is in, and the payee's where the page calls somebody else than the seller so.
pub(super) fn account_holder(ctx: &Context<'_>, seller: Option<&str>) -> (Option<Code>, Option<Code>) {
    let named = ctx.labelled(Label::AccountName).take(5).find_map(|label| {
        let words = value_words(ctx, label)?;
        let text = clean_name(&ctx.sheet.text(words.clone()));
        let said = ctx.sheet.tokens[label.tokens.start].text.as_str();
        is_name(&text).then_some((said, Code { text, words, confidence: 0.85 }))
    });
    let Some((said, holder)) = named else {
        return (None, None);
    };
    let is_payee =
        matches!(said, "payee" | "beneficiary" | "zahlungsempfanger" | "beneficiaire" | "begunstigde" | "beneficiario");
    let is_other = seller.is_some_and(|seller| !same_name(&fold(seller), &fold(&holder.text)));
    let payee = (is_payee && is_other).then(|| Code { confidence: 0.75, ..holder.clone() });
    (Some(holder), payee)
}

/// Words that say how the invoice is paid, with their code of UNTDID 4461.
#[rustfmt::skip]
const MEANS: &[(&str, &[&str])] = &[
    ("59", &[
        "direct debit", "lastschrift", "sepa lastschrift", "lastschriftverfahren", "abgebucht", "eingezogen", "bankeinzug",
        "abbuchung", "prelevement", "prelevement automatique", "automatische incasso", "incasso", "geincasseerd",
        "addebito diretto", "sdd", "domiciliacion", "domiciliacion bancaria", "recibo domiciliado", "adeudo",
    ]),
    ("48", &[
        "credit card", "debit card", "paid by card", "card payment", "kreditkarte", "kartenzahlung", "girocard",
        "ec karte", "carte bancaire", "carte de credit", "creditcard", "betaalkaart", "pinpas", "carta di credito",
        "carta di debito", "tarjeta de credito", "tarjeta de debito", "visa", "mastercard",
    ]),
    ("30", &[
        "bank transfer", "wire transfer", "credit transfer", "uberweisung", "bankuberweisung", "uberweisen", "virement",
        "virement bancaire", "overschrijving", "bankoverschrijving", "overmaken", "over te maken", "bonifico",
        "bonifico bancario", "transferencia", "transferencia bancaria",
    ]),
];

/// How the invoice is paid, where the words say one way only.
pub(super) fn means(ctx: &Context<'_>) -> Option<Code> {
    let mut said = MEANS.iter().filter_map(|(code, phrases)| {
        let words = phrases.iter().find_map(|phrase| find_phrase(ctx, phrase))?;
        Some(Code { text: (*code).to_owned(), words, confidence: 0.8 })
    });
    let first = said.next()?;
    said.next().is_none().then_some(first)
}

/// Why a rate is nought, by UNTDID 5305; None where nothing says it, or several things do. What is delivered into another
/// country is exempt too, so that is asked last.
pub(super) fn zero_rate(ctx: &Context<'_>) -> Option<&'static str> {
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| find_phrase(ctx, phrase).is_some());
    let said: Vec<&str> =
        REASONS.iter().filter(|(code, phrases)| *code != "E" && says(phrases)).map(|(code, _)| *code).collect();
    match said.as_slice() {
        [one] => Some(one),
        [] => REASONS.iter().find(|(code, phrases)| *code == "E" && says(phrases)).map(|(code, _)| *code),
        _ => None,
    }
}

#[rustfmt::skip]
const REASONS: &[(&str, &[&str])] = &[
    ("AE", &[
        "reverse charge", "steuerschuldnerschaft des leistungsempfangers", "steuerschuldnerschaft", "autoliquidation",
        "btw verlegd", "inversione contabile", "inversion del sujeto pasivo",
    ]),
    ("K", &[
        "intra community", "intracommunity", "innergemeinschaftliche", "innergemeinschaftlichen", "intracommunautaire",
        "intra communautaire", "intracommunautaires", "intracomunitaria", "intracomunitarie", "intracomunitarias",
    ]),
    ("G", &[
        // By itself it is a department, or part of a name.
        "export supply", "export delivery", "export of goods", "goods exported", "export sale", "ausfuhrlieferung",
        "ausfuhr", "exportation", "uitvoer", "esportazione", "exportacion",
    ]),
    ("Z", &["zero rated", "zero rate", "nulltarif", "nultarief"]),
    ("E", &[
        "exempt", "exempt from vat", "vat exempt", "exemption", "steuerfrei", "steuerfreie", "steuerbefreit",
        "umsatzsteuerfrei", "umsatzsteuerbefreit", "kleinunternehmer", "kleinunternehmerregelung", "exonere", "exoneree",
        "exoneration", "tva non applicable", "vrijgesteld", "esente", "esenzione", "exento", "exenta", "exencion",
    ]),
];

/// The words of a phrase, in one row.
fn find_phrase(ctx: &Context<'_>, phrase: &str) -> Option<Range<usize>> {
    let parts: Vec<&str> = phrase.split(' ').collect();
    let row = |word: usize| ctx.sheet.words[word].row;
    ctx.sheet.tokens.windows(parts.len()).find_map(|window| {
        let is_it = window.iter().zip(&parts).all(|(token, part)| token.text == *part);
        let words = window.first()?.word..window.last()?.word + 1;
        (is_it && row(words.start) == row(words.end - 1)).then_some(words)
    })
}
