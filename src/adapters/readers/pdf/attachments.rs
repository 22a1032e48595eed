//! Files inside a PDF. Factur-X and ZUGFeRD put the invoice's XML there.

use super::{guarded, open};
use crate::domain::reading::ReadError;
use hayro_syntax::Pdf;
use hayro_syntax::object::{Array, Dict, MaybeRef, ObjRef, Object, Stream, String as PdfString};
use std::collections::HashSet;

/// A larger attachment is left out: an invoice's XML is never that large.
const MAX_BYTES: usize = 10 * 1024 * 1024;
/// More attachments than this are left out.
const MAX_ATTACHMENTS: usize = 64;
/// The name tree is not followed deeper or further than this.
const MAX_DEPTH: usize = 16;
const MAX_NODES: usize = 2000;

/// A file inside a PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// As the file gives it; may be empty.
    pub name: String,
    pub bytes: Vec<u8>,
}

/// The files inside a PDF: those of the name tree `/Names/EmbeddedFiles` first, then those that only the catalog's
/// `/AF` array names. Attachments that cannot be unpacked or are over 10 MB are left out.
pub fn attachments(pdf: &[u8]) -> Result<Vec<Attachment>, ReadError> {
    guarded(|| {
        let pdf = open(pdf)?;
        Ok(collect(&pdf))
    })
}

fn collect(pdf: &Pdf) -> Vec<Attachment> {
    let Some(catalog) = pdf.xref().get::<Dict<'_>>(pdf.xref().root_id()) else {
        return Vec::new();
    };
    let mut found = Found::default();
    if let Some(tree) = catalog.get::<Dict<'_>>("Names").and_then(|names| names.get::<Dict<'_>>("EmbeddedFiles")) {
        found.walk(&tree, 0);
    }
    if let Some(files) = catalog.get::<Array<'_>>("AF") {
        for file in files.iter::<Dict<'_>>().take(MAX_ATTACHMENTS) {
            found.add(&file);
        }
    } else if let Some(file) = catalog.get::<Dict<'_>>("AF") {
        found.add(&file);
    }
    found.files
}

#[derive(Default)]
struct Found {
    files: Vec<Attachment>,
    /// Nodes of the tree that were walked already, so that a loop ends.
    nodes: HashSet<(i32, i32)>,
    /// Streams that were taken already: `/AF` usually names the same files again.
    streams: HashSet<(i32, i32)>,
    walked: usize,
}

impl Found {
    /// Walks a node of a name tree: `/Kids` are nodes, `/Names` are pairs of a name and a file.
    fn walk(&mut self, node: &Dict<'_>, depth: usize) {
        self.walked += 1;
        if depth > MAX_DEPTH || self.walked > MAX_NODES {
            return;
        }
        if let Some(names) = node.get::<Array<'_>>("Names") {
            for entry in names.iter::<Object<'_>>().take(2 * MAX_ATTACHMENTS) {
                if let Object::Dict(file) = entry {
                    self.add(&file);
                }
            }
        }
        let Some(kids) = node.get::<Array<'_>>("Kids") else {
            return;
        };
        for (reference, kid) in kids.raw_iter().zip(kids.iter::<Object<'_>>()).take(MAX_NODES) {
            let is_new = match &reference {
                MaybeRef::Ref(reference) => self.nodes.insert(key(*reference)),
                MaybeRef::NotRef(_) => true,
            };
            if let (true, Object::Dict(kid)) = (is_new, kid) {
                self.walk(&kid, depth + 1);
            }
        }
    }

    /// Takes the file of a file specification.
    fn add(&mut self, file: &Dict<'_>) {
        if self.files.len() >= MAX_ATTACHMENTS {
            return;
        }
        let Some(embedded) = file.get::<Dict<'_>>("EF") else {
            return;
        };
        let Some((stream_key, stream)) =
            ["UF", "F"].into_iter().find_map(|name| Some((embedded.get_ref(name), embedded.get::<Stream<'_>>(name)?)))
        else {
            return;
        };
        if stream_key.is_some_and(|reference| !self.streams.insert(key(reference))) {
            return;
        }
        if stream.raw_data().len() > MAX_BYTES {
            return;
        }
        let Ok(bytes) = stream.decoded() else { return };
        if bytes.len() > MAX_BYTES {
            return;
        }
        let name = ["UF", "F"]
            .into_iter()
            .find_map(|name| file.get::<PdfString<'_>>(name))
            .map(|name| text_string(name.as_bytes()))
            .unwrap_or_default();
        self.files.push(Attachment { name, bytes: bytes.into_owned() });
    }
}

fn key(reference: ObjRef) -> (i32, i32) {
    (reference.obj_number as i32, reference.gen_number)
}

/// A PDF text string: UTF-16 or UTF-8 with its mark; without one UTF-8 where it is valid, else one byte a character.
fn text_string(bytes: &[u8]) -> String {
    let utf16 = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]])).collect();
        String::from_utf16_lossy(&units)
    };
    match bytes {
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        plain => match std::str::from_utf8(plain) {
            Ok(text) => text.to_owned(),
            Err(_) => plain.iter().map(|&byte| char::from(byte)).collect(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::text_string;

    #[test]
    fn decodes_names() {
        assert_eq!(text_string(b"factur-x.xml"), "factur-x.xml");
        assert_eq!(text_string(b"\xFE\xFF\0a\0.\0x"), "a.x");
        assert_eq!(text_string(b"\xFF\xFEa\0.\0x\0"), "a.x");
        assert_eq!(text_string(b"\xEF\xBB\xBF\xC3\xA4"), "ä");
        assert_eq!(text_string(b"\xE4.xml"), "ä.xml");
        assert_eq!(text_string(b"\xFE\xFF\0"), "");
    }
}
