//! `benches/run live reliability`: what live updates promise for the day when something goes wrong, kept or not.
//! Edits are durable soon, nobody is seen for long who is gone, and ten thousand random cuts and kills lose nothing
//! unseen.

mod checks;
mod crowd;
mod cuts;
mod durable;
mod ghosts;
mod kills;
mod ledger;
mod link;
mod member;
mod report;
mod talk;
mod tally;
mod words;
mod writers;

use super::{Outcome, machine, server::Server, sheet::Sheet, target::Target};
use std::{
    net::{SocketAddr, TcpListener},
    thread,
};

/// Ports that no client gets by itself: while the server is down, nobody else may come to sit on its port.
const PORTS: std::ops::Range<u16> = 20_000..30_000;

/// Measures and prints all. Fails if something was lost.
pub fn measure() -> Outcome<()> {
    let mut server = Server::start_on(steady_address()?)?;
    let ours = Target::ours(&server)?;
    let invoices = ours.invoices();
    let (haunted, invoices) = invoices.split_at(ghosts::WAYS.len());
    let (edited, written) = invoices.split_at(invoices.len() / 2);
    let mut sheet = Sheet::new("Reliability", &["what", "measured", "aim"]);

    eprintln!("measuring: {} random cuts and kills", cuts::LOSSES);
    let run = cuts::run(&mut server, written)?;
    report::cuts(&mut sheet, &run);

    // Not before: the disk still writes what the server was filled with, and an edit would wait for that.
    eprintln!("measuring: edits, and who is seen that is gone");
    let (ghosts, edits) = thread::scope(|scope| {
        // Half a minute of waiting, beside which there is time for something else.
        let ghosts = scope.spawn(|| ghosts::measure(&server, haunted));
        let edits = durable::measure(&server, &ours.script, edited);
        (ghosts.join(), edits)
    });
    report::edits(&mut sheet, &edits?);
    report::ghosts(&mut sheet, &ghosts.map_err(|_| "the watcher of ghosts panicked")??);
    server.stop()?;

    println!("{}", machine::describe());
    print!("{sheet}");
    report::verdict(&run)
}

fn steady_address() -> Outcome<SocketAddr> {
    let free = PORTS.filter_map(|port| TcpListener::bind(("127.0.0.1", port)).ok()).next();
    Ok(free.ok_or("no port is free")?.local_addr()?)
}
