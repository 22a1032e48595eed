//! The real program, killed with SIGKILL while it works: every upload it accepted is read in the end, and once.

use crate::services::ubl;
use rand::Rng;
use serde_json::Value;
use std::{
    collections::BTreeMap,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// How often the program is killed.
const KILLS: usize = 4;
/// Uploads before each kill.
const UPLOADS: usize = 5;
/// Within which everything has to be read after the last start.
const READ_WITHIN: Duration = Duration::from_secs(60);

/// The program as its own process, with the demo's people.
pub struct Program {
    child: Child,
    pub url: String,
}

impl Program {
    pub async fn start(data: &Path) -> Program {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let address = format!("127.0.0.1:{port}");
        let child = Command::new(env!("CARGO_BIN_EXE_ap-intake"))
            .args(["serve", "--demo"])
            .env("AP_INTAKE_DATA_DIR", data)
            .env("LEPTOS_SITE_ADDR", &address)
            .env_remove("DATABASE_URL")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let program = Program { child, url: format!("http://{address}") };
        program.wait_until_ready().await;
        program
    }

    async fn wait_until_ready(&self) {
        let give_up = Instant::now() + Duration::from_secs(60);
        let ready = format!("{}/health/ready", self.url);
        while !reqwest::get(&ready).await.is_ok_and(|answer| answer.status().is_success()) {
            assert!(Instant::now() < give_up, "the program did not become ready");
            tokio::task::yield_now().await;
        }
    }

    /// SIGKILL, as the kernel or a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A token of the demo's clerk, with all rights.
pub fn token(data: &Path) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_ap-intake"))
        .args(["token", "create", "--user", "clerk@example.com", "--scope", "all"])
        .env("AP_INTAKE_DATA_DIR", data)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).unwrap();
    printed.split_whitespace().last().unwrap().to_owned()
}

/// Uploads one invoice; its id, if the program answered that it took it.
pub async fn upload(client: &reqwest::Client, url: &str, token: &str, number: &str) -> Option<String> {
    let part = reqwest::multipart::Part::bytes(ubl(number).into_bytes()).file_name(format!("{number}.xml"));
    let answer = client
        .post(format!("{url}/api/v1/invoices"))
        .bearer_auth(token)
        .multipart(reqwest::multipart::Form::new().part("file", part))
        .send()
        .await
        .ok()?;
    let body: Value = answer.json().await.ok()?;
    Some(body["uploads"][0]["invoice_id"].as_str()?.to_owned())
}

pub async fn get(client: &reqwest::Client, url: &str, token: &str, path: &str) -> Value {
    let answer = client.get(format!("{url}/api/v1/{path}")).bearer_auth(token).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}: {}", answer.status());
    answer.json().await.unwrap()
}

#[tokio::test]
async fn what_was_accepted_is_read_once_whenever_it_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let client = reqwest::Client::builder().timeout(Duration::from_secs(30)).build().unwrap();
    let mut program = Program::start(&data).await;
    let token = token(&data);
    let mut accepted: BTreeMap<String, String> = BTreeMap::new();
    for kill in 0..KILLS {
        for number in 0..UPLOADS {
            let number = format!("K{kill}-{number}");
            if let Some(id) = upload(&client, &program.url, &token, &number).await {
                accepted.insert(id, number);
            }
        }
        // Any moment will do: this only spreads the kills over the stages of the work.
        let moment = Instant::now() + Duration::from_millis(rand::rng().random_range(0..120));
        while Instant::now() < moment {
            tokio::task::yield_now().await;
        }
        program.kill();
        program = Program::start(&data).await;
    }
    assert_eq!(accepted.len(), KILLS * UPLOADS, "uploads to a program that is up are accepted");
    let give_up = Instant::now() + READ_WITHIN;
    for (id, number) in &accepted {
        let path = format!("invoices/{id}");
        let invoice = loop {
            let invoice = get(&client, &program.url, &token, &path).await;
            if !["queued", "processing"].contains(&invoice["status"].as_str().unwrap_or_default()) {
                break invoice;
            }
            assert!(Instant::now() < give_up, "{number} is still {}", invoice["status"]);
            tokio::task::yield_now().await;
        };
        assert_eq!(invoice["status"], "needs_review", "{number}");
        assert_eq!(invoice["fields"]["invoice_number"]["value"], number.as_str());
        let history = get(&client, &program.url, &token, &format!("{path}/history")).await;
        let entries = history.as_array().or_else(|| history["history"].as_array()).unwrap();
        let reads = entries.iter().filter(|entry| entry["action"] == "read").count();
        assert_eq!(reads, 1, "{number} was read once");
    }
}
