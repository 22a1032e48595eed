//! Lays an invoice out on paper, in several designs: what stands where differs as it does between real suppliers.

use super::canvas::{Canvas, Font, HEIGHT, WIDTH};
use super::invoice::{Invoice, Line, Party, Type};
use super::language::Language;
use Font::{Bold, Regular};
use rust_decimal::Decimal;

const LEFT: f32 = 56.0;
const RIGHT: f32 = WIDTH - 56.0;
/// No line of the table begins below this.
const TABLE_END: f32 = HEIGHT - 110.0;

/// A design of the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Layout {
    /// A business letter: sender in small print over the address, the invoice's data on the right.
    Letter,
    /// The company in large letters, the data in a row of small boxes, label over value.
    Banner,
    /// Both parties side by side, the data one under the other, label and value on one line.
    Columns,
    /// As a till or an old program prints it: everything on the left, one thing a line.
    Plain,
}

impl Layout {
    pub(super) const ALL: [Layout; 4] = [Layout::Letter, Layout::Banner, Layout::Columns, Layout::Plain];

    /// The content of each page.
    pub(super) fn draw(self, invoice: &Invoice) -> Vec<Vec<u8>> {
        let mut canvas = Canvas::new();
        let top = match self {
            Layout::Letter => letter_head(&mut canvas, invoice),
            Layout::Banner => banner_head(&mut canvas, invoice),
            Layout::Columns => columns_head(&mut canvas, invoice),
            Layout::Plain => plain_head(&mut canvas, invoice),
        };
        let mut y = self.table(&mut canvas, invoice, top);
        if y > HEIGHT - 250.0 {
            self.next_page(&mut canvas, invoice);
            y = 80.0;
        }
        y = self.totals(&mut canvas, invoice, y);
        payment(&mut canvas, invoice, y + 26.0);
        footer(&mut canvas, invoice);
        canvas.finish()
    }

    /// Where the columns of the table stand: position, description, and the right ends of the four numbers.
    fn columns(self) -> [f32; 6] {
        match self {
            Layout::Letter | Layout::Columns => [LEFT, LEFT + 32.0, 350.0, 430.0, 465.0, RIGHT],
            Layout::Banner => [LEFT, LEFT + 24.0, 330.0, 420.0, 462.0, RIGHT],
            Layout::Plain => [LEFT, LEFT + 28.0, 340.0, 415.0, 455.0, 525.0],
        }
    }

    fn table_head(self, canvas: &mut Canvas, language: Language, y: f32) {
        let words = language.words();
        let [position, description, ends @ ..] = self.columns();
        if self == Layout::Banner {
            canvas.shade(LEFT - 4.0, y - 12.0, RIGHT - LEFT + 8.0, 17.0);
        }
        canvas.text(position, y, Bold, 9.0, words.position);
        canvas.text(description, y, Bold, 9.0, words.description);
        for (end, word) in ends.into_iter().zip([words.quantity, words.price, words.rate, words.amount]) {
            canvas.text_to(end, y, Bold, 9.0, word);
        }
        if self != Layout::Banner {
            canvas.rule(LEFT, RIGHT, y + 5.0);
        }
    }

    /// Draws the lines, over as many pages as they need, and says where they ended.
    fn table(self, canvas: &mut Canvas, invoice: &Invoice, top: f32) -> f32 {
        let language = invoice.company.language;
        self.table_head(canvas, language, top);
        let mut y = top + 20.0;
        for (line, place) in invoice.lines.iter().zip(1..) {
            if y > TABLE_END {
                self.next_page(canvas, invoice);
                self.table_head(canvas, language, 80.0);
                y = 100.0;
            }
            self.table_line(canvas, language, line, place, y);
            y += 16.0;
        }
        canvas.rule(LEFT, RIGHT, y - 8.0);
        y + 10.0
    }

    fn table_line(self, canvas: &mut Canvas, language: Language, line: &Line, place: usize, y: f32) {
        let [position, description, ends @ ..] = self.columns();
        let size = if self == Layout::Plain { 9.0 } else { 9.5 };
        canvas.text(position, y, Regular, size, &place.to_string());
        canvas.text(description, y, Regular, size, line.item.name);
        let numbers = [
            format!("{} {}", language.number(line.quantity), language.unit(line.item.unit)),
            language.number(line.price),
            format!("{} %", language.number(line.rate)),
            language.number(line.net),
        ];
        for (end, number) in ends.into_iter().zip(&numbers) {
            canvas.text_to(end, y, Regular, size, number);
        }
    }

