//! Commands of the program itself, on a data folder of their own.

use ap_intake::db::Store;
use std::{path::Path, process::Command};

/// Runs one; its exit code and what it printed.
fn run(data: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_ap-intake"))
        .args(arguments)
        .env("AP_INTAKE_DATA_DIR", data)
        .env_remove("DATABASE_URL")
        .output()
        .unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.code().is_some(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), printed)
}

#[tokio::test]
async fn verify_history_finds_what_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    // Each writes an entry.
    for switch in ["on", "off"] {
        assert_eq!(run(&data, &["settings", "self-approval", switch]).0, Some(0));
    }
    assert_eq!(run(&data, &["verify-history"]), (Some(0), "2 entries, 0 broken\n".to_owned()));

    let store = Store::connect(&format!("sqlite:{}", data.join("ap-intake.db").display())).await.unwrap();
    let mut tx = store.begin_quiet().await.unwrap();
    sqlx::query("UPDATE history SET note = 'other' WHERE seq = 1").execute(&mut *tx).await.unwrap();
    tx.commit().await.unwrap();
    store.close().await;
    let (code, printed) = run(&data, &["verify-history"]);
    assert_eq!(code, Some(1), "{printed}");
    let lines: Vec<&str> = printed.lines().collect();
    assert!(lines[0].ends_with(": entry 1 was changed, or one before it is missing"), "{printed}");
    assert_eq!(lines[1..], ["2 entries, 1 broken"]);
}
