//! Dates with a meaning: of issue, of payment, of delivery.

use super::find::Context;
use super::labels::{Found, Label};
use crate::domain::dates::Date;
use std::ops::Range;
use time::Duration;

#[derive(Clone, Debug)]
pub(super) struct When {
    pub date: Date,
    /// The words it was read from; the terms' words where it was reckoned from them.
    pub words: Range<usize>,
    pub confidence: f32,
}

pub(super) struct Dates {
    pub issue: Option<When>,
    pub due: Option<When>,
    pub delivery: Option<When>,
    pub tax_point: Option<When>,
    pub period: Option<(When, When)>,
}

struct Candidate {
    score: f32,
    date: Date,
    words: Range<usize>,
}

pub(super) fn find(ctx: &Context<'_>, number: Option<&Range<usize>>) -> Dates {
    let issue = issue_date(ctx, number);
    let due = due_date(ctx, issue.as_ref().map(|when| when.date));
    let delivery = labelled(ctx, Label::DeliveryDate);
    Dates { issue, due, delivery, tax_point: labelled(ctx, Label::TaxPoint), period: period(ctx) }
}

fn date_at(ctx: &Context<'_>, word: usize) -> Option<(Date, Range<usize>)> {
    ctx.values.date_at(word).map(|at| (at.date, at.words.clone()))
}

fn candidates(ctx: &Context<'_>, label: &Found, weight: f32) -> Vec<Candidate> {
    ctx.near(label, |word| date_at(ctx, word))
        .into_iter()
        .map(|near| Candidate { score: weight * near.quality, date: near.value, words: near.words })
        .collect()
}

fn labelled(ctx: &Context<'_>, label: Label) -> Option<When> {
    let found = ctx.labelled(label).take(50);
    best(found.flat_map(|found| candidates(ctx, found, f32::from(found.weight))).collect(), ctx)
}

fn issue_date(ctx: &Context<'_>, number: Option<&Range<usize>>) -> Option<When> {
    let mut all = Vec::new();
    let mut claimed = Vec::new();
    for label in ctx.found.iter().take(4000) {
        match label.label {
            Label::IssueDate | Label::TaxPoint => all.extend(candidates(ctx, label, f32::from(label.weight))),
            Label::AnyDate => {
                let weight = if ctx.is_first_in_cell(label) || stands_behind_label(ctx, label) { 6.0 } else { 3.0 };
                all.extend(candidates(ctx, label, weight));
            }
            Label::Title | Label::CreditTitle => {
                all.extend(ctx.beside(label, |word| date_at(ctx, word)).map(|near| Candidate {
                    score: 6.5 * near.quality,
                    date: near.value,
                    words: near.words,
                }));
            }
            Label::DueDate
            | Label::DeliveryDate
            | Label::OtherDate
            | Label::Period
            | Label::Order
            | Label::Despatch => {
                claimed.extend(
                    ctx.near(label, |word| date_at(ctx, word)).into_iter().take(1).map(|near| near.words.start),
                );
            }
            _ => {}
        }
    }
    all.extend(number.and_then(|number| behind_number(ctx, number)));
    for at in ctx.values.dates.iter().take(200) {
        if !claimed.contains(&at.words.start) && !ctx.in_table[ctx.sheet.words[at.words.start].row] {
            all.push(unlabelled(ctx, at.date, &at.words));
        }
    }
    for candidate in &mut all {
        if claimed.contains(&candidate.words.start) {
            candidate.score -= 2.0;
        }
        if ctx.sheet.page_of_word(candidate.words.start) > 0 {
            candidate.score -= 0.6;
        }
    }
    best(all, ctx)
}

/// "Invoice No. / Date": the second half of a label.
fn stands_behind_label(ctx: &Context<'_>, label: &Found) -> bool {
    ctx.found.iter().any(|other| other.words.end == label.words.start && other.cell == label.cell)
}

/// `Invoice 12 of 1 May 2026`: the date right behind the number.
fn behind_number(ctx: &Context<'_>, number: &Range<usize>) -> Option<Candidate> {
    let rest = ctx.rest_of_row(number.start);
    let (word, (date, words)) = (number.end..rest.end).take(6).find_map(|word| Some((word, date_at(ctx, word)?)))?;
    let is_clear = ctx
        .labels_in(number.end..word)
        .all(|label| matches!(label.label, Label::IssueDate | Label::TaxPoint | Label::AnyDate));
    is_clear.then_some(Candidate { score: 9.0, date, words })
}

