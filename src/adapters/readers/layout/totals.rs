//! Net, VAT and gross: of all sums that labels name, those that add up.

use super::find::Context;
use super::labels::{Found, Label};
use super::slip;
use super::vat_rows::{self, VatLine};
use crate::domain::money::Decimal;
use std::collections::HashSet;
use std::ops::Range;

/// A sum, with where it stands; reckoned ones stand nowhere.
#[derive(Clone, Debug)]
pub(super) struct Sum {
    pub value: Decimal,
    pub words: Option<Range<usize>>,
    pub confidence: f32,
}

#[derive(Debug, Default)]
pub(super) struct Totals {
    pub lines: Option<Sum>,
    pub net: Option<Sum>,
    pub tax: Option<Sum>,
    pub gross: Option<Sum>,
    pub due: Option<Sum>,
    pub paid: Option<Sum>,
    pub allowances: Option<Sum>,
    pub charges: Option<Sum>,
    pub rounding: Option<Sum>,
    pub vat_rows: Vec<VatLine>,
}

/// A sum beside its label.
#[derive(Clone, Debug)]
struct Candidate {
    value: Decimal,
    words: Option<Range<usize>>,
    score: f32,
}

/// No more candidates than this are tried with each other, for each of the three.
const MAX_TRIED: usize = 10;

/// A sum with the label that it stands beside.
#[derive(Clone, Debug)]
pub(super) struct LabelledSum {
    pub label: Label,
    pub value: Decimal,
    pub words: Range<usize>,
    pub score: f32,
    /// Whether its row has other sums behind the label.
    pub beside_others: bool,
}

pub(super) fn find(ctx: &Context<'_>, lines_sum: Option<Decimal>) -> Totals {
    let labelled = labelled_sums(ctx);
    if slip::is_slip(ctx) {
        return slip::totals(ctx, &of_slip(ctx, &labelled));
    }
    let vat_rows = vat_rows::find(ctx);
    let of = |labels: &[(Label, f32)]| candidates(&labelled, labels);
    let gross = of(&[(Label::Gross, 0.0), (Label::Due, -2.5)]);
    let mut net = of(&[(Label::Net, 0.0), (Label::Subtotal, -1.0), (Label::LinesTotal, -3.0)]);
    let mut tax = of(&[(Label::Tax, 0.0)]);
    add_breakdown(&vat_rows, &mut net, &mut tax);
    if let Some(sum) = lines_sum {
        for candidate in &mut net {
            candidate.score += if candidate.value == sum { 1.5 } else { 0.0 };
        }
    }
    let printed: HashSet<Decimal> = ctx.values.amounts.iter().map(|amount| amount.value.normalize()).collect();
    let mut totals = choose(&Choice { gross, net, tax, printed, lines_sum, scanned: ctx.sheet.has_scans });
    let single = |label: Label| {
        let best = of(&[(label, 0.0)]).into_iter().next()?;
        Some(Sum { value: best.value, words: best.words, confidence: (0.09 * best.score).clamp(0.3, 0.9) })
    };
    totals.due = single(Label::Due);
    totals.paid = single(Label::Paid);
    // A subtotal is the sum of the lines where it is what they come to.
    totals.lines =
        single(Label::LinesTotal).or_else(|| single(Label::Subtotal).filter(|sum| lines_sum == Some(sum.value)));
    // EN 16931 states allowances without a minus, which pages often print.
    totals.allowances = single(Label::Allowance).map(|sum| Sum { value: sum.value.abs(), ..sum });
    totals.charges = single(Label::Charge);
    totals.rounding = single(Label::Rounding);
    totals.vat_rows = vat_rows;
    totals
}

/// The best sum of each label, as slips have them: one value in a row.
fn of_slip(ctx: &Context<'_>, labelled: &[(Label, Candidate)]) -> Vec<LabelledSum> {
    let rows = |words: &Range<usize>| ctx.sheet.words[words.start].row;
    let with_words = labelled.iter().filter_map(|(label, sum)| Some((*label, sum, sum.words.clone()?)));
    let mut sums: Vec<LabelledSum> = Vec::new();
    for (label, sum, words) in with_words {
        match sums.last_mut() {
            // The second and third sum of a row come behind its best.
            Some(last) if rows(&last.words) == rows(&words) && words.start < last.words.start => {
                last.beside_others = true
            }
            _ => sums.push(LabelledSum { label, value: sum.value, words, score: sum.score, beside_others: false }),
        }
    }
    sums
}

