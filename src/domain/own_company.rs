//! The companies whose invoices these are: whether an invoice is addressed to one of them.

use super::{
    checks::{CheckResult, Severity},
    field::Field,
    normalise::compact,
};
use serde::{Deserialize, Serialize};

/// The rule of an invoice to somebody else.
pub const NOT_OURS: &str = "buyer-not-us";
/// The code of a refusal: whoever changed the companies had not seen them as they are.
pub const LIST_CHANGED: &str = "own_companies_changed";
/// The most letters of a name or a VAT id, and the most companies.
pub const MOST_LETTERS: usize = 200;
pub const MOST_COMPANIES: usize = 200;

/// A company of the house, as an admin wrote it; the VAT id may be empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct OwnCompany {
    pub name: String,
    pub vat_id: String,
}

/// The companies as an admin typed them, in the form we keep: those without a name and a VAT id are left out. Or what is
/// wrong with them.
pub fn checked(typed: &[OwnCompany]) -> Result<Vec<OwnCompany>, String> {
    let one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut companies: Vec<OwnCompany> = Vec::new();
    for company in typed {
        let company = OwnCompany { name: one_line(&company.name), vat_id: compact(&company.vat_id) };
        if company == OwnCompany::default() {
            continue;
        }
        if [&company.name, &company.vat_id].into_iter().any(|text| text.chars().count() > MOST_LETTERS) {
            return Err(["A name or a VAT id has at most ", &MOST_LETTERS.to_string(), " characters"].concat());
        }
        if company.name.is_empty() {
            return Err(["Which company has the VAT id ", &company.vat_id, "? Write its name"].concat());
        }
        if companies.contains(&company) {
            return Err([company.name.as_str(), " stands there twice"].concat());
        }
        companies.push(company);
    }
    if companies.len() > MOST_COMPANIES {
        return Err(["At most ", &MOST_COMPANIES.to_string(), " companies"].concat());
    }
    Ok(companies)
}

/// How companies write their legal form, as [`name_key`] leaves its words.
const LEGAL_FORMS: [&str; 65] = [
    "ab",
    "ag",
    "aps",
    "as",
    "asa",
    "bv",
    "bvba",
    "co",
    "comm",
    "company",
    "corp",
    "corporation",
    "cv",
    "cvba",
    "doo",
    "dac",
    "eg",
    "eirl",
    "ek",
    "esrl",
    "eurl",
    "ev",
    "gbr",
    "gesmbh",
    "gmbh",
    "inc",
    "incorporated",
    "kft",
    "kg",
    "kgaa",
    "lda",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "mbh",
    "nv",
    "nyrt",
    "oe",
    "og",
    "ohg",
    "oo",
    "oy",
    "oyj",
    "plc",
    "sa",
    "sarl",
    "sas",
    "sasu",
    "sc",
    "scop",
    "se",
    "sl",
    "slu",
    "snc",
    "sp",
    "spa",
    "spol",
    "srl",
    "sro",
    "ug",
    "vof",
    "z",
    "zrt",
];

/// A company's name as it is compared: small letters and digits, without the legal form at its end. Signs inside of a
/// word, `S.r.l.` or `A/S`, do not count.
fn name_key(name: &str) -> String {
    let folded = name.replace(['.', '/', '\'', '’'], "");
    let small = folded.chars().flat_map(char::to_lowercase);
    let spaced: String = small.map(|sign| if sign.is_alphanumeric() { sign } else { ' ' }).collect();
    let mut words: Vec<&str> = spaced.split_whitespace().collect();
    while let [_, .., last] = words.as_slice() {
        if !LEGAL_FORMS.contains(last) {
            break;
        }
        words.pop();
    }
    words.join(" ")
}

/// What Switzerland and Norway write behind the number, in the languages of the one.
const VAT_WORDS: [&str; 4] = ["MWST", "TVA", "IVA", "MVA"];

/// A VAT id as it is compared: Greece calls itself EL in it, and GR elsewhere.
fn vat_key(vat_id: &str) -> String {
    let id = compact(vat_id);
    let bare = VAT_WORDS.iter().find_map(|word| id.strip_suffix(word)).unwrap_or(&id);
    match bare.strip_prefix("GR") {
        Some(number) => ["EL", number].concat(),
        None => bare.to_owned(),
    }
}

/// Whether two VAT ids are the same; one may lack its country.
fn same_vat_id(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() { (one, other) } else { (other, one) };
    let Some(rest) = long.strip_suffix(short) else { return false };
    rest.is_empty() || (rest.len() == 2 && rest.bytes().all(|sign| sign.is_ascii_uppercase()))
}

