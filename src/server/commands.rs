//! The command line: what each command does once its arguments are read.

use super::{
    config::{CONFIG_FILE, Config},
    shutdown,
    startup::{self, Application, StartError},
    submit::{self, SubmitArgs},
    telemetry, wiring,
};
use crate::{
    adapters::{
        readers::{
            extract,
            ocr::Ocr,
            pool::{PoolOptions, ReaderPool},
            validate,
        },
        samples,
    },
    db::{Store, history::history_verify},
    domain::{
        error::AppError,
        ids::UserId,
        reading::DocumentKind,
        roles::{Actor, Right, Role},
    },
    services::{
        Services,
        accounts::made_up_password,
        backup::{self, BackupError},
    },
};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::{
    io::{Read, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

/// Self-hosted supplier-invoice intake.
#[derive(Parser)]
#[command(name = "ap-intake", version, about, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    serve: ServeArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Pages, REST interface, sockets and workers in one process (the default).
    Serve(ServeArgs),
    /// Only workers, beside a server on the same database.
    Worker(WorkerArgs),
    /// Reads documents without server or database; one JSON object a line.
    Extract(ExtractArgs),
    /// Judges electronic invoices, also those inside PDFs, by the rules of EN 16931; one JSON object a line. The exit code
    /// is 1 if a file could not be read, and 0 whatever rules are broken.
    Validate {
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Sends files to a running server; one JSON object a line.
    Submit(SubmitArgs),
    /// Brings the database up to this program's version.
    Migrate,
    /// People who can sign in.
    #[command(subcommand)]
    User(UserCommand),
    /// Tokens for programs.
    #[command(subcommand)]
    Token(TokenCommand),
    /// Rules of this installation.
    #[command(subcommand)]
    Settings(SettingsCommand),
    /// Checks that no history entry was changed; exit code 1 if one was.
    VerifyHistory,
    /// Writes all data and documents into one file. The server may go on meanwhile.
    Backup { file: PathBuf },
    /// Takes a backup into an empty database, SQLite or PostgreSQL, wherever it was written.
    Restore { file: PathBuf },
    /// Writes sample invoices into a folder, to try uploads with: KIND-NUMBER.EXTENSION.
    Samples(SamplesArgs),
}

#[derive(Args, Default)]
struct ServeArgs {
    /// With sample invoices and users.
    #[arg(long)]
    demo: bool,
    /// Documents read at the same time; 0 serves only.
    #[arg(long)]
    workers: Option<usize>,
    /// Where to listen.
    #[arg(long)]
    address: Option<SocketAddr>,
}

#[derive(Args)]
struct WorkerArgs {
    /// Documents read at the same time.
    #[arg(long)]
    workers: Option<usize>,
}

#[derive(Args)]
struct ExtractArgs {
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Who reads them.
    #[arg(long, value_enum, default_value_t = Provider::Local)]
    provider: Provider,
    /// Documents read at the same time; 0 is one a core.
    #[arg(long, default_value_t = 0)]
    workers: usize,
}

#[derive(Args)]
struct SamplesArgs {
    folder: PathBuf,
    /// Another seed makes other invoices.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many of each kind.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=1000))]
    count: u64,
    /// One more, with another file inside.
    #[arg(long)]
    with_attachment: bool,
    /// One more, which holds three invoices.
    #[arg(long)]
    with_batch: bool,
    /// And as many of one supplier that writes labels which no reader knows.
    #[arg(long)]
    with_unusual_labels: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Provider {
    /// This program alone.
    Local,
    Openai,
    Anthropic,
}

impl Provider {
    fn name(self) -> &'static str {
        match self {
            Provider::Local => "local",
            Provider::Openai => "openai",
            Provider::Anthropic => "anthropic",
        }
    }
}

#[derive(Subcommand)]
enum UserCommand {
    /// Adds a person. The password is read from standard input with --password-stdin, else made up and printed.
    Add {
        email: String,
        #[arg(long)]
        role: Role,
        /// Shown beside what they do; the address without its domain if not given.
        #[arg(long)]
        name: Option<String>,
        #[arg(long)]
        password_stdin: bool,
    },
    /// Takes away a person's access, with all sessions and tokens.
    Disable { email: String },
}

#[derive(Subcommand)]
enum TokenCommand {
    /// Makes a token for a person; it is the last word printed, and not shown again.
    Create {
        /// The person's e-mail address.
        #[arg(long)]
        user: String,
        /// read, upload, edit, approve, export, admin, or all that the person may; can be given several times.
        #[arg(long = "scope", required = true, value_delimiter = ',')]
        scopes: Vec<String>,
        /// What it is for.
        #[arg(long, default_value = "command line")]
        name: String,
    },
    /// Ends a token at once. It is read from standard input.
    Revoke,
}

#[derive(Subcommand)]
enum SettingsCommand {
    /// Whether a person may approve an invoice they uploaded, corrected or submitted themselves.
    SelfApproval { switch: Switch },
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Switch {
    On,
    Off,
}

/// Why a command failed, for standard error.
#[derive(Debug, thiserror::Error)]
enum CommandError {
    #[error(transparent)]
    Start(#[from] StartError),
    #[error(transparent)]
    Refused(#[from] AppError),
    #[error("log is not a filter: {0}")]
    Log(#[from] tracing_subscriber::filter::ParseError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error("{0} is no scope: read, upload, edit, approve, export, admin or all")]
    Scope(String),
}

impl Cli {
    /// Runs the command and gives the program's exit code.
    pub async fn run(self) -> ExitCode {
        let command = self.command.unwrap_or(Command::Serve(self.serve));
        match command.run().await {
            Ok(code) => code,
            Err(error) => {
                eprintln!("ap-intake: {error}");
                ExitCode::FAILURE
            }
        }
    }
}

impl Command {
    async fn run(self) -> Result<ExitCode, CommandError> {
        match self {
            Command::Extract(args) => return run_extract(args).await,
            Command::Validate { files } => {
                let all_read = validate::run(files, std::io::stdout().lock()).await?;
                return Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            Command::Samples(args) => return write_samples(&args),
            Command::Submit(args) => {
                let all_well = submit::run(args, std::io::stdout().lock()).await?;
                return Ok(if all_well { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            _ => {}
        }
        let mut config = Config::load(Path::new(CONFIG_FILE)).map_err(StartError::from)?;
        telemetry::start_logging(&config)?;
        match self {
            Command::Serve(args) => {
                config.demo |= args.demo;
                config.workers = args.workers.unwrap_or(config.workers);
                config.address = args.address.unwrap_or(config.address);
                let stop = shutdown::on_signal()?;
                Application::build(config).await?.run(stop).await?;
            }
            Command::Worker(args) => {
                config.workers = args.workers.unwrap_or(config.workers);
                startup::work(config, shutdown::on_signal()?).await?;
            }
            Command::Migrate => {
                startup::open(&config).await?.services.store.close().await;
                println!("The database is up to date");
            }
            Command::User(command) => run_user(&opened(&config).await?, command).await?,
            Command::Token(command) => run_token(&opened(&config).await?, command).await?,
            Command::Settings(SettingsCommand::SelfApproval { switch }) => {
                opened(&config).await?.set_self_approval(&operator(), switch == Switch::On).await?;
                println!("Self-approval is {}", if switch == Switch::On { "on" } else { "off" });
            }
            Command::VerifyHistory => return verify_history(&opened(&config).await?.store).await,
            Command::Backup { file } => {
                let services = opened(&config).await?;
                let counts = backup::write(&services.store, &services.files, &file).await?;
                println!("{}: {} rows, {} documents", file.display(), counts.rows, counts.documents);
            }
            Command::Restore { file } => {
                let services = opened(&config).await?;
                let counts = backup::restore(&services.store, &services.files, file).await?;
                println!("Restored {} rows, {} documents", counts.rows, counts.documents);
            }
            Command::Extract(_) | Command::Validate { .. } | Command::Samples(_) | Command::Submit(_) => {}
        }
        Ok(ExitCode::SUCCESS)
    }
}

async fn opened(config: &Config) -> Result<Services, StartError> {
    Ok(startup::open(config).await?.services)
}

/// Whoever can run this program on the data folder can do anything to it anyway.
fn operator() -> Actor {
    Actor {
        user_id: UserId(uuid::Uuid::nil()),
        name: "Operator (command line)".to_owned(),
        role: Role::Admin,
        rights: Right::ALL.to_vec(),
    }
}

async fn run_extract(args: ExtractArgs) -> Result<ExitCode, CommandError> {
    let config = Config::load(Path::new(CONFIG_FILE)).map_err(StartError::from)?;
    let (ocr, no_ocr) = match Ocr::find(&config.ocr_settings()).await {
        Ok(ocr) => (Some(ocr), None),
        Err(missing) => {
            eprintln!("Scans are not read: {missing}");
            (None, Some(missing))
        }
    };
    let threads = extract::threads_of(args.workers);
    let pool = ReaderPool::new(PoolOptions { children: threads, ocr, no_ocr, ..PoolOptions::default() });
    let reader = wiring::with_models(&config, Arc::new(pool))?;
    let all_read = extract::run(args.files, threads, reader, args.provider.name(), std::io::stdout().lock()).await?;
    Ok(if all_read { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn write_samples(args: &SamplesArgs) -> Result<ExitCode, CommandError> {
    use DocumentKind::{Cii, FacturxPdf, ScanImage, TextPdf, Ubl};
    std::fs::create_dir_all(&args.folder)?;
    let kinds = [Ubl, Cii, FacturxPdf, TextPdf, ScanImage];
    for number in 0..args.count {
        for (place, kind) in (0..).zip(kinds) {
            // A seed each: the same seed is the same invoice, whatever its form.
            let seed = args.seed.wrapping_mul(100_000).wrapping_add(number * 5 + place);
            let sample = samples::generate(kind, seed);
            let extension = sample.filename.rsplit('.').next().unwrap_or_default();
            let name = format!("{}-{number:04}.{extension}", kind.as_str());
            std::fs::write(args.folder.join(name), &sample.bytes)?;
        }
    }
    if args.with_attachment {
        let sample = samples::with_attachment(args.seed.wrapping_mul(100_000).wrapping_sub(1));
        std::fs::write(args.folder.join("attachment-0000.pdf"), &sample.bytes)?;
    }
    if args.with_batch {
        let (sample, _) = samples::batch(args.seed.wrapping_mul(100_000).wrapping_add(50_000), 3);
        std::fs::write(args.folder.join("batch-0000.pdf"), &sample.bytes)?;
    }
    for number in (0..args.count).filter(|_| args.with_unusual_labels) {
        let sample = samples::with_unusual_labels(2, args.seed.wrapping_mul(100_000).wrapping_add(number));
        std::fs::write(args.folder.join(format!("unusual-{number:04}.pdf")), &sample.bytes)?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn run_user(services: &Services, command: UserCommand) -> Result<(), CommandError> {
    match command {
        UserCommand::Add { email, role, name, password_stdin } => {
            let password = if password_stdin { read_line()? } else { made_up_password() };
            let name = name.unwrap_or_else(|| email.split('@').next().unwrap_or_default().to_owned());
            services.user_add(&email, &name, role, &password).await?;
            println!("Added {email} as {role}");
            if !password_stdin {
                println!("Password: {password}");
            }
        }
        UserCommand::Disable { email } => {
            services.user_disable(&email).await?;
            println!("{email} has no access any more");
        }
    }
    Ok(())
}

async fn run_token(services: &Services, command: TokenCommand) -> Result<(), CommandError> {
    match command {
        TokenCommand::Create { user, scopes, name } => {
            let rights = match scopes.as_slice() {
                [all] if all == "all" => services.rights_of(&user).await?,
                scopes => scopes
                    .iter()
                    .map(|scope| scope.parse().map_err(|_| CommandError::Scope(scope.clone())))
                    .collect::<Result<Vec<Right>, _>>()?,
            };
            let token = services.token_create(&user, &name, &rights).await?;
            println!("Token of {user}, shown only now: {token}");
        }
        TokenCommand::Revoke => {
            services.token_revoke(&read_line()?).await?;
            println!("The token is revoked");
        }
    }
    Ok(())
}

async fn verify_history(store: &Store) -> Result<ExitCode, CommandError> {
    let mut conn = store.read().await.map_err(StartError::from)?;
    let (broken, looked_at) = history_verify(&mut conn).await.map_err(StartError::from)?;
    let mut output = std::io::stdout().lock();
    for (invoice, entry) in &broken {
        writeln!(output, "invoice {invoice}: entry {entry} was changed, or one before it is missing")?;
    }
    writeln!(output, "{looked_at} entries, {} broken", broken.len())?;
    Ok(if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// One line of standard input, at most 4 KB of it.
fn read_line() -> std::io::Result<String> {
    let mut text = String::new();
    std::io::stdin().lock().take(4096).read_to_string(&mut text)?;
    Ok(text.lines().next().unwrap_or_default().trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::{CommandFactory, Parser};

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn serving_is_the_default() {
        for line in [
            &["ap-intake"][..],
            &["ap-intake", "--demo"],
            &["ap-intake", "serve", "--demo", "--workers", "0"],
            &["ap-intake", "token", "create", "--user", "a@b", "--scope", "read,upload"],
            &["ap-intake", "user", "add", "a@b", "--role", "clerk"],
            &["ap-intake", "settings", "self-approval", "on"],
            &["ap-intake", "validate", "a.xml", "b.pdf"],
        ] {
            assert!(Cli::try_parse_from(line).is_ok(), "{line:?}");
        }
        assert!(Cli::try_parse_from(["ap-intake", "user", "add", "a@b", "--role", "king"]).is_err());
        assert!(Cli::try_parse_from(["ap-intake", "extract"]).is_err());
        assert!(Cli::try_parse_from(["ap-intake", "validate"]).is_err());
    }
}
