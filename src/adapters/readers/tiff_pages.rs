//! The pages of a TIFF: its image file directories, each of which names the next.

use std::borrow::Cow;

/// Pages beyond this are not looked at.
pub(super) const MAX_PAGES: usize = 200;

/// How a file writes its numbers.
#[derive(Clone, Copy)]
struct Form {
    big_endian: bool,
    /// BigTIFF: offsets are twice as long.
    big: bool,
}

impl Form {
    fn of(bytes: &[u8]) -> Option<Form> {
        let big_endian = bytes.starts_with(b"MM");
        let magic = *bytes.get(if big_endian { 3 } else { 2 })?;
        matches!(magic, 42 | 43).then_some(Form { big_endian, big: magic == 43 })
    }

    fn number(self, bytes: &[u8], at: usize, length: usize) -> Option<usize> {
        let bytes = bytes.get(at..at.checked_add(length)?)?;
        let push = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        let number = if self.big_endian { bytes.iter().fold(0, push) } else { bytes.iter().rev().fold(0, push) };
        usize::try_from(number).ok()
    }

    /// Where the header names the first directory, and how long that name is.
    fn first(self) -> (usize, usize) {
        if self.big { (8, 8) } else { (4, 4) }
    }

    /// The offset of the directory behind one: a count, entries, and the offset of the next or zero.
    fn next(self, bytes: &[u8], directory: usize) -> Option<usize> {
        let (count, entry, offset) = if self.big { (8, 20, 8) } else { (2, 12, 4) };
        let entries = self.number(bytes, directory, count)?;
        let at = directory.checked_add(count)?.checked_add(entries.checked_mul(entry)?)?;
        self.number(bytes, at, offset)
    }
}

/// Where the directories begin, in the order of the pages. A chain that comes back to itself ends there.
fn directories(bytes: &[u8]) -> Vec<usize> {
    let mut found = Vec::new();
    let Some(form) = Form::of(bytes) else {
        return found;
    };
    let (at, length) = form.first();
    let mut next = form.number(bytes, at, length);
    while let Some(directory) = next.filter(|at| *at > 0 && *at < bytes.len() && !found.contains(at)) {
        if found.len() == MAX_PAGES {
            break;
        }
        found.push(directory);
        next = form.next(bytes, directory);
    }
    found
}

/// How many pages the file has; one at least, whose reader says what is wrong with it.
pub(super) fn count(bytes: &[u8]) -> usize {
    directories(bytes).len().max(1)
}