/// Whether a company is the one that an invoice names; None: there is nothing to compare.
fn is_named(company: &OwnCompany, name: &str, vat_id: &str) -> Option<bool> {
    let (own_id, named_id) = (vat_key(&company.vat_id), vat_key(vat_id));
    if !own_id.is_empty() && !named_id.is_empty() {
        return Some(same_vat_id(&own_id, &named_id));
    }
    let (own_name, named) = (name_key(&company.name), name_key(name));
    (!own_name.is_empty() && !named.is_empty()).then(|| own_name == named)
}

/// The check that an invoice is addressed to one of these companies: by VAT id where both are known, else by name. None:
/// it is, or it does not say to whom, or no companies are set.
pub fn check(companies: &[OwnCompany], name: &str, vat_id: &str) -> Option<CheckResult> {
    if companies.is_empty() || companies.iter().any(|company| is_named(company, name, vat_id) != Some(false)) {
        return None;
    }
    let by_id = name.is_empty();
    let named = if by_id { vat_id } else { name };
    let field = if by_id { Field::BuyerVatId } else { Field::BuyerName };
    Some(CheckResult {
        rule: NOT_OURS.to_owned(),
        severity: Severity::Error,
        message: ["Addressed to ", named, ", which is none of our companies"].concat(),
        fields: vec![field, if by_id { Field::BuyerName } else { Field::BuyerVatId }],
        expected: None,
        found: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ours() -> Vec<OwnCompany> {
        [("Halde Bau GmbH & Co. KG", "DE136695976"), ("Halde Italia S.r.l.", "")]
            .map(|(name, vat_id)| OwnCompany { name: name.into(), vat_id: vat_id.into() })
            .to_vec()
    }

    fn is_refused(name: &str, vat_id: &str) -> bool {
        check(&ours(), name, vat_id).is_some()
    }

    #[test]
    fn the_vat_id_decides_where_both_are_known() {
        assert!(!is_refused("Any name", "DE 136 695 976"));
        assert!(!is_refused("", "136695976"), "without its country");
        assert!(!is_refused("", "DE111111125"), "the other company has none to compare");
        let only = &ours()[..1];
        assert!(check(only, "Halde Bau GmbH & Co. KG", "DE111111125").is_some());
        assert!(check(only, "", "DE111111125").is_some_and(|check| check.fields[0] == Field::BuyerVatId));
    }

    #[test]
    fn a_vat_id_is_the_same_however_its_country_writes_it() {
        for (own, named) in [
            ("CHE123456789", "CHE-123.456.789 MWST"),
            ("CHE-123.456.789 TVA", "CHE-123.456.789 IVA"),
            ("NO923609016MVA", "923 609 016"),
            ("GR094259216", "EL094259216"),
        ] {
            let company = OwnCompany { name: "Halde".into(), vat_id: own.into() };
            assert!(check(&[company], "Somebody Ltd", named).is_none(), "{own} {named}");
        }
    }

    #[test]
    fn else_the_name_does_without_case_and_legal_form() {
        for name in ["HALDE BAU", "Halde Bau GmbH", "halde  bau Gesmbh", "Halde-Bau KG", "Halde Italia SRL"] {
            assert!(!is_refused(name, ""), "{name}");
        }
        for name in ["Halde", "Halde Bau Süd GmbH", "Somebody Ltd", "GmbH"] {
            assert!(is_refused(name, ""), "{name}");
        }
        let check = check(&ours(), "Somebody Ltd", "IT00743110157").expect("it is none of ours");
        assert_eq!((check.rule.as_str(), check.severity), (NOT_OURS, Severity::Error));
        assert_eq!(check.message, "Addressed to Somebody Ltd, which is none of our companies");
    }

    #[test]
    fn what_an_admin_typed_is_kept_in_one_form() {
        let typed = |name: &str, vat_id: &str| OwnCompany { name: name.into(), vat_id: vat_id.into() };
        let kept = checked(&[typed(" Halde  Bau GmbH", "de 136.695.976"), typed("", " "), typed("Halde Süd", "")]);
        assert_eq!(kept, Ok(vec![typed("Halde Bau GmbH", "DE136695976"), typed("Halde Süd", "")]));
        let many: Vec<_> = (0..=MOST_COMPANIES).map(|number| typed(&number.to_string(), "")).collect();
        for wrong in [
            vec![typed("", "DE136695976")],
            vec![typed("Halde", ""), typed("Halde ", " ")],
            vec![typed(&"x".repeat(MOST_LETTERS + 1), "")],
            many,
        ] {
            assert!(checked(&wrong).is_err());
        }
    }

    #[test]
    fn who_is_not_named_is_nobody_else() {
        assert!(!is_refused("", ""));
        assert_eq!(check(&[], "Somebody Ltd", "IT00743110157"), None, "no companies are set");
    }

    proptest! {
        #[test]
        fn never_panics(name in "\\PC{0,30}", vat_id in "\\PC{0,20}") {
            let own = OwnCompany { name: name.clone(), vat_id: vat_id.clone() };
            prop_assert_eq!(check(&[own], &name, &vat_id), None);
        }
    }
}