/// The sums beside or below the labels of sums, outside of the table of items.
fn labelled_sums(ctx: &Context<'_>) -> Vec<(Label, Candidate)> {
    let mut sums = Vec::new();
    let mut skip_until = 0;
    for (index, label) in ctx.found.iter().enumerate() {
        let row = ctx.sheet.cells[label.cell].row;
        if !is_sum_label(label.label) || label.words.start < skip_until || ctx.in_table[row] {
            continue;
        }
        let (kind, end) = joined(ctx, index);
        skip_until = end;
        let stop = next_sum_label(ctx, end, ctx.sheet.rows[row].words.end);
        let weight = f32::from(label.weight) - if ctx.is_first_in_cell(label) { 0.0 } else { 1.0 };
        let beside = ctx.values.amounts_in(end..stop);
        let money: Vec<_> = beside.iter().filter(|amount| !amount.percent).collect();
        if let Some(last) = money.last() {
            let plain = if last.is_money() { 0.0 } else { -1.5 };
            sums.push((kind, Candidate { value: last.value, words: Some(last.words.clone()), score: weight + plain }));
            for other in money.iter().rev().skip(1).filter(|amount| amount.is_money()).take(3) {
                let score = weight * 0.45;
                sums.push((kind, Candidate { value: other.value, words: Some(other.words.clone()), score }));
            }
        } else if stop == ctx.sheet.rows[row].words.end || ctx.labels_in(ctx.sheet.rows[row].words.clone()).count() > 1
        {
            let below = ctx.below(label, |word| {
                let amount = ctx.values.amount_at(word)?;
                amount.is_money().then(|| (amount.value, amount.words.clone()))
            });
            if let Some(near) = below {
                let score = weight * near.quality * 0.9;
                sums.push((kind, Candidate { value: near.value, words: Some(near.words), score }));
            }
        }
    }
    sums
}

pub(super) fn is_sum_label(label: Label) -> bool {
    matches!(
        label,
        Label::Net
            | Label::Tax
            | Label::Gross
            | Label::Due
            | Label::Paid
            | Label::LinesTotal
            | Label::Subtotal
            | Label::Allowance
            | Label::Charge
            | Label::Rounding
            | Label::CarriedOver
            | Label::CashDiscount
            | Label::Tendered
            | Label::Change
            | Label::Count
    )
}

/// Labels that follow each other with no number between say one thing: "Total" and "(incl. VAT)" the sum with VAT,
/// "Sum" and "(net)" the one without. Gives what they say together, and where they end.
fn joined(ctx: &Context<'_>, index: usize) -> (Label, usize) {
    let first = &ctx.found[index];
    let mut kind = first.label;
    let mut end = first.words.end;
    for next in ctx.found.iter().skip(index + 1).take(4) {
        let is_close = next.cell == first.cell && next.words.start <= end + 2;
        if !is_close || !is_sum_label(next.label) || has_amount(ctx, end..next.words.start) {
            break;
        }
        kind = match (kind, next.label) {
            (Label::Gross | Label::Subtotal | Label::LinesTotal, Label::Net) => Label::Net,
            (Label::Net, Label::Gross | Label::Due | Label::Tax) if is_inclusive(ctx, next) => Label::Gross,
            (Label::Gross | Label::Subtotal, Label::Tax) if is_exclusive(ctx, end..next.words.start + 1) => Label::Net,
            (Label::Gross, Label::Due) => Label::Due,
            (Label::Gross, Label::Paid | Label::Allowance | Label::Charge | Label::Count | Label::Tendered) => {
                next.label
            }
            (kept, _) => kept,
        };
        end = next.words.end;
    }
    (kind, end)
}

fn has_amount(ctx: &Context<'_>, words: Range<usize>) -> bool {
    ctx.values.amounts_in(words).iter().any(|amount| amount.is_money())
}