/// The file with the page, from 1, as its first: readers take that one.
pub(super) fn page(bytes: &[u8], number: u32) -> Option<Cow<'_, [u8]>> {
    if number == 1 {
        return Some(Cow::Borrowed(bytes));
    }
    let form = Form::of(bytes)?;
    let directory = *directories(bytes).get(usize::try_from(number).ok()?.checked_sub(1)?)?;
    let (at, length) = form.first();
    let offset = (directory as u64).to_be_bytes();
    let mut offset = offset.get(offset.len() - length..)?.to_vec();
    if !form.big_endian {
        offset.reverse();
    }
    let mut file = bytes.to_vec();
    file.get_mut(at..at + length)?.copy_from_slice(&offset);
    Some(Cow::Owned(file))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use image::{DynamicImage, GrayImage, ImageFormat, Luma};
    use std::io::Cursor;

    /// A TIFF with a page of each shade, `size` pixels square.
    pub(in crate::adapters::readers) fn tiff(shades: &[u8], size: u32) -> Vec<u8> {
        let mut file: Vec<u8> = Vec::new();
        let mut link = 4;
        for shade in shades {
            let picture = DynamicImage::ImageLuma8(GrayImage::from_pixel(size, size, Luma([*shade])));
            let mut page = Cursor::new(Vec::new());
            picture.write_to(&mut page, ImageFormat::Tiff).expect("writes");
            let page = page.into_inner();
            let begin = file.len();
            if begin == 0 {
                file = page;
            } else {
                file = appended(file, &page, link);
            }
            let form = Form::of(&file).expect("a TIFF");
            let last = *directories(&file).last().expect("a directory");
            link = last + 2 + form.number(&file, last, 2).expect("a count") * 12;
        }
        file
    }

    /// `file` with the page behind it, whose offsets are moved; `link` is where the last directory names the next.
    fn appended(mut file: Vec<u8>, page: &[u8], link: usize) -> Vec<u8> {
        file.resize(file.len().next_multiple_of(4), 0);
        let moved = file.len();
        let form = Form::of(page).expect("a TIFF");
        let directory = form.number(page, 4, 4).expect("an offset");
        let count = form.number(page, directory, 2).expect("a count");
        let mut page = page.to_vec();
        for entry in 0..count {
            let at = directory + 2 + entry * 12;
            let tag = form.number(&page, at, 2).expect("a tag");
            let kind = form.number(&page, at + 2, 2).expect("a type");
            let values = form.number(&page, at + 4, 4).expect("a count");
            let width = [0, 1, 1, 2, 4, 8][kind.min(5)];
            // Offsets of strips, and values that do not fit into the entry.
            if tag == 273 || values * width > 4 {
                let old = form.number(&page, at + 8, 4).expect("an offset");
                page[at + 8..at + 12].copy_from_slice(&((old + moved) as u32).to_le_bytes());
            }
        }
        file[link..link + 4].copy_from_slice(&((directory + moved) as u32).to_le_bytes());
        file.extend_from_slice(&page);
        file
    }

    #[test]
    fn pages_come_in_their_order() {
        let file = tiff(&[10, 120, 230], 4);
        assert_eq!(count(&file), 3);
        for (number, shade) in [(1, 10), (2, 120), (3, 230)] {
            let page = page(&file, number).expect("a page");
            let picture =
                image::load_from_memory_with_format(&page, ImageFormat::Tiff).expect("a picture").into_luma8();
            assert_eq!(picture.get_pixel(0, 0).0, [shade]);
        }
        assert!(page(&file, 4).is_none());
        assert!(page(&file, 0).is_none());
    }

    /// A page as offices make it: its rows in strips, each of which may be packed.
    struct Scanned {
        size: (u32, u32),
        rows_per_strip: u32,
        bits: u32,
        /// 1: none, 4: CCITT Group 4.
        compression: u32,
        /// 0: white is nought, 1: black is.
        photometric: u32,
        strips: Vec<Vec<u8>>,
    }

    /// A TIFF of these pages, with its numbers' high bytes first.
    fn big_endian(pages: &[Scanned]) -> Vec<u8> {
        let mut file = b"MM\0*\0\0\0\0".to_vec();
        let mut link = 4;
        for page in pages {
            let offsets: Vec<u32> = page.strips.iter().map(|strip| add(&mut file, strip)).collect();
            let counts: Vec<u32> = page.strips.iter().map(|strip| strip.len() as u32).collect();
            let mut entries = Vec::new();
            for (tag, kind, values) in [
                (256, LONG, vec![page.size.0]),
                (257, LONG, vec![page.size.1]),
                (258, SHORT, vec![page.bits]),
                (259, SHORT, vec![page.compression]),
                (262, SHORT, vec![page.photometric]),
                (273, LONG, offsets),
                (277, SHORT, vec![1]),
                (278, LONG, vec![page.rows_per_strip]),
                (279, LONG, counts),
            ] {
                entries.extend(entry(&mut file, tag, kind, &values));
            }
            let directory = add(&mut file, &[&9u16.to_be_bytes()[..], &entries, &[0; 4]].concat());
            file[link..link + 4].copy_from_slice(&directory.to_be_bytes());
            link = directory as usize + 2 + entries.len();
        }
        file
    }

    const SHORT: u16 = 3;
    const LONG: u16 = 4;

    /// Puts bytes at the end, at an even place, which it gives.
    fn add(file: &mut Vec<u8>, bytes: &[u8]) -> u32 {
        file.resize(file.len().next_multiple_of(2), 0);
        let at = file.len() as u32;
        file.extend_from_slice(bytes);
        at
    }

    /// One entry of a directory. What does not fit into it stands elsewhere.
    fn entry(file: &mut Vec<u8>, tag: u16, kind: u16, values: &[u32]) -> Vec<u8> {
        let value = match values {
            [one] if kind == SHORT => one << 16,
            [one] => *one,
            many => add(file, &many.iter().flat_map(|value| value.to_be_bytes()).collect::<Vec<_>>()),
        };
        let count = values.len() as u32;
        [&tag.to_be_bytes()[..], &kind.to_be_bytes(), &count.to_be_bytes(), &value.to_be_bytes()].concat()
    }

    fn drawn(file: &[u8], number: u32) -> GrayImage {
        let page = page(file, number).expect("a page");
        image::load_from_memory_with_format(&page, ImageFormat::Tiff).expect("a picture").into_luma8()
    }

    #[test]
    fn pages_in_strips_are_read_with_their_high_bytes_first() {
        let page = |shades: [u8; 3]| Scanned {
            size: (8, 5),
            rows_per_strip: 2,
            bits: 8,
            compression: 1,
            photometric: 1,
            strips: shades.iter().zip([16, 16, 8]).map(|(shade, length)| vec![*shade; length]).collect(),
        };
        let file = big_endian(&[page([10, 20, 30]), page([110, 120, 130])]);
        assert_eq!(count(&file), 2);
        for (number, shades) in [(1, [10, 20, 30]), (2, [110, 120, 130])] {
            let picture = drawn(&file, number);
            assert_eq!(picture.dimensions(), (8, 5));
            assert_eq!([1, 3, 4].map(|row| picture.get_pixel(7, row).0[0]), shades);
        }
    }

    /// Noughts and ones as bytes; what parts them is for the reader.
    fn packed(bits: &str) -> Vec<u8> {
        let bits: Vec<u8> = bits.bytes().filter(u8::is_ascii_digit).map(|bit| bit - b'0').collect();
        bits.chunks(8).map(|byte| byte.iter().zip((0..8).rev()).map(|(bit, place)| bit << place).sum()).collect()
    }

    #[test]
    fn pages_of_a_fax_are_read() {
        // By ITU-T T.6: as above; run lengths of four white and four black, then as above; as above thrice; over the
        // black ones, then as above; the end, twice.
        let rows = "1  001 1011 011 1  1 1 1  0001 1  000000000001 000000000001";
        let page = |strips: Vec<Vec<u8>>, rows_per_strip: u32| Scanned {
            size: (16, 4 * strips.len() as u32),
            rows_per_strip,
            bits: 1,
            compression: 4,
            photometric: 0,
            strips,
        };
        let file = big_endian(&[page(vec![packed(rows)], 4), page(vec![packed(rows); 2], 4)]);
        let black = |picture: &GrayImage| -> Vec<(u32, u32)> {
            let pixels = picture.enumerate_pixels().filter(|(_, _, shade)| shade.0 == [0]);
            pixels.map(|(x, y, _)| (y, x)).collect()
        };
        let strip = |first: u32| (first + 1..first + 3).flat_map(|y| (4..8).map(move |x| (y, x)));
        assert_eq!(black(&drawn(&file, 1)), strip(0).collect::<Vec<_>>());
        let second = drawn(&file, 2);
        assert_eq!(black(&second), strip(0).chain(strip(4)).collect::<Vec<_>>());
        assert_eq!(second.get_pixel(0, 0).0, [255]);
    }

    #[test]
    fn a_chain_that_comes_back_or_leads_nowhere_ends() {
        let mut file = tiff(&[10, 120], 4);
        let all = directories(&file);
        let entries = usize::from(u16::from_le_bytes([file[all[1]], file[all[1] + 1]]));
        let link = all[1] + 2 + entries * 12;
        file[link..link + 4].copy_from_slice(&(all[0] as u32).to_le_bytes());
        assert_eq!(count(&file), 2);
        file[link..link + 4].copy_from_slice(&u32::MAX.to_le_bytes());
        assert_eq!(count(&file), 2);
        assert_eq!(count(b"II*\0\xff\xff\xff\xff"), 1);
        assert_eq!(count(b"II+\0"), 1);
        assert_eq!(count(b""), 1);
        assert!(page(b"MM\0*", 2).is_none());
    }
}
