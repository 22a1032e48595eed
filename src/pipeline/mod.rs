//! The worker: takes tasks, runs the stages fetch → extraction → validation → save, and survives whatever a document does.

use crate::{
    domain::{
        error::AppError,
        invoice::TaskError,
        jobs::Stage,
        reading::{ReadError, ReadErrorCode, Reading},
    },
    services::{
        Services,
        processing::{LEASE_MS, LeaseLost, MAX_ATTEMPTS},
    },
};
use bytes::Bytes;
use futures::FutureExt;
use std::{panic::AssertUnwindSafe, time::Duration};
use tokio::{sync::watch, task::JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// How long an idle worker waits before it looks again: for tasks of other processes and those whose time has come.
const IDLE: Duration = Duration::from_millis(500);
/// The same for learning: what is decided on this server is told at once.
const LEARN_IDLE: Duration = Duration::from_secs(5);
/// How long a worker waits after the database failed.
const AFTER_ERROR: Duration = Duration::from_secs(2);

/// Why a try ended without a reading saved.
enum Ended {
    LeaseLost,
    Failed { error: TaskError, temporary: bool },
}

/// Runs `workers` workers until `stop`; then each gives its task back and ends.
pub async fn run(services: Services, workers: usize, stop: CancellationToken) {
    let node = Uuid::now_v7();
    let learning = tokio::spawn(keep_learning(services.clone(), stop.clone()));
    let mut running = JoinSet::new();
    for number in 0..workers {
        running.spawn(work(services.clone(), format!("{node}/{number}"), stop.clone()));
    }
    while let Some(ended) = running.join_next().await {
        if let Err(error) = ended {
            tracing::error!(%error, "a worker ended by itself; starting another");
            if !stop.is_cancelled() {
                running.spawn(work(services.clone(), format!("{node}/again"), stop.clone()));
            }
        }
    }
    if let Err(error) = learning.await {
        tracing::error!(%error, "learning ended by itself");
    }
}

/// Learns from decided invoices until `stop`, whatever one of them does.
async fn keep_learning(services: Services, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = tokio::spawn(learn(services.clone(), stop.clone())).await {
            tracing::error!(%error, "learning ended by itself; beginning again");
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(AFTER_ERROR) => {}
            }
        }
    }
}

