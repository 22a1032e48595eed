//! A sound invoice breaks nothing; each rule fires on one that breaks it; nothing panics.

use super::{
    Syntax, judge,
    model::{
        Address, Adjustment, Code, CodeUse, Delivery, Invoice, Line, Party, Payee, Payment, Period, SupportingDocument,
        TaxTotal, Totals, Value, VatCategory, VatRow, decimals, number, to_cents,
    },
    rule::Test,
    rules, told,
};
use crate::domain::{checks::Severity, field::Field, money::Decimal};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// An invoice of constants.
type Whole = Invoice<'static>;

const STANDARD: VatCategory<'_> = VatCategory { code: Some("S"), rate: Some("19"), is_vat: true };

fn party(name: &'static str, vat_id: &'static str) -> Party<'static> {
    Party {
        name: Some(name),
        vat_ids: vec![vat_id],
        address: Some(Address { country: Some("DE") }),
        electronic_address_schemes: vec![Some("EM")],
        ..Party::default()
    }
}

/// Two lines, an allowance and a charge at 19 %: 100.00 net, 19.00 VAT, 119.00 gross.
fn sound(syntax: Syntax) -> Invoice<'static> {
    let line = |id, net| Line {
        id: Some(id),
        quantity: Some("2"),
        has_unit: true,
        net: Some(net),
        price: Some("25.00"),
        vat: STANDARD,
        name: Some("Paper"),
        ..Line::default()
    };
    let adjustment = |is_charge, amount| Adjustment {
        is_charge: Some(is_charge),
        amount: Some(amount),
        has_reason: true,
        vat: STANDARD,
        ..Adjustment::default()
    };
    Invoice {
        syntax,
        specification: Some("urn:cen.eu:en16931:2017"),
        number: Some("R-1"),
        issue_date: Some("2026-11-02"),
        type_code: Some("380"),
        currency: Some("EUR"),
        seller: Some(party("Seller", "DE123456789")),
        buyer: Some(party("Buyer", "DE987654321")),
        vat_ids: vec!["DE123456789", "DE987654321"],
        payments: vec![Payment {
            means: Some("58"),
            has_account: true,
            account: Some("DE89370400440532013000"),
            ..Payment::default()
        }],
        adjustments: vec![adjustment(false, "5.00"), adjustment(true, "5.00")],
        totals: Some(Totals {
            lines: Some("100.00"),
            allowances: Some("5.00"),
            charges: Some("5.00"),
            net: Some("100.00"),
            gross: Some("119.00"),
            due: Some("119.00"),
            ..Totals::default()
        }),
        tax_totals: vec![TaxTotal { amount: Some("19.00"), currency: Some("EUR") }],
        vat_rows: vec![VatRow { base: Some("100.00"), tax: Some("19.00"), vat: STANDARD, ..VatRow::default() }],
        lines: vec![line("1", "50.00"), line("2", "50.00")],
        codes: vec![Code { usage: CodeUse::DocumentCurrency, value: "EUR" }],
        ..Invoice::default()
    }
}

/// Sound, and all of it in a VAT category without VAT.
fn untaxed(syntax: Syntax, code: &'static str) -> Invoice<'static> {
    let rate = (code != "O").then_some("0");
    let vat = VatCategory { code: Some(code), rate, is_vat: true };
    let mut invoice = sound(syntax);
    invoice.lines.iter_mut().for_each(|line| line.vat = vat);
    invoice.adjustments.iter_mut().for_each(|adjustment| adjustment.vat = vat);
    invoice.vat_rows[0] =
        VatRow { base: Some("100.00"), tax: Some("0.00"), vat, has_reason: code != "Z", ..VatRow::default() };
    invoice.tax_totals[0].amount = Some("0.00");
    invoice.totals = invoice.totals.map(|totals| Totals { gross: Some("100.00"), due: Some("100.00"), ..totals });
    invoice.delivery = Delivery { date: Some("2026-11-01"), address: Some(Address { country: Some("AT") }) };
    if code == "O" {
        for party in [&mut invoice.seller, &mut invoice.buyer].into_iter().flatten() {
            party.vat_ids.clear();
            party.ids.push("4711");
        }
    }
    invoice
}

fn fired(invoice: &Invoice<'_>) -> BTreeSet<String> {
    judge(invoice).into_iter().map(|finding| finding.id).collect()
}

/// A change that breaks an invoice, and the rules that must fire then; they may be others' too.
type Breach = (&'static [&'static str], fn(&mut Whole));

