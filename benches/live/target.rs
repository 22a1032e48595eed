//! The servers that are measured: ours, and the two it is compared with. All are driven by the same code.

use super::{
    Outcome,
    fleet::{MARK, Script},
    http::Client,
    server::Server,
};
use serde_json::{Value, json};
use std::{
    env,
    fs::File,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Everybody listens here.
pub const ROOM: &str = "all";
/// Connections that publish, each on its own when a server is asked for all it can do.
pub const PUBLISHERS: usize = 4;
/// Invoices that our publishers correct.
const INVOICES: usize = 200;

/// What every change fills.
const SHORT_FIELD: &str = "buyer_reference";
/// What a long one fills besides, and with how many characters each.
const LONG_FIELDS: [&str; 8] = [
    "project_reference",
    "contract_reference",
    "payment_terms",
    "note",
    "supplier_street",
    "supplier_city",
    "buyer_street",
    "buyer_city",
];
const LONG_TEXT: usize = 3_900;

const JSON: &str = "application/json";
const READY_WITHIN: Duration = Duration::from_secs(30);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// A running server, how to join it, and connections that publish.
pub struct Target {
    pub name: &'static str,
    pub address: SocketAddr,
    pub pid: u32,
    pub script: Script,
    pub publishers: Vec<Publisher>,
    /// A peer's process.
    child: Option<Child>,
}

impl Target {
    /// Ours: the page's own protocol, in the room of all invoices; each publisher corrects invoices of its own in turn,
    /// since nobody corrects one a thousand times.
    pub fn ours(server: &Server) -> Outcome<Target> {
        let path = format!("/api/v1/invoices?status=needs_review&limit={INVOICES}");
        let answer = Client::connect(server.address, &server.headers)?.get(&path)?.expect(200)?;
        let list: Value = serde_json::from_slice(&answer.body)?;
        let invoices = list["invoices"].as_array().filter(|list| list.len() == INVOICES).ok_or("too few invoices")?;
        let publisher = |invoices: &[Value]| {
            let invoices = invoices.iter().filter_map(|invoice| Invoice::new(invoice["id"].as_str()?)).collect();
            Publisher::connect(server.address, &server.headers, Way::Edit { invoices, turn: 0 })
        };
        let publishers = invoices.chunks(INVOICES / PUBLISHERS).map(publisher).collect::<Outcome<Vec<Publisher>>>()?;
        let hello = json!({ "type": "hello", "proto": 1, "resume": [] });
        let subscribe = json!({ "type": "subscribe", "room": ROOM });
        let steps =
            vec![("", hello.to_string()), ("", subscribe.to_string()), (r#""type":"subscribed""#, String::new())];
        Ok(Target {
            name: "AP Intake",
            address: server.address,
            pid: server.pid(),
            script: Script { path: "/api/v1/invoices/updates".to_owned(), headers: server.headers.clone(), steps },
            publishers,
            child: None,
        })
    }

    /// FastAPI and uvicorn. `sample` is a message of ours, so that all send the same.
    pub fn fastapi(sample: &str) -> Outcome<Target> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let folder = peers()?.join("fastapi");
        let mut command = Command::new(folder.join("venv/bin/uvicorn"));
        command.args(["server:app", "--log-level", "warning", "--port"]).arg(address.port().to_string());
        let subscribe = json!({ "type": "subscribe", "invoiceId": ROOM }).to_string();
        let script = Script {
            path: "/api/v1/invoices/updates".to_owned(),
            headers: Vec::new(),
            steps: vec![("", subscribe), ("subscribed", String::new())],
        };
        Target::peer("FastAPI", address, command.current_dir(folder), script, sample)
    }

    /// Socket.IO on Node.
    pub fn socketio(sample: &str) -> Outcome<Target> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let folder = peers()?.join("socketio");
        let mut command = Command::new("node");
        command.arg("server.mjs").arg(address.port().to_string());
        let join = format!("42{}", json!(["join", ROOM]));
        let script = Script {
            path: "/socket.io/?EIO=4&transport=websocket".to_owned(),
            headers: Vec::new(),
            steps: vec![("0{", "40".to_owned()), ("40{", join)],
        };
        Target::peer("Socket.IO", address, command.current_dir(folder), script, sample)
    }

    fn peer(
        name: &'static str,
        address: SocketAddr,
        command: &mut Command,
        script: Script,
        sample: &str,
    ) -> Outcome<Target> {
        let log = File::create(peers()?.join(format!("{name}.log")))?;
        let child = command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let mut target = Target { name, address, pid: child.id(), script, publishers: Vec::new(), child: Some(child) };
        target.wait_until_ready()?;
        for _ in 0..PUBLISHERS {
            target.publishers.push(Publisher::connect(address, &[], Way::Post { sample: sample.to_owned() })?);
        }
        Ok(target)
    }

    /// Connects its publishers anew: servers close a connection that was not used for some seconds.
    pub fn refresh(&mut self) -> Outcome<()> {
        self.publishers.iter_mut().try_for_each(Publisher::refresh)
    }

    /// The invoices that ours correct, none of them corrected before the publishers began.
    pub fn invoices(&self) -> Vec<String> {
        let edits = self.publishers.iter().filter_map(|publisher| match &publisher.way {
            Way::Edit { invoices, .. } => Some(invoices.iter().map(|invoice| invoice.id.clone())),
            Way::Post { .. } => None,
        });
        edits.flatten().collect()
    }

    fn wait_until_ready(&mut self) -> Outcome<()> {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline {
            let answer = Client::connect(self.address, &[]).and_then(|mut client| client.get("/stats"));
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(child) = &mut self.child
                && let Some(status) = child.try_wait()?
            {
                return Err(format!("{} ended with {status}", self.name).into());
            }
            thread::park_timeout(LOOK_AGAIN);
        }
        Err(format!("{} did not answer within {READY_WITHIN:?}", self.name).into())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            // Both fail only when it has ended already.
            _ = child.kill();
            _ = child.wait();
        }
    }
}

