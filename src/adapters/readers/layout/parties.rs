//! Who sells and who buys, by evidence: headings, address blocks, sender lines, ids, web addresses.

use super::address::{self, Town};
use super::blocks::{Block, block_above, is_street};
use super::candidates::{Candidate, buyer_candidates, is_in, supplier_candidates};
use super::country::{self, Country};
use super::find::Context;
use super::ids::VatFound;
use super::labels::Label;
use super::names::{domain_stems, same_name};
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
    pub country: Option<Country>,
}

#[derive(Debug, Default)]
pub(super) struct Parties {
    pub supplier: Party,
    pub buyer: Party,
    /// What headings give to one party.
    pub regions: Vec<Region>,
}

pub(super) fn find(ctx: &Context<'_>, vat_ids: &[VatFound]) -> Parties {
    let regions = regions::find(ctx);
    let towns = address::towns(ctx.sheet);
    let blocks: Vec<Block> = towns.iter().map(|town| block_above(ctx, town)).collect();
    let stems = domain_stems(ctx);
    let buyers = buyer_candidates(ctx, &regions, &blocks);
    let suppliers = supplier_candidates(ctx, &regions, &blocks, &stems);
    let (supplier, buyer) = choose(&suppliers, &buyers);
    let mut parties = Parties {
        supplier: party(ctx, supplier, &blocks, &suppliers),
        buyer: party(ctx, buyer, &blocks, &buyers),
        regions: Vec::new(),
    };
    give_vat_ids(ctx, vat_ids, &regions, &blocks, buyer.and_then(|b| b.block), &mut parties);
    for party in [&mut parties.supplier, &mut parties.buyer] {
        let by_vat_id = || party.vat_id.as_ref().and_then(|id| country::of_vat_id(&id.text, &id.words));
        party.country = party.country.take().or_else(by_vat_id);
    }
    parties.regions = regions;
    parties
}

/// What it is worth to name nobody: a candidate with less evidence is none.
const NOBODY: f32 = 1.5;

/// Candidates that are tried with each other.
const MAX_TRIED: usize = 12;

/// The seller and the buyer that together have most evidence. The same name cannot be both, unless headings say so.
fn choose<'a>(suppliers: &'a [Candidate], buyers: &'a [Candidate]) -> (Option<&'a Candidate>, Option<&'a Candidate>) {
    let ranked = |all: &'a [Candidate]| {
        let mut all: Vec<&Candidate> = all.iter().filter(|candidate| candidate.score > NOBODY).collect();
        all.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.words.start.cmp(&b.words.start)));
        all.truncate(MAX_TRIED);
        all.into_iter().map(Some).chain([None]).collect::<Vec<_>>()
    };
    let worth = |candidate: Option<&Candidate>| candidate.map_or(NOBODY, |candidate| candidate.score);
    let (suppliers, buyers) = (ranked(suppliers), ranked(buyers));
    let mut best = (f32::MIN, None, None);
    for &supplier in &suppliers {
        for &buyer in &buyers {
            let clash = match (supplier, buyer) {
                (Some(s), Some(b)) => same_name(&fold(&s.text), &fold(&b.text)) && (s.score < 9.0 || b.score < 9.0),
                _ => false,
            };
            let sum = worth(supplier) + worth(buyer);
            if !clash && sum > best.0 {
                best = (sum, supplier, buyer);
            }
        }
    }
    (best.1, best.2)
}

fn party(ctx: &Context<'_>, chosen: Option<&Candidate>, blocks: &[Block], all: &[Candidate]) -> Party {
    let Some(chosen) = chosen else {
        return Party::default();
    };
    let name = fold(&chosen.text);
    let rival = all.iter().filter(|c| !same_name(&fold(&c.text), &name)).map(|c| c.score).fold(0.0, f32::max);
    let lead = (chosen.score - rival).clamp(-4.0, 6.0);
    let confidence = (0.3 + 0.048 * chosen.score + 0.02 * lead).clamp(0.15, 0.97);
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
        party.country = country::of_town(ctx, &block.town);
        let above =
            block.cells.iter().rev().find(|&&cell| cell != block.town.cell && is_street(&ctx.sheet.cell_text(cell)));
        // The street may stand before the town in its line: "Hauptstraße 1, 80331 München".
        let before = ctx.sheet.cells[block.town.cell].words.start..block.town.postcode.start;
        let street = above.map(|&cell| ctx.sheet.cells[cell].words.clone());
        let street = street.or_else(|| is_street(&ctx.sheet.text(before.clone())).then_some(before));
        party.street = street.and_then(|street| reading(street, 0.9));
    } else if let Some((street, town)) = sender_address(ctx, blocks, &chosen.words) {
        party.street = reading(street, 0.85);
        party.postcode = reading(town.postcode.clone(), 0.9);
        party.city = reading(town.city.clone(), 0.9);
        party.country = country::of_town(ctx, town);
    }
    party
}

/// Street and town of an address in one line: what stands between the signs after the name.
fn sender_address<'a>(ctx: &Context<'_>, blocks: &'a [Block], name: &Range<usize>) -> Option<(Range<usize>, &'a Town)> {
    let sheet = ctx.sheet;
    let cell = sheet.words.get(name.start)?.cell;
    let town = &blocks.iter().find(|block| block.town.cell == cell)?.town;
    let is_sign = |word: &usize| !sheet.words[*word].text.chars().any(char::is_alphanumeric);
    let ends_part = |word: &usize| is_sign(word) || sheet.words[*word].text.ends_with(',');
    let begin = (sheet.cells[cell].words.start..town.postcode.start).find(ends_part)? + 1;
    let end = (begin..town.postcode.start).find(ends_part)?;
    let end = if is_sign(&end) { end } else { end + 1 };
    is_street(&sheet.text(begin..end)).then_some((begin..end, town))
}

/// Each party's VAT id: by its label, its block, and else the supplier's first.
fn give_vat_ids(
    ctx: &Context<'_>,
    ids: &[VatFound],
    regions: &[Region],
    blocks: &[Block],
    buyer_block: Option<usize>,
    parties: &mut Parties,
) {
    let in_buyer_block = |words: &Range<usize>| {
        buyer_block.and_then(|index| blocks.get(index)).is_some_and(|block| {
            let town = &ctx.sheet.cells[block.town.cell];
            let word = &ctx.sheet.words[words.start];
            let same_page = ctx.sheet.rows[word.row].page == ctx.sheet.rows[town.row].page;
            same_page
                && word.row > town.row
                && word.row <= town.row + 3
                && (ctx.sheet.cells[word.cell].x0 - town.x0).abs() < 10.0
        })
    };
    let score = |id: &VatFound, supplier: bool| -> f32 {
        let side: f32 = if supplier { 1.0 } else { -1.0 };
        let mut score = 0.0;
        score += if id.is_buyers { -8.0 * side } else { 0.0 };
        score += if is_in(regions, Label::Supplier, &id.words) { 6.0 * side } else { 0.0 };
        score += if is_in(regions, Label::Buyer, &id.words) || is_in(regions, Label::ShipTo, &id.words) {
            -6.0 * side
        } else {
            0.0
        };
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
