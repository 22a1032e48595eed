//! A real server on a free port with a data folder of its own, and clients for it.

use ap_intake::{
    adapters::samples,
    domain::{
        reading::DocumentKind,
        roles::{Right, Role},
    },
    server::{
        config::Config,
        startup::{self, Application, StartError},
    },
    services::Services,
};
use reqwest::{
    Client, Method, RequestBuilder, Response, StatusCode,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use std::{net::SocketAddr, path::PathBuf};
use tempfile::TempDir;
use tokio::{runtime::Runtime, task::JoinHandle};
use tokio_util::sync::CancellationToken;

pub const PASSWORD: &str = "a long enough password";

/// A running server. Dropped, it is stopped; its folder goes with it.
pub struct TestServer {
    pub url: String,
    pub services: Services,
    stop: CancellationToken,
    running: JoinHandle<Result<(), StartError>>,
    /// The program's own: its threads have the stack that pages need.
    runtime: Option<Runtime>,
    _folder: TempDir,
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl TestServer {
    /// With the built-in settings, no workers and no people.
    pub async fn start() -> TestServer {
        TestServer::with(|_| {}).await
    }

    /// With settings of the test's own.
    pub async fn with(change: impl FnOnce(&mut Config)) -> TestServer {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: folder.path().join("data"),
            workers: 0,
            reader_program: Some(PathBuf::from(env!("CARGO_BIN_EXE_ap-intake"))),
            ..Config::default()
        };
        change(&mut config);
        let runtime = startup::runtime().unwrap();
        let application = runtime.spawn(Application::build(config)).await.unwrap().unwrap();
        let stop = CancellationToken::new();
        TestServer {
            url: format!("http://{}", application.address()),
            services: application.services().clone(),
            running: runtime.spawn(application.run(stop.clone())),
            runtime: Some(runtime),
            stop,
            _folder: folder,
        }
    }

    /// Asks it to stop and waits until it has.
    pub async fn stop(mut self) -> Result<(), StartError> {
        self.stop.cancel();
        (&mut self.running).await.unwrap()
    }

    /// Adds a person with [`PASSWORD`] and gives the address.
    pub async fn person(&self, role: Role) -> String {
        let email = format!("{role}@example.com");
        self.services.user_add(&email, role.as_str(), role, PASSWORD).await.unwrap();
        email
    }

    /// A client that speaks for a new person of this role, by a token with all rights.
    pub async fn client(&self, role: Role) -> Api {
        let email = self.person(role).await;
        self.token_client(&email, role.rights()).await
    }

    /// A client with a new token of a person.
    pub async fn token_client(&self, email: &str, rights: &[Right]) -> Api {
        let token = self.services.token_create(email, "test", rights).await.unwrap();
        Api { token: Some(token), ..self.browser() }
    }

    /// A client with cookies, not signed in. Follows no redirects.
    pub fn browser(&self) -> Api {
        let client = Client::builder().cookie_store(true).redirect(reqwest::redirect::Policy::none()).build();
        Api { url: self.url.clone(), client: client.unwrap(), token: None }
    }

    /// A browser in which a person signed in.
    pub async fn signed_in(&self, email: &str) -> Api {
        let browser = self.browser();
        let answer = browser.sign_in(email, PASSWORD).await;
        assert_eq!(answer.status(), StatusCode::OK);
        browser
    }
}

/// One client of one server.
#[derive(Clone)]
pub struct Api {
    pub url: String,
    pub client: Client,
    pub token: Option<String>,
}

impl Api {
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.client.request(method, format!("{}{path}", self.url));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn get(&self, path: &str) -> Response {
        self.request(Method::GET, path).send().await.unwrap()
    }

    pub async fn post(&self, path: &str, body: &Value) -> Response {
        self.request(Method::POST, path).json(body).send().await.unwrap()
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Response {
        self.request(Method::PATCH, path).json(body).send().await.unwrap()
    }

    pub async fn sign_in(&self, email: &str, password: &str) -> Response {
        self.post("/api/v1/session", &json!({ "email": email, "password": password })).await
    }

    pub async fn upload(&self, files: Vec<(&str, Vec<u8>)>) -> Response {
        self.request(Method::POST, "/api/v1/invoices").multipart(form(files)).send().await.unwrap()
    }

    /// Uploads an invoice of the samples, waits until it is read, and gives its id. Needs a worker.
    pub async fn read_invoice(&self, seed: u64) -> String {
        self.read_document("invoice.xml", ubl(seed)).await
    }

    /// Uploads a document, waits until it was read and gives the invoice's id.
    pub async fn read_document(&self, name: &str, document: Vec<u8>) -> String {
        let answer = body(self.upload(vec![(name, document)]).await).await;
        let upload = &answer["uploads"][0];
        let task = format!("/api/v1/tasks/{}", upload["task_id"].as_str().unwrap());
        loop {
            let state = body(self.get(&task).await).await["state"].clone();
            assert!(state != "failed" && state != "cancelled", "{state}");
            if state == "completed" {
                return upload["invoice_id"].as_str().unwrap().to_owned();
            }
        }
    }
}

/// Files as the parts named `file` of a form.
pub fn form(files: Vec<(&str, Vec<u8>)>) -> Form {
    files
        .into_iter()
        .fold(Form::new(), |form, (name, bytes)| form.part("file", Part::bytes(bytes).file_name(name.to_owned())))
}

/// A sample invoice in UBL.
pub fn ubl(seed: u64) -> Vec<u8> {
    samples::generate(DocumentKind::Ubl, seed).bytes
}

pub async fn body(answer: Response) -> Value {
    let status = answer.status();
    let text = answer.text().await.unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{status}: {error}: {text}"))
}

/// Checks the status and the contract's error shape, and gives the error.
pub async fn refused(answer: Response, status: StatusCode) -> Value {
    assert_eq!(answer.status(), status, "{}", answer.url());
    assert_eq!(answer.headers()["content-type"], "application/json", "{}", answer.url());
    let request_id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let answer = body(answer).await;
    let error = answer["error"].clone();
    assert_eq!(answer.as_object().unwrap().len(), 1, "{answer}");
    assert!(!error["code"].as_str().unwrap().is_empty(), "{answer}");
    assert!(!error["message"].as_str().unwrap().is_empty(), "{answer}");
    assert_eq!(error["request_id"], request_id, "{answer}");
    error
}

/// An e-mail with files: name, media type, bytes.
pub fn mail_with(files: &[(&str, &str, &[u8])]) -> Vec<u8> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    let part = |(name, media_type, bytes): &(&str, &str, &[u8])| {
        format!(
            "--part\r\nContent-Type: {media_type}\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\
             Content-Transfer-Encoding: base64\r\n\r\n{}\r\n",
            STANDARD.encode(bytes)
        )
    };
    let files: String = files.iter().map(part).collect();
    format!(
        "From: supplier@example.com\r\nTo: ap@example.com\r\nSubject: Invoice\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=part\r\n\r\n--part\r\nContent-Type: text/plain\r\n\r\n\
         Please find attached.\r\n{files}--part--\r\n"
    )
    .into_bytes()
}
