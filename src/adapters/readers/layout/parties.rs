//! Who sells and who buys, by evidence: headings, address blocks, sender lines, ids, web addresses.

use super::address::{self, Town, has_legal_form, until_legal_form};
use super::find::Context;
use super::ids::VatFound;
use super::labels::Label;
use super::regions::{self, Region};
use super::sheet::fold;
use std::ops::Range;

/// A text read from the page.
#[derive(Clone, Debug)]
pub(super) struct Reading {
    pub text: String,
    pub words: Range<usize>,
    pub confidence: f32,
}

#[derive(Clone, Debug, Default)]
pub(super) struct Party {
    pub name: Option<Reading>,
    pub vat_id: Option<Reading>,
    pub street: Option<Reading>,
    pub postcode: Option<Reading>,
    pub city: Option<Reading>,
    pub country: Option<String>,
}

#[derive(Debug, Default)]
pub(super) struct Parties {
    pub supplier: Party,
    pub buyer: Party,
}

/// Lines of an address: cells one under the other, ending with the town.
#[derive(Debug)]
struct Block {
    cells: Vec<usize>,
    town: Town,
}

struct Candidate {
    text: String,
    words: Range<usize>,
    score: f32,
    /// The address that stands under the name, by its place in the list of blocks.
    block: Option<usize>,
}

/// Candidates beyond this are not weighed.
const MAX_CANDIDATES: usize = 200;

pub(super) fn find(ctx: &Context<'_>, vat_ids: &[VatFound]) -> Parties {
    let regions = regions::find(ctx);
    let towns = address::towns(ctx.sheet);
    let blocks: Vec<Block> = towns.iter().map(|town| block_above(ctx, town)).collect();
    let stems = domain_stems(ctx);
    let buyers = buyer_candidates(ctx, &regions, &blocks);
    let buyer = top(&buyers);
    let mut suppliers = supplier_candidates(ctx, &regions, &blocks, &stems);
    if let Some(buyer) = buyer {
        let name = fold(&buyer.text);
        for candidate in &mut suppliers {
            if same_name(&fold(&candidate.text), &name) {
                candidate.score -= if buyer.score >= 7.0 { 9.0 } else { 4.0 };
            }
        }
    }
    let supplier = top(&suppliers).filter(|best| best.score > 1.0);
    let buyer = buyer_apart_from(&buyers, supplier);
    let mut parties = Parties {
        supplier: party(ctx, supplier, &blocks, &suppliers),
        buyer: party(ctx, buyer, &blocks, &buyers),
    };
    give_vat_ids(ctx, vat_ids, &regions, &blocks, buyer.and_then(|b| b.block), &mut parties);
    parties
}

fn top(candidates: &[Candidate]) -> Option<&Candidate> {
    candidates.iter().max_by(|a, b| a.score.total_cmp(&b.score).then(b.words.start.cmp(&a.words.start)))
}

fn buyer_apart_from<'a>(buyers: &'a [Candidate], supplier: Option<&Candidate>) -> Option<&'a Candidate> {
    let supplier = supplier.map(|s| fold(&s.text)).unwrap_or_default();
    buyers
        .iter()
        .filter(|buyer| buyer.score > 1.5 && (buyer.score >= 9.0 || !same_name(&fold(&buyer.text), &supplier)))
        .max_by(|a, b| a.score.total_cmp(&b.score).then(b.words.start.cmp(&a.words.start)))
}

fn same_name(a: &str, b: &str) -> bool {
    !a.is_empty() && !b.is_empty() && (a == b || (a.len() > 4 && b.len() > 4 && (a.starts_with(b) || b.starts_with(a))))
}

