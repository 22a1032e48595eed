-- Whose work an invoice is, with the name as lists show it.
ALTER TABLE invoices ADD COLUMN assigned_to TEXT REFERENCES users (id);
ALTER TABLE invoices ADD COLUMN assignee_name TEXT NOT NULL DEFAULT '';
CREATE INDEX invoices_assigned ON invoices (assigned_to, status, created_at, id) WHERE assigned_to IS NOT NULL;
