-- Indexes that hold all that lists count and search by, so that a count or a search that finds little does not read
-- every row. PostgreSQL, which has statistics and bounds what an index may hold, keeps its own of the start.

-- Overdue: the planner never chose the partial index, because another one also begins with the status.
DROP INDEX invoices_open_due;
CREATE INDEX invoices_status_due ON invoices (status, due_date);

DROP INDEX invoices_created;
CREATE INDEX invoices_created ON invoices (created_at, id, search);
DROP INDEX invoices_status_created;
CREATE INDEX invoices_status_created ON invoices (status, created_at, id, search);