/// A date without a label: better at the top, better behind a place as in letters, "Lyon, le 3 mai 2026".
fn unlabelled(ctx: &Context<'_>, date: Date, words: &Range<usize>) -> Candidate {
    let word = &ctx.sheet.words[words.start];
    let cell = &ctx.sheet.cells[word.cell];
    let before = &ctx.sheet.words[cell.words.start..words.start];
    let is_letter_head = before
        .last()
        .is_some_and(|w| w.text.ends_with(',') || matches!(w.text.as_str(), "le" | "den" | "lì" | "li" | "a"))
        && before.len() <= 4;
    let is_alone = before.is_empty() && cell.words.end == words.end;
    let first_page = ctx.sheet.page_of_word(words.start) == 0;
    let score = match (first_page, ctx.height_of(words.start)) {
        (true, top) if top < 0.45 && is_letter_head => 5.0,
        (true, top) if top < 0.45 && is_alone => 3.0,
        (true, top) if top < 0.6 => 2.0,
        _ => 1.0,
    };
    Candidate { score, date, words: words.clone() }
}

fn best(mut all: Vec<Candidate>, ctx: &Context<'_>) -> Option<When> {
    let agreeing: Vec<f32> = all
        .iter()
        .take(300)
        .map(|one| all.iter().filter(|other| other.date == one.date && other.words != one.words).count().min(2) as f32)
        .collect();
    for (candidate, again) in all.iter_mut().zip(agreeing) {
        candidate.score += 0.4 * again;
    }
    let top = all.iter().max_by(|a, b| a.score.total_cmp(&b.score).then(b.words.start.cmp(&a.words.start)))?;
    let rival = all.iter().any(|other| other.date != top.date && other.score > top.score - 1.5);
    let doubt = if rival { 0.15 } else { 0.0 };
    let is_ambiguous = !ctx.sheet.words[top.words.start].text.contains('.') && top.date.day() <= 12;
    let order = if is_ambiguous { ctx.locale.order_confidence.max(0.5) } else { 1.0 };
    let confidence = ((0.42 + 0.056 * top.score - doubt) * order).clamp(0.15, 0.98);
    Some(When { date: top.date, words: top.words.clone(), confidence })
}

fn due_date(ctx: &Context<'_>, issue: Option<Date>) -> Option<When> {
    let mut all = Vec::new();
    for label in ctx.labelled(Label::DueDate).take(100) {
        // "due" alone begins sentences; only a date at once behind it counts.
        for mut candidate in candidates(ctx, label, f32::from(label.weight)) {
            let row = &ctx.sheet.rows[ctx.sheet.words[candidate.words.start].row];
            if ctx.labels_in(row.words.clone()).any(|other| other.label == Label::CashDiscount) {
                candidate.score -= 2.0;
            }
            match issue {
                Some(issue) if candidate.date < issue => candidate.score -= 3.0,
                Some(issue) if candidate.date > issue.saturating_add(Duration::days(400)) => candidate.score -= 4.0,
                _ => {}
            }
            all.push(candidate);
        }
    }
    // Of several terms the last is the one without discount.
    let top = all.iter().map(|c| c.score).fold(f32::MIN, f32::max);
    let latest = all.iter().filter(|c| c.score > top - 0.9).map(|c| c.date).max();
    for candidate in &mut all {
        if Some(candidate.date) == latest && candidate.score > top - 0.9 {
            candidate.score += 1.0;
        }
    }
    all.retain(|candidate| candidate.score > 3.0);
    best(all, ctx).or_else(|| reckoned(ctx, issue?))
}

