//! `ap-intake submit`: sends files to a running server, one request each, as any other program would.

use crate::services::uploads::MAX_FILE_BYTES;
use backon::{ExponentialBuilder, Retryable};
use clap::Args;
use reqwest::{
    Client, StatusCode, Url,
    multipart::{Form, Part},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    io::Write,
    path::{Path, PathBuf},
    time::Duration,
};
use uuid::Uuid;

/// One request, from its first byte to the last of the answer.
const REQUEST_TIME: Duration = Duration::from_secs(60);
/// How often a task is asked for, and how long, with `--wait`.
const ASK_EVERY: Duration = Duration::from_millis(300);
const WAIT_AT_MOST: Duration = Duration::from_secs(600);

#[derive(Args)]
pub struct SubmitArgs {
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Where the server is.
    #[arg(long, env = "AP_INTAKE_SERVER", default_value = "http://127.0.0.1:3000")]
    server: Url,
    /// A token with the scope `upload` (and `read` for --wait); `ap-intake token create` makes one. Better given in the
    /// environment, where other people of this machine do not see it.
    #[arg(long, env = "AP_INTAKE_TOKEN", hide_env_values = true)]
    token: String,
    /// Waits until each file is read, and prints its state then.
    #[arg(long)]
    wait: bool,
}

/// What is printed for a file, one JSON object a line; for an e-mail one for each file with it.
#[derive(Serialize)]
struct Line {
    file: PathBuf,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    /// The server's answer for the file, or the task's state.
    Sent(Value),
    Failed {
        error: Failed,
    },
}

#[derive(Debug, Serialize, Deserialize)]
struct Failed {
    code: String,
    message: String,
    /// Whether another try may help.
    #[serde(skip, default)]
    passing: bool,
}

impl Failed {
    fn new(code: &str, message: impl std::fmt::Display) -> Failed {
        Failed { code: code.to_owned(), message: message.to_string(), passing: false }
    }
}

/// Sends the files one after the other. False: at least one was not taken, or not read.
pub async fn run(args: SubmitArgs, mut output: impl Write) -> std::io::Result<bool> {
    let client = Client::builder().timeout(REQUEST_TIME).build().map_err(std::io::Error::other)?;
    let mut all_well = true;
    for file in &args.files {
        for outcome in submit(&client, &args, file).await.unwrap_or_else(|error| vec![Err(error)]) {
            all_well &= outcome.is_ok();
            let outcome = outcome.map_or_else(|error| Outcome::Failed { error }, Outcome::Sent);
            serde_json::to_writer(&mut output, &Line { file: file.clone(), outcome })?;
            writeln!(output)?;
        }
    }
    Ok(all_well)
}

/// What became of it, or, of an e-mail, of each file with it.
async fn submit(client: &Client, args: &SubmitArgs, file: &Path) -> Result<Vec<Result<Value, Failed>>, Failed> {
    let bytes = read(file).await?;
    // The same for every try of this call, so that the server makes one invoice of them.
    let key = Uuid::now_v7().to_string();
    let tries =
        ExponentialBuilder::default().with_min_delay(Duration::from_millis(500)).with_max_times(5).with_jitter();
    let sent = (|| send(client, args, file, bytes.clone(), &key)).retry(tries).when(|error| error.passing).await?;
    let mut outcomes = Vec::with_capacity(sent.len());
    for outcome in sent {
        outcomes.push(match (refusal(&outcome), outcome.get("task_id").and_then(Value::as_str)) {
            (Some(refused), _) => Err(refused),
            (None, Some(task)) if args.wait => wait(client, args, task).await,
            _ => Ok(outcome),
        });
    }
    Ok(outcomes)
}

/// Why it was not taken, or not read.
fn refusal(answer: &Value) -> Option<Failed> {
    answer.get("error").cloned().and_then(|error| serde_json::from_value(error).ok())
}

/// The file, unless it is larger than any server takes.
async fn read(file: &Path) -> Result<bytes::Bytes, Failed> {
    let unreadable = |error: std::io::Error| Failed::new("unreadable", error);
    if tokio::fs::metadata(file).await.map_err(unreadable)?.len() > MAX_FILE_BYTES as u64 {
        return Err(Failed::new("too_large", "This file is larger than 10 MB"));
    }
    Ok(tokio::fs::read(file).await.map_err(unreadable)?.into())
}

async fn send(
    client: &Client,
    args: &SubmitArgs,
    file: &Path,
    bytes: bytes::Bytes,
    key: &str,
) -> Result<Vec<Value>, Failed> {
    #[derive(Deserialize)]
    struct Uploads {
        uploads: Vec<Value>,
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let part = Part::stream_with_length(bytes.clone(), bytes.len() as u64).file_name(name);
    let request = client
        .post(address(args, "invoices")?)
        .bearer_auth(&args.token)
        .header("Idempotency-Key", key)
        .multipart(Form::new().part("file", part));
    let answer: Uploads = asked(request).await?;
    if answer.uploads.is_empty() {
        return Err(Failed::new("answer", "The server said nothing about the file"));
    }
    Ok(answer.uploads)
}

async fn wait(client: &Client, args: &SubmitArgs, task: &str) -> Result<Value, Failed> {
    let over = async {
        loop {
            let task: Value =
                asked(client.get(address(args, &format!("tasks/{task}"))?).bearer_auth(&args.token)).await?;
            match task.get("state").and_then(Value::as_str) {
                Some("completed") => return Ok(task),
                Some(ended @ ("failed" | "cancelled")) => {
                    let refused = refusal(&task);
                    return Err(refused.unwrap_or_else(|| Failed::new(ended, format!("The task is {ended}"))));
                }
                _ => tokio::time::sleep(ASK_EVERY).await,
            }
        }
    };
    tokio::time::timeout(WAIT_AT_MOST, over)
        .await
        .map_err(|_| Failed::new("waiting", "The server has the file, but did not read it within ten minutes"))?
}

fn address(args: &SubmitArgs, path: &str) -> Result<Url, Failed> {
    args.server.join(&format!("/api/v1/{path}")).map_err(|error| Failed::new("server", error))
}

/// The answer, or what the server's error says.
async fn asked<T: serde::de::DeserializeOwned>(request: reqwest::RequestBuilder) -> Result<T, Failed> {
    #[derive(Deserialize)]
    struct Refusal {
        error: Failed,
    }
    let unreached = |error: reqwest::Error| Failed {
        passing: !error.is_builder(),
        ..Failed::new("unreachable", format!("The server could not be reached: {}", error.without_url()))
    };
    let answer = request.send().await.map_err(unreached)?;
    let status = answer.status();
    if status.is_success() {
        return answer.json().await.map_err(|error| Failed::new("answer", error.without_url()));
    }
    let passing = status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS;
    let said = answer.json::<Refusal>().await.map(|refusal| refusal.error);
    Err(Failed { passing, ..said.unwrap_or_else(|_| Failed::new("refused", format!("The server answered {status}"))) })
}
