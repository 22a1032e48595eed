//! An invoice of the samples, as its seller knows it: every figure follows from the lines.

use super::check_digits;
use super::companies::{BUYERS, Buyer, Company, Item, SELLERS, rate_in_tenths};
use super::random::Random;
use crate::domain::field::Field;
use crate::domain::reading::InvoiceLine;
use rust_decimal::{Decimal, RoundingStrategy};
use std::collections::BTreeMap;
use time::{Date, Duration};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Type {
    Invoice,
    CreditNote,
}

impl Type {
    /// UNTDID 1001.
    pub(super) fn code(self) -> &'static str {
        match self {
            Type::Invoice => "380",
            Type::CreditNote => "381",
        }
    }
}

pub(super) struct Party {
    pub(super) name: &'static str,
    pub(super) street: &'static str,
    pub(super) postcode: &'static str,
    pub(super) city: &'static str,
    pub(super) country: &'static str,
    pub(super) vat_id: String,
}

#[derive(Clone)]
pub(super) struct Line {
    pub(super) item: &'static Item,
    pub(super) quantity: Decimal,
    pub(super) price: Decimal,
    pub(super) net: Decimal,
    /// Per cent.
    pub(super) rate: Decimal,
}

/// One row of the VAT breakdown.
pub(super) struct Tax {
    pub(super) rate: Decimal,
    /// The document's discount on lines of this rate.
    pub(super) discount: Decimal,
    pub(super) base: Decimal,
    pub(super) tax: Decimal,
}

pub(super) struct Invoice {
    pub(super) kind: Type,
    pub(super) company: &'static Company,
    pub(super) seller: Party,
    pub(super) buyer: Party,
    pub(super) number: String,
    pub(super) issued: Date,
    pub(super) due: Date,
    pub(super) order: String,
    /// The invoice that a credit note corrects.
    pub(super) corrects: Option<String>,
    pub(super) iban: String,
    pub(super) bic: String,
    pub(super) lines: Vec<Line>,
    pub(super) discount_per_cent: Decimal,
    pub(super) taxes: Vec<Tax>,
    /// What the seller got wrong in the gross total, to show how a check fails; zero in all other samples.
    pub(super) gross_error: Decimal,
    /// The due date and the order stand behind words that no reader knows.
    pub(super) has_unusual_labels: bool,
}

/// What to make; everything else follows from the seed.
pub(super) struct Order {
    pub(super) seller: &'static Company,
    pub(super) seed: u64,
    pub(super) kind: Type,
    pub(super) issued: Date,
    pub(super) lines: usize,
    pub(super) discount_per_cent: i64,
    pub(super) gross_error: Decimal,
    pub(super) corrects: Option<String>,
    pub(super) has_unusual_labels: bool,
}

impl Order {
    pub(super) fn new(seller: &'static Company, seed: u64, issued: Date) -> Self {
        let lines = Random::new(seed).between(2, seller.items.len() as u64) as usize;
        let (kind, gross_error) = (Type::Invoice, Decimal::ZERO);
        let (discount_per_cent, corrects, has_unusual_labels) = (0, None, false);
        Order { seller, seed, kind, issued, lines, discount_per_cent, gross_error, corrects, has_unusual_labels }
    }

    /// An order whose seller, size and discount follow from the seed too.
    pub(super) fn any(seed: u64, latest: Date) -> Self {
        let mut random = Random::new(seed ^ 0x5EED);
        let seller = SELLERS[random.between(0, SELLERS.len() as u64 - 1) as usize];
        let issued = latest.saturating_sub(Duration::days(random.between(0, 25) as i64));
        let mut order = Order::new(seller, seed, issued);
        order.discount_per_cent = if random.chance(25) { random.between(2, 10) as i64 } else { 0 };
        if random.chance(10) {
            order.lines = random.between(20, 60) as usize;
        }
        order
    }

