//! Public sample invoices joined into files that hold several: they are told apart where they were joined, and no invoice
//! is taken for several. Without the samples (see `corpus`) this says so and passes.

use crate::corpus::{corpus, pool};
use ap_intake::domain::splitting::Part;
use hayro_write::{ChunkSettings, ExtractionQuery, extract, hayro_syntax::Pdf};
use pdf_writer::{Chunk, Finish, Ref};
use serde_json::Value;
use std::sync::Arc;

/// Of the files joined from two or three invoices, so many are cut exactly where they were joined, in per cent.
const FLOOR: usize = 85;

/// The documents as one PDF, and the page, from 1, on which each begins.
fn join(documents: &[&Vec<u8>]) -> (Vec<u8>, Vec<u32>) {
    let (catalog, tree) = (Ref::new(1), Ref::new(2));
    let mut next = Ref::new(3);
    let mut chunks: Vec<Chunk> = Vec::new();
    let (mut branches, mut starts, mut count) = (Vec::new(), Vec::new(), 0);
    for document in documents {
        let source = Pdf::new(Arc::new(document.to_vec())).expect("a PDF");
        let pages = source.pages().len();
        let wanted: Vec<ExtractionQuery> = (0..pages).map(ExtractionQuery::new_page).collect();
        let taken = extract(&source, Box::new(|| next.bump()), ChunkSettings::default(), &wanted).expect("its pages");
        let roots = taken.root_refs.into_iter().map(|root| root.expect("a page"));
        let mut branch = Chunk::new();
        let mut writer = branch.pages(taken.page_tree_parent_ref);
        writer.kids(roots).count(i32::try_from(pages).expect("few pages")).parent(tree);
        writer.finish();
        chunks.extend([branch, taken.chunk]);
        branches.push(taken.page_tree_parent_ref);
        starts.push(u32::try_from(count + 1).expect("few pages"));
        count += pages;
    }
    let mut pdf = pdf_writer::Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.pages(tree).kids(branches).count(i32::try_from(count).expect("few pages"));
    chunks.iter().for_each(|chunk| pdf.extend(chunk));
    (pdf.finish(), starts)
}

fn differ(one: &Value, other: &Value) -> bool {
    one["group"] != other["group"] && one["truth"]["invoice_number"] != other["truth"]["invoice_number"]
}

#[tokio::test]
async fn joined_samples_are_told_apart_where_they_were_joined() {
    let Some((folder, rows)) = corpus("manifest.jsonl") else {
        return;
    };
    let samples: Vec<(&Value, Vec<u8>)> = rows
        .iter()
        .filter(|row| row["kind"] == "text_pdf")
        .map(|row| (row, std::fs::read(folder.join(row["file"].as_str().expect("a file"))).expect("the file is there")))
        .collect();
    let pool = pool();
    let (mut right, mut wrong) = (0, Vec::new());
    for at in 0..samples.len() {
        // Two and three in turn, each with others than the one before.
        let steps = if at % 2 == 0 { vec![0, 1] } else { vec![0, 2, 5] };
        let chosen: Vec<_> = steps.iter().map(|step| &samples[(at + step) % samples.len()]).collect();
        let all_differ =
            chosen.iter().enumerate().all(|(at, one)| chosen[..at].iter().all(|other| differ(one.0, other.0)));
        if !all_differ {
            continue;
        }
        let (joined, starts) = join(&chosen.iter().map(|(_, document)| document).collect::<Vec<_>>());
        let reading = pool.read(joined.into()).await.expect("a joined file is read");
        let found: Vec<u32> = reading.parts.iter().map(|part: &Part| part.pages.first).collect();
        match found == starts {
            true => right += 1,
            false => wrong.push(format!(
                "{starts:?} {found:?} {:?}",
                chosen.iter().map(|(row, _)| &row["file"]).collect::<Vec<_>>()
            )),
        }
    }
    let total = right + wrong.len();
    println!("{right} of {total} joined files are cut where they were joined");
    assert!(total > 20, "there are enough of them");
    assert!(100 * right >= FLOOR * total, "{right} of {total}: {wrong:#?}");
}