/// The due date that the terms of payment give: so many days from the date of issue.
fn reckoned(ctx: &Context<'_>, issue: Date) -> Option<When> {
    let mut longest: Option<(i64, bool, Range<usize>)> = None;
    let tokens = &ctx.sheet.tokens;
    for (at, token) in tokens.iter().enumerate() {
        let Some(days) = token.text.parse::<i64>().ok().filter(|days| (1..=180).contains(days)) else {
            continue;
        };
        if !is_days(tokens.get(at + 1).map(|t| t.text.as_str()).unwrap_or_default()) {
            continue;
        }
        let around = at.saturating_sub(8)..(at + 9).min(tokens.len());
        let says = |words: &[&str]| tokens[around.clone()].iter().any(|t| words.contains(&t.text.as_str()));
        if !says(PAYING) || says(DISCOUNT) || ctx.in_table[ctx.sheet.words[token.word].row] {
            continue;
        }
        let month_end =
            says(&["fin", "fine", "eom", "monatsende"]) && says(&["mois", "mese", "mes", "eom", "monatsende", "month"]);
        if longest.as_ref().is_none_or(|(other, ..)| days > *other) {
            longest = Some((days, month_end, token.word..tokens[at + 1].word + 1));
        }
    }
    if let Some((days, month_end, words)) = longest {
        let mut date = issue.checked_add(Duration::days(days))?;
        if month_end {
            date = date.replace_day(date.month().length(date.year())).ok()?;
        }
        return Some(When { date, words, confidence: 0.72 });
    }
    at_once(ctx).map(|words| When { date: issue, words, confidence: 0.6 })
}

fn is_days(token: &str) -> bool {
    matches!(
        token,
        "days"
            | "day"
            | "tage"
            | "tagen"
            | "tag"
            | "jours"
            | "jour"
            | "dagen"
            | "giorni"
            | "dias"
            | "gg"
            | "j"
            | "kalendertagen"
    )
}

const PAYING: &[&str] = &[
    "net",
    "netto",
    "payment",
    "terms",
    "pay",
    "payable",
    "due",
    "within",
    "zahlbar",
    "zahlung",
    "zahlungsziel",
    "zahlungsbedingungen",
    "innerhalb",
    "binnen",
    "ohne",
    "paiement",
    "reglement",
    "payable",
    "echeance",
    "conditions",
    "betaling",
    "betalen",
    "betalingstermijn",
    "betaaltermijn",
    "voldoen",
    "betalingsconditie",
    "pagamento",
    "pagare",
    "entro",
    "scadenza",
    "pago",
    "vencimiento",
    "plazo",
    "zahlungskonditionen",
    "zahlungsfrist",
    "uberweisen",
    "begleichen",
    "dff",
    "ff",
    "df",
    "fm",
    "fin",
];

const DISCOUNT: &[&str] = &[
    "skonto",
    "discount",
    "escompte",
    "korting",
    "betalingskorting",
    "descuento",
    "sconto",
    "mahnung",
    "reminder",
    "return",
    "retour",
    "widerruf",
];

/// Terms that ask for the money at once.
fn at_once(ctx: &Context<'_>) -> Option<Range<usize>> {
    const PHRASES: &[&[&str]] = &[
        &["due", "upon", "receipt"],
        &["due", "on", "receipt"],
        &["payable", "immediately"],
        &["sofort", "fallig"],
        &["sofort", "zahlbar"],
        &["zahlbar", "sofort"],
        &["paiement", "immediat"],
        &["paiement", "comptant"],
        &["a", "reception"],
        &["payable", "comptant"],
        &["per", "direct"],
        &["pagamento", "immediato"],
        &["vista", "fattura"],
        &["pago", "inmediato"],
        &["al", "contado"],
        &["fallig", "sofort"],
        &["immediate", "payment"],
    ];
    let tokens = &ctx.sheet.tokens;
    (0..tokens.len()).find_map(|at| {
        let phrase = PHRASES.iter().find(|phrase| {
            tokens.len() >= at + phrase.len()
                && phrase.iter().zip(&tokens[at..]).all(|(want, token)| token.text == *want)
        })?;
        Some(tokens[at].word..tokens[at + phrase.len() - 1].word + 1)
    })
}

/// Two dates behind a label of a period: `1.5.2026 - 31.5.2026`.
fn period(ctx: &Context<'_>) -> Option<(When, When)> {
    ctx.labelled(Label::Period).take(20).find_map(|label| {
        let first = ctx.beside(label, |word| date_at(ctx, word))?;
        let rest = ctx.rest_of_row(first.words.start);
        let (date, words) = (first.words.end..rest.end).take(4).find_map(|word| date_at(ctx, word))?;
        let when = |date, words, quality: f32| When { date, words, confidence: 0.85 * quality };
        (date >= first.value)
            .then(|| (when(first.value, first.words.clone(), first.quality), when(date, words, first.quality)))
    })
}
