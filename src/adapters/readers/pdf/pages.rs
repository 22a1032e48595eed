//! Some pages of a PDF as a file of their own.

use super::{error, guarded, open};
use crate::domain::{
    reading::{ReadError, ReadErrorCode},
    splitting::PageRange,
};
use hayro_write::{ChunkSettings, ExtractionQuery, extract};
use pdf_writer::{Pdf, Ref};

/// The pages with all that they show. What belongs to the file as a whole stays behind: bookmarks, attachments, signatures,
/// and notes that a viewer laid over a page.
///
/// # Errors
/// As all that opens a PDF, and `Corrupt` where there are no such pages or one of them can not be taken.
pub fn pages(bytes: &[u8], range: PageRange) -> Result<Vec<u8>, ReadError> {
    guarded(|| {
        let source = open(bytes)?;
        let missing = || error(ReadErrorCode::Corrupt, "This PDF has no such pages.");
        let count = u32::try_from(source.pages().len()).unwrap_or(u32::MAX);
        if range.first == 0 || range.first > range.last || range.last > count {
            return Err(missing());
        }
        let wanted: Vec<ExtractionQuery> =
            (range.first..=range.last).map(|page| ExtractionQuery::new_page(page as usize - 1)).collect();
        let mut next = Ref::new(1);
        let catalog = next.bump();
        let taken =
            extract(&source, Box::new(|| next.bump()), ChunkSettings::default(), &wanted).map_err(|_| missing())?;
        let pages = taken.root_refs.into_iter().collect::<Result<Vec<Ref>, _>>().map_err(|_| missing())?;
        let mut pdf = Pdf::new();
        pdf.catalog(catalog).pages(taken.page_tree_parent_ref);
        let count = i32::try_from(pages.len()).map_err(|_| missing())?;
        pdf.pages(taken.page_tree_parent_ref).kids(pages).count(count);
        pdf.extend(&taken.chunk);
        Ok(pdf.finish())
    })
}