fn party(ctx: &Context<'_>, chosen: Option<&Candidate>, blocks: &[Block], all: &[Candidate]) -> Party {
    let Some(chosen) = chosen else { return Party::default() };
    let name = fold(&chosen.text);
    let rival = all.iter().filter(|c| !same_name(&fold(&c.text), &name)).map(|c| c.score).fold(0.0, f32::max);
    let confidence = (0.4 + 0.045 * chosen.score + 0.03 * (chosen.score - rival).clamp(-4.0, 6.0)).clamp(0.2, 0.97);
    let reading = |words: Range<usize>, factor: f32| {
        (!words.is_empty()).then(|| Reading {
            text: ctx.sheet.text(words.clone()).trim_matches([',', ';', '|', ' ']).to_owned(),
            words,
            confidence: confidence * factor,
        })
    };
    let mut party = Party {
        name: Some(Reading { text: chosen.text.clone(), words: chosen.words.clone(), confidence }),
        ..Party::default()
    };
    let block = chosen.block.or_else(|| {
        // The address of the block that carries the same name.
        all.iter().filter(|c| same_name(&fold(&c.text), &name)).find_map(|c| c.block)
    });
    if let Some(block) = block.and_then(|index| blocks.get(index)) {
        party.postcode = reading(block.town.postcode.clone(), 0.95);
        party.city = reading(block.town.city.clone(), 0.95);
        party.country = block.town.country.map(str::to_owned);
        let above = block.cells.iter().rev().find(|&&cell| cell != block.town.cell && is_street(&ctx.sheet.cell_text(cell)));
        party.street = above.and_then(|&cell| reading(ctx.sheet.cells[cell].words.clone(), 0.9));
    }
    party
}

fn is_street(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    (1..=6).contains(&digits) && letters >= 3 && !text.contains('@')
}

/// The lines above a town that belong to its address.
fn block_above(ctx: &Context<'_>, town: &Town) -> Block {
    let sheet = ctx.sheet;
    let mut cells = vec![town.cell];
    let base = &sheet.cells[town.cell];
    let mut row = base.row;
    let mut misses = 0;
    for above in (0..base.row).rev().take(12) {
        let gap = sheet.rows[row].y0 - sheet.rows[above].y1;
        if cells.len() > 7 || sheet.rows[above].page != sheet.rows[row].page || gap > 1.7 * sheet.row_height(row).min(16.0) {
            break;
        }
        let cell = sheet.rows[above].cells.clone().find(|&cell| {
            let (x0, x1) = (sheet.cells[cell].x0, sheet.cells[cell].x1);
            let centred = ((x0 + x1) - (base.x0 + base.x1)).abs() < 6.0;
            (x0 - base.x0).abs() < 5.0 || centred || (x1 - base.x1).abs() < 2.0
        });
        let Some(cell) = cell else {
            misses += 1;
            if misses > 2 {
                break;
            }
            continue;
        };
        if ends_block(ctx, cell) {
            break;
        }
        cells.push(cell);
        row = above;
    }
    cells.reverse();
    Block { cells, town: town.clone() }
}

/// A heading or a labelled value is no line of an address.
fn ends_block(ctx: &Context<'_>, cell: usize) -> bool {
    let words = ctx.sheet.cells[cell].words.clone();
    ctx.label_at(words.start).is_some_and(|label| {
        let fills = label.words.end == words.end;
        let has_colon = ctx.sheet.words[label.words.end - 1].text.ends_with(':');
        match label.label {
            Label::Supplier | Label::Buyer | Label::ShipTo | Label::Address | Label::Contact | Label::Name => fills || has_colon,
            Label::Title | Label::CreditTitle => fills || label.words.len() < words.len(),
            Label::Bank | Label::Net | Label::Gross | Label::Tax => false,
            _ => has_colon || fills,
        }
    }) || is_sender_line(&ctx.sheet.cell_text(cell))
}

/// "Acme GmbH • Hauptstr. 1 • 12345 Berlin": the sender in small letters over the window.
fn is_sender_line(text: &str) -> bool {
    let parts = sender_parts(text);
    parts.len() >= 3
        && parts.iter().skip(1).any(|part| part.split(' ').any(|w| (4..=5).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_digit())))
}

fn sender_parts(text: &str) -> Vec<&str> {
    let strong: Vec<&str> =
        text.split(['\u{2022}', '|', '\u{b7}', '\u{25cf}', '\u{2219}', '\u{2013}', '\u{2014}', '*', '\u{25aa}']).map(str::trim).filter(|p| !p.is_empty()).collect();
    if strong.len() >= 3 {
        return strong;
    }
    let dashed: Vec<&str> = text.split(" - ").map(str::trim).filter(|p| !p.is_empty()).collect();
    if dashed.len() >= 3 {
        return dashed;
    }
    text.split(", ").map(str::trim).filter(|p| !p.is_empty()).collect()
}

