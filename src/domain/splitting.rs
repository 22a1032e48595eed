//! A file that holds several invoices, and how it is taken apart.

use super::ids::InvoiceId;
use serde::{Deserialize, Serialize};

/// The rule of the check that blocks approval until a person has said how many invoices a file holds.
pub const SEVERAL_INVOICES: &str = "several-invoices";

/// The most invoices that one file is taken apart into: of more pages no file is read.
pub const MAX_PARTS: usize = 200;

/// Pages of a file, both from 1 and both among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageRange {
    pub first: u32,
    pub last: u32,
}

impl PageRange {
    /// "Page 3", "Pages 1–2".
    pub fn label(self) -> String {
        let mut label = String::from(if self.first == self.last { "Page " } else { "Pages " });
        label.push_str(&self.first.to_string());
        if self.first != self.last {
            label.push('–');
            label.push_str(&self.last.to_string());
        }
        label
    }
}

/// One of the invoices that a file seems to hold, with what tells it from the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub pages: PageRange,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invoice_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub supplier_name: Option<String>,
    /// Exact decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_total: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// Says of a file which of its pages are an invoice each. One range of all pages says that it is one invoice.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SplitRequest {
    /// The version of the invoice that the person saw.
    pub base_version: i64,
    pub parts: Vec<PageRange>,
}

/// Where the invoice stands that was made of some pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SplitPart {
    pub invoice_id: InvoiceId,
    pub pages: PageRange,
    pub filename: String,
}

/// How an invoice came from a file that held several, or was taken apart into several.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splitting {
    /// What the file seems to hold, while nobody has said.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proposed: Vec<Part>,
    /// The file whose pages these are, and which.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<SplitPart>,
    /// The invoices that were made of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub into: Vec<SplitPart>,
    /// Whether whoever asks may take it apart now.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allowed: bool,
}

impl Splitting {
    /// Nothing to tell.
    pub fn is_empty(&self) -> bool {
        *self == Splitting::default()
    }
}

/// Whether a file of so many pages can be taken apart this way: each page belongs to one invoice, in their order.
/// Else what is wrong, in words.
pub fn check(parts: &[PageRange], pages: u32) -> Result<(), &'static str> {
    if parts.is_empty() {
        return Err("Say which pages are an invoice");
    }
    if parts.len() > MAX_PARTS {
        return Err("A file is split into 200 invoices at most");
    }
    let mut next = 1;
    for part in parts {
        if part.first != next || part.last < part.first || part.last > pages {
            return Err("Every page belongs to one invoice, in the order of the file");
        }
        next = part.last.saturating_add(1);
    }
    if next != pages.saturating_add(1) {
        return Err("Every page belongs to one invoice, in the order of the file");
    }
    Ok(())
}

/// The ranges of a file of `pages` pages whose invoices begin on the pages in `starts`; the first page begins one anyway.
pub fn ranges(starts: impl IntoIterator<Item = u32>, pages: u32) -> Vec<PageRange> {
    let mut firsts: Vec<u32> = starts.into_iter().filter(|start| (2..=pages).contains(start)).collect();
    firsts.push(1);
    firsts.sort_unstable();
    firsts.dedup();
    let ends = firsts.iter().skip(1).map(|first| first - 1).chain([pages]);
    firsts.iter().zip(ends).map(|(&first, last)| PageRange { first, last }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn range(first: u32, last: u32) -> PageRange {
        PageRange { first, last }
    }

    #[test]
    fn every_page_has_its_invoice() {
        assert_eq!(check(&[range(1, 2), range(3, 3)], 3), Ok(()));
        assert_eq!(check(&[range(1, 3)], 3), Ok(()));
        for wrong in [
            vec![],
            vec![range(1, 2)],
            vec![range(2, 3)],
            vec![range(1, 1), range(3, 3)],
            vec![range(1, 2), range(2, 3)],
            vec![range(1, 4)],
            vec![range(1, 3), range(4, 3)],
            vec![range(1, u32::MAX)],
        ] {
            assert!(check(&wrong, 3).is_err(), "{wrong:?}");
        }
        let pages = MAX_PARTS as u32 + 1;
        let many: Vec<PageRange> = (1..=pages).map(|page| range(page, page)).collect();
        assert!(check(&many, pages).is_err());
    }

    #[test]
    fn pages_have_their_words() {
        assert_eq!(range(3, 3).label(), "Page 3");
        assert_eq!(range(1, 12).label(), "Pages 1–12");
    }

    proptest! {
        #[test]
        fn ranges_from_any_starts_can_be_taken(pages in 1..60_u32, starts in proptest::collection::vec(0..80_u32, 0..20)) {
            let parts = ranges(starts.clone(), pages);
            prop_assert_eq!(check(&parts, pages), Ok(()));
            for part in &parts {
                prop_assert!(part.first == 1 || starts.contains(&part.first));
            }
        }
    }
}
