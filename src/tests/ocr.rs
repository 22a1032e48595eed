//! Scans through the real tesseract, and through programs that are not quite tesseract.

use ap_intake::{
    adapters::{
        readers::{
            ocr::{NoOcr, Ocr, OcrSettings},
            pool::{PoolOptions, ReaderPool},
        },
        samples,
    },
    domain::{
        field::Field,
        reading::{DocumentKind, PageBox, Reading, Source},
    },
};
use bytes::Bytes;
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use pdf_writer::{Content, Finish, Name, Pdf, Rect, Ref, Str};
use std::{
    fs,
    io::Cursor,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    sync::Mutex,
    time::Duration,
};

fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_ap-intake"))
}

fn settings() -> OcrSettings {
    OcrSettings { limiter: Some(program()), ..OcrSettings::default() }
}

fn pool(ocr: Option<Ocr>) -> ReaderPool {
    ReaderPool::new(PoolOptions { program: Some(program()), children: 2, ocr, ..PoolOptions::default() })
}

/// The tesseract of this machine. Where there is none the test is skipped and says so, but not in CI.
pub(super) async fn tesseract() -> Option<Ocr> {
    match Ocr::find(&settings()).await {
        Ok(ocr) => Some(ocr),
        Err(missing) if std::env::var("CI").is_ok_and(|ci| ci == "true") => panic!("no OCR in CI: {missing}"),
        Err(missing) => {
            eprintln!("skipped: {missing}; scripts/setup says how to get it");
            None
        }
    }
}

/// A program in place of tesseract: it knows its languages, and else does what the script says.
fn scripted(folder: &Path, script: &str) -> OcrSettings {
    let path = folder.join("tesseract.sh");
    let lists = "if [ \"$1\" = --list-langs ]; then echo Languages:; echo eng; exit 0; fi";
    fs::write(&path, format!("#!/bin/sh\n{lists}\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    OcrSettings { program: Some(path), page_time: Duration::from_millis(1_500), ..settings() }
}

fn note<'r>(reading: &'r Reading, code: &str) -> Option<&'r str> {
    reading.notes.iter().find(|note| note.code == code).map(|note| note.message.as_str())
}

fn value(reading: &Reading, field: Field) -> Option<&str> {
    reading.fields.get(&field).map(|value| value.value.as_str())
}

/// Whether a box has words of the page in it.
fn lies_on_words(reading: &Reading, place: PageBox) -> bool {
    place.is_on_its_page()
        && reading.words.iter().any(|word| {
            let (x, y) = (word.place.x + word.place.w / 2.0, word.place.y + word.place.h / 2.0);
            word.place.page == place.page
                && (place.x..=place.x + place.w).contains(&x)
                && (place.y..=place.y + place.h).contains(&y)
        })
}

#[tokio::test]
async fn scanned_invoices_are_read() {
    let Some(ocr) = tesseract().await else { return };
    let pool = pool(Some(ocr));
    let (mut right, mut wrong, mut sure_and_wrong) = (0, Vec::new(), Vec::new());
    let wanted =
        [Field::InvoiceNumber, Field::IssueDate, Field::Currency, Field::NetTotal, Field::TaxTotal, Field::GrossTotal];
    for seed in [3, 14, 159, 2_653] {
        let sample = samples::generate(DocumentKind::ScanImage, seed);
        let reading = pool.read(Bytes::from(sample.bytes)).await.expect("reads");
        assert_eq!(reading.kind, DocumentKind::ScanImage);
        for field in wanted {
            let Some(truth) = sample.truth.get(&field) else { continue };
            match reading.fields.get(&field) {
                Some(read) if read.value == *truth => right += 1,
                Some(read) if read.confidence >= 0.975 => sure_and_wrong.push((seed, field, read.clone())),
                other => wrong.push((seed, field, truth.clone(), other.map(|read| read.value.clone()))),
            }
        }
        for (field, read) in &reading.fields {
            assert_eq!(read.source, Source::Ocr);
            assert!(read.place.is_none_or(|place| lies_on_words(&reading, place)), "{seed} {field:?}: {read:?}");
        }
    }
    assert!(sure_and_wrong.is_empty(), "{sure_and_wrong:?}");
    assert!(wrong.len() * 10 <= right, "{right} right, wrong: {wrong:?}");
}