/// "Total EUR without VAT": a word before the tax leaves it out.
fn is_exclusive(ctx: &Context<'_>, words: Range<usize>) -> bool {
    let first = ctx.sheet.tokens.partition_point(|token| token.word < words.start);
    ctx.sheet.tokens[first..].iter().take_while(|token| token.word < words.end).any(|token| {
        matches!(
            token.text.as_str(),
            "ohne"
                | "exkl"
                | "excl"
                | "excluding"
                | "without"
                | "exclusief"
                | "zonder"
                | "hors"
                | "senza"
                | "sin"
                | "before"
                | "ex"
        )
    })
}

fn is_inclusive(ctx: &Context<'_>, label: &Found) -> bool {
    matches!(
        ctx.sheet.tokens[label.tokens.start].text.as_str(),
        "incl" | "inkl" | "including" | "inclusief" | "inc" | "ttc"
    )
}

/// Where the next label of a sum begins that has its own amount.
fn next_sum_label(ctx: &Context<'_>, from: usize, row_end: usize) -> usize {
    ctx.labels_in(from..row_end)
        .find(|label| match is_sum_label(label.label) {
            true => ctx.is_first_in_cell(label) || has_amount(ctx, from..label.words.start),
            false => label.weight >= 7 && !matches!(label.label, Label::Currency | Label::Period),
        })
        .map_or(row_end, |label| label.words.start)
}

/// The candidates of these labels, best first; the same value said twice counts more.
fn candidates(sums: &[(Label, Candidate)], labels: &[(Label, f32)]) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    for (label, candidate) in sums {
        let Some((_, bonus)) = labels.iter().find(|(wanted, _)| wanted == label) else {
            continue;
        };
        let score = candidate.score + bonus;
        match found.iter_mut().find(|other| other.value == candidate.value) {
            Some(other) if other.score >= score => other.score += 0.4,
            Some(other) => *other = Candidate { score: score + 0.4, ..candidate.clone() },
            None => found.push(Candidate { score, ..candidate.clone() }),
        }
    }
    found.sort_by(|a, b| b.score.total_cmp(&a.score));
    found.truncate(MAX_TRIED);
    found
}

/// The sums of the breakdown by rates are candidates too; where only their sum is right, no label says it.
fn add_breakdown(rows: &[VatLine], net: &mut Vec<Candidate>, tax: &mut Vec<Candidate>) {
    if rows.is_empty() {
        return;
    }
    let add = |list: &mut Vec<Candidate>, value: Decimal, words: Option<Range<usize>>| match list
        .iter_mut()
        .find(|candidate| candidate.value == value)
    {
        Some(candidate) => candidate.score += 2.0,
        None => list.push(Candidate { value, words, score: 6.5 }),
    };
    let one = |words: &Range<usize>| (rows.len() == 1).then(|| words.clone());
    add(net, rows.iter().map(|row| row.base).sum(), one(&rows[0].base_words));
    add(tax, rows.iter().map(|row| row.tax).sum(), one(&rows[0].tax_words));
}

struct Choice {
    gross: Vec<Candidate>,
    net: Vec<Candidate>,
    tax: Vec<Candidate>,
    /// Every number of the document.
    printed: HashSet<Decimal>,
    lines_sum: Option<Decimal>,
    /// Whether the numbers were read by OCR, which takes a digit for another.
    scanned: bool,
}

struct Triple {
    net: Option<Candidate>,
    tax: Option<Candidate>,
    gross: Option<Candidate>,
    score: f32,
    adds_up: bool,
}

/// The three that together are named best and add up.
fn choose(choice: &Choice) -> Totals {
    let mut best: Option<Triple> = None;
    let mut offer = |triple: Triple| {
        if best.as_ref().is_none_or(|other| triple.score > other.score) {
            best = Some(triple);
        }
    };
    for gross in &choice.gross {
        for net in &choice.net {
            for tax in &choice.tax {
                let bonus = agreement(net.value + tax.value - gross.value);
                let score = gross.score + net.score + tax.score + bonus;
                offer(Triple {
                    net: Some(net.clone()),
                    tax: Some(tax.clone()),
                    gross: Some(gross.clone()),
                    score,
                    adds_up: bonus > 0.0,
                });
            }
            offer(without_tax(choice, gross, net));
        }
        for tax in &choice.tax {
            offer(without_net(choice, gross, tax));
        }
        offer(Triple { net: None, tax: None, gross: Some(gross.clone()), score: gross.score, adds_up: false });
    }
    if choice.gross.is_empty() {
        for net in &choice.net {
            for tax in &choice.tax {
                offer(without_gross(choice, net, tax));
            }
        }
    }
    best.map(into_totals).unwrap_or_default()
}