/// The folder with the peers, installed. `benches/run` makes it.
fn peers() -> Outcome<PathBuf> {
    let folder = env::var_os("AP_INTAKE_PEERS_INSTALLED").filter(|folder| !folder.is_empty());
    Ok(folder.ok_or("they are not installed; benches/run said why")?.into())
}

/// A connection that publishes.
pub struct Publisher {
    address: SocketAddr,
    /// Header lines of each request.
    headers: Vec<String>,
    client: Client,
    way: Way,
}

enum Way {
    /// Corrections of these invoices, in turn.
    Edit { invoices: Vec<Invoice>, turn: usize },
    /// A copy of a message of ours.
    Post { sample: String },
}

/// An invoice that is corrected.
struct Invoice {
    id: String,
    /// Versions of its short field, and of its long ones.
    short: u32,
    long: u32,
}

impl Invoice {
    fn new(id: &str) -> Option<Invoice> {
        Some(Invoice { id: id.to_owned(), short: 0, long: 0 })
    }
}

impl Publisher {
    fn connect(address: SocketAddr, headers: &[String], way: Way) -> Outcome<Publisher> {
        Ok(Publisher { address, headers: headers.to_vec(), client: Client::connect(address, headers)?, way })
    }

    fn refresh(&mut self) -> Outcome<()> {
        self.client = Client::connect(self.address, &self.headers)?;
        Ok(())
    }

    /// Makes a change that every socket in the room will be told, with its number behind [`MARK`]. Comes back when
    /// the server has answered.
    pub fn publish(&mut self, change: u32) -> Outcome<()> {
        let mark = format!("{MARK}{change:08}");
        let sample = match &self.way {
            Way::Edit { .. } => return self.edit(change, mark, false),
            Way::Post { sample } => sample,
        };
        let place = sample.find(MARK).ok_or("the sample tells of no change")?;
        let behind = place + mark.len();
        let body = format!("{}{mark}{}", &sample[..place], &sample[behind..]);
        self.client.post(&format!("/publish/{ROOM}"), JSON, body.as_bytes())?.expect(200)?;
        Ok(())
    }

    /// The same with several fields full of text, for our own server.
    pub fn publish_long(&mut self, change: u32) -> Outcome<()> {
        self.edit(change, format!("{MARK}{change:08}"), true)
    }

    fn edit(&mut self, change: u32, mark: String, is_long: bool) -> Outcome<()> {
        let Way::Edit { invoices, turn } = &mut self.way else { return Err("only ours has invoices".into()) };
        let count = invoices.len().max(1);
        let invoice = invoices.get_mut(*turn % count).ok_or("there is no invoice to correct")?;
        *turn += 1;
        let mut edits = vec![json!({ "name": SHORT_FIELD, "base_version": invoice.short, "value": mark })];
        invoice.short += 1;
        if is_long {
            let text = format!("{change}{}", "x".repeat(LONG_TEXT));
            edits.extend(LONG_FIELDS.map(|name| json!({ "name": name, "base_version": invoice.long, "value": text })));
            invoice.long += 1;
        }
        let body = json!({ "mutation_id": format!("measure-{change}"), "fields": edits }).to_string();
        self.client.send("PATCH", &format!("/api/v1/invoices/{}", invoice.id), JSON, body.as_bytes())?.expect(200)?;
        Ok(())
    }
}