fn seller(invoice: &mut Whole) -> &mut Party<'static> {
    invoice.seller.get_or_insert_default()
}

fn buyer(invoice: &mut Whole) -> &mut Party<'static> {
    invoice.buyer.get_or_insert_default()
}

fn totals<'i>(invoice: &'i mut Invoice<'static>) -> &'i mut Totals<'static> {
    invoice.totals.get_or_insert_default()
}

fn of_line(invoice: &mut Whole, is_charge: bool) -> &mut Adjustment<'static> {
    let adjustment =
        Adjustment { is_charge: Some(is_charge), amount: Some("1.00"), has_reason: true, ..Adjustment::default() };
    let adjustments = &mut invoice.lines[1].adjustments;
    adjustments.push(adjustment);
    let last = adjustments.len() - 1;
    &mut adjustments[last]
}

#[rustfmt::skip]
const BREACHES: &[Breach] = &[
    (&["BR-01"], |i| i.specification = None),
    (&["BR-02"], |i| i.number = Some("")),
    (&["BR-03"], |i| i.issue_date = None),
    (&["BR-04"], |i| i.type_code = None),
    (&["BR-05"], |i| i.currency = Some("")),
    (&["BR-06"], |i| seller(i).name = None),
    (&["BR-07"], |i| buyer(i).name = Some("")),
    (&["BR-08"], |i| seller(i).address = None),
    (&["BR-09"], |i| seller(i).address = Some(Address::default())),
    (&["BR-10"], |i| buyer(i).address = None),
    (&["BR-11"], |i| buyer(i).address = Some(Address::default())),
    (&["BR-12", "BR-CO-10"], |i| totals(i).lines = None),
    (&["BR-13"], |i| totals(i).net = None),
    (&["BR-14"], |i| totals(i).gross = None),
    (&["BR-15", "BR-CO-16"], |i| totals(i).due = None),
    (&["BR-16"], |i| i.lines.clear()),
    (&["BR-17"], |i| i.payees.push(Payee::default())),
    (&["BR-18", "BR-19", "BR-56"], |i| i.representatives.push(Party::default())),
    (&["BR-20"], |i| i.representatives.push(Party { address: Some(Address::default()), ..Party::default() })),
    (&["BR-21"], |i| i.lines[1].id = Some("")),
    (&["BR-22"], |i| i.lines[1].quantity = None),
    (&["BR-23"], |i| i.lines[1].has_unit = false),
    (&["BR-24", "BR-CO-10", "BR-S-08"], |i| i.lines[1].net = None),
    (&["BR-25"], |i| i.lines[1].name = None),
    (&["BR-26"], |i| i.lines[1].price = None),
    (&["BR-27"], |i| i.lines[1].price = Some("-0.01")),
    (&["BR-28"], |i| i.lines[1].gross_price = Some("-1")),
    (&["BR-29"], |i| i.periods.push(period("2026-12-01", "2026-11-30"))),
    (&["BR-30"], |i| i.lines[1].period = Some(period("2026-12-01", "2026-11-30"))),
    (&["BR-31"], |i| i.adjustments[0].amount = None),
    (&["BR-32"], |i| i.adjustments[0].vat = VatCategory::default()),
    (&["BR-33", "BR-CO-21"], |i| i.adjustments[0].has_reason = false),
    (&["BR-36"], |i| i.adjustments[1].amount = None),
    (&["BR-37"], |i| i.adjustments[1].vat = VatCategory::default()),
    (&["BR-38", "BR-CO-22"], |i| i.adjustments[1].has_reason = false),
    (&["BR-41"], |i| of_line(i, false).amount = None),
    (&["BR-42", "BR-CO-23"], |i| of_line(i, false).has_reason = false),
    (&["BR-43"], |i| of_line(i, true).amount = None),
    (&["BR-44", "BR-CO-24"], |i| of_line(i, true).has_reason = false),
    (&["BR-45"], |i| i.vat_rows[0].base = None),
    (&["BR-46"], |i| i.vat_rows[0].tax = None),
    (&["BR-47"], |i| i.vat_rows[0].vat.code = None),
    (&["BR-48"], |i| i.vat_rows[0].vat.rate = None),
    (&["BR-49"], |i| i.payments[0].means = None),
    (&["BR-50"], |i| i.payments[0].account = Some("")),
    (&["BR-51"], |i| i.payments[0].card = Some("4111111111111111")),
    (&["BR-52"], |i| i.documents.push(SupportingDocument::default())),
    (&["BR-53"], |i| i.tax_currency = Some("SEK")),
    (&["BR-54"], |i| i.lines[1].has_unfinished_attribute = true),
    (&["BR-55"], |i| i.preceding.push(None)),
    (&["BR-57"], |i| i.delivery.address = Some(Address::default())),
    (&["BR-61"], |i| i.payments[0].account = None),
    (&["BR-62"], |i| seller(i).electronic_address_schemes = vec![None]),
    (&["BR-63"], |i| buyer(i).electronic_address_schemes = vec![None]),
    (&["BR-64"], |i| i.lines[1].has_item_id_without_scheme = true),
    (&["BR-65"], |i| i.lines[1].has_class_without_scheme = true),
    (&["BR-CO-03"], |i| (i.has_tax_point_date, i.has_tax_point_code) = (true, true)),
    (&["BR-CO-04"], |i| i.lines[1].vat.is_vat = false),
    (&["BR-CO-09"], |i| i.vat_ids.push("123456789")),
    (&["BR-CO-10", "BR-S-08"], |i| i.lines[1].net = Some("49.00")),
    (&["BR-CO-11"], |i| totals(i).allowances = Some("5.01")),
    (&["BR-CO-11"], |i| totals(i).allowances = None),
    (&["BR-CO-12"], |i| totals(i).charges = Some("4.99")),
    (&["BR-CO-13"], |i| totals(i).net = Some("100.01")),
    (&["BR-CO-14", "BR-CO-15"], |i| i.tax_totals[0].amount = Some("19.01")),
    (&["BR-CO-15"], |i| totals(i).gross = Some("119.01")),
    (&["BR-CO-16"], |i| totals(i).paid = Some("19.00")),
    (&["BR-CO-16"], |i| totals(i).rounding = Some("0.01")),
    (&["BR-CO-17", "BR-S-09"], |i| i.vat_rows[0].tax = Some("20.01")),
    (&["BR-CO-18"], |i| i.vat_rows.clear()),
    (&["BR-CO-19"], |i| i.periods.push(Period::default())),
    (&["BR-CO-20"], |i| i.lines[1].period = Some(Period::default())),
    (&["BR-CO-26"], |i| seller(i).vat_ids.clear()),
    (&["BR-DEC-01"], |i| i.adjustments[0].amount = Some("5.000")),
    (&["BR-DEC-02"], |i| i.adjustments[0].base = Some("50.001")),
    (&["BR-DEC-05"], |i| i.adjustments[1].amount = Some("5.000")),
    (&["BR-DEC-06"], |i| i.adjustments[1].base = Some("50.001")),
    (&["BR-DEC-09"], |i| totals(i).lines = Some("100.000")),
    (&["BR-DEC-10"], |i| totals(i).allowances = Some("5.000")),
    (&["BR-DEC-11"], |i| totals(i).charges = Some("5.000")),
    (&["BR-DEC-12"], |i| totals(i).net = Some("100.000")),
    (&["BR-DEC-14"], |i| totals(i).gross = Some("119.000")),
    (&["BR-DEC-16"], |i| totals(i).paid = Some("0.000")),
    (&["BR-DEC-17"], |i| totals(i).rounding = Some("0.000")),
    (&["BR-DEC-18"], |i| totals(i).due = Some("119.000")),
    (&["BR-DEC-19"], |i| i.vat_rows[0].base = Some("100.000")),
    (&["BR-DEC-20"], |i| i.vat_rows[0].tax = Some("19.000")),
    (&["BR-DEC-23"], |i| i.lines[1].net = Some("50.000")),
    (&["BR-DEC-24"], |i| of_line(i, false).amount = Some("1.000")),
    (&["BR-DEC-25"], |i| of_line(i, false).base = Some("1.000")),
    (&["BR-DEC-27"], |i| of_line(i, true).amount = Some("1.000")),
    (&["BR-DEC-28"], |i| of_line(i, true).base = Some("1.000")),
    (&["BR-S-10"], |i| i.vat_rows[0].has_reason = true),
];