/// The first page of a scan as a picture of its own.
async fn picture(pool: &ReaderPool, seed: u64) -> (DynamicImage, samples::Sample) {
    let sample = samples::generate(DocumentKind::ScanImage, seed);
    let png = pool.page_png(Bytes::from(sample.bytes.clone()), 1, 1_654).await.expect("draws");
    (image::load_from_memory_with_format(&png, ImageFormat::Png).expect("a PNG"), sample)
}

fn encoded(picture: &DynamicImage, format: ImageFormat) -> Bytes {
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageLuma8(picture.to_luma8()).write_to(&mut bytes, format).expect("writes");
    bytes.into_inner().into()
}

#[tokio::test]
async fn a_page_that_lies_on_its_side_is_read() {
    let Some(ocr) = tesseract().await else { return };
    let pool = pool(Some(ocr));
    let (upright, sample) = picture(&pool, 14).await;
    let number = &sample.truth[&Field::InvoiceNumber];
    for (turned, format) in [
        (upright.rotate90(), ImageFormat::Png),
        (upright.rotate180(), ImageFormat::Jpeg),
        (upright.rotate270(), ImageFormat::Tiff),
    ] {
        let reading = pool.read(encoded(&turned, format)).await.expect("reads");
        assert_eq!(value(&reading, Field::InvoiceNumber), Some(number.as_str()), "{format:?}");
        let place = reading.fields[&Field::InvoiceNumber].place.expect("a place");
        assert!(lies_on_words(&reading, place), "{place:?}");
        // Text on its side is taller than wide, as the page is shown.
        assert_eq!(place.h * turned.height() as f32 > place.w * turned.width() as f32, format != ImageFormat::Jpeg);
    }
}

#[tokio::test]
async fn the_words_of_a_scan_are_known() {
    let Some(ocr) = tesseract().await else { return };
    let pool = pool(Some(ocr));
    let sample = samples::generate(DocumentKind::ScanImage, 14);
    let words = pool.page_words(Bytes::from(sample.bytes), 1).await.expect("reads");
    let number = &sample.truth[&Field::InvoiceNumber];
    let word = words.iter().find(|word| word.text.contains(number.as_str())).expect("the number");
    assert!(word.place.is_on_its_page() && word.place.page == 1);
    assert!(word.place.w < 0.5 && word.place.h < 0.1);
}

#[tokio::test]
async fn an_empty_page_says_so() {
    let Some(ocr) = tesseract().await else { return };
    let blank = DynamicImage::ImageLuma8(GrayImage::from_pixel(800, 1_100, Luma([250])));
    let reading = pool(Some(ocr)).read(encoded(&blank, ImageFormat::Png)).await.expect("reads");
    assert!(reading.fields.keys().all(|field| *field == Field::DocumentType), "{:?}", reading.fields);
    assert!(note(&reading, "no_text").is_some(), "{:?}", reading.notes);
}

#[tokio::test]
async fn pages_are_told_as_they_begin() {
    let folder = tempfile::tempdir().unwrap();
    let ocr = Ocr::find(&scripted(folder.path(), "exit 1")).await.expect("a program");
    let told = Mutex::new(Vec::new());
    let tell = |page, of| told.lock().unwrap().push((page, of));
    pool(Some(ocr)).read_telling(garbled_pdf(&["", "", ""]), &tell).await.expect("reads");
    assert_eq!(*told.lock().unwrap(), [(1, 3), (2, 3), (3, 3)]);
}