    pub(super) fn invoice(self) -> Invoice {
        let mut random = Random::new(self.seed);
        let seller = self.seller;
        let first = random.between(0, seller.items.len() as u64 - 1) as usize;
        let lines = (first..first + self.lines)
            .map(|place| line(seller, &seller.items[place % seller.items.len()], &mut random))
            .collect::<Vec<_>>();
        let discount_per_cent = Decimal::from(self.discount_per_cent);
        // A company keeps its ids and its account, whatever the invoice.
        let mut fixed = Random::new(fingerprint(seller.name));
        Invoice {
            kind: self.kind,
            seller: Party {
                name: seller.name,
                street: seller.street,
                postcode: seller.postcode,
                city: seller.city,
                country: seller.country,
                vat_id: check_digits::vat_id(seller.country, &mut fixed),
            },
            buyer: buyer(seller.country),
            number: format!("{}{}", seller.prefix, random.digits(5)),
            issued: self.issued,
            due: self.issued.saturating_add(Duration::days(seller.terms)),
            order: format!("45{}", random.digits(8)),
            corrects: self.corrects,
            iban: check_digits::iban(seller.country, seller.bank, &mut fixed),
            bic: format!("{}{}2X", seller.bank, seller.country),
            taxes: taxes(&lines, discount_per_cent),
            lines,
            discount_per_cent,
            gross_error: self.gross_error,
            has_unusual_labels: self.has_unusual_labels,
            company: seller,
        }
    }
}

fn line(seller: &Company, item: &'static Item, random: &mut Random) -> Line {
    let quantity = match item.unit {
        "HUR" => Decimal::new(random.between(2, 48) as i64 * 25, 2),
        "KGM" | "MTR" => Decimal::new(random.between(15, 900) as i64, 1),
        "MON" => Decimal::ONE,
        _ => Decimal::from(if item.cents < 1000 { random.between(5, 240) } else { random.between(1, 6) }),
    }
    .normalize();
    let price = Decimal::new(item.cents, 2);
    let rate = Decimal::new(rate_in_tenths(seller.country, item.rate), 1).normalize();
    Line { item, quantity, price, net: cents(quantity * price), rate }
}

fn taxes(lines: &[Line], discount_per_cent: Decimal) -> Vec<Tax> {
    let mut sums = BTreeMap::<Decimal, Decimal>::new();
    for line in lines {
        *sums.entry(line.rate).or_default() += line.net;
    }
    sums.into_iter()
        .rev()
        .map(|(rate, sum)| {
            let discount = cents(sum * discount_per_cent / Decimal::ONE_HUNDRED);
            let base = sum - discount;
            Tax { rate, discount, base, tax: cents(base * rate / Decimal::ONE_HUNDRED) }
        })
        .collect()
}

/// The group's company in `country`, with the same VAT id every time.
pub(super) fn buyer(country: &str) -> Party {
    let Buyer { name, street, postcode, city, country } =
        BUYERS.iter().find(|buyer| buyer.country == country).unwrap_or(&BUYERS[0]);
    let vat_id = check_digits::vat_id(country, &mut Random::new(fingerprint(name)));
    Party { name, street, postcode, city, country, vat_id }
}

/// A number that stands for a name (FNV-1a).
fn fingerprint(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01B3))
}

/// To two decimals, half away from zero.
pub(super) fn cents(value: Decimal) -> Decimal {
    let mut value = value.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    value.rescale(2);
    value
}

impl Invoice {
    pub(super) fn lines_total(&self) -> Decimal {
        cents(self.lines.iter().map(|line| line.net).sum())
    }

    pub(super) fn discount(&self) -> Decimal {
        cents(self.taxes.iter().map(|tax| tax.discount).sum())
    }

    pub(super) fn net(&self) -> Decimal {
        cents(self.taxes.iter().map(|tax| tax.base).sum())
    }

    pub(super) fn tax(&self) -> Decimal {
        cents(self.taxes.iter().map(|tax| tax.tax).sum())
    }

    /// As the document states it, with the seller's mistake if there is one.
    pub(super) fn gross(&self) -> Decimal {
        self.net() + self.tax() + self.gross_error
    }