    fn next_page(self, canvas: &mut Canvas, invoice: &Invoice) {
        footer(canvas, invoice);
        canvas.new_page();
        let words = invoice.company.language.words();
        let head = format!("{} {} {}", words.number, invoice.number, invoice.seller.name);
        canvas.text(LEFT, 50.0, Regular, 8.0, &head);
    }

    /// Draws the sums and says where they ended.
    fn totals(self, canvas: &mut Canvas, invoice: &Invoice, top: f32) -> f32 {
        let language = invoice.company.language;
        let words = language.words();
        let end = self.columns()[5];
        let label_at = end - 215.0;
        let mut y = top;
        for (label, amount) in sums(invoice) {
            canvas.text(label_at, y, Regular, 10.0, &label);
            canvas.text_to(end, y, Regular, 10.0, &language.money(amount));
            y += 15.0;
        }
        canvas.rule(label_at, end, y - 9.0);
        canvas.text(label_at, y + 4.0, Bold, 11.0, words.gross);
        canvas.text_to(end, y + 4.0, Bold, 11.0, &language.money(invoice.gross()));
        y + 4.0
    }
}

/// Everything above the gross total, in order.
fn sums(invoice: &Invoice) -> Vec<(String, Decimal)> {
    let language = invoice.company.language;
    let words = language.words();
    let mut rows = Vec::new();
    if !invoice.discount().is_zero() {
        rows.push((words.lines_total.to_owned(), invoice.lines_total()));
        let discount = format!("{} {} %", words.discount, language.number(invoice.discount_per_cent));
        rows.push((discount, -invoice.discount()));
    }
    rows.push((words.net.to_owned(), invoice.net()));
    for tax in &invoice.taxes {
        let base = if invoice.taxes.len() > 1 { format!(" ({})", language.number(tax.base)) } else { String::new() };
        rows.push((format!("{} {} %{base}", words.rate, language.number(tax.rate)), tax.tax));
    }
    if invoice.taxes.len() > 1 {
        rows.push((words.tax.to_owned(), invoice.tax()));
    }
    rows
}

/// Labels and values of the invoice's own data, in order.
fn data(invoice: &Invoice) -> Vec<(&'static str, String)> {
    let language = invoice.company.language;
    let words = language.words();
    let (due, order) = match invoice.has_unusual_labels {
        true => ("Geldeingang erwartet", "Merkwort"),
        false => (words.due, words.order),
    };
    let mut rows = vec![(words.number, invoice.number.clone()), (words.date, language.date(invoice.issued))];
    if invoice.kind == Type::Invoice {
        rows.push((due, language.date(invoice.due)));
    }
    rows.push((order, invoice.order.clone()));
    if let Some(corrects) = &invoice.corrects {
        rows.push((words.corrects, corrects.clone()));
    }
    rows
}

fn address(party: &Party) -> [String; 3] {
    [party.name.to_owned(), party.street.to_owned(), format!("{} {}", party.postcode, party.city)]
}

fn title(invoice: &Invoice) -> &'static str {
    invoice.company.language.title(invoice.kind)
}

fn letter_head(canvas: &mut Canvas, invoice: &Invoice) -> f32 {
    let words = invoice.company.language.words();
    canvas.text_to(RIGHT, 62.0, Bold, 15.0, invoice.seller.name);
    let sender = address(&invoice.seller).join(" · ");
    canvas.text(LEFT, 128.0, Regular, 7.0, &sender);
    for (line, y) in address(&invoice.buyer).iter().zip([146.0, 160.0, 174.0]) {
        canvas.text(LEFT, y, Regular, 10.5, line);
    }
    let mut y = 146.0;
    for (label, value) in data(invoice) {
        canvas.text(350.0, y, Regular, 9.5, label);
        canvas.text_to(RIGHT, y, Regular, 9.5, &value);
        y += 14.0;
    }
    canvas.text(350.0, y, Regular, 9.5, words.your_vat_id);
    canvas.text_to(RIGHT, y, Regular, 9.5, &invoice.buyer.vat_id);
    canvas.text(LEFT, 262.0, Bold, 16.0, &format!("{} {}", title(invoice), invoice.number));
    canvas.text(LEFT, 284.0, Regular, 10.0, words.thanks);
    316.0
}