/// Of one syntax only.
#[rustfmt::skip]
const UBL_BREACHES: &[Breach] = &[
    (&["UBL-SR-12"], |i| seller(i).vat_ids = vec!["DE1", "DE2"]),
    (&["UBL-SR-13"], |i| seller(i).other_tax_ids = 2),
    (&["UBL-SR-18"], |i| buyer(i).vat_ids = vec!["DE1", "DE2"]),
    (&["UBL-SR-19", "UBL-SR-20", "UBL-SR-21"], |i| i.payees.push(Payee { names: vec!["Seller"], ..Payee::default() })),
    (&["UBL-SR-29"], |i| i.creditor_ids = 2),
    (&["UBL-SR-43"], |i| i.documents.push(SupportingDocument { id: Some("1"), has_scheme: true, ..SupportingDocument::default() })),
    (&["UBL-SR-44"], |i| i.payments[0].references = vec!["one", "other"]),
    (&["UBL-SR-47"], |i| i.payments.push(Payment { means: Some("48"), ..Payment::default() })),
];

#[rustfmt::skip]
const CII_BREACHES: &[Breach] = &[
    (&["BR-DEC-13"], |i| i.tax_totals[0].amount = Some("19.001")),
    (&["BR-DEC-15"], |i| {
        i.tax_currency = Some("SEK");
        i.tax_totals.push(TaxTotal { amount: Some("200.001"), currency: Some("SEK") });
    }),
    (&["CII-SR-467"], |i| i.payments.push(Payment { means: Some("48"), ..Payment::default() })),
    (&["CII-SR-470"], |i| i.payments[0].account = None),
];