    /// What every form of the document says, as a reader should normalise it.
    pub(super) fn truth(&self) -> BTreeMap<Field, String> {
        let mut truth = BTreeMap::from([
            (Field::InvoiceNumber, self.number.clone()),
            (Field::IssueDate, iso(self.issued)),
            (Field::Currency, "EUR".to_owned()),
            (Field::DocumentType, self.kind.code().to_owned()),
            (Field::PurchaseOrder, self.order.clone()),
            (Field::SupplierName, self.seller.name.to_owned()),
            (Field::SupplierVatId, self.seller.vat_id.clone()),
            (Field::SupplierStreet, self.seller.street.to_owned()),
            (Field::SupplierPostcode, self.seller.postcode.to_owned()),
            (Field::SupplierCity, self.seller.city.to_owned()),
            (Field::BuyerName, self.buyer.name.to_owned()),
            (Field::BuyerVatId, self.buyer.vat_id.clone()),
            (Field::BuyerStreet, self.buyer.street.to_owned()),
            (Field::BuyerPostcode, self.buyer.postcode.to_owned()),
            (Field::BuyerCity, self.buyer.city.to_owned()),
            (Field::NetTotal, self.net().to_string()),
            (Field::TaxTotal, self.tax().to_string()),
            (Field::GrossTotal, self.gross().to_string()),
        ]);
        if self.kind == Type::Invoice {
            truth.insert(Field::DueDate, iso(self.due));
            truth.insert(Field::Iban, self.iban.clone());
            truth.insert(Field::Bic, self.bic.clone());
        }
        if let Some(corrects) = &self.corrects {
            truth.insert(Field::PrecedingInvoice, corrects.clone());
        }
        if !self.discount().is_zero() {
            truth.insert(Field::LinesTotal, self.lines_total().to_string());
            truth.insert(Field::AllowancesTotal, self.discount().to_string());
        }
        truth
    }

    /// What only its XML says.
    pub(super) fn truth_of_xml(&self) -> BTreeMap<Field, String> {
        let mut truth = self.truth();
        truth.extend([
            (Field::SupplierCountry, self.seller.country.to_owned()),
            (Field::BuyerCountry, self.buyer.country.to_owned()),
            (Field::LinesTotal, self.lines_total().to_string()),
            (Field::AmountDue, self.gross().to_string()),
            (Field::PaymentTerms, self.company.language.words().please_pay.to_owned()),
        ]);
        if self.kind == Type::Invoice {
            truth.insert(Field::PaymentMeans, "58".to_owned());
            truth.insert(Field::PaymentReference, self.number.clone());
            truth.insert(Field::AccountName, self.seller.name.to_owned());
        }
        truth
    }

    /// The lines as a reader should find them on paper; XML also has unit codes and VAT categories.
    pub(super) fn true_lines(&self) -> Vec<InvoiceLine> {
        self.lines
            .iter()
            .zip(1..)
            .map(|(line, place)| InvoiceLine {
                id: place.to_string(),
                description: line.item.name.to_owned(),
                quantity: Some(line.quantity.to_string()),
                unit: Some(line.item.unit.to_owned()),
                unit_price: Some(line.price.to_string()),
                net: Some(line.net.to_string()),
                allowances: None,
                tax_category: Some("S".to_owned()),
                tax_rate: Some(line.rate.to_string()),
                item_number: Some(line.item.number.to_owned()),
                informative: false,
                order: None,
                place: None,
                from_model: None,
            })
            .collect()
    }
}

/// ISO 8601.
pub(super) fn iso(date: Date) -> String {
    format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day())
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::Month;

    #[test]
    fn the_figures_follow_from_the_lines() {
        let today = Date::from_calendar_date(2026, Month::November, 2).unwrap();
        for seed in 0..300 {
            let invoice = Order::any(seed, today).invoice();
            let sum: Decimal = invoice.lines.iter().map(|line| line.net).sum();
            assert_eq!(sum, invoice.lines_total());
            assert_eq!(sum - invoice.discount(), invoice.net());
            assert_eq!(invoice.net() + invoice.tax(), invoice.gross());
            for line in &invoice.lines {
                assert!((line.quantity * line.price - line.net).abs() <= Decimal::new(5, 3));
                assert!(line.net > Decimal::ZERO);
            }
            for tax in &invoice.taxes {
                assert!((tax.base * tax.rate / Decimal::ONE_HUNDRED - tax.tax).abs() <= Decimal::new(5, 3));
            }
            assert!(invoice.due > invoice.issued && invoice.issued <= today);
        }
    }

    #[test]
    fn a_company_keeps_its_ids_and_its_account() {
        let day = Date::MIN;
        let (one, other) = (Order::new(SELLERS[0], 1, day).invoice(), Order::new(SELLERS[0], 2, day).invoice());
        assert_eq!((one.seller.vat_id, one.iban), (other.seller.vat_id, other.iban));
        assert_ne!(one.number, other.number);
    }
}
