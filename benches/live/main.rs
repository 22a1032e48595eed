//! What live updates achieve on this machine: `benches/run live [SOCKETS…]` measures the release and two other servers,
//! `benches/run live reliability` the release when something goes wrong.
//!
//! This program opens the sockets and starts the servers as processes of their own on loopback. It joins every socket to
//! one room, makes real changes through the REST interface (each a commit with history and event), and notes when each
//! socket hears of each. The peers of the folder `AP_INTAKE_PEERS` get the same messages, as many of them, from the
//! same code. All share the machine's processors; what the client takes of them is printed too.

mod curve;
mod fleet;
mod frames;
mod reliability;
mod round;
mod sheet;
mod storms;
mod target;

// What both measuring programs need; each leaves some of it aside.
#[path = "../house/http.rs"]
#[allow(dead_code)]
mod http;
#[path = "../house/machine.rs"]
mod machine;
#[path = "../house/process.rs"]
#[allow(dead_code)]
mod process;
#[path = "../house/seed.rs"]
mod seed;
#[path = "../house/server.rs"]
#[allow(dead_code)]
mod server;
#[path = "../house/table.rs"]
#[allow(dead_code)]
mod table;

use curve::Point;
use server::Server;
use sheet::Sheet;
use std::process::ExitCode;
use target::Target;

/// Numbers of sockets when none are named: what takes two minutes.
const SIZES: [usize; 2] = [100, 1_000];
/// One source address has no more ports.
const MAX_SOCKETS: usize = 20_000;
/// Numbers of changes of the parts, so that none is used twice.
const REPLAYED: u32 = 1_000_000;
const SLOW: u32 = 2_000_000;

/// Any failure of ours ends the run: a table with a wrong number in it is worse than none.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// What was asked for.
struct Asked {
    sizes: Vec<usize>,
    /// Without the peers.
    alone: bool,
}

fn main() -> ExitCode {
    // Cargo adds `--bench` to what was typed.
    let words: Vec<String> = std::env::args().skip(1).filter(|word| word != "--bench").collect();
    let measured = match &words[..] {
        [word] if word == "reliability" => reliability::measure(),
        _ => asked(&words).and_then(|asked| measure(&asked)),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn asked(words: &[String]) -> Outcome<Asked> {
    let mut asked = Asked { sizes: Vec::new(), alone: false };
    for word in words {
        match word.parse() {
            Ok(size @ 1..=MAX_SOCKETS) => asked.sizes.push(size),
            _ if word == "alone" => asked.alone = true,
            _ if word == "reliability" => return Err("`reliability` is measured by itself: name nothing else".into()),
            _ => {
                let words = "is neither a number of sockets nor `alone` nor `reliability`";
                return Err(format!("{word:?} {words}; up to {MAX_SOCKETS} sockets").into());
            }
        }
    }
    if asked.sizes.is_empty() {
        asked.sizes.extend(SIZES);
    }
    asked.sizes.sort_unstable();
    asked.sizes.dedup();
    Ok(asked)
}

fn measure(asked: &Asked) -> Outcome<()> {
    let files = rlimit::increase_nofile_limit(u64::MAX)?;
    let sizes: Vec<usize> = asked.sizes.iter().copied().filter(|size| (*size as u64) + 200 < files).collect();
    let mut notes = Vec::new();
    if sizes.len() < asked.sizes.len() {
        notes.push(format!("This machine lets a process open {files} files: no more than {:?} sockets", sizes.last()));
    }
    let storm = sizes.last().copied().unwrap_or(0);
    let mut points = Vec::new();
    let mut storms = Sheet::new("Storms", &["what", "p50 / p99 / p99.9", "all", "server CPU a socket"]);

    let server = Server::start()?;
    let mut ours = Target::ours(&server)?;
    let sample = one_server(&mut ours, &sizes, &mut points, &mut notes)?.ok_or("no message was heard")?;
    ours.refresh()?;
    storms::connect(&ours, storm, &mut storms)?;
    storms::replay(&mut ours, &sizes, REPLAYED, &mut storms)?;
    ours.refresh()?;
    storms::slow_readers(&mut ours, SLOW, &mut storms)?;
    drop(ours);
    server.stop()?;

    if !asked.alone {
        for start in [Target::fastapi, Target::socketio] {
            match start(&sample) {
                Ok(mut peer) => {
                    one_server(&mut peer, &sizes, &mut points, &mut notes)?;
                    if let Err(error) = storms::connect(&peer, storm, &mut storms) {
                        notes.push(format!("{}: {error}", peer.name));
                    }
                }
                Err(error) => notes.push(format!("Not compared: {error}")),
            }
        }
    }
    print(&sizes, &points, &storms, &notes, sample.len());
    Ok(())
}

/// Measures a server and gives a message as it came.
fn one_server(
    target: &mut Target,
    sizes: &[usize],
    points: &mut Vec<Point>,
    notes: &mut Vec<String>,
) -> Outcome<Option<String>> {
    eprintln!("measuring: {}", target.name);
    let (gave_out, fleet) = curve::measure(target, sizes, points)?;
    notes.extend(gave_out);
    Ok(fleet.sample().map(str::to_owned))
}

fn print(sizes: &[usize], points: &[Point], storms: &Sheet, notes: &[String], bytes: usize) {
    println!("{}", machine::describe());
    println!("\nEach message has {bytes} bytes; times are p50 / p99 / p99.9.");
    notes.iter().for_each(|note| println!("\n{note}."));
    curve::sheets(sizes, points).iter().for_each(|sheet| print!("{sheet}"));
    print!("{storms}");
}