/// Learns from decided invoices, one after the other.
async fn learn(services: Services, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match services.learn_next().await {
            Ok(true) => continue,
            Ok(false) => LEARN_IDLE,
            Err(error) => {
                tracing::error!(%error, "could not look for invoices to learn from");
                AFTER_ERROR
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = services.lessons.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

async fn work(services: Services, owner: String, stop: CancellationToken) {
    while !stop.is_cancelled() {
        let pause = match services.task_claim(&owner).await {
            Ok(Some(task)) => {
                // Another worker may find the next one meanwhile.
                services.work.notify_one();
                run_task(&services, &task, &stop).await;
                continue;
            }
            Ok(None) => IDLE,
            Err(error) => {
                tracing::error!(%error, "could not look for tasks");
                AFTER_ERROR
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = services.work.notified(), if pause == IDLE => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
}

type Task = crate::db::tasks::ClaimedTask;

#[tracing::instrument(skip_all, fields(task_id = %task.id, invoice_id = %task.invoice_id, attempt = task.attempts))]
async fn run_task(services: &Services, task: &Task, stop: &CancellationToken) {
    // Each try before this one may have ended with its worker: what brings workers down is not tried for ever.
    if task.attempts > MAX_ATTEMPTS {
        return end_with(services, task, Ended::Failed { error: stopped_unexpectedly(), temporary: false }).await;
    }
    let read = tokio::select! {
        read = unwound(read_document(services, task)) => read,
        () = keep_lease(services, task) => Err(Ended::LeaseLost),
        () = stop.cancelled() => {
            if let Err(error) = services.task_release(task).await {
                tracing::error!(%error, "could not give the task back; its lease will run out");
            }
            return;
        }
    };
    // Saving is short, and ends once begun: the lease guards it, and a stop waits for it.
    let outcome = match read {
        Ok(reading) => unwound(save(services, task, &reading)).await,
        Err(ended) => Err(ended),
    };
    if let Err(ended) = outcome {
        end_with(services, task, ended).await;
    }
}

async fn end_with(services: &Services, task: &Task, ended: Ended) {
    let noted = match ended {
        Ended::LeaseLost => {
            tracing::info!("task was cancelled or taken over");
            Ok(())
        }
        Ended::Failed { error, temporary } => services.task_fail(task, &error, temporary).await,
    };
    if let Err(error) = noted {
        tracing::error!(%error, "could not note how the task ended; its lease will run out");
    }
}

/// The work's outcome; a panic in it is ours, ends this try only, and is on record.
async fn unwound<T>(work: impl Future<Output = Result<T, Ended>>) -> Result<T, Ended> {
    AssertUnwindSafe(work).catch_unwind().await.unwrap_or_else(|_| {
        tracing::error!("the work on a document panicked");
        Err(Ended::Failed { error: stopped_unexpectedly(), temporary: true })
    })
}

fn stopped_unexpectedly() -> TaskError {
    TaskError {
        code: ReadErrorCode::ReaderFailed.as_str().to_owned(),
        message: "Reading this document stopped unexpectedly".to_owned(),
        stage: Stage::Extraction.as_str().to_owned(),
    }
}

/// Renews the lease for as long as it is held; returns when it is lost.
async fn keep_lease(services: &Services, task: &Task) {
    let every = Duration::from_millis(LEASE_MS.unsigned_abs() / 4);
    loop {
        tokio::time::sleep(every).await;
        match services.task_renew(task).await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => tracing::warn!(%error, "could not renew a lease"),
        }
    }
}

async fn read_document(services: &Services, task: &Task) -> Result<Reading, Ended> {
    begin(services, task, Stage::Fetch).await?;
    let (document, provider) = services.task_document(task).await.map_err(|error| ours(error, Stage::Fetch))?;
    begin(services, task, Stage::Extraction).await?;
    let mut reading = read_telling(services, task, document.clone(), provider.as_deref()).await?;
    services.learned_apply(&document, &mut reading).await;
    begin(services, task, Stage::Validation).await?;
    begin(services, task, Stage::Save).await?;
    Ok(reading)
}

/// Reads the document; of the pages of a scan people hear one by one.
async fn read_telling(
    services: &Services,
    task: &Task,
    document: Bytes,
    provider: Option<&str>,
) -> Result<Reading, Ended> {
    let (begun, mut pages) = watch::channel((0, 0));
    let tell = move |page, of| _ = begun.send_replace((page, of));
    let told = async {
        // It ends with the reading, which holds the other end.
        while pages.changed().await.is_ok() {
            let (page, of) = *pages.borrow_and_update();
            if of > 1 && !services.page_begun(task, page, of).await.unwrap_or(true) {
                return Err(Ended::LeaseLost);
            }
        }
        std::future::pending().await
    };
    tokio::select! {
        read = services.reader.read_with(document, provider, &tell) => read.map_err(unreadable),
        lost = told => lost,
    }
}

async fn save(services: &Services, task: &Task, reading: &Reading) -> Result<(), Ended> {
    match services.reading_save(task, reading).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(LeaseLost)) => Err(Ended::LeaseLost),
        Err(error) => Err(ours(error, Stage::Save)),
    }
}

async fn begin(services: &Services, task: &Task, stage: Stage) -> Result<(), Ended> {
    match services.stage_start(task, stage).await {
        Ok(true) => Ok(()),
        Ok(false) => Err(Ended::LeaseLost),
        Err(error) => Err(ours(error, stage)),
    }
}

/// The document's fault, unless the reader itself stopped.
fn unreadable(error: ReadError) -> Ended {
    let temporary = error.code == ReadErrorCode::ReaderFailed;
    Ended::Failed {
        error: TaskError {
            code: error.code.as_str().to_owned(),
            message: error.message,
            stage: Stage::Extraction.as_str().to_owned(),
        },
        temporary,
    }
}

/// Our fault or the machine's: another try may work.
fn ours(error: AppError, stage: Stage) -> Ended {
    let temporary = !matches!(error, AppError::NotFound { .. } | AppError::StepRefused(_));
    Ended::Failed {
        error: TaskError {
            code: error.code().to_owned(),
            message: error.to_string(),
            stage: stage.as_str().to_owned(),
        },
        temporary,
    }
}