#[tokio::test]
async fn without_tesseract_a_person_is_asked() {
    let nowhere = OcrSettings { program: Some(PathBuf::from("/nonexistent/tesseract")), ..settings() };
    assert_eq!(Ocr::find(&nowhere).await, Err(NoOcr::NoProgram));
    let off = OcrSettings { enabled: false, ..settings() };
    assert_eq!(Ocr::find(&off).await, Err(NoOcr::Off));

    let pool = pool(None);
    let sample = Bytes::from(samples::generate(DocumentKind::ScanImage, 3).bytes);
    let reading = pool.read(sample.clone()).await.expect("reads");
    assert!(reading.fields.is_empty());
    assert!(note(&reading, "no_text").is_some_and(|message| message.contains("Type in the values")));
    assert!(pool.page_words(sample, 1).await.expect("no words").is_empty());
}

#[tokio::test]
async fn languages_that_are_not_installed_are_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let scripted = scripted(folder.path(), "exit 1");
    let with = |languages: &str| OcrSettings { languages: languages.to_owned(), ..scripted.clone() };
    assert_eq!(Ocr::find(&with("deu+eng+../../etc/passwd")).await.expect("one").languages, "eng");
    assert_eq!(Ocr::find(&with("deu")).await, Err(NoOcr::NoLanguage("deu".to_owned())));
    let broken = OcrSettings { program: Some(PathBuf::from("/bin/false")), ..settings() };
    assert!(matches!(Ocr::find(&broken).await, Err(NoOcr::Broken(..))));
}

#[tokio::test]
async fn a_program_that_misbehaves_costs_its_page_only() {
    let sample = Bytes::from(samples::generate(DocumentKind::ScanImage, 3).bytes);
    for script in [
        "exec sleep 1000",
        "exit 3",
        "kill -SEGV $$",
        "head -c 100 /dev/urandom",
        "printf 'level\\tpage_num\\n'",
        // For ever, but as a table begins.
        "printf 'level\\t'; exec cat /dev/zero",
        "cat >/dev/null; exec yes",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let ocr = Ocr::find(&scripted(folder.path(), script)).await.expect("a program");
        let reading = pool(Some(ocr)).read(sample.clone()).await.expect(script);
        assert!(note(&reading, "page_not_read").is_some(), "{script}: {:?}", reading.notes);
        assert!(reading.fields.keys().all(|field| *field == Field::DocumentType), "{script}: {:?}", reading.fields);
    }
}

#[tokio::test]
async fn tesseract_gets_nothing_of_ours() {
    let folder = tempfile::tempdir().unwrap();
    let seen = folder.path().join("tesseract.sh.seen");
    // Limits forbid to write a file, so what it sees comes out as a table with one word.
    let script = "echo \"level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\"\n\
        echo \"5\t1\t1\t1\t1\t1\t10\t10\t90\t20\t95\t$(env | cut -d= -f1 | sort | tr '\\n' '.')$(ulimit -v)\"\n\
        (echo x > \"$0.seen\")\nexit 0";
    let ocr = Ocr::find(&scripted(folder.path(), script)).await.expect("a program");
    let sample = Bytes::from(samples::generate(DocumentKind::ScanImage, 3).bytes);
    let words = pool(Some(ocr)).page_words(sample, 1).await.expect("reads");
    let text = words.first().map(|word| word.text.clone()).unwrap_or_default();
    assert!(text.starts_with("OMP_THREAD_LIMIT.PATH.PWD."), "{text}");
    assert!(text.ends_with("786432"), "{text}");
    // It may make one, and write nothing into it.
    assert!(fs::read(seen).unwrap_or_default().is_empty());
}

