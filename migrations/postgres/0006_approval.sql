-- Who may approve how much. Exact decimal in the house's own currency; null: any amount.
ALTER TABLE users ADD COLUMN approval_limit TEXT;

-- The first of two approvals, while the second is awaited: who gave it, and in whose place. Every change of the status
-- takes it away.
ALTER TABLE invoices ADD COLUMN first_approver_id TEXT;
ALTER TABLE invoices ADD COLUMN first_approver_name TEXT;
ALTER TABLE invoices ADD COLUMN first_approved_for TEXT;

-- Who stands in for whom, from day to day (ISO 8601, UTC, both inclusive).
CREATE TABLE delegations (
    id TEXT PRIMARY KEY,
    from_user TEXT NOT NULL REFERENCES users (id),
    to_user TEXT NOT NULL REFERENCES users (id),
    first_day TEXT NOT NULL,
    last_day TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX delegations_to ON delegations (to_user, last_day);
CREATE INDEX delegations_from ON delegations (from_user, last_day);