fn period(start: &'static str, end: &'static str) -> Period<'static> {
    Period { has_start: true, has_end: true, start: Some(start), end: Some(end), is_filled: true, ..Period::default() }
}

const SYNTAXES: [Syntax; 2] = [Syntax::Ubl, Syntax::Cii];
const UNTAXED: [(&str, &str); 6] =
    [("Z", "BR-Z"), ("E", "BR-E"), ("AE", "BR-AE"), ("K", "BR-IC"), ("G", "BR-G"), ("O", "BR-O")];
const TAXED: [(&str, &str); 3] = [("S", "BR-S"), ("L", "BR-AF"), ("M", "BR-AG")];

/// Sound, and in any VAT category.
fn of_category(syntax: Syntax, code: &'static str) -> Invoice<'static> {
    if UNTAXED.iter().any(|(untaxed, _)| *untaxed == code) {
        return untaxed(syntax, code);
    }
    let mut invoice = sound(syntax);
    invoice.lines.iter_mut().for_each(|line| line.vat.code = Some(code));
    invoice.adjustments.iter_mut().for_each(|adjustment| adjustment.vat.code = Some(code));
    invoice.vat_rows[0].vat.code = Some(code);
    invoice
}

type CategoryBreach = (u8, fn(&mut Whole));

/// What breaks the ten rules of a category, in their order.
const CATEGORY_BREACHES: [CategoryBreach; 10] = [
    (1, |i| i.vat_rows.clear()),
    (2, |i| swap_ids(i)),
    (3, |i| swap_ids(i)),
    (4, |i| swap_ids(i)),
    (5, |i| i.lines[1].vat.rate = Some("-7")),
    (6, |i| i.adjustments[0].vat.rate = Some("-7")),
    (7, |i| i.adjustments[1].vat.rate = Some("-7")),
    (8, |i| i.vat_rows[0].base = Some("101.00")),
    (9, |i| i.vat_rows[0].tax = Some("20.00")),
    (10, |i| i.vat_rows[0].has_reason = !i.vat_rows[0].has_reason),
];

/// Takes the ids away that a category asks for; the one that asks for none gets one.
fn swap_ids(invoice: &mut Whole) {
    let is_outside = seller(invoice).vat_ids.is_empty();
    for party in [&mut invoice.seller, &mut invoice.buyer].into_iter().flatten() {
        party.vat_ids = if is_outside { vec!["DE123456789"] } else { Vec::new() };
    }
}

/// The rule that a breach of a category must fire, and whether it can in the syntax.
fn category_rule(syntax: Syntax, prefix: &str, number: u8) -> Option<String> {
    // CII does not compute these taxes, and two lines are enough for it to need no row.
    let is_passed_over = match number {
        9 => matches!(prefix, "BR-AF" | "BR-AG"),
        1 => matches!(prefix, "BR-S" | "BR-AF" | "BR-AG" | "BR-O"),
        _ => false,
    };
    let is_judged = syntax == Syntax::Ubl || !is_passed_over;
    is_judged.then(|| format!("{prefix}-{number:02}"))
}

#[test]
fn ids_are_unique() {
    let mut ids = BTreeSet::new();
    for rule in rules() {
        assert!(ids.insert(rule.id.as_ref()), "{} stands twice", rule.id);
        assert!(!rule.text.is_empty(), "{} has words", rule.id);
        assert!(!rule.text.ends_with('.'), "{} is no sentence of a paragraph", rule.id);
    }
    assert!(ids.len() > 450, "{}", ids.len());
}

#[test]
fn a_sound_invoice_breaks_nothing() {
    for syntax in SYNTAXES {
        assert_eq!(judge(&sound(syntax)), [], "{syntax:?}");
        for (code, _) in UNTAXED.into_iter().chain(TAXED) {
            assert_eq!(judge(&of_category(syntax, code)), [], "{syntax:?} {code}");
        }
    }
}

/// All breaches, with the rules that they must fire.
fn broken() -> Vec<(Vec<String>, Invoice<'static>)> {
    let mut all = Vec::new();
    for syntax in SYNTAXES {
        let own = if syntax == Syntax::Ubl { UBL_BREACHES } else { CII_BREACHES };
        for (ids, breach) in BREACHES.iter().chain(own) {
            let mut invoice = sound(syntax);
            breach(&mut invoice);
            all.push((ids.iter().map(|id| (*id).to_owned()).collect(), invoice));
        }
        for (code, prefix) in UNTAXED.into_iter().chain(TAXED) {
            for (number, breach) in CATEGORY_BREACHES {
                let mut invoice = of_category(syntax, code);
                breach(&mut invoice);
                all.push((category_rule(syntax, prefix, number).into_iter().collect(), invoice));
            }
        }
        all.extend(of_some_categories(syntax));
        all.extend(unknown_codes(syntax));
    }
    all
}

/// Those that only some categories have.
fn of_some_categories(syntax: Syntax) -> Vec<(Vec<String>, Invoice<'static>)> {
    let case = |ids: &[&str], code, breach: fn(&mut Whole)| {
        let mut invoice = of_category(syntax, code);
        breach(&mut invoice);
        (ids.iter().map(|id| (*id).to_owned()).collect(), invoice)
    };
    vec![
        case(&["BR-IC-11", "BR-IC-12"], "K", |i| i.delivery = Delivery::default()),
        case(&["BR-O-11"], "O", |i| i.vat_rows.push(VatRow { vat: STANDARD, ..VatRow::default() })),
        case(&["BR-O-12"], "O", |i| i.lines[1].vat = STANDARD),
        case(&["BR-O-13"], "O", |i| i.adjustments[0].vat = STANDARD),
        case(&["BR-O-14"], "O", |i| i.adjustments[1].vat = STANDARD),
        case(&["BR-B-01", "BR-B-02"], "S", |i| {
            i.lines[1].vat.code = Some("B");
            i.codes.push(Code { usage: CodeUse::Country, value: "DE" });
        }),
    ]
}

/// A code that is in no list, for each rule about codes.
fn unknown_codes(syntax: Syntax) -> Vec<(Vec<String>, Invoice<'static>)> {
    let with = |id: &str, usage| {
        let mut invoice = sound(syntax);
        invoice.codes.push(Code { usage, value: "no code" });
        (vec![id.to_owned()], invoice)
    };
    let by_table = rules().iter().filter_map(|rule| match rule.test {
        Test::Code(usage) => Some(with(&rule.id, usage)),
        _ => None,
    });
    by_table.chain([with("BR-CL-01", CodeUse::InvoiceType), with("BR-CL-01", CodeUse::CreditNoteType)]).collect()
}

#[test]
fn each_breach_fires_its_rules() {
    for (ids, invoice) in broken() {
        let fired = fired(&invoice);
        for id in ids {
            assert!(fired.contains(&id), "{:?}: {id} is not among {fired:?}", invoice.syntax);
        }
    }
}

/// Those of the syntaxes' bindings are tested where they are judged, beside the readers of XML.
#[test]
fn each_rule_fires_in_some_test() {
    let fired: BTreeSet<String> = broken().iter().flat_map(|(_, invoice)| fired(invoice)).collect();
    let silent: Vec<&str> = rules()
        .iter()
        .filter(|rule| !matches!(rule.test, Test::Binding(_)))
        .map(|rule| rule.id.as_ref())
        .filter(|id| !fired.contains(*id))
        .collect();
    assert_eq!(silent, [""; 0]);
}

#[test]
fn a_finding_says_where_and_by_how_much() {
    let mut invoice = sound(Syntax::Ubl);
    invoice.lines[1].name = None;
    let [finding] = judge(&invoice).try_into().expect("one rule is broken");
    assert_eq!(finding.result.message, "A line does not name what was bought (line 2)");
    assert_eq!(finding.result.fields, [Field::Line(2)]);
    invoice.lines[0].name = None;
    let [finding] = judge(&invoice).try_into().expect("one rule is broken");
    assert_eq!(finding.result.message, "A line does not name what was bought (line 1 and 1 more)");
    let mut invoice = sound(Syntax::Ubl);
    totals(&mut invoice).charges = Some("4.00");
    totals(&mut invoice).net = Some("99.00");
    let findings = judge(&invoice);
    let charges = findings.iter().find(|finding| finding.id == "BR-CO-12").expect("fires");
    assert_eq!(charges.result.message, "The charges do not add up to their total: 5.00 expected, 4.00 found");
    assert_eq!((charges.result.expected.as_deref(), charges.result.found.as_deref()), (Some("5.00"), Some("4.00")));
}

#[test]
fn what_people_correct_is_not_told_twice_and_remarks_not_at_all() {
    let mut invoice = sound(Syntax::Cii);
    totals(&mut invoice).net = Some("100.01");
    invoice.number = None;
    invoice.binding_breaches = vec![("CII-SR-408", 1), ("CII-DT-031", 2)];
    let rules: Vec<String> = told(judge(&invoice)).into_iter().map(|result| result.rule).collect();
    assert_eq!(rules, ["BR-02", "CII-DT-031"]);
}

#[test]
fn full_card_numbers_are_graver_in_cii() {
    for (syntax, severity) in [(Syntax::Ubl, Severity::Warning), (Syntax::Cii, Severity::Error)] {
        let mut invoice = sound(syntax);
        invoice.payments[0].card = Some("4111111111111111");
        assert_eq!(judge(&invoice)[0].result.severity, severity);
    }
}

#[test]
fn differences_below_one_are_taken_where_the_official_validation_takes_them() {
    let base = |syntax, code, base: &'static str| {
        let mut invoice = of_category(syntax, code);
        invoice.vat_rows[0].base = Some(base);
        fired(&invoice).iter().any(|id| id.ends_with("-08"))
    };
    assert!(!base(Syntax::Ubl, "S", "100.99") && base(Syntax::Ubl, "S", "101.00"));
    assert!(base(Syntax::Cii, "S", "100.01"));
    assert!(base(Syntax::Ubl, "E", "100.01"));
    assert!(!base(Syntax::Cii, "E", "100.99") && base(Syntax::Cii, "E", "101.00"));
    assert!(base(Syntax::Ubl, "O", "100.01") && base(Syntax::Cii, "O", "100.01"));
    let tax = |syntax, tax: &'static str| {
        let mut invoice = sound(syntax);
        invoice.vat_rows[0].tax = Some(tax);
        fired(&invoice).contains("BR-CO-17")
    };
    assert!(!tax(Syntax::Ubl, "19.99") && tax(Syntax::Ubl, "20.00"));
    assert!(!tax(Syntax::Cii, "20.00") && tax(Syntax::Cii, "20.01"));
}

