-- Times are milliseconds since 1970 UTC; ids are UUIDv7 as text; amounts are exact decimals as text.
-- Columns that lists sort by are never null, so that keyset paging stays simple.

CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

CREATE TABLE users (
    id TEXT PRIMARY KEY,
    email TEXT NOT NULL CONSTRAINT users_email_key UNIQUE,
    name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('clerk', 'reviewer', 'admin', 'auditor')),
    password_hash TEXT NOT NULL,
    is_demo INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    disabled_at INTEGER
) STRICT;

CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    user_id TEXT,
    data TEXT NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_expires ON sessions (expires_at);

CREATE TABLE api_tokens (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    name TEXT NOT NULL,
    -- SHA-256 of the token, hex: a token is 256 random bits, so a slow hash adds nothing.
    hash TEXT NOT NULL CONSTRAINT api_tokens_hash_key UNIQUE,
    scopes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    last_used_at INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE TABLE files (
    -- SHA-256 of the content, hex; also its path in the file store.
    hash TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    content_type TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE invoices (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1,
    file_hash TEXT NOT NULL REFERENCES files (hash),
    filename TEXT NOT NULL,
    kind TEXT,
    options TEXT NOT NULL DEFAULT '{}',
    uploaded_by TEXT NOT NULL REFERENCES users (id),
    uploader_name TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    decided_at INTEGER,
    -- Copies of field values, for lists.
    supplier_name TEXT NOT NULL DEFAULT '',
    supplier_key TEXT NOT NULL DEFAULT '',
    invoice_number TEXT NOT NULL DEFAULT '',
    number_key TEXT NOT NULL DEFAULT '',
    issue_date TEXT NOT NULL DEFAULT '',
    due_date TEXT NOT NULL DEFAULT '',
    currency TEXT NOT NULL DEFAULT '',
    gross_total TEXT NOT NULL DEFAULT '',
    -- Ten-thousandths, for sorting and ranges only.
    gross_order INTEGER NOT NULL DEFAULT 0,
    search TEXT NOT NULL DEFAULT '',
    confidence REAL,
    failing_checks INTEGER NOT NULL DEFAULT 0,
    duplicate_of TEXT REFERENCES invoices (id),
    -- JSON documents that are read and written whole.
    lines TEXT NOT NULL DEFAULT '[]',
    vat_rows TEXT NOT NULL DEFAULT '[]',
    pages TEXT NOT NULL DEFAULT '[]',
    notes TEXT NOT NULL DEFAULT '[]',
    checks TEXT NOT NULL DEFAULT '[]',
    review_reasons TEXT NOT NULL DEFAULT '[]'
) STRICT;
CREATE INDEX invoices_created ON invoices (created_at, id);
CREATE INDEX invoices_status_created ON invoices (status, created_at, id);
CREATE INDEX invoices_supplier ON invoices (supplier_key, id);
CREATE INDEX invoices_status_supplier ON invoices (status, supplier_key, id);
CREATE INDEX invoices_number ON invoices (number_key, id);
CREATE INDEX invoices_issue ON invoices (issue_date, id);
CREATE INDEX invoices_due ON invoices (due_date, id);
CREATE INDEX invoices_gross ON invoices (gross_order, id);
CREATE INDEX invoices_file ON invoices (file_hash);
CREATE INDEX invoices_decided ON invoices (decided_at) WHERE decided_at IS NOT NULL;
CREATE INDEX invoices_open_due ON invoices (due_date)
    WHERE due_date <> '' AND status IN ('needs_review', 'postponed', 'awaiting_approval');

CREATE TABLE invoice_fields (
    invoice_id TEXT NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    value TEXT NOT NULL,
    raw TEXT,
    confidence REAL NOT NULL,
    page INTEGER,
    x REAL,
    y REAL,
    w REAL,
    h REAL,
    source TEXT NOT NULL,
    version INTEGER NOT NULL,
    changed_by TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    verified_by TEXT,
    PRIMARY KEY (invoice_id, name)
) STRICT;

CREATE TABLE history (
    invoice_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    actor_id TEXT,
    actor_name TEXT NOT NULL,
    action TEXT NOT NULL,
    changes TEXT NOT NULL DEFAULT '[]',
    note TEXT,
    previous_hash TEXT NOT NULL,
    hash TEXT NOT NULL,
    PRIMARY KEY (invoice_id, seq)
) STRICT;

CREATE TABLE tasks (
    id TEXT PRIMARY KEY,
    invoice_id TEXT NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    stage TEXT,
    progress INTEGER NOT NULL DEFAULT 0,
    message TEXT NOT NULL DEFAULT '',
    priority INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    run_after INTEGER NOT NULL,
    lease_owner TEXT,
    lease_until INTEGER,
    -- Rises with every claim: a worker that lost its lease can not save.
    fence INTEGER NOT NULL DEFAULT 0,
    error_code TEXT,
    error_message TEXT,
    created_by TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    started_at INTEGER,
    finished_at INTEGER
) STRICT;
CREATE INDEX tasks_ready ON tasks (priority DESC, run_after, id) WHERE state = 'queued';
CREATE INDEX tasks_leased ON tasks (lease_until) WHERE state = 'processing';
CREATE INDEX tasks_invoice ON tasks (invoice_id, created_at);
CREATE INDEX tasks_creator ON tasks (created_by, created_at);

CREATE TABLE rooms (
    name TEXT PRIMARY KEY,
    top INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    room TEXT NOT NULL,
    position INTEGER NOT NULL,
    event_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (room, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX events_at ON events (at);

CREATE TABLE requests (
    -- Idempotency-Key or mutation id, with who sent it.
    actor_id TEXT NOT NULL,
    request_key TEXT NOT NULL,
    at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (actor_id, request_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX requests_at ON requests (at);

-- How many invoices each status holds, kept by triggers, so that the tabs never count 100,000 rows.
CREATE TABLE invoice_counts (
    status TEXT PRIMARY KEY,
    n INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TRIGGER invoices_count_insert AFTER INSERT ON invoices BEGIN
    INSERT INTO invoice_counts (status, n) VALUES (new.status, 1)
    ON CONFLICT (status) DO UPDATE SET n = n + 1;
END;
CREATE TRIGGER invoices_count_delete AFTER DELETE ON invoices BEGIN
    UPDATE invoice_counts SET n = n - 1 WHERE status = old.status;
END;
CREATE TRIGGER invoices_count_update AFTER UPDATE OF status ON invoices WHEN old.status <> new.status BEGIN
    UPDATE invoice_counts SET n = n - 1 WHERE status = old.status;
    INSERT INTO invoice_counts (status, n) VALUES (new.status, 1)
    ON CONFLICT (status) DO UPDATE SET n = n + 1;
END;
