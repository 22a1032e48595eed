//! What corrections taught: suppliers, their rules, where rules were used, and the decisions still to be learned from.

use super::{Conn, StoreError, StoreResult, json, parsed, to_json};
use crate::domain::{
    bank_account::SupplierKeys,
    field::Field,
    ids::InvoiceId,
    learned::Forgotten,
    learning::{Hint, TRUSTED_AFTER},
};
use sqlx::{AssertSqlSafe, Row, any::AnyRow};
use std::collections::{BTreeMap, BTreeSet};

/// A supplier as rules are kept for it.
#[derive(Clone, Debug)]
pub struct StoredSupplier {
    pub id: String,
    pub name: String,
    pub keys: SupplierKeys,
    /// What was read as its VAT id where that was wrong; empty: nothing.
    pub misread_vat_id: String,
}

#[derive(Clone, Debug)]
pub struct StoredRule {
    pub id: String,
    pub supplier: String,
    pub hint: Hint,
    pub person: String,
    /// Milliseconds since 1970.
    pub at: i64,
    pub invoice: InvoiceId,
    pub used: i64,
    pub confirmed: i64,
    pub corrected: i64,
    /// Since the last correction.
    pub confirmed_in_row: i64,
    /// Since the last confirmation.
    pub corrected_in_row: i64,
}

impl StoredRule {
    /// One that was not used yet.
    pub fn new(id: String, supplier: String, hint: Hint, person: String, at: i64, invoice: InvoiceId) -> StoredRule {
        let (used, confirmed, corrected, confirmed_in_row, corrected_in_row) = (0, 0, 0, 0, 0);
        StoredRule {
            id,
            supplier,
            hint,
            person,
            at,
            invoice,
            used,
            confirmed,
            corrected,
            confirmed_in_row,
            corrected_in_row,
        }
    }

    pub fn is_trusted(&self) -> bool {
        self.confirmed_in_row >= TRUSTED_AFTER
    }
}

/// What people made of a value that a rule read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nobody decided yet.
    Used,
    Confirmed,
    Corrected,
}

impl Outcome {
    fn as_str(self) -> &'static str {
        match self {
            Outcome::Used => "used",
            Outcome::Confirmed => "confirmed",
            Outcome::Corrected => "corrected",
        }
    }
}

/// A rule that read a value of an invoice.
#[derive(Clone, Debug)]
pub struct StoredUse {
    pub rule: String,
    pub field: Field,
    pub value: String,
    pub outcome: Outcome,
}

/// A decided invoice to learn from.
#[derive(Clone, Debug)]
pub struct Queued {
    pub invoice: InvoiceId,
    /// When it was decided.
    pub at: i64,
    pub attempts: i64,
}

const SUPPLIER: &str =
    "SELECT s.id, s.name, s.vat_id, s.tax_number, s.name_key, s.misread_vat_id FROM learned_suppliers AS s";
const RULE: &str = "SELECT id, supplier_id, hint, person, at, invoice_id, used, confirmed, corrected, confirmed_in_row,
    corrected_in_row FROM learned_rules";

/// The suppliers learned from last. More are not listed: nobody reads so long a page, and it is made whole each time.
const LATEST_SUPPLIERS: &str = "SELECT supplier_id FROM learned_rules WHERE forgotten_at IS NULL
    GROUP BY supplier_id ORDER BY MAX(at) DESC, supplier_id LIMIT 1000";

fn supplier(row: &AnyRow) -> StoreResult<StoredSupplier> {
    Ok(StoredSupplier {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        keys: SupplierKeys {
            vat_id: row.try_get("vat_id")?,
            tax_number: row.try_get("tax_number")?,
            name: row.try_get("name_key")?,
        },
        misread_vat_id: row.try_get("misread_vat_id")?,
    })
}

fn rule(row: &AnyRow) -> StoreResult<StoredRule> {
    Ok(StoredRule {
        id: row.try_get("id")?,
        supplier: row.try_get("supplier_id")?,
        hint: json(row, "hint")?,
        person: row.try_get("person")?,
        at: row.try_get("at")?,
        invoice: parsed(row, "invoice_id")?,
        used: row.try_get("used")?,
        confirmed: row.try_get("confirmed")?,
        corrected: row.try_get("corrected")?,
        confirmed_in_row: row.try_get("confirmed_in_row")?,
        corrected_in_row: row.try_get("corrected_in_row")?,
    })
}

