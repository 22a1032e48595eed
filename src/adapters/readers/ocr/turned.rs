//! Pages that lie on their side: tesseract reads them as they lie, with boxes that lie too. Here they are stood up.

use super::{Prepared, ScannedPage, ScannedWord};

/// Fewer words do not tell which way a page lies.
const FEW: usize = 6;

/// The page with its words upright. Most pages are so already.
pub(in crate::adapters::readers) fn upright(page: ScannedPage) -> ScannedPage {
    let long = |word: &&ScannedWord| word.text.chars().count() >= 4;
    let tall = |word: &&ScannedWord| word.y1 - word.y0 > word.x1 - word.x0;
    let all = page.words.iter().filter(long).count();
    let lying = page.words.iter().filter(long).filter(tall).count();
    if all < FEW || lying * 3 < all * 2 {
        return page;
    }
    // Along a line the words go down the page, or up.
    let downwards = page.words.windows(2).filter(|pair| pair[0].line == pair[1].line);
    let steps: i32 = downwards.map(|pair| if pair[1].y0 > pair[0].y0 { 1 } else { -1 }).sum();
    stood_up(page, steps >= 0)
}

fn stood_up(page: ScannedPage, reads_down: bool) -> ScannedPage {
    let Prepared { width, height, to_page: [a, b, c, d, e, f], .. } = page.prepared;
    let (across, down) = (width as f32, height as f32);
    let to_page = if reads_down { [b, -a, a + c, e, -d, d + f] } else { [-b, a, b + c, -e, d, e + f] };
    let turned = |word: ScannedWord| match reads_down {
        true => ScannedWord { x0: word.y0, x1: word.y1, y0: across - word.x1, y1: across - word.x0, ..word },
        false => ScannedWord { x0: down - word.y1, x1: down - word.y0, y0: word.x0, y1: word.x1, ..word },
    };
    let prepared = Prepared { width: height, height: width, to_page, ..page.prepared };
    ScannedPage { prepared, words: page.words.into_iter().map(turned).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(words: Vec<ScannedWord>) -> ScannedPage {
        let to_page = [1.0, 0.0, 0.0, 0.0, 1.0, 0.0];
        ScannedPage { prepared: Prepared { width: 100, height: 200, to_page, uneven: false, narrow: false }, words }
    }

    fn word(number: u8, lying: bool, up: bool) -> ScannedWord {
        let along = f32::from(number) * 20.0;
        let along = if up { 170.0 - along } else { along };
        let (x0, y0, x1, y1) =
            if lying { (30.0, along, 35.0, along + 15.0) } else { (along, 30.0, along + 15.0, 35.0) };
        ScannedWord { text: "words".to_owned(), x0, y0, x1, y1, confidence: 0.9, line: 0 }
    }

    #[test]
    fn lying_words_are_stood_up_and_found_again() {
        for up in [false, true] {
            let lying = page((0..8).map(|number| word(number, true, up)).collect());
            let stood = upright(lying.clone());
            assert_eq!((stood.prepared.width, stood.prepared.height), (200, 100));
            let [a, b, c, d, e, f] = stood.prepared.to_page;
            for (before, after) in lying.words.iter().zip(&stood.words) {
                assert!(after.x1 - after.x0 > after.y1 - after.y0);
                let (x, y) = ((after.x0 + after.x1) / 400.0, (after.y0 + after.y1) / 200.0);
                let (x, y) = (a * x + b * y + c, d * x + e * y + f);
                assert!((x - (before.x0 + before.x1) / 200.0).abs() < 0.001, "{up}: {x}");
                assert!((y - (before.y0 + before.y1) / 400.0).abs() < 0.001, "{up}: {y}");
            }
            assert!(stood.words.windows(2).all(|pair| pair[0].x0 < pair[1].x0));
        }
    }

    #[test]
    fn upright_pages_and_single_words_stay() {
        let standing = page((0..8).map(|number| word(number, false, false)).collect());
        assert_eq!(upright(standing.clone()), standing);
        let few = page((0..3).map(|number| word(number, true, false)).collect());
        assert_eq!(upright(few.clone()), few);
    }
}
