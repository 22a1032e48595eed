//! The demo: people to sign in as.

use crate::{domain::error::AppError, services::Services};

/// Makes the demo users where nobody has an account yet; else does nothing.
pub async fn create(services: &Services) -> Result<(), AppError> {
    services.demo_users_create().await?;
    Ok(())
}