/// A PDF whose pages show these lines of text, while its font says of each letter that it is the next one.
fn garbled_pdf(pages: &[&str]) -> Bytes {
    let (catalog, tree, font, map) = (Ref::new(1), Ref::new(2), Ref::new(3), Ref::new(4));
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    let ids: Vec<Ref> = (0..pages.len() as i32).map(|page| Ref::new(5 + 2 * page)).collect();
    pdf.pages(tree).kids(ids.iter().copied()).count(pages.len() as i32);
    for (text, id) in pages.iter().zip(ids) {
        let content_id = Ref::new(id.get() + 1);
        let mut page = pdf.page(id);
        page.parent(tree).media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).contents(content_id);
        page.resources().fonts().pair(Name(b"F"), font);
        page.finish();
        let mut content = Content::new();
        for (number, line) in (0u8..).zip(text.lines()) {
            let height = 780.0 - 20.0 * f32::from(number);
            content
                .begin_text()
                .set_font(Name(b"F"), 12.0)
                .next_line(60.0, height)
                .show(Str(line.as_bytes()))
                .end_text();
        }
        pdf.stream(content_id, &content.finish());
    }
    let mut helvetica = pdf.type1_font(font);
    helvetica.base_font(Name(b"Helvetica")).to_unicode(map);
    helvetica.finish();
    let next = "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Next def /CMapType 2 def\n\
        1 begincodespacerange <00> <ff> endcodespacerange\n1 beginbfrange <21> <7d> <0022> endbfrange\n\
        endcmap end end";
    pdf.stream(map, next.as_bytes());
    pdf.finish().into()
}

/// A page of A4 with text and a picture, which fills its place: left, bottom, width, height in points.
#[derive(Default)]
struct Mixed<'a> {
    text: &'a str,
    picture: Option<(GrayImage, [f32; 4])>,
}

const WHOLE_PAGE: [f32; 4] = [0.0, 0.0, 595.0, 842.0];

fn mixed_pdf(pages: Vec<Mixed<'_>>) -> Bytes {
    let (catalog, tree, font) = (Ref::new(1), Ref::new(2), Ref::new(3));
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree);
    pdf.type1_font(font).base_font(Name(b"Helvetica"));
    let count = pages.len() as i32;
    pdf.pages(tree).kids((0..count).map(|page| Ref::new(4 + 3 * page))).count(count);
    for (number, mixed) in (0..).zip(pages) {
        let (id, content_id, image_id) = (Ref::new(4 + 3 * number), Ref::new(5 + 3 * number), Ref::new(6 + 3 * number));
        let mut page = pdf.page(id);
        page.parent(tree).media_box(Rect::new(0.0, 0.0, 595.0, 842.0)).contents(content_id);
        let mut resources = page.resources();
        resources.fonts().pair(Name(b"F"), font);
        if mixed.picture.is_some() {
            resources.x_objects().pair(Name(b"I"), image_id);
        }
        resources.finish();
        page.finish();
        let mut content = Content::new();
        if let Some((_, [x, y, width, height])) = mixed.picture {
            content.save_state().transform([width, 0.0, 0.0, height, x, y]).x_object(Name(b"I")).restore_state();
        }
        for (row, line) in (0u8..).zip(mixed.text.lines()) {
            let height = 800.0 - 20.0 * f32::from(row);
            content
                .begin_text()
                .set_font(Name(b"F"), 11.0)
                .next_line(60.0, height)
                .show(Str(line.as_bytes()))
                .end_text();
        }
        pdf.stream(content_id, &content.finish());
        if let Some((picture, _)) = &mixed.picture {
            let mut image = pdf.image_xobject(image_id, picture.as_raw());
            image.width(picture.width() as i32).height(picture.height() as i32);
            image.bits_per_component(8).color_space().device_gray();
            image.finish();
        }
    }
    pdf.finish().into()
}

fn text_page(text: &str) -> Mixed<'_> {
    Mixed { text, picture: None }
}

/// A page that shows these lines as a picture.
async fn drawn(pool: &ReaderPool, text: &str) -> GrayImage {
    let png = pool.page_png(mixed_pdf(vec![text_page(text)]), 1, 1_654).await.expect("draws");
    image::load_from_memory_with_format(&png, ImageFormat::Png).expect("a PNG").to_luma8()
}

