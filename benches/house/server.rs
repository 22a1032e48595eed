//! The program under measurement, with a data folder of its own.

use super::{
    Outcome,
    http::{Answer, Client},
    process::Resident,
    seed,
};
use std::{
    env,
    ffi::OsString,
    fs::{OpenOptions, read_to_string},
    io::Write,
    net::{SocketAddr, TcpListener},
    path::PathBuf,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const READY_WITHIN: Duration = Duration::from_secs(60);
const STOPPED_WITHIN: Duration = Duration::from_secs(20);
const LOOK_AGAIN: Duration = Duration::from_millis(20);

/// The database in the data folder.
const DATABASE: &str = "ap-intake.db";

/// The account that everything is asked from.
const EMAIL: &str = "measures@example.com";
const PASSWORD: &str = "only-for-this-run";

/// A running server, with one person signed in. Dropped, it is ended at once and its data removed.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
    /// The value of the session's cookie, with its name.
    pub cookie: String,
    /// Header lines of a signed-in request.
    pub headers: Vec<String>,
    /// Memory once it answered, before it was asked for anything else.
    pub idle: Resident,
    folder: TempDir,
}

/// The program that is measured.
pub fn program() -> Outcome<OsString> {
    env::var_os("AP_INTAKE_BIN").ok_or_else(|| "AP_INTAKE_BIN names no program: run it by benches/run".into())
}

impl Server {
    /// Makes a data folder with an account and the invoices of [`seed`], and serves it on a free port.
    pub fn start() -> Outcome<Server> {
        // On a line of its own: within the call, the listener would live as long as that and keep the address.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        Server::start_on(address)
    }

    /// The same on this address.
    pub fn start_on(address: SocketAddr) -> Outcome<Server> {
        let folder = tempfile::Builder::new().prefix("ap-intake-bench-").tempdir()?;
        add_user(&folder)?;
        let started = Instant::now();
        seed::fill(&folder.path().join(DATABASE))?;
        eprintln!("{} invoices written in {:.1} s", seed::INVOICES, started.elapsed().as_secs_f64());

        let child = serve(&folder, address)?;
        let mut server =
            Server { child, address, cookie: String::new(), headers: Vec::new(), idle: Resident::default(), folder };
        server.wait_until_ready()?;
        server.idle = Resident::of(server.pid());
        server.sign_in()?;
        Ok(server)
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Its database.
    pub fn database(&self) -> PathBuf {
        self.folder.path().join(DATABASE)
    }

    /// Ends it as `kill -9` does and starts it again with the same data on the same port. Gives the time in which nobody
    /// was ready there.
    pub fn kill_and_restart(&mut self) -> Outcome<Duration> {
        let killed = Instant::now();
        self.child.kill()?;
        self.child.wait()?;
        self.child = serve(&self.folder, self.address)?;
        self.wait_until_ready()?;
        Ok(killed.elapsed())
    }

    fn wait_until_ready(&mut self) -> Outcome<()> {
        let deadline = Instant::now() + READY_WITHIN;
        while Instant::now() < deadline && self.child.try_wait()?.is_none() {
            let answer = Client::connect(self.address, &[]).and_then(|mut client| client.get("/health/ready"));
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            thread::park_timeout(LOOK_AGAIN);
        }
        let log = read_to_string(self.folder.path().join("server.log")).unwrap_or_default();
        let last: Vec<&str> = log.lines().rev().take(10).collect();
        Err(format!("the server did not become ready; its last lines, newest first:\n{}", last.join("\n")).into())
    }

    fn sign_in(&mut self) -> Outcome<()> {
        let person = serde_json::json!({ "email": EMAIL, "password": PASSWORD }).to_string();
        let mut client = Client::connect(self.address, &[])?;
        let answer: Answer = client.post("/api/v1/session", "application/json", person.as_bytes())?.expect(200)?;
        let cookie = answer.header("set-cookie").and_then(|text| text.split(';').next()).ok_or("no session cookie")?;
        self.cookie = cookie.to_owned();
        self.headers = vec![format!("cookie: {cookie}")];
        Ok(())
    }

    /// Asks it to end and waits until it has. Fails if it ended badly.
    pub fn stop(mut self) -> Outcome<()> {
        Command::new("kill").arg("-TERM").arg(self.pid().to_string()).status()?;
        let deadline = Instant::now() + STOPPED_WITHIN;
        while Instant::now() < deadline {
            if let Some(status) = self.child.try_wait()? {
                return if status.success() { Ok(()) } else { Err(format!("the server ended with {status}").into()) };
            }
            thread::park_timeout(LOOK_AGAIN);
        }
        Err("the server did not stop when asked to".into())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        _ = self.child.kill();
        _ = self.child.wait();
    }
}

fn command(folder: &TempDir) -> Outcome<Command> {
    let mut command = Command::new(program()?);
    command.env("AP_INTAKE_DATA_DIR", folder.path()).env_remove("DATABASE_URL");
    Ok(command)
}

/// Starts it, with its log behind that of those before it.
fn serve(folder: &TempDir, address: SocketAddr) -> Outcome<Child> {
    let log = OpenOptions::new().create(true).append(true).open(folder.path().join("server.log"))?;
    let mut command = command(folder)?;
    command.arg("serve").env("LEPTOS_SITE_ADDR", address.to_string());
    Ok(command.stdout(log.try_clone()?).stderr(log).spawn()?)
}

/// Makes the database too.
fn add_user(folder: &TempDir) -> Outcome<()> {
    let mut child = command(folder)?
        .args(["user", "add", EMAIL, "--role", "admin", "--password-stdin"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    child.stdin.take().ok_or("no standard input")?.write_all(PASSWORD.as_bytes())?;
    if child.wait()?.success() { Ok(()) } else { Err("the account could not be made".into()) }
}