fn buyer_candidates(ctx: &Context<'_>, regions: &[Region], blocks: &[Block]) -> Vec<Candidate> {
    let mut all = Vec::new();
    for region in regions {
        let bonus = match region.party {
            Label::Buyer => 10.0,
            Label::ShipTo => 4.0,
            _ => continue,
        };
        if let Some((text, words)) = name_in(ctx, region) {
            let block = block_of(ctx, blocks, &words);
            let score = bonus * region.quality + if block.is_some() { 1.0 } else { 0.0 } + form_bonus(&text);
            all.push(Candidate { text, words, score, block });
        }
    }
    for (index, block) in blocks.iter().enumerate() {
        let Some((text, words)) = name_of_block(ctx, block) else { continue };
        let mut score = 3.0 + letter_bonus(ctx, block);
        score -= 2.5 * sender_marks(ctx, block).min(3.0);
        if is_in(regions, Label::Supplier, &words) {
            score -= 8.0;
        }
        if is_in(regions, Label::ShipTo, &words) {
            score -= 2.0;
        }
        all.push(Candidate { text, words, score, block: Some(index) });
    }
    all.truncate(MAX_CANDIDATES);
    all
}

/// Where letters have their window: left, in the upper third of the first page, under the sender's line.
fn letter_bonus(ctx: &Context<'_>, block: &Block) -> f32 {
    let sheet = ctx.sheet;
    let Some(&first) = block.cells.first() else { return 0.0 };
    let cell = &sheet.cells[first];
    let row = &sheet.rows[cell.row];
    if row.page > 0 {
        return -2.0;
    }
    let (x, y) = (cell.x0 / sheet.pages[0].width, row.y0 / sheet.pages[0].height);
    let mut bonus = match y {
        y if (0.09..0.38).contains(&y) => 2.0,
        y if y > 0.8 => -5.0,
        y if y < 0.09 => -1.5,
        _ => 0.0,
    };
    let under_sender = (cell.row.saturating_sub(3)..cell.row).any(|above| {
        sheet.rows[above].page == 0
            && row.y0 - sheet.rows[above].y1 < 45.0
            && sheet.rows[above].cells.clone().any(|c| (sheet.cells[c].x0 - cell.x0).abs() < 70.0 && is_sender_line(&sheet.cell_text(c)))
    });
    bonus += if under_sender { 4.0 } else { 0.0 };
    bonus += if x < 0.45 { 0.4 } else { 0.0 };
    let text = fold(&sheet.cell_text(first));
    if ["herrn", "herr", "frau", "firma", "monsieur", "madame", "mr", "mrs", "ms", "spett le", "spettle", "att", "attn", "t a v"].iter().any(|s| text == *s || text.starts_with(&format!("{s} "))) {
        bonus += 2.0;
    }
    bonus
}

/// How many kinds of things stand under an address that senders write and receivers are not asked for.
fn sender_marks(ctx: &Context<'_>, block: &Block) -> f32 {
    let sheet = ctx.sheet;
    let base = &sheet.cells[block.town.cell];
    let page = sheet.rows[base.row].page;
    let mut marks = 0.0f32;
    let mut row = base.row;
    for below in base.row + 1..sheet.rows.len().min(base.row + 8) {
        if sheet.rows[below].page != page || sheet.rows[below].y0 - sheet.rows[row].y1 > 1.8 * sheet.row_height(row) {
            break;
        }
        let Some(cell) = sheet.rows[below].cells.clone().find(|&c| (sheet.cells[c].x0 - base.x0).abs() < 8.0) else { continue };
        row = below;
        let words = sheet.cells[cell].words.clone();
        let has_label = ctx.labels_in(words.clone()).any(|label| {
            matches!(label.label, Label::Phone | Label::Mail | Label::VatId | Label::Registration | Label::Iban | Label::TaxNumber)
        });
        let has_web = sheet.words[words].iter().any(|w| w.text.contains('@') || w.text.contains("www.") || w.text.contains("http"));
        marks += if has_label || has_web { 1.0 } else { 0.0 };
    }
    marks
}