#[tokio::test]
async fn a_stamp_or_a_cover_makes_no_text_of_a_scan() {
    let Some(ocr) = tesseract().await else { return };
    let pool = pool(Some(ocr));
    let scan = || async { drawn(&pool, SHOWN).await };
    let stamped = mixed_pdf(vec![Mixed {
        text: "\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n\nScanned by Example Scanner 4.2, page 1 of 1",
        picture: Some((scan().await, WHOLE_PAGE)),
    }]);
    let covered = mixed_pdf(vec![
        text_page("Dear Sir or Madam\nPlease find the invoice of this month on the next page\nKind regards"),
        Mixed { text: "", picture: Some((scan().await, WHOLE_PAGE)) },
    ]);
    for (document, page) in [(stamped, 1), (covered, 2)] {
        let reading = pool.read(document.clone()).await.expect("reads");
        assert_eq!(reading.kind, DocumentKind::ScanImage, "page {page}");
        assert_eq!(value(&reading, Field::InvoiceNumber), Some("INV-2026-117"), "{:?}", reading.fields);
        assert_eq!(value(&reading, Field::GrossTotal), Some("240.00"));
        let gross = &reading.fields[&Field::GrossTotal];
        assert_eq!((gross.source, gross.place.expect("a place").page), (Source::Ocr, page));
        assert!(lies_on_words(&reading, gross.place.expect("a place")));
        let words = pool.page_words(document, page).await.expect("words");
        assert!(words.iter().any(|word| word.text.contains("INV-2026-117") && word.place.page == page), "{words:?}");
    }
}

#[tokio::test]
async fn a_scanned_page_behind_text_is_read_with_it() {
    let Some(ocr) = tesseract().await else { return };
    let pool = pool(Some(ocr));
    let note =
        drawn(&pool, "Delivery note\n\nThese goods were handed over at the gate\nOne pallet of paper, one chair").await;
    let more = "Paper and pens are sold as they are, chairs with a guarantee of five years from the day of delivery on.\n\
        The goods stay ours until they are paid in full; our terms of trade are sent to you whenever you ask for them.";
    let text = format!("{SHOWN}\n{more}");
    let document = mixed_pdf(vec![text_page(&text), Mixed { text: "", picture: Some((note, WHOLE_PAGE)) }]);
    let reading = pool.read(document.clone()).await.expect("reads");
    assert_eq!(reading.kind, DocumentKind::TextPdf);
    assert_eq!(value(&reading, Field::GrossTotal), Some("240.00"));
    assert_eq!(reading.fields[&Field::GrossTotal].source, Source::Text);
    assert!(reading.words.iter().any(|word| word.place.page == 2 && word.text == "pallet"), "{:?}", reading.words);
    assert!(reading.words.iter().any(|word| word.place.page == 1 && word.text == "INV-2026-117"));

    // And without tesseract the text is read, and what is not is said.
    let reading = self::pool(None).read(document).await.expect("reads");
    assert_eq!(value(&reading, Field::GrossTotal), Some("240.00"));
    let message = self::note(&reading, "page_not_read").expect("a note");
    assert!(message.starts_with("Page 2 is a picture and not read"), "{message}");
}

#[tokio::test]
async fn a_letterhead_that_is_a_picture_gives_what_the_text_lacks() {
    let Some(ocr) = tesseract().await else { return };
    let pool = pool(Some(ocr));
    let (_, body) = SHOWN.split_once("\n\n").expect("lines");
    let text = format!("\n\n\n\n\nBill to:\nExample Buyer Ltd\n2 Low Road\nLeeds LS1 1AA\n\n{body}");
    let letterhead = drawn(&pool, "Northgate Paper Ltd\n1 High Street\nLondon SW1A 1AA").await;
    let letterhead = image::imageops::crop_imm(&letterhead, 0, 0, 1_654, 350).to_image();
    let place = [0.0, 842.0 - 126.0, 595.0, 126.0];
    let document = || mixed_pdf(vec![Mixed { text: &text, picture: Some((letterhead.clone(), place)) }]);
    let without = self::pool(None).read(document()).await.expect("reads");
    assert_eq!((value(&without, Field::SupplierName), without.notes.as_slice()), (None, [].as_slice()));
    let reading = pool.read(document()).await.expect("reads");
    assert_eq!(reading.kind, DocumentKind::TextPdf);
    let name = reading.fields.get(&Field::SupplierName).unwrap_or_else(|| panic!("no name: {:?}", reading.words));
    assert_eq!((name.value.as_str(), name.source), ("Northgate Paper Ltd", Source::Ocr));
    let place = name.place.expect("a place");
    assert!(place.y < 0.15 && lies_on_words(&reading, place), "{place:?}");
    assert_eq!(reading.fields[&Field::GrossTotal], without.fields[&Field::GrossTotal]);
}

