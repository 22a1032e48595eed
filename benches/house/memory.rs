//! Resident memory of the server and of the children that read documents.

use super::{
    Outcome,
    load::load,
    process::{Resident, peak_during},
    server::Server,
    table::Table,
    uploads,
};
use std::thread;

const PART: &str = "Resident memory, peak";
const CONNECTIONS: usize = 10;

/// Adds it idle, with ten connections that load the dashboard, and under ten parallel uploads.
pub fn measure(server: &Server, table: &mut Table) -> Outcome<()> {
    table.add(PART, "idle, just started", text(server.idle), "", "");
    let (loaded, peak) =
        peak_during(server.pid(), || load(server, "/invoices", &server.headers, CONNECTIONS, "invoice-row"));
    loaded?;
    table.add(PART, "10 connections load the dashboard", text(peak), "", "390 MB");
    let (uploaded, peak) = peak_during(server.pid(), || upload_together(server));
    uploaded?;
    table.add(PART, "10 parallel uploads of text PDFs", text(peak), "", "");
    Ok(())
}

/// Each connection uploads some documents of its own and waits for each.
fn upload_together(server: &Server) -> Outcome<()> {
    thread::scope(|scope| {
        let workers: Vec<_> =
            (0..CONNECTIONS).map(|place| scope.spawn(move || uploads::upload_some(server, place as u64))).collect();
        workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| "an upload panicked")?)
    })
}

fn text(resident: Resident) -> String {
    let mb = |bytes: u64| bytes / 1_000_000;
    format!("{} MB, readers {} MB", mb(resident.own), mb(resident.children))
}
