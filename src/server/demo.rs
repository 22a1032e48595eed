//! The demo: people to sign in as, the companies they work for, and sample invoices that go through the same door as anybody's.

use crate::{
    adapters::samples,
    domain::{error::AppError, invoice::UploadOptions},
    services::{
        Services,
        uploads::{MAX_FILES, UploadFile},
    },
};

/// Makes the demo users and uploads the samples, where nobody has an account yet; else does nothing.
pub async fn create(services: &Services) -> Result<(), AppError> {
    let Some(clerk) = services.demo_users_create().await? else {
        return Ok(());
    };
    services.demo_own_companies(&samples::own_companies()).await?;
    let today = time::OffsetDateTime::now_utc().date();
    let mut files: Vec<UploadFile> = samples::all_as_of(today)
        .into_iter()
        .map(|sample| UploadFile { filename: sample.filename, bytes: sample.bytes.into() })
        .collect();
    while !files.is_empty() {
        let rest = files.split_off(files.len().min(MAX_FILES));
        for outcome in services.upload(&clerk, files, &UploadOptions::default()).await? {
            if let Some(error) = outcome.error {
                tracing::warn!(filename = outcome.filename, code = error.code, "a sample was refused");
            }
        }
        files = rest;
    }
    Ok(())
}