fn supplier_candidates(ctx: &Context<'_>, regions: &[Region], blocks: &[Block], stems: &[String]) -> Vec<Candidate> {
    let mut all = Vec::new();
    for region in regions.iter().filter(|region| region.party == Label::Supplier) {
        if let Some((text, words)) = name_in(ctx, region) {
            let block = block_of(ctx, blocks, &words);
            let score = 10.0 * region.quality + form_bonus(&text) + if block.is_some() { 0.5 } else { 0.0 };
            all.push(Candidate { text, words, score, block });
        }
    }
    for (index, block) in blocks.iter().enumerate() {
        let Some((text, words)) = name_of_block(ctx, block) else { continue };
        let mut score = 3.0 + 1.3 * sender_marks(ctx, block).min(3.0) + form_bonus(&text);
        score += if ctx.height_of(words.start) < 0.2 || ctx.height_of(words.start) > 0.85 { 1.0 } else { 0.0 };
        score -= letter_bonus(ctx, block).max(0.0) * 0.4;
        if is_in(regions, Label::Buyer, &words) || is_in(regions, Label::ShipTo, &words) {
            score -= 9.0;
        }
        all.push(Candidate { text, words, score, block: Some(index) });
    }
    all.extend(line_candidates(ctx, regions));
    all.extend(account_holders(ctx));
    for candidate in &mut all {
        let plain: String = fold(&candidate.text).chars().filter(|c| *c != ' ').collect();
        if stems.iter().any(|stem| matches_stem(&plain, stem)) {
            candidate.score += 3.0;
        }
        let again = ctx.sheet.page_of_word(candidate.words.start);
        candidate.score -= 0.3 * again.min(3) as f32;
    }
    all.truncate(MAX_CANDIDATES);
    all
}

/// Names that stand in no address block: sender lines, lines with a legal form, the page's largest words.
fn line_candidates(ctx: &Context<'_>, regions: &[Region]) -> Vec<Candidate> {
    let sheet = ctx.sheet;
    let mut all = Vec::new();
    let largest = sheet.words.iter().filter(|w| sheet.rows[w.row].page == 0).map(|w| w.size).fold(0.0, f32::max);
    for (index, cell) in sheet.cells.iter().enumerate() {
        if all.len() >= MAX_CANDIDATES || ctx.in_table[cell.row] {
            continue;
        }
        if is_in(regions, Label::Buyer, &cell.words) || is_in(regions, Label::ShipTo, &cell.words) {
            continue;
        }
        let text = sheet.cell_text(index);
        let mut push = |text: &str, score: f32| {
            if is_name(text) {
                all.push(Candidate { text: text.to_owned(), words: cell.words.clone(), score, block: None });
            }
        };
        let on_edge = matches!(ctx.height_of(cell.words.start), y if !(0.12..=0.86).contains(&y));
        if is_sender_line(&text) {
            push(sender_parts(&text)[0], 7.0);
        } else if let Some(name) = until_legal_form(&text).filter(|_| text.len() < 160) {
            let label = ctx.label_at(cell.words.start);
            let base = if on_edge { 4.0 } else { 2.0 };
            if label.is_none() && name.split(' ').count() <= 8 {
                push(&name, base);
            }
        } else if largest > 13.0 && sheet.words[cell.words.start].size > 0.8 * largest && ctx.height_of(cell.words.start) < 0.3 {
            // What is left of the largest words without the title: "Acme Invoice".
            let words: Vec<&str> = cell
                .words
                .clone()
                .filter(|&word| ctx.found.iter().all(|label| !label.words.contains(&word)))
                .map(|word| sheet.words[word].text.as_str())
                .collect();
            if sheet.page_of_cell(index) == 0 {
                push(&words.join(" "), 2.2);
            }
        }
    }
    all
}

