//! The country of an address: as it is written below or behind the town, by the form of the postcode, or as the party's VAT
//! id begins.

use super::address::Town;
use super::find::Context;
use super::sheet::fold;
use crate::domain::vat_id::VatId;
use std::ops::Range;

/// Rows below a town in which its country may stand.
const ROWS_BELOW: usize = 2;
/// A country's name has at most so many words.
const NAME_WORDS: usize = 3;

/// Names in six languages, folded as labels are. Countries that send invoices to such companies as ours, not all there are.
#[rustfmt::skip]
const NAMES: &[(&str, &str)] = &[
    ("AT", "austria|osterreich|autriche|oostenrijk"),
    ("BE", "belgium|belgien|belgique|belgie|belgio|belgica"),
    ("BG", "bulgaria|bulgarien|bulgarie|bulgarije"),
    ("CH", "switzerland|schweiz|suisse|zwitserland|svizzera|suiza"),
    ("CN", "china|chine|cina|p r china"),
    ("CY", "cyprus|zypern|chypre|cipro|chipre"),
    ("CZ", "czech republic|czechia|tschechien|tschechische republik|republique tcheque|tsjechie|repubblica ceca|chequia"),
    ("DE", "germany|deutschland|allemagne|duitsland|germania|alemania"),
    ("DK", "denmark|danemark|denemarken|danimarca|dinamarca"),
    ("EE", "estonia|estland|estonie"),
    ("ES", "spain|spanien|espagne|spanje|spagna|espana"),
    ("FI", "finland|finnland|finlande|finlandia"),
    ("FR", "france|frankreich|frankrijk|francia"),
    ("GB", "united kingdom|great britain|england|scotland|wales|grossbritannien|vereinigtes konigreich|royaume uni|verenigd koninkrijk|regno unito|reino unido"),
    ("GR", "greece|griechenland|grece|griekenland|grecia"),
    ("HR", "croatia|kroatien|croatie|kroatie|croazia|croacia"),
    ("HU", "hungary|ungarn|hongrie|hongarije|ungheria|hungria"),
    ("IE", "ireland|irland|irlande|ierland|irlanda"),
    ("IT", "italy|italien|italie|italia"),
    ("LI", "liechtenstein"),
    ("LT", "lithuania|litauen|lituanie|litouwen|lituania"),
    ("LU", "luxembourg|luxemburg|lussemburgo|luxemburgo"),
    ("LV", "latvia|lettland|lettonie|letland|lettonia|letonia"),
    ("MT", "malta|malte"),
    ("NL", "netherlands|the netherlands|niederlande|pays bas|nederland|paesi bassi|paises bajos"),
    ("NO", "norway|norwegen|norvege|noorwegen|norvegia|noruega"),
    ("PL", "poland|polen|pologne|polonia|polska"),
    ("PT", "portugal|portogallo"),
    ("RO", "romania|rumanien|roumanie|roemenie|rumania"),
    ("SE", "sweden|schweden|suede|zweden|svezia|suecia"),
    ("SI", "slovenia|slowenien|slovenie|eslovenia"),
    ("SK", "slovakia|slowakei|slovaquie|slowakije|slovacchia|eslovaquia"),
    ("US", "usa|united states|united states of america|vereinigte staaten|etats unis|stati uniti|estados unidos"),
];

/// A country where the page says it.
#[derive(Clone, Debug)]
pub(super) struct Country {
    pub code: String,
    pub words: Range<usize>,
    pub confidence: f32,
}

/// The country of the address that ends with the town.
pub(super) fn of_town(ctx: &Context<'_>, town: &Town) -> Option<Country> {
    let by_form = || {
        let code = town.country?.to_owned();
        Some(Country { code, words: town.postcode.clone(), confidence: 0.85 })
    };
    written(ctx, town).or_else(by_form)
}

/// The country that gave out a VAT id: firms may be registered for VAT elsewhere than where they are.
pub(super) fn of_vat_id(id: &str, words: &Range<usize>) -> Option<Country> {
    VatId::parse(id)?;
    let code = match id.get(..2)? {
        "EL" => "GR",
        "XI" => "GB",
        code => code,
    };
    code.bytes().all(|b| b.is_ascii_uppercase()).then(|| Country {
        code: code.to_owned(),
        words: words.clone(),
        confidence: 0.8,
    })
}

/// Its name behind the town, or alone in the next line of the address.
fn written(ctx: &Context<'_>, town: &Town) -> Option<Country> {
    let sheet = ctx.sheet;
    let base = &sheet.cells[town.cell];
    let end = town.city.end.max(town.postcode.end);
    let behind = (town.city.start.min(end)..base.words.end)
        .filter_map(|word| named(ctx, word..base.words.end.min(word + NAME_WORDS)))
        .find(|country| country.words.end == base.words.end && country.words.start > town.city.start);
    if behind.is_some() {
        return behind;
    }
    let page = sheet.rows[base.row].page;
    let rows = base.row + 1..sheet.rows.len().min(base.row + 1 + ROWS_BELOW);
    let below = rows.take_while(|&row| {
        sheet.rows[row].page == page && sheet.rows[row].y0 - sheet.rows[base.row].y1 < 2.0 * sheet.row_height(base.row)
    });
    let mut cells = below
        .filter_map(|row| sheet.rows[row].cells.clone().find(|&cell| (sheet.cells[cell].x0 - base.x0).abs() < 8.0));
    cells.find_map(|cell| {
        let words = sheet.cells[cell].words.clone();
        named(ctx, words.clone()).filter(|country| country.words == words)
    })
}

/// The country that the words begin to name, as many of them as it takes.
fn named(ctx: &Context<'_>, words: Range<usize>) -> Option<Country> {
    (words.start + 1..=words.end).rev().find_map(|end| {
        let text = fold(&ctx.sheet.text(words.start..end));
        let (code, _) = NAMES.iter().find(|(_, names)| names.split('|').any(|name| name == text))?;
        Some(Country { code: (*code).to_owned(), words: words.start..end, confidence: 0.92 })
    })
}
