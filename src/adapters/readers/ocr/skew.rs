//! What can be measured of a page before anybody reads it: its slope, how tall its lines are, how even its light is.

use image::GrayImage;

/// Slopes beyond this are not a page laid askew on the glass.
const MAX_SLOPE: f32 = 0.12;
const COARSE: f32 = 0.004;
const FINE: f32 = 0.0005;
/// A page that a slope does not make this much clearer is straight.
const CLEARER: f32 = 1.03;
/// Dark pixels that are looked at for the slope.
const MAX_POINTS: usize = 40_000;
/// Paper is told from ink in squares of so many pixels.
const TILE: u32 = 32;
/// A pixel darker than this share of the paper around it is ink.
const INK: f32 = 0.72;
/// A square with more ink than this is a picture or a shadow.
const MOSTLY_INK: f32 = 0.45;
/// Paper that differs by more than this between light and shadow is unevenly lit.
const UNEVEN: u8 = 60;
/// The page is cut into so many columns to measure lines of text, so that neighbours do not fill the gaps.
const STRIPS: u32 = 10;
/// Rows without ink inside of a line of text: printers with needles leave some.
const BROKEN: usize = 1;

/// What a small picture of the page tells. Lengths are pixels of that picture.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Measured {
    /// How far a line of text falls for each pixel to the right.
    pub slope: f32,
    /// Of the usual line of text, top of the tall letters to the lowest ones.
    pub line_height: Option<f32>,
    pub uneven: bool,
}

pub(super) fn measure(picture: &GrayImage) -> Measured {
    let (points, uneven) = ink(picture);
    let slope = slope(&points, picture.width());
    Measured { slope, line_height: line_height(&points, slope, picture.width(), picture.height()), uneven }
}

/// The places of ink, and whether the paper is unevenly lit.
fn ink(picture: &GrayImage) -> (Vec<(u32, u32)>, bool) {
    let (width, height) = picture.dimensions();
    let pixels = picture.as_raw();
    let mut points = Vec::new();
    let mut papers = Vec::new();
    for top in (0..height).step_by(TILE as usize) {
        for left in (0..width).step_by(TILE as usize) {
            let (right, bottom) = ((left + TILE).min(width), (top + TILE).min(height));
            let row = |y: u32| {
                let begin = (y * width) as usize;
                pixels.get(begin + left as usize..begin + right as usize).unwrap_or_default()
            };
            let paper = bright((top..bottom).flat_map(|y| row(y).iter().copied()));
            papers.push(paper);
            let limit = (f32::from(paper) * INK) as u8;
            let before = points.len();
            for y in top..bottom {
                let dark = row(y).iter().zip(left..).filter(|(pixel, _)| **pixel < limit);
                points.extend(dark.map(|(_, x)| (x, y)));
            }
            if (points.len() - before) as f32 > MOSTLY_INK * ((right - left) * (bottom - top)) as f32 {
                points.truncate(before);
            }
        }
    }
    papers.sort_unstable();
    let share = |share: usize| papers.get(papers.len() * share / 100).copied().unwrap_or(255);
    (points, share(90).saturating_sub(share(15)) > UNEVEN)
}

/// The brightness that four of five pixels do not reach.
fn bright(pixels: impl Iterator<Item = u8>) -> u8 {
    let mut counts = [0u32; 256];
    let mut all = 0;
    for pixel in pixels {
        counts[usize::from(pixel)] += 1;
        all += 1;
    }
    let mut left = all / 5;
    for (value, count) in counts.iter().enumerate().rev() {
        if *count > left {
            return value as u8;
        }
        left -= count;
    }
    255
}