/// Whether anything was learned at all.
pub async fn learned_any(conn: &mut Conn) -> StoreResult<bool> {
    let row =
        sqlx::query("SELECT id FROM learned_rules WHERE forgotten_at IS NULL LIMIT 1").fetch_optional(conn).await?;
    Ok(row.is_some())
}

/// The supplier with the VAT id; else the one with the tax number; else the one with the name. The last two only where
/// no other VAT id speaks against it.
pub async fn supplier_by_keys(conn: &mut Conn, keys: &SupplierKeys) -> StoreResult<Option<StoredSupplier>> {
    for (column, key) in [("vat_id", &keys.vat_id), ("tax_number", &keys.tax_number), ("name_key", &keys.name)] {
        if key.is_empty() {
            continue;
        }
        let sql = [SUPPLIER, " WHERE s.", column, " = $1 ORDER BY s.id DESC LIMIT 20"].concat();
        let rows = sqlx::query(AssertSqlSafe(sql)).bind(key).fetch_all(&mut *conn).await?;
        for row in &rows {
            let found = supplier(row)?;
            let (one, other) = (&found.keys.vat_id, &keys.vat_id);
            if one.is_empty() || other.is_empty() || one == other || found.misread_vat_id == *other {
                return Ok(Some(found));
            }
        }
    }
    Ok(None)
}

/// The supplier with the most of these marks, how many of them it has, and how many it has in all.
pub async fn supplier_by_marks(
    conn: &mut Conn,
    marks: &[String],
) -> StoreResult<Option<(StoredSupplier, usize, usize)>> {
    if marks.is_empty() {
        return Ok(None);
    }
    let places: Vec<String> = (1..=marks.len()).map(|number| format!("${number}")).collect();
    let sql = format!(
        "SELECT supplier_id, COUNT(*) AS found,
            (SELECT COUNT(*) FROM learned_marks AS own WHERE own.supplier_id = m.supplier_id) AS known
         FROM learned_marks AS m WHERE mark IN ({}) GROUP BY supplier_id ORDER BY found DESC, supplier_id LIMIT 1",
        places.join(", ")
    );
    let query = marks.iter().fold(sqlx::query(AssertSqlSafe(sql)), |query, mark| query.bind(mark));
    let Some(row) = query.fetch_optional(&mut *conn).await? else { return Ok(None) };
    let id: String = row.try_get("supplier_id")?;
    let count = |column: &str| -> StoreResult<usize> { Ok(row.try_get::<i64, _>(column)?.unsigned_abs() as usize) };
    let (found, known) = (count("found")?, count("known")?);
    let sql = [SUPPLIER, " WHERE s.id = $1"].concat();
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?;
    row.map(|row| Ok((supplier(&row)?, found, known))).transpose()
}

/// Inserts or replaces a supplier, with the marks of its letterhead.
pub async fn supplier_put(conn: &mut Conn, supplier: &StoredSupplier, marks: &[String]) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO learned_suppliers (id, name, vat_id, tax_number, name_key, misread_vat_id)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, vat_id = excluded.vat_id,
            tax_number = excluded.tax_number, name_key = excluded.name_key, misread_vat_id = excluded.misread_vat_id",
    )
    .bind(&supplier.id)
    .bind(&supplier.name)
    .bind(&supplier.keys.vat_id)
    .bind(&supplier.keys.tax_number)
    .bind(&supplier.keys.name)
    .bind(&supplier.misread_vat_id)
    .execute(&mut *conn)
    .await?;
    sqlx::query("DELETE FROM learned_marks WHERE supplier_id = $1").bind(&supplier.id).execute(&mut *conn).await?;
    for mark in marks {
        sqlx::query("INSERT INTO learned_marks (supplier_id, mark) VALUES ($1, $2)")
            .bind(&supplier.id)
            .bind(mark)
            .execute(&mut *conn)
            .await?;
    }
    Ok(())
}