/// How much it says that the difference is nothing: a cent is a rounding that programs do differently.
fn agreement(difference: Decimal) -> f32 {
    let cents = difference.abs();
    if cents.is_zero() {
        12.0
    } else if cents <= Decimal::new(2, 2) {
        8.0
    } else {
        0.0
    }
}

fn is_printed(choice: &Choice, value: Decimal) -> bool {
    choice.printed.contains(&value.normalize())
}

/// Whether OCR has read the value with one digit wrong beside a label for it.
fn is_misread(choice: &Choice, read: &[Candidate], meant: Decimal) -> bool {
    let meant = meant.normalize().to_string();
    let is_close = |read: &Candidate| {
        let read = read.value.normalize().to_string();
        read.len() == meant.len() && read.bytes().zip(meant.bytes()).filter(|(a, b)| a != b).count() == 1
    };
    choice.scanned && read.iter().any(is_close)
}

fn reckoned(value: Decimal) -> Option<Candidate> {
    Some(Candidate { value, words: None, score: 0.0 })
}

fn without_tax(choice: &Choice, gross: &Candidate, net: &Candidate) -> Triple {
    let tax = gross.value - net.value;
    let is_plausible = is_share(tax, net.value);
    let bonus = match (is_plausible, tax.is_zero()) {
        (true, true) => 4.0,
        (true, false) if is_printed(choice, tax) => 7.0,
        (true, false) if is_misread(choice, &choice.tax, tax) => 12.0,
        (true, false) => 2.0,
        _ => 0.0,
    };
    Triple {
        net: Some(net.clone()),
        tax: if is_plausible { reckoned(tax) } else { None },
        gross: Some(gross.clone()),
        score: gross.score + net.score + bonus,
        adds_up: bonus > 3.0,
    }
}

fn without_net(choice: &Choice, gross: &Candidate, tax: &Candidate) -> Triple {
    let net = gross.value - tax.value;
    let is_plausible = is_share(tax.value, net);
    let is_known = is_printed(choice, net) || choice.lines_sum == Some(net);
    let bonus = match (is_plausible, is_known) {
        (true, true) => 7.0,
        (true, false) if is_misread(choice, &choice.net, net) => 12.0,
        (true, false) => 2.5,
        _ => -4.0,
    };
    Triple {
        net: if is_plausible { reckoned(net) } else { None },
        tax: Some(tax.clone()),
        gross: Some(gross.clone()),
        score: gross.score + tax.score + bonus,
        adds_up: bonus > 3.0,
    }
}

fn without_gross(choice: &Choice, net: &Candidate, tax: &Candidate) -> Triple {
    let gross = net.value + tax.value;
    let bonus = if is_printed(choice, gross) { 8.0 } else { 0.0 };
    Triple {
        net: Some(net.clone()),
        tax: Some(tax.clone()),
        gross: reckoned(gross),
        score: net.score + tax.score + bonus,
        adds_up: bonus > 0.0,
    }
}

/// Whether the tax may be one on this sum: of its sign, and no more than 30 per cent.
fn is_share(tax: Decimal, net: Decimal) -> bool {
    tax.is_zero()
        || (tax.is_sign_negative() == net.is_sign_negative()
            && tax.abs() * Decimal::from(10) <= net.abs() * Decimal::from(3))
}

fn into_totals(triple: Triple) -> Totals {
    let adds_up = triple.adds_up;
    let sum = |candidate: Option<Candidate>| {
        let candidate = candidate?;
        let named = (candidate.score / 10.0).clamp(0.0, 1.0);
        let confidence = match (adds_up, candidate.words.is_some()) {
            (true, true) => 0.88 + 0.11 * named,
            (true, false) => 0.8,
            (false, true) => 0.3 + 0.35 * named,
            (false, false) => 0.35,
        };
        Some(Sum { value: candidate.value, words: candidate.words, confidence })
    };
    let mut totals =
        Totals { net: sum(triple.net), tax: sum(triple.tax), gross: sum(triple.gross), ..Totals::default() };
    if let (true, [Some(net), Some(tax), Some(gross)]) =
        (adds_up, [&mut totals.net, &mut totals.tax, &mut totals.gross])
    {
        prove_each_other([net, tax, gross]);
    }
    totals
}

