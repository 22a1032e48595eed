//! The companies of the samples. All are made up; so are their streets, banks and numbers.

use super::language::Language;

/// Something a company sells.
pub(super) struct Item {
    pub(super) number: &'static str,
    pub(super) name: &'static str,
    /// UN/ECE Recommendation 20: `H87` piece, `HUR` hour, `KGM` kilogram, `MTR` metre, `MON` month, `KMT` kilometre.
    pub(super) unit: &'static str,
    /// Net price of one unit, in cents.
    pub(super) cents: i64,
    pub(super) rate: Rate,
}

/// Which of a country's VAT rates applies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rate {
    Standard,
    Reduced,
}

pub(super) struct Company {
    pub(super) name: &'static str,
    pub(super) street: &'static str,
    pub(super) postcode: &'static str,
    pub(super) city: &'static str,
    pub(super) country: &'static str,
    pub(super) language: Language,
    /// Bank code inside the IBAN where that begins with letters, and the beginning of the BIC.
    pub(super) bank: &'static str,
    /// What its invoice numbers begin with.
    pub(super) prefix: &'static str,
    /// Days until an invoice is due.
    pub(super) terms: i64,
    pub(super) items: &'static [Item],
}

/// The buyer's name in each country where the sellers are: one group, a company in each.
pub(super) struct Buyer {
    pub(super) name: &'static str,
    pub(super) street: &'static str,
    pub(super) postcode: &'static str,
    pub(super) city: &'static str,
    pub(super) country: &'static str,
}

/// VAT rates in per cent, as tenths: standard and reduced.
pub(super) fn rate_in_tenths(country: &str, rate: Rate) -> i64 {
    let (standard, reduced) = match country {
        "AT" => (200, 100),
        "BE" => (210, 60),
        "DE" => (190, 70),
        "ES" => (210, 100),
        "FR" => (200, 55),
        "IE" => (230, 135),
        "IT" => (220, 100),
        _ => (210, 90),
    };
    match rate {
        Rate::Standard => standard,
        Rate::Reduced => reduced,
    }
}

const fn item(number: &'static str, name: &'static str, unit: &'static str, cents: i64) -> Item {
    Item { number, name, unit, cents, rate: Rate::Standard }
}

const fn reduced(number: &'static str, name: &'static str, unit: &'static str, cents: i64) -> Item {
    Item { number, name, unit, cents, rate: Rate::Reduced }
}

pub(super) const BUYERS: [Buyer; 8] = [
    Buyer {
        name: "Haldenwerk Komponenten GmbH",
        street: "Lerchenfeldstraße 14",
        postcode: "70565",
        city: "Stuttgart",
        country: "DE",
    },
    Buyer { name: "Haldenwerk Austria GmbH", street: "Seilerstätte 9", postcode: "4020", city: "Linz", country: "AT" },
    Buyer { name: "Haldenwerk Belgium BV", street: "Kanaaldijk 30", postcode: "2900", city: "Schoten", country: "BE" },
    Buyer {
        name: "Haldenwerk Ibérica S.L.",
        street: "Avenida del Torno 52",
        postcode: "46015",
        city: "Valencia",
        country: "ES",
    },
    Buyer {
        name: "Haldenwerk France SAS",
        street: "6 allée des Fondeurs",
        postcode: "69100",
        city: "Villeurbanne",
        country: "FR",
    },
    Buyer {
        name: "Haldenwerk Ireland Ltd",
        street: "18 Foundry Lane",
        postcode: "D12 X4C9",
        city: "Dublin",
        country: "IE",
    },
    Buyer {
        name: "Haldenwerk Italia S.r.l.",
        street: "Via della Fucina 40",
        postcode: "20151",
        city: "Milano",
        country: "IT",
    },
    Buyer {
        name: "Haldenwerk Nederland B.V.",
        street: "Smederijweg 3",
        postcode: "5652 AB",
        city: "Eindhoven",
        country: "NL",
    },
];

pub(super) const OSTERTAL: Company = Company {
    name: "Ostertal Präzisionstechnik GmbH",
    street: "Am Mühlgraben 8",
    postcode: "01326",
    city: "Dresden",
    country: "DE",
    language: Language::German,
    bank: "OSTL",
    prefix: "2026-",
    terms: 30,
    items: &[
        item("WD-1040", "Wellendichtring 40 x 62 x 7", "H87", 485),
        item("KL-6205", "Rillenkugellager 6205-2RS", "H87", 912),
        item("PS-0815", "Passscheibe gehärtet", "H87", 135),
        item("FR-2200", "Fräsarbeiten nach Zeichnung", "HUR", 7850),
        item("AL-3030", "Aluminiumprofil 30 x 30", "MTR", 1190),
        item("SZ-0412", "Zylinderschraube M4 x 12, 100 Stück", "H87", 765),
        item("KB-0090", "Kühlschmierstoff, Kanister 5 l", "H87", 4390),
        item("HM-0600", "Hartmetallfräser 6 mm", "H87", 3675),
    ],
};

pub(super) const LINDHAGEN: Company = Company {
    name: "Bürohaus Lindhagen KG",
    street: "Kaiserallee 241",
    postcode: "76133",
    city: "Karlsruhe",
    country: "DE",
    language: Language::German,
    bank: "LNDH",
    prefix: "RE",
    terms: 14,
    items: &[
        item("10-2201", "Kopierpapier A4, 500 Blatt", "H87", 489),
        item("10-4410", "Ordner breit, schwarz", "H87", 229),
        item("14-0007", "Tonerkassette schwarz", "H87", 7890),
        item("20-1180", "Bürodrehstuhl, höhenverstellbar", "H87", 24900),
        reduced("90-0100", "Röstkaffee, ganze Bohne", "KGM", 1495),
        reduced("90-0220", "Fachbuch Umsatzsteuer", "H87", 4490),
    ],
};