/// The rules of a supplier that are not forgotten: the trusted first, then the newest.
pub async fn rule_list(conn: &mut Conn, supplier: &str) -> StoreResult<Vec<StoredRule>> {
    let sql = [RULE, " WHERE supplier_id = $1 AND forgotten_at IS NULL ORDER BY at DESC, id DESC"].concat();
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(supplier).fetch_all(conn).await?;
    let mut rules: Vec<StoredRule> = rows.iter().map(rule).collect::<StoreResult<_>>()?;
    rules.sort_by_key(|rule| !rule.is_trusted());
    Ok(rules)
}

pub async fn rule_get(conn: &mut Conn, id: &str) -> StoreResult<Option<StoredRule>> {
    let sql = [RULE, " WHERE id = $1"].concat();
    let row = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_optional(conn).await?;
    row.as_ref().map(rule).transpose()
}

/// What was learned and not forgotten, by the suppliers' names: of the thousand suppliers learned from last.
pub async fn learned_list(conn: &mut Conn) -> StoreResult<Vec<(StoredSupplier, Vec<StoredRule>)>> {
    let sql = [SUPPLIER, " WHERE s.id IN (", LATEST_SUPPLIERS, ") ORDER BY s.name_key, s.id"].concat();
    let suppliers = sqlx::query(AssertSqlSafe(sql)).fetch_all(&mut *conn).await?;
    let of_latest = [" WHERE forgotten_at IS NULL AND supplier_id IN (", LATEST_SUPPLIERS, ")"].concat();
    let sql = [RULE, &of_latest, " ORDER BY field, at, id"].concat();
    let rows = sqlx::query(AssertSqlSafe(sql)).fetch_all(conn).await?;
    let mut rules: BTreeMap<String, Vec<StoredRule>> = BTreeMap::new();
    for row in &rows {
        let rule = rule(row)?;
        rules.entry(rule.supplier.clone()).or_default().push(rule);
    }
    let mut all = Vec::new();
    for row in &suppliers {
        let supplier = supplier(row)?;
        if let Some(own) = rules.remove(&supplier.id) {
            all.push((supplier, own));
        }
    }
    Ok(all)
}

/// Inserts a rule, or replaces where it looks: then people have confirmed nothing of it yet, and what they corrected
/// still counts.
pub async fn rule_put(conn: &mut Conn, rule: &StoredRule) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO learned_rules (id, supplier_id, field, hint, person, at, invoice_id)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE SET hint = excluded.hint, person = excluded.person, at = excluded.at,
            invoice_id = excluded.invoice_id, confirmed_in_row = 0",
    )
    .bind(&rule.id)
    .bind(&rule.supplier)
    .bind(rule.hint.field.name().into_owned())
    .bind(to_json(&rule.hint)?)
    .bind(&rule.person)
    .bind(rule.at)
    .bind(rule.invoice.to_string())
    .execute(conn)
    .await?;
    Ok(())
}

pub async fn rule_delete(conn: &mut Conn, id: &str) -> StoreResult<()> {
    sqlx::query("DELETE FROM learned_rules WHERE id = $1").bind(id).execute(conn).await?;
    Ok(())
}

/// Marks rules forgotten, or remembered again (None). Gives those that were changed.
pub async fn rule_set_forgotten(
    conn: &mut Conn,
    which: &Forgotten,
    at: Option<i64>,
) -> StoreResult<Vec<(String, StoredRule)>> {
    let (condition, id) = match which {
        Forgotten::Rule(id) => (" WHERE id = $1", id),
        Forgotten::Supplier(id) => (" WHERE supplier_id = $1", id),
    };
    let state = if at.is_some() { " AND forgotten_at IS NULL" } else { " AND forgotten_at IS NOT NULL" };
    let sql = [RULE, condition, state, " ORDER BY field, id"].concat();
    let rows = sqlx::query(AssertSqlSafe(sql)).bind(id).fetch_all(&mut *conn).await?;
    let mut changed = Vec::new();
    for row in &rows {
        let rule = rule(row)?;
        sqlx::query("UPDATE learned_rules SET forgotten_at = CAST($1 AS BIGINT) WHERE id = $2")
            .bind(at.map(|at| at.to_string()))
            .bind(&rule.id)
            .execute(&mut *conn)
            .await?;
        let name = sqlx::query("SELECT name FROM learned_suppliers WHERE id = $1").bind(&rule.supplier);
        let name = name.fetch_one(&mut *conn).await?.try_get("name")?;
        changed.push((name, rule));
    }
    Ok(changed)
}