/// The slope at which the rows of the page differ most: lines of text on one side, gaps on the other.
fn slope(points: &[(u32, u32)], width: u32) -> f32 {
    let some: Vec<(f32, f32)> = points
        .iter()
        .step_by(points.len() / MAX_POINTS + 1)
        .map(|(x, y)| (*x as f32 - width as f32 / 2.0, *y as f32))
        .collect();
    if some.len() < 200 {
        return 0.0;
    }
    let lowest = some.iter().map(|(_, y)| *y).fold(0.0, f32::max);
    let reach = width as f32 * MAX_SLOPE;
    let mut counts = vec![0u32; (lowest + 2.0 * reach) as usize + 2];
    let mut clearness = |slope: f32| {
        counts.fill(0);
        for (x, y) in &some {
            if let Some(count) = counts.get_mut((y - x * slope + reach) as usize) {
                *count += 1;
            }
        }
        counts.iter().map(|count| f64::from(*count) * f64::from(*count)).sum::<f64>() as f32
    };
    let mut best = |from: f32, to: f32, step: f32| {
        let steps = ((to - from) / step).round() as u32;
        let all = (0..=steps).map(|number| from + number as f32 * step);
        all.map(|slope| (clearness(slope), slope)).fold((0.0, 0.0), |best, new| if new.0 > best.0 { new } else { best })
    };
    let (_, near) = best(-MAX_SLOPE, MAX_SLOPE, COARSE);
    let (clear, slope) = best(near - COARSE, near + COARSE, FINE);
    let is_turned = clear > CLEARER * clearness(0.0);
    if is_turned { slope } else { 0.0 }
}

/// The usual height of what has ink in every row, in columns of the page.
fn line_height(points: &[(u32, u32)], slope: f32, width: u32, height: u32) -> Option<f32> {
    let strip_width = width.div_ceil(STRIPS).max(1);
    let rows = height as usize;
    let mut counts = vec![0u32; rows * STRIPS as usize];
    for (x, y) in points {
        let y = *y as f32 - (*x as f32 - width as f32 / 2.0) * slope;
        if y >= 0.0 && (y as usize) < rows {
            counts[(x / strip_width) as usize * rows + y as usize] += 1;
        }
    }
    let enough = (strip_width / 40).max(1);
    let mut heights = Vec::new();
    for strip in counts.chunks(rows.max(1)) {
        let (mut run, mut gap) = (0, 0);
        for count in strip.iter().chain([&0; BROKEN + 1]) {
            if *count >= enough {
                run += gap + 1;
                gap = 0;
            } else if run > 0 {
                gap += 1;
                if gap > BROKEN {
                    heights.push(run);
                    (run, gap) = (0, 0);
                }
            }
        }
    }
    // Rules and dust are thinner, pictures and ruined columns are taller.
    heights.retain(|height| (5..=90).contains(height));
    heights.sort_unstable();
    (heights.len() >= 5).then(|| heights[heights.len() / 2] as f32)
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Luma;

    /// Lines of text as bars of 8 by 12 pixels with gaps, falling by `slope`.
    fn page(slope: f32, paper: impl Fn(u32) -> u8) -> GrayImage {
        GrayImage::from_fn(900, 1200, |x, y| {
            let y = y as f32 - (x as f32 - 450.0) * slope + 600.0;
            let is_ink = (y as u32) % 30 < 12 && x % 13 < 8 && (60..840).contains(&x);
            Luma([if is_ink { paper(x) / 4 } else { paper(x) }])
        })
    }

    #[test]
    fn the_slope_of_a_page_is_measured() {
        for slope in [0.0, 0.006, -0.013, 0.035, -0.08] {
            let measured = measure(&page(slope, |_| 240));
            assert!((measured.slope - slope).abs() < 0.0015, "{slope}: {measured:?}");
            assert!(!measured.uneven);
        }
    }

    #[test]
    fn the_height_of_lines_is_measured() {
        let measured = measure(&page(0.0, |_| 240));
        assert!(measured.line_height.is_some_and(|height| (height - 12.0).abs() <= 1.0), "{measured:?}");
        let measured = measure(&page(0.02, |_| 240));
        assert!(measured.line_height.is_some_and(|height| (height - 12.0).abs() <= 3.0), "{measured:?}");
    }

    #[test]
    fn a_shadow_is_noticed_and_does_not_hide_the_text() {
        let measured = measure(&page(0.02, |x| 250 - (x / 6) as u8));
        assert!(measured.uneven);
        assert!((measured.slope - 0.02).abs() < 0.0015, "{measured:?}");
    }

    #[test]
    fn empty_and_tiny_pages_have_no_measures() {
        for (width, height) in [(1, 1), (500, 3), (3, 500), (400, 400)] {
            let measured = measure(&GrayImage::from_pixel(width, height, Luma([255])));
            assert_eq!(measured, Measured { slope: 0.0, line_height: None, uneven: false });
        }
        let black = measure(&GrayImage::from_pixel(300, 300, Luma([0])));
        assert_eq!(black.slope, 0.0);
    }
}