#[tokio::test]
async fn of_many_pages_the_last_are_read_and_the_rest_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let ocr = Ocr::find(&scripted(folder.path(), "exit 1")).await.expect("a program");
    let told = Mutex::new(Vec::new());
    let tell = |page, of| told.lock().unwrap().push((page, of));
    let blank = || Mixed { text: "", picture: Some((GrayImage::from_pixel(8, 8, Luma([250])), WHOLE_PAGE)) };
    let document = mixed_pdf((0..14).map(|_| blank()).collect());
    let reading = pool(Some(ocr)).read_telling(document, &tell).await.expect("reads");
    assert_eq!(told.lock().unwrap().last(), Some(&(10, 10)));
    let left_out = note(&reading, "pages_left_out").expect("a note");
    assert!(left_out.starts_with("Pages 9–12 are pictures and not read"), "{left_out}");
    assert!(note(&reading, "page_not_read").is_some_and(|message| message.contains("1–8, 13–14")));
}

#[tokio::test]
async fn people_are_told_what_is_missing() {
    let sample = Bytes::from(samples::generate(DocumentKind::ScanImage, 3).bytes);
    for (missing, words) in [
        (NoOcr::Off, "This is a scan, and reading scans is switched off. Type in the values."),
        (
            NoOcr::NoProgram,
            "This is a scan, and the program that reads scans, Tesseract, is not installed. Type in the values.",
        ),
        (
            NoOcr::NoLanguage("deu+fra".into()),
            "This is a scan, and the program that reads scans, Tesseract, lacks the languages for it: German, French. \
             Type in the values.",
        ),
    ] {
        let options = PoolOptions { program: Some(program()), no_ocr: Some(missing), ..PoolOptions::default() };
        let reading = ReaderPool::new(options).read(sample.clone()).await.expect("reads");
        assert_eq!(note(&reading, "no_text"), Some(words));
    }
}

const SHOWN: &str = "Acme Ltd\n1 High Street\nLondon SW1A 1AA\n\nInvoice number: INV-2026-117\nInvoice date: 3 May 2026\n\
    Description of the goods that were delivered in April\nPaper and pens for the office      80.00\n\
    Chairs and one large table         120.00\n\nNet amount: 200.00 GBP\nVAT 20%: 40.00 GBP\nTotal: 240.00 GBP\n\
    Please pay within 30 days after the date of the invoice\nThank you for your order";

#[tokio::test]
async fn a_garbled_text_layer_is_noticed_and_read_from_the_picture() {
    let reading = pool(None).read(garbled_pdf(&[SHOWN])).await.expect("reads");
    assert!(note(&reading, "garbled_text").is_some(), "{:?}", reading.notes);
    assert_eq!(value(&reading, Field::GrossTotal), None);

    let Some(ocr) = tesseract().await else { return };
    let reading = pool(Some(ocr)).read(garbled_pdf(&[SHOWN])).await.expect("reads");
    assert!(note(&reading, "garbled_text_replaced").is_some(), "{:?}", reading.notes);
    assert_eq!(value(&reading, Field::InvoiceNumber), Some("INV-2026-117"));
    assert_eq!(value(&reading, Field::IssueDate), Some("2026-05-03"));
    assert_eq!(value(&reading, Field::GrossTotal), Some("240.00"));
    assert_eq!(reading.fields[&Field::GrossTotal].source, Source::Ocr);
}