/// Deletes what was forgotten before, and suppliers without rules.
pub async fn learned_delete_forgotten_before(conn: &mut Conn, at: i64) -> StoreResult<()> {
    sqlx::query("DELETE FROM learned_rules WHERE forgotten_at < $1").bind(at).execute(&mut *conn).await?;
    sqlx::query(
        "DELETE FROM learned_suppliers
         WHERE NOT EXISTS (SELECT 1 FROM learned_rules AS r WHERE r.supplier_id = learned_suppliers.id)",
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Notes which rules read values of an invoice, in the place of those that did when it was read before. That stays of the
/// fields that are `kept`.
pub async fn use_replace(
    conn: &mut Conn,
    invoice: InvoiceId,
    now: &[StoredUse],
    kept: &BTreeSet<Field>,
    at: i64,
) -> StoreResult<()> {
    for old in use_list(conn, invoice).await?.iter().filter(|old| old.outcome == Outcome::Used) {
        if kept.contains(&old.field) || now.iter().any(|one| one.rule == old.rule && one.field == old.field) {
            continue;
        }
        sqlx::query("DELETE FROM learned_uses WHERE invoice_id = $1 AND field = $2 AND rule_id = $3")
            .bind(invoice.to_string())
            .bind(old.field.name().into_owned())
            .bind(&old.rule)
            .execute(&mut *conn)
            .await?;
    }
    for one in now {
        use_put(conn, invoice, one, at).await?;
    }
    Ok(())
}

/// Notes that a rule read a value of an invoice. Read again, the invoice counts once.
async fn use_put(conn: &mut Conn, invoice: InvoiceId, one: &StoredUse, at: i64) -> StoreResult<()> {
    let counted = sqlx::query(
        "UPDATE learned_rules SET last_used_at = $1, used = used + CASE WHEN EXISTS
            (SELECT 1 FROM learned_uses AS u WHERE u.rule_id = $2 AND u.invoice_id = $3) THEN 0 ELSE 1 END
         WHERE id = $2",
    )
    .bind(at)
    .bind(&one.rule)
    .bind(invoice.to_string())
    .execute(&mut *conn)
    .await?;
    // Dropped since it was looked up.
    if counted.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO learned_uses (rule_id, invoice_id, field, value, outcome) VALUES ($1, $2, $3, $4, 'used')
         ON CONFLICT (invoice_id, field, rule_id) DO UPDATE SET value = excluded.value",
    )
    .bind(&one.rule)
    .bind(invoice.to_string())
    .bind(one.field.name().into_owned())
    .bind(&one.value)
    .execute(conn)
    .await?;
    Ok(())
}

/// Forgets where rules read values of an invoice; what was counted stays.
pub async fn use_delete(conn: &mut Conn, invoice: InvoiceId) -> StoreResult<()> {
    sqlx::query("DELETE FROM learned_uses WHERE invoice_id = $1").bind(invoice.to_string()).execute(conn).await?;
    Ok(())
}

/// Where rules read values of an invoice.
pub async fn use_list(conn: &mut Conn, invoice: InvoiceId) -> StoreResult<Vec<StoredUse>> {
    let rows = sqlx::query("SELECT rule_id, field, value, outcome FROM learned_uses WHERE invoice_id = $1")
        .bind(invoice.to_string())
        .fetch_all(conn)
        .await?;
    let one = |row: &AnyRow| {
        let outcome: String = row.try_get("outcome")?;
        Ok(StoredUse {
            rule: row.try_get("rule_id")?,
            field: parsed(row, "field")?,
            value: row.try_get("value")?,
            outcome: [Outcome::Used, Outcome::Confirmed, Outcome::Corrected]
                .into_iter()
                .find(|known| known.as_str() == outcome)
                .ok_or(StoreError::Corrupt(outcome))?,
        })
    };
    rows.iter().map(one).collect()
}

/// Notes what people made of a value, and counts it for the rule; the same again changes nothing.
pub async fn use_settle(conn: &mut Conn, invoice: InvoiceId, one: &StoredUse, outcome: Outcome) -> StoreResult<()> {
    if one.outcome == outcome {
        return Ok(());
    }
    sqlx::query("UPDATE learned_uses SET outcome = $1 WHERE invoice_id = $2 AND field = $3 AND rule_id = $4")
        .bind(outcome.as_str())
        .bind(invoice.to_string())
        .bind(one.field.name().into_owned())
        .bind(&one.rule)
        .execute(&mut *conn)
        .await?;
    let taken_back = match one.outcome {
        Outcome::Used => "",
        Outcome::Confirmed => ", confirmed = confirmed - 1",
        Outcome::Corrected => ", corrected = corrected - 1",
    };
    let counted = match outcome {
        Outcome::Used => return Ok(()),
        Outcome::Confirmed => {
            "confirmed = confirmed + 1, confirmed_in_row = confirmed_in_row + 1, corrected_in_row = 0"
        }
        Outcome::Corrected => {
            "corrected = corrected + 1, corrected_in_row = corrected_in_row + 1, confirmed_in_row = 0"
        }
    };
    let sql = ["UPDATE learned_rules SET ", counted, taken_back, " WHERE id = $1"].concat();
    sqlx::query(AssertSqlSafe(sql)).bind(&one.rule).execute(conn).await?;
    Ok(())
}

/// Puts a decided invoice on the list of those to learn from.
pub async fn queue_put(conn: &mut Conn, invoice: InvoiceId, at: i64) -> StoreResult<()> {
    sqlx::query(
        "INSERT INTO learning_queue (invoice_id, at, run_after) VALUES ($1, $2, $2)
         ON CONFLICT (invoice_id) DO UPDATE SET at = excluded.at, run_after = excluded.run_after, attempts = 0",
    )
    .bind(invoice.to_string())
    .bind(at)
    .execute(conn)
    .await?;
    Ok(())
}

/// The next to learn from; None: nothing waits.
pub async fn queue_next(conn: &mut Conn, now: i64) -> StoreResult<Option<Queued>> {
    let row = sqlx::query(
        "SELECT invoice_id, at, attempts FROM learning_queue WHERE run_after <= $1 ORDER BY at, invoice_id LIMIT 1",
    )
    .bind(now)
    .fetch_optional(conn)
    .await?;
    let queued = |row: AnyRow| {
        Ok(Queued { invoice: parsed(&row, "invoice_id")?, at: row.try_get("at")?, attempts: row.try_get("attempts")? })
    };
    row.map(queued).transpose()
}

/// Takes it off the list. False: it was decided again, or another server learned from it.
pub async fn queue_take(conn: &mut Conn, queued: &Queued) -> StoreResult<bool> {
    let done = sqlx::query("DELETE FROM learning_queue WHERE invoice_id = $1 AND at = $2")
        .bind(queued.invoice.to_string())
        .bind(queued.at)
        .execute(conn)
        .await?;
    Ok(done.rows_affected() == 1)
}

/// Tries it again later.
pub async fn queue_later(conn: &mut Conn, queued: &Queued, run_after: i64) -> StoreResult<()> {
    sqlx::query("UPDATE learning_queue SET attempts = attempts + 1, run_after = $1 WHERE invoice_id = $2 AND at = $3")
        .bind(run_after)
        .bind(queued.invoice.to_string())
        .bind(queued.at)
        .execute(conn)
        .await?;
    Ok(())
}

/// How many decided invoices are still to be learned from.
pub async fn queue_count(conn: &mut Conn) -> StoreResult<i64> {
    Ok(sqlx::query("SELECT COUNT(*) AS n FROM learning_queue").fetch_one(conn).await?.try_get("n")?)
}