fn account_holders(ctx: &Context<'_>) -> Vec<Candidate> {
    ctx.labelled(Label::AccountName)
        .take(5)
        .filter_map(|label| {
            let cell = &ctx.sheet.cells[label.cell];
            let rest = label.words.end..cell.words.end;
            let words = if rest.is_empty() {
                let row = &ctx.sheet.rows[cell.row];
                let next = label.cell + 1;
                if next < row.cells.end {
                    ctx.sheet.cells[next].words.clone()
                } else {
                    let below = ctx.below(label, |word| Some(((), ctx.sheet.cells[ctx.sheet.words[word].cell].words.clone())))?;
                    below.words
                }
            } else {
                rest
            };
            let text = clean_name(&ctx.sheet.text(words.clone()));
            let score = if has_legal_form(&text) { 4.5 } else { 2.0 };
            is_name(&text).then_some(Candidate { text, words, score, block: None })
        })
        .collect()
}

fn form_bonus(text: &str) -> f32 {
    if has_legal_form(text) { 1.5 } else { 0.0 }
}

/// The name in a party's block: what "Name:" points at, else its first line that may be one.
fn name_in(ctx: &Context<'_>, region: &Region) -> Option<(String, Range<usize>)> {
    let sheet = ctx.sheet;
    if let Some(line) = region.lines.iter().find(|line| line.label == Some(Label::Name)) {
        let text = clean_name(&sheet.text(line.words.clone()));
        if is_name(&text) {
            return Some((text, line.words.clone()));
        }
    }
    let usable: Vec<&Range<usize>> = region
        .lines
        .iter()
        .filter(|line| matches!(line.label, None | Some(Label::Contact)))
        .map(|line| &line.words)
        .collect();
    name_of_lines(ctx, &usable)
}

fn name_of_block(ctx: &Context<'_>, block: &Block) -> Option<(String, Range<usize>)> {
    let sheet = ctx.sheet;
    if block.cells.len() < 2 {
        return None;
    }
    let lines: Vec<&Range<usize>> =
        block.cells.iter().filter(|&&cell| cell != block.town.cell).map(|&cell| &sheet.cells[cell].words).collect();
    name_of_lines(ctx, &lines)
}

/// The first line that may be a name; with the next one where only that has the legal form.
fn name_of_lines(ctx: &Context<'_>, lines: &[&Range<usize>]) -> Option<(String, Range<usize>)> {
    let sheet = ctx.sheet;
    for (index, words) in lines.iter().enumerate() {
        let text = clean_name(&sheet.text((*words).clone()));
        if !is_name(&text) || is_salutation(&text) {
            continue;
        }
        if let Some(next) = lines.get(index + 1) {
            let more = sheet.text((*next).clone());
            let joins = !has_legal_form(&text) && has_legal_form(&format!("x {more}")) && !is_street(&more) && sheet.words[next.start].row == sheet.words[words.start].row + 1;
            if joins && until_legal_form(&format!("x {more}")).is_some_and(|until| until.len() == more.len() + 2) {
                return Some((format!("{text} {more}"), words.start..next.end));
            }
        }
        return Some((text, (*words).clone()));
    }
    None
}

fn is_salutation(text: &str) -> bool {
    matches!(
        fold(text).as_str(),
        "herrn" | "herr" | "frau" | "firma" | "familie" | "monsieur" | "madame" | "mr" | "mrs" | "ms" | "sig" | "signor" | "spett le" | "spettle" | "an" | "to" | "dhr" | "mevr" | "de heer" | "sr" | "sra" | "herr frau"
    )
}

/// Without what is written in front of a name and behind it.
fn clean_name(text: &str) -> String {
    let mut text = text.trim_matches(|c: char| matches!(c, ':' | ',' | ';' | '|' | '-' | '\u{2022}' | ' ')).to_owned();
    for prefix in ["ATTN:", "Attn:", "Attn.:", "ATTN", "Attn", "Att:", "Firma", "Spett.le", "Spettabile", "M/s", "z.Hd.", "T.a.v.", "t.a.v."] {
        if let Some(rest) = text.strip_prefix(prefix) {
            if rest.starts_with(' ') || prefix.ends_with(':') {
                text = rest.trim().to_owned();
            }
        }
    }
    text
}

