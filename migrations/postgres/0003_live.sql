-- Mutations: numbered by the client that makes them. What became of each is kept, so that a repeat gets the same answer.
CREATE TABLE mutation_clients (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    -- The newest that was decided.
    last BIGINT NOT NULL DEFAULT 0,
    seen_at BIGINT NOT NULL
);
CREATE INDEX mutation_clients_seen ON mutation_clients (seen_at);

CREATE TABLE mutation_results (
    client_id TEXT NOT NULL REFERENCES mutation_clients (id) ON DELETE CASCADE,
    mutation_id BIGINT NOT NULL,
    -- SHA-256 of what was asked, hex: the same number with other edits is a mistake of the sender.
    digest TEXT NOT NULL,
    outcome TEXT NOT NULL,
    PRIMARY KEY (client_id, mutation_id)
);

-- Who has the right of way on a field. Only a hint: versions decide.
CREATE TABLE locks (
    invoice_id TEXT NOT NULL,
    field TEXT NOT NULL,
    connection TEXT NOT NULL,
    user_id TEXT NOT NULL,
    user_name TEXT NOT NULL,
    -- Rises each time it goes to somebody else.
    token BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (invoice_id, field)
);
CREATE INDEX locks_connection ON locks (connection);
CREATE INDEX locks_expires ON locks (expires_at);

-- What people write to each other about an invoice.
CREATE TABLE comments (
    id TEXT PRIMARY KEY,
    invoice_id TEXT NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
    author_id TEXT NOT NULL REFERENCES users (id),
    author_name TEXT NOT NULL,
    text TEXT NOT NULL,
    -- JSON: the users it names, each with its name at that time.
    mentions TEXT NOT NULL DEFAULT '[]',
    created_at BIGINT NOT NULL
);
CREATE INDEX comments_invoice ON comments (invoice_id, created_at);

CREATE TABLE notifications (
    id TEXT PRIMARY KEY,
    user_id TEXT NOT NULL REFERENCES users (id),
    kind TEXT NOT NULL,
    invoice_id TEXT NOT NULL REFERENCES invoices (id) ON DELETE CASCADE,
    -- As it was called then.
    invoice_title TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    text TEXT NOT NULL,
    at BIGINT NOT NULL,
    read_at BIGINT
);
CREATE INDEX notifications_user ON notifications (user_id, at);

CREATE TABLE work_items (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    -- JSON: ids of the invoices made of it.
    invoices TEXT NOT NULL DEFAULT '[]',
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);
CREATE INDEX work_items_created ON work_items (created_at);