fn banner_head(canvas: &mut Canvas, invoice: &Invoice) -> f32 {
    let words = invoice.company.language.words();
    canvas.text(LEFT, 74.0, Bold, 22.0, invoice.seller.name);
    let [_, street, city] = address(&invoice.seller);
    canvas.text(LEFT, 92.0, Regular, 9.0, &format!("{street}, {city}"));
    canvas.text_to(RIGHT, 120.0, Bold, 18.0, &title(invoice).to_uppercase());
    canvas.shade(LEFT - 4.0, 134.0, RIGHT - LEFT + 8.0, 36.0);
    for ((label, value), place) in data(invoice).into_iter().zip([0.0, 1.0, 2.0, 3.0]) {
        let x = LEFT + 4.0 + place * 122.0;
        canvas.text(x, 147.0, Regular, 7.5, label);
        canvas.text(x, 162.0, Bold, 10.5, &value);
    }
    canvas.text(LEFT, 196.0, Regular, 8.0, words.bill_to);
    for (line, y) in address(&invoice.buyer).iter().zip([210.0, 223.0, 236.0]) {
        canvas.text(LEFT, y, Regular, 10.0, line);
    }
    canvas.text(LEFT, 249.0, Regular, 10.0, &format!("{} {}", words.your_vat_id, invoice.buyer.vat_id));
    290.0
}

fn columns_head(canvas: &mut Canvas, invoice: &Invoice) -> f32 {
    let words = invoice.company.language.words();
    canvas.text(LEFT, 66.0, Bold, 17.0, title(invoice));
    let (seller, buyer) = (address(&invoice.seller), address(&invoice.buyer));
    canvas.text(330.0, 96.0, Regular, 8.0, words.bill_to);
    for ((left, right), y) in seller.iter().zip(&buyer).zip([110.0, 124.0, 138.0]) {
        let font = if y == 110.0 { Bold } else { Regular };
        canvas.text(LEFT, y, font, 10.0, left);
        canvas.text(330.0, y, font, 10.0, right);
    }
    canvas.text(LEFT, 152.0, Regular, 10.0, &format!("{}: {}", words.vat_id, invoice.seller.vat_id));
    canvas.text(330.0, 152.0, Regular, 10.0, &format!("{}: {}", words.vat_id, invoice.buyer.vat_id));
    canvas.rule(LEFT, RIGHT, 168.0);
    let mut y = 186.0;
    for (label, value) in data(invoice) {
        canvas.text(LEFT, y, Regular, 10.0, &format!("{label}:"));
        canvas.text(LEFT + 130.0, y, Regular, 10.0, &value);
        y += 15.0;
    }
    y + 22.0
}

fn plain_head(canvas: &mut Canvas, invoice: &Invoice) -> f32 {
    let words = invoice.company.language.words();
    let mut y = 60.0;
    for line in address(&invoice.seller) {
        canvas.text(LEFT, y, Regular, 10.0, &line);
        y += 13.0;
    }
    canvas.text(LEFT, y, Regular, 10.0, &format!("{} {}", words.vat_id, invoice.seller.vat_id));
    y += 30.0;
    for line in address(&invoice.buyer) {
        canvas.text(LEFT, y, Regular, 10.0, &line);
        y += 13.0;
    }
    canvas.text(LEFT, y, Regular, 10.0, &format!("{} {}", words.your_vat_id, invoice.buyer.vat_id));
    y += 30.0;
    canvas.text(LEFT, y, Bold, 12.0, title(invoice));
    for (label, value) in data(invoice) {
        y += 14.0;
        canvas.text(LEFT, y, Regular, 10.0, &format!("{label} {value}"));
    }
    y + 34.0
}

fn payment(canvas: &mut Canvas, invoice: &Invoice, y: f32) {
    if invoice.kind != Type::Invoice {
        return;
    }
    let words = invoice.company.language.words();
    canvas.text(LEFT, y, Regular, 9.5, words.please_pay);
    canvas.text(LEFT, y + 14.0, Regular, 9.5, &format!("IBAN {}", grouped(&invoice.iban)));
    canvas.text(LEFT, y + 28.0, Regular, 9.5, &format!("BIC {}", invoice.bic));
}

fn footer(canvas: &mut Canvas, invoice: &Invoice) {
    let words = invoice.company.language.words();
    canvas.rule(LEFT, RIGHT, HEIGHT - 58.0);
    let own = format!("{} · {} {}", address(&invoice.seller).join(", "), words.vat_id, invoice.seller.vat_id);
    canvas.text(LEFT, HEIGHT - 46.0, Regular, 7.5, &own);
    canvas.text_to(RIGHT, HEIGHT - 34.0, Regular, 7.5, &format!("{} {}", words.page, canvas.page_number()));
}

/// An IBAN in groups of four, as people write it.
fn grouped(iban: &str) -> String {
    let mut out = String::new();
    for (place, letter) in iban.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            out.push(' ');
        }
        out.push(letter);
    }
    out
}
