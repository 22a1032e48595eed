-- The rules of EN 16931 that the XML broke as it was received: a list of check results, as JSON.
ALTER TABLE invoices ADD COLUMN broken_rules TEXT NOT NULL DEFAULT '[]';
