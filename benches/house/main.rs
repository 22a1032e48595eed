//! What the house achieves on this machine: `benches/run [PART…]` measures the release and prints its tables.
//!
//! It starts the real program on a free loopback port, with a data folder of its own that holds 100,000 invoices, and
//! asks it what browsers and programs ask. The load comes from the same machine and shares its cores with the server;
//! the server's own processor time is printed beside the rates for that reason.

mod browser;
mod dashboard;
mod http;
mod load;
mod machine;
mod memory;
mod process;
mod reading;
mod seed;
// `live` has it too, and asks more of it.
#[allow(dead_code)]
mod server;
#[path = "../live/sheet.rs"]
mod sheet;
mod sizes;
mod table;
mod uploads;

use server::Server;
use std::process::ExitCode;
use table::Table;

/// What can be measured, in the order it is.
const PARTS: [&str; 6] = ["memory", "dashboard", "sizes", "browser", "uploads", "reading"];

/// Any failure ends the run: a table with a wrong number in it is worse than none.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> ExitCode {
    // Cargo adds `--bench` to what was typed.
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    if let Some(unknown) = asked.iter().find(|word| !PARTS.contains(&word.as_str())) {
        eprintln!("there is no part {unknown:?}; the parts are: {}", PARTS.join(", "));
        return ExitCode::FAILURE;
    }
    let wanted = |part: &str| asked.is_empty() || asked.iter().any(|word| word == part);
    match measure(wanted) {
        Ok(table) => {
            println!("{}\n\n{table}", machine::describe());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Measures one part on the running server and adds its rows.
type Part = fn(&Server, &mut Table) -> Outcome<()>;

fn measure(wanted: impl Fn(&str) -> bool) -> Outcome<Table> {
    let mut table = Table::default();
    if PARTS.iter().any(|part| *part != "reading" && wanted(part)) {
        let server = Server::start()?;
        let parts: [(&str, Part); 5] = [
            ("memory", memory::measure),
            ("dashboard", dashboard::measure),
            ("sizes", sizes::measure),
            ("browser", browser::measure),
            ("uploads", uploads::measure),
        ];
        for (part, run) in parts {
            if wanted(part) {
                eprintln!("measuring: {part}");
                run(&server, &mut table)?;
            }
        }
        server.stop()?;
    }
    if wanted("reading") {
        reading::measure()?;
    }
    Ok(table)
}