#[test]
fn numbers_are_decimals_of_xml_and_halves_go_up() {
    let decimal = |text: &str| text.parse::<Decimal>().expect("a number");
    assert_eq!(number(Some("+1.50")), Some(decimal("1.5")));
    assert_eq!(number(Some("-.5")), Some(decimal("-0.5")));
    for wrong in ["", ".", "1,5", "1e3", "NaN", "1_0", "--1", "99999999999999999999"] {
        assert_eq!(number(Some(wrong)), None, "{wrong}");
    }
    assert_eq!(to_cents(decimal("0.125")), decimal("0.13"));
    assert_eq!(to_cents(decimal("-0.125")), decimal("-0.12"));
    assert_eq!((decimals(Some("1.230")), decimals(Some("1")), decimals(None)), (3, 0, 0));
}

/// Many lines and as many VAT rows are judged in one go through each.
#[test]
fn many_lines_and_rows_take_no_longer_each() {
    let rates: Vec<String> = (1..=100_000).map(|rate| format!("{}.{:03}", rate / 1000, rate % 1000)).collect();
    let of_rates = || rates.iter().map(|rate| VatCategory { code: Some("S"), rate: Some(rate), is_vat: true });
    let invoice = sound(Syntax::Ubl);
    let invoice = Invoice {
        lines: of_rates().map(|vat| Line { vat, ..invoice.lines[0].clone() }).collect(),
        vat_rows: of_rates().map(|vat| VatRow { vat, ..invoice.vat_rows[0] }).collect(),
        ..invoice
    };
    let findings = judge(&invoice);
    let bases = findings.iter().find(|finding| finding.id == "BR-S-08").expect("fires");
    assert!(bases.result.message.contains("100000 times"), "{}", bases.result.message);
}