/// Whether a text may be the name of somebody: letters, no sentence, no number in front.
fn is_name(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    letters >= 2
        && letters > digits
        && text.chars().count() <= 100
        && text.split(' ').count() <= 12
        && !text.contains(['@', '€', '%', '='])
        && !text.contains("http")
        && !text.contains("www.")
        && !text.starts_with('(')
}

/// The block whose lines hold the words.
fn block_of(ctx: &Context<'_>, blocks: &[Block], words: &Range<usize>) -> Option<usize> {
    let cell = ctx.sheet.words.get(words.start)?.cell;
    let row = ctx.sheet.cells[cell].row;
    blocks.iter().position(|block| block.cells.contains(&cell)).or_else(|| {
        // A form has its town some rows below the name, in the same column.
        blocks.iter().position(|block| {
            let town = &ctx.sheet.cells[block.town.cell];
            town.row > row && town.row <= row + 5 && (town.x0 - ctx.sheet.cells[cell].x0).abs() < 8.0
        })
    })
}

fn is_in(regions: &[Region], party: Label, words: &Range<usize>) -> bool {
    regions.iter().any(|region| region.party == party && region.lines.iter().any(|line| line.words.start <= words.start && words.start < line.words.end))
}

/// The distinctive parts of web and mail addresses: `info@acme-tools.de` gives `acmetools`.
fn domain_stems(ctx: &Context<'_>) -> Vec<String> {
    const MAILERS: &[&str] = &["gmail", "gmx", "web", "hotmail", "outlook", "yahoo", "tonline", "icloud", "example", "localhost", "orange", "wanadoo", "libero", "ziggo", "aol", "googlemail", "live"];
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

fn matches_stem(name: &str, stem: &str) -> bool {
    name.contains(stem) || (name.len() >= 5 && stem.contains(name)) || stem.get(..6).is_some_and(|begin| name.starts_with(begin))
}

/// Each party's VAT id: by its label, its block, and else the supplier's first.
fn give_vat_ids(ctx: &Context<'_>, ids: &[VatFound], regions: &[Region], blocks: &[Block], buyer_block: Option<usize>, parties: &mut Parties) {
    let in_buyer_block = |words: &Range<usize>| {
        buyer_block.and_then(|index| blocks.get(index)).is_some_and(|block| {
            let town = &ctx.sheet.cells[block.town.cell];
            let word = &ctx.sheet.words[words.start];
            let same_page = ctx.sheet.rows[word.row].page == ctx.sheet.rows[town.row].page;
            same_page && word.row > town.row && word.row <= town.row + 3 && (ctx.sheet.cells[word.cell].x0 - town.x0).abs() < 10.0
        })
    };
    let score = |id: &VatFound, supplier: bool| -> f32 {
        let side: f32 = if supplier { 1.0 } else { -1.0 };
        let mut score = 0.0;
        score += if id.is_buyers { -8.0 * side } else { 0.0 };
        score += if is_in(regions, Label::Supplier, &id.words) { 6.0 * side } else { 0.0 };
        score += if is_in(regions, Label::Buyer, &id.words) || is_in(regions, Label::ShipTo, &id.words) { -6.0 * side } else { 0.0 };
        score += if in_buyer_block(&id.words) { -3.0 * side } else { 0.0 };
        let y = ctx.height_of(id.words.start);
        score += if !(0.1..=0.8).contains(&y) { 1.5 * side } else { 0.0 };
        score + if id.is_labelled { 2.0 } else { 0.0 } + if id.is_valid { 0.5 } else { -0.5 }
    };
    let pick = |supplier: bool, other: Option<&str>| {
        ids.iter()
            .map(|id| (score(id, supplier), id))
            .filter(|(score, id)| *score > if supplier { -2.0 } else { 2.9 } && (other != Some(id.text.as_str())))
            .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.words.start.cmp(&a.1.words.start)))
            .map(|(score, id)| Reading {
                text: id.text.clone(),
                words: id.words.clone(),
                confidence: (0.6 + 0.05 * score + if id.is_valid { 0.1 } else { -0.2 }).clamp(0.2, 0.98),
            })
    };
    parties.supplier.vat_id = pick(true, None);
    let taken = parties.supplier.vat_id.as_ref().map(|id| id.text.clone());
    parties.buyer.vat_id = pick(false, taken.as_deref());
}