/// Of three printed sums that add up, each is right where the other two are: it is as sure as the less sure of them.
fn prove_each_other(sums: [&mut Sum; 3]) {
    if sums.iter().any(|sum| sum.words.is_none()) {
        return;
    }
    let [net, tax, gross] = sums.each_ref().map(|sum| sum.confidence);
    for (sum, others) in sums.into_iter().zip([tax.min(gross), net.min(gross), net.min(tax)]) {
        sum.confidence = sum.confidence.max(others);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_three_that_add_up_each_is_as_sure_as_the_others() {
        let of =
            |confidence, is_printed: bool| Sum { value: Decimal::ONE, words: is_printed.then_some(0..1), confidence };
        let proven = |printed: bool| {
            let (mut net, mut tax, mut gross) = (of(0.99, true), of(0.9, printed), of(0.98, true));
            prove_each_other([&mut net, &mut tax, &mut gross]);
            [net.confidence, tax.confidence, gross.confidence]
        };
        assert_eq!(proven(true), [0.99, 0.98, 0.98]);
        assert_eq!(proven(false), [0.99, 0.9, 0.98], "one was reckoned from the others: it proves nothing");
    }

    const RATES: [i64; 6] = [5, 10, 19, 20, 21, 25];

    fn candidates_of(values: &[(i64, f32)]) -> Vec<Candidate> {
        values
            .iter()
            .map(|(cents, score)| Candidate { value: Decimal::new(*cents, 2), words: Some(0..1), score: *score })
            .collect()
    }

    /// Sums beside labels: whole amounts with some score, the true one among them.
    fn sums(noise: &[(i64, f32)], cents: i64, at: usize) -> Vec<(i64, f32)> {
        let mut all: Vec<(i64, f32)> = noise.iter().copied().filter(|(other, _)| *other != cents).collect();
        all.insert(at.min(all.len()), (cents, 8.5));
        all
    }

    fn values(totals: &Totals) -> [Option<Decimal>; 3] {
        [&totals.net, &totals.tax, &totals.gross].map(|sum| sum.as_ref().map(|sum| sum.value))
    }

    proptest! {
        #[test]
        fn sums_that_add_up_are_found_among_any_others_in_any_order(
            net in 1_000i64..5_000_000,
            rate in 0..RATES.len(),
            noise in proptest::collection::vec(proptest::collection::vec((1i64..6_000_000, 0.0f32..8.0), 0..8), 3),
            places in proptest::collection::vec(0usize..8, 3),
            seed in any::<u64>(),
        ) {
            let tax = net * RATES[rate] / 100;
            let gross = net + tax;
            let lists: Vec<Vec<(i64, f32)>> = [net, tax, gross]
                .iter()
                .zip(noise.iter().zip(&places))
                .map(|(cents, (noise, at))| sums(noise, *cents, *at))
                .collect();
            // Other sums that add up, or miss it by a cent, are as good.
            let others = lists[0].iter().flat_map(|n| lists[1].iter().map(move |t| n.0 + t.0));
            let rivals = others.filter(|sum| lists[2].iter().any(|g| (g.0 - sum).abs() <= 2)).count();
            prop_assume!(rivals == 1);
            let choice = |lists: &[Vec<(i64, f32)>]| {
                let [net, tax, gross] = [0, 1, 2].map(|at: usize| candidates_of(&lists[at]));
                let printed = lists.iter().flatten().map(|(cents, _)| Decimal::new(*cents, 2).normalize()).collect();
                choose(&Choice { gross, net, tax, printed, lines_sum: None, scanned: false })
            };
            let wanted = [net, tax, gross].map(|cents| Some(Decimal::new(cents, 2)));
            prop_assert_eq!(values(&choice(&lists)), wanted);

            let mut turned = lists.clone();
            for list in &mut turned {
                let length = list.len();
                list.rotate_left(seed as usize % length);
                if seed & 1 == 0 {
                    list.reverse();
                }
            }
            prop_assert_eq!(values(&choice(&turned)), wanted);
        }
    }
}
