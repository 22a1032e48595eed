//! Pages and lists over 100,000 invoices.

use super::{
    Outcome,
    load::{Load, load},
    server::Server,
    table::{Table, ms},
};

/// Stands in every page and list that has rows.
const ROW: &str = "invoice-row";
const LIST_ROW: &str = "supplier_name";

/// Adds rates and times of the dashboard and of the list.
pub fn measure(server: &Server, table: &mut Table) -> Outcome<()> {
    let plain = server.headers.clone();
    let with_brotli = [plain.clone(), vec!["accept-encoding: br".to_owned()]].concat();
    let one = load(server, "/invoices", &plain, 1, ROW)?;
    add(table, "page /invoices, 1 connection", &one, "≥ 960/s, p50 5 ms, p99 20 ms", "96/s, p99 30 ms");
    let ten = load(server, "/invoices", &plain, 10, ROW)?;
    add(table, "page /invoices, 10 connections", &ten, "≥ 1,400/s", "140/s, p99 181 ms");
    let page = load(server, "/invoices", &with_brotli, 1, ROW)?;
    add(table, "the same sent as brotli, 1 connection", &page, "", "");
    for (what, path) in [
        ("page of all, by amount, 1 connection", "/invoices?status=all&sort=-gross"),
        ("page of all, the 40th, 1 connection", "/invoices?status=all&page=40"),
        ("search for a supplier, 1 connection", "/invoices?status=all&q=nordlicht"),
    ] {
        add(table, what, &load(server, path, &plain, 1, ROW)?, "", "");
    }
    let list = load(server, "/api/v1/invoices", &plain, 1, LIST_ROW)?;
    add(table, "GET /api/v1/invoices, 1 connection", &list, "", "");
    let list = load(server, "/api/v1/invoices", &plain, 10, LIST_ROW)?;
    add(table, "GET /api/v1/invoices, 10 connections", &list, "", "583/s");
    Ok(())
}

fn add(table: &mut Table, what: &str, load: &Load, aim: &'static str, compared: &'static str) {
    let ours = format!("{:.0}/s, p50 {}, p99 {}, server CPU {}", load.rate, ms(load.p50), ms(load.p99), ms(load.cpu));
    table.add("Dashboard, 100,000 invoices on SQLite", what, ours, aim, compared);
}