pub(super) const GRUENBACH: Company = Company {
    name: "Grünbach Verpackungen GmbH",
    street: "Wiener Straße 312",
    postcode: "4030",
    city: "Linz",
    country: "AT",
    language: Language::German,
    bank: "GRNB",
    prefix: "AR-26",
    terms: 21,
    items: &[
        item("K-300", "Faltkarton 300 x 200 x 150 mm", "H87", 58),
        item("K-600", "Faltkarton 600 x 400 x 400 mm", "H87", 176),
        item("F-050", "Luftpolsterfolie 50 cm", "MTR", 39),
        item("P-800", "Einwegpalette 800 x 1200 mm", "H87", 895),
        item("B-048", "Packband braun, 66 m", "H87", 215),
    ],
};

pub(super) const VAUCLAIR: Company = Company {
    name: "Atelier Vauclair SARL",
    street: "127 rue des Tanneurs",
    postcode: "69009",
    city: "Lyon",
    country: "FR",
    language: Language::French,
    bank: "VAUC",
    prefix: "FA-2026-",
    terms: 45,
    items: &[
        item("IMP-A4", "Impression de brochures A4, 24 pages", "H87", 342),
        item("IMP-CV", "Cartes de visite, lot de 250", "H87", 4650),
        item("PAO-HR", "Mise en page", "HUR", 6200),
        item("AFF-A1", "Affiche A1 couleur", "H87", 1875),
        reduced("LIV-01", "Catalogue relié", "H87", 1280),
    ],
};

pub(super) const ZUIDERHAVEN: Company = Company {
    name: "Zuiderhaven Logistiek B.V.",
    street: "Kraanweg 115",
    postcode: "3089 JK",
    city: "Rotterdam",
    country: "NL",
    language: Language::Dutch,
    bank: "ZUHV",
    prefix: "2026",
    terms: 30,
    items: &[
        item("TR-CONT", "Containervervoer Rotterdam-Eindhoven", "H87", 41500),
        item("OP-PAL", "Opslag per pallet", "H87", 620),
        item("WT-UUR", "Wachttijd chauffeur", "HUR", 5850),
        item("KM-EXTRA", "Extra kilometers", "KMT", 164),
        item("DOU-DOC", "Douanedocumenten", "H87", 4500),
    ],
};

pub(super) const KEMPENVELD: Company = Company {
    name: "Kempenveld Schoonmaak BV",
    street: "Nijverheidslaan 63",
    postcode: "2300",
    city: "Turnhout",
    country: "BE",
    language: Language::Dutch,
    bank: "KEMP",
    prefix: "VF-",
    terms: 30,
    items: &[
        item("SCH-KAN", "Schoonmaak kantoren", "HUR", 3240),
        item("SCH-RAM", "Ramen wassen", "H87", 18500),
        item("MAT-PAP", "Papieren handdoeken, doos", "H87", 3165),
        reduced("ONT-01", "Onderhoud groenzone", "HUR", 3850),
    ],
};

pub(super) const VALTORRE: Company = Company {
    name: "Officine Valtorre S.r.l.",
    street: "Via dell'Artigiano 119",
    postcode: "24126",
    city: "Bergamo",
    country: "IT",
    language: Language::Italian,
    bank: "VLTR",
    prefix: "FT/26/",
    terms: 60,
    items: &[
        item("UT-120", "Punta elicoidale 12 mm", "H87", 1425),
        item("UT-310", "Inserto per tornitura", "H87", 865),
        item("LAV-TOR", "Lavorazione al tornio", "HUR", 5400),
        item("MAT-C45", "Barra acciaio C45", "KGM", 315),
        item("TRA-01", "Trasporto", "H87", 3500),
    ],
};

pub(super) const PENARRUBIA: Company = Company {
    name: "Suministros Peñarrubia S.L.",
    street: "Calle del Taller 207",
    postcode: "46014",
    city: "Valencia",
    country: "ES",
    language: Language::Spanish,
    bank: "PNRB",
    prefix: "F26-",
    terms: 30,
    items: &[
        item("CB-3G25", "Manguera eléctrica 3G2,5", "MTR", 214),
        item("IN-016A", "Interruptor automático 16 A", "H87", 1180),
        item("LU-LED4", "Luminaria LED 40 W", "H87", 3895),
        item("MO-HOR", "Mano de obra", "HUR", 3600),
        item("CA-2040", "Canaleta 20 x 40 mm", "MTR", 178),
    ],
};

pub(super) const ARDMULLEN: Company = Company {
    name: "Ardmullen Software Ltd",
    street: "3 Quayside Court",
    postcode: "T12 X8P2",
    city: "Cork",
    country: "IE",
    language: Language::English,
    bank: "ARDM",
    prefix: "INV-",
    terms: 30,
    items: &[
        item("SUB-PRO", "Planning suite, professional, monthly", "MON", 18900),
        item("SUB-SEAT", "Additional seat", "H87", 2450),
        item("SUP-HR", "Support and configuration", "HUR", 11500),
        item("TRN-DAY", "Training day on site", "H87", 98000),
        item("STO-TB", "Storage, per terabyte", "H87", 3275),
    ],
};

/// Every seller, in the order that seeds pick them.
pub(super) const SELLERS: [&Company; 9] =
    [&OSTERTAL, &LINDHAGEN, &GRUENBACH, &VAUCLAIR, &ZUIDERHAVEN, &KEMPENVELD, &VALTORRE, &PENARRUBIA, &ARDMULLEN];