/// Values to fill a model with, one after the other.
struct Values<'a>(std::iter::Cycle<std::slice::Iter<'a, Option<String>>>);

impl<'a> Values<'a> {
    fn next(&mut self) -> Value<'a> {
        self.0.next().and_then(|value| value.as_deref())
    }

    fn is(&mut self) -> bool {
        self.next().is_some_and(|value| value.len() % 2 == 0)
    }

    fn vat(&mut self) -> VatCategory<'a> {
        VatCategory { code: self.next(), rate: self.next(), is_vat: self.is() }
    }

    fn adjustment(&mut self) -> Adjustment<'a> {
        let is_charge = self.next().map(|value| value.len() % 2 == 0);
        Adjustment { is_charge, amount: self.next(), base: self.next(), has_reason: self.is(), vat: self.vat() }
    }

    fn party(&mut self) -> Party<'a> {
        Party {
            name: self.next(),
            trading_name: self.next(),
            ids: self.next().into_iter().collect(),
            legal_id: self.next(),
            vat_ids: self.next().into_iter().collect(),
            other_tax_ids: usize::from(self.is()),
            address: self.next().map(|country| Address { country: Some(country) }),
            electronic_address_schemes: vec![self.next()],
        }
    }

    fn invoice(&mut self, syntax: Syntax, size: usize) -> Invoice<'a> {
        Invoice {
            syntax,
            number: self.next(),
            currency: self.next(),
            tax_currency: self.next(),
            has_tax_point_date: self.is(),
            has_tax_point_code: self.is(),
            seller: self.is().then(|| self.party()),
            buyer: self.is().then(|| self.party()),
            representatives: vec![self.party()],
            vat_ids: self.next().into_iter().collect(),
            payments: vec![Payment {
                means: self.next(),
                account: self.next(),
                card: self.next(),
                ..Payment::default()
            }],
            adjustments: (0..size).map(|_| self.adjustment()).collect(),
            totals: Some(Totals {
                lines: self.next(),
                allowances: self.next(),
                charges: self.next(),
                net: self.next(),
                gross: self.next(),
                paid: self.next(),
                rounding: self.next(),
                due: self.next(),
            }),
            tax_totals: vec![TaxTotal { amount: self.next(), currency: self.next() }],
            vat_rows: (0..size)
                .map(|_| VatRow {
                    total: 0,
                    base: self.next(),
                    tax: self.next(),
                    vat: self.vat(),
                    has_reason: self.is(),
                })
                .collect(),
            lines: (0..size)
                .map(|_| Line {
                    id: self.next(),
                    net: self.next(),
                    price: self.next(),
                    vat: self.vat(),
                    adjustments: vec![self.adjustment()],
                    ..Line::default()
                })
                .collect(),
            codes: self.next().map(|value| Code { usage: CodeUse::Country, value }).into_iter().collect(),
            ..Invoice::default()
        }
    }
}

fn any_value() -> impl Strategy<Value = Option<String>> {
    let code = prop::sample::select(vec!["S", "Z", "E", "AE", "K", "G", "O", "L", "M", "B", "EUR", "DE", "30", ""]);
    prop_oneof![
        Just(None),
        code.prop_map(|code| Some(code.to_owned())),
        "-?[0-9]{1,30}(\\.[0-9]{0,30})?".prop_map(Some),
        "\\PC{0,8}".prop_map(Some),
    ]
}

proptest! {
    #[test]
    fn any_invoice_can_be_judged(values in prop::collection::vec(any_value(), 1..60), size in 0_usize..6, is_cii: bool) {
        let syntax = if is_cii { Syntax::Cii } else { Syntax::Ubl };
        let invoice = Values(values.iter().cycle()).invoice(syntax, size);
        for finding in judge(&invoice) {
            prop_assert!(finding.result.message.chars().count() < 400, "{}", finding.result.message);
        }
    }
}
