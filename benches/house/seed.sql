-- Invoices of two years, the newest a minute old: of the last fifth many wait for people, of the rest most are
-- exported. 400 suppliers, of whom few send most. Figures follow from an invoice's place, so that each run has the same.

CREATE TEMP TABLE seed AS
WITH RECURSIVE
    places(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM places WHERE n < :invoices),
    -- Three numbers from 0 to 1023 that look random (Knuth's multiplicative hash).
    dice AS (
        SELECT n,
            (n * 2654435761 >> 9) & 1023 AS a,
            (n * 2246822519 >> 11) & 1023 AS b,
            (n * 3266489917 >> 7) & 1023 AS c
        FROM places
    ),
    drawn AS (
        SELECT n, a, b, c, a * a * 400 / (1024 * 1024) AS supplier,
            CAST(unixepoch('now') AS INTEGER) * 1000 - 60000
                - (:invoices - n) * (63072000000 / :invoices) AS created_at,
            50000 + (a * 1024 + b) % 900000 AS net,
            CASE
                WHEN n > :invoices * 4 / 5 THEN CASE
                    WHEN c < 460 THEN 'needs_review' WHEN c < 610 THEN 'awaiting_approval'
                    WHEN c < 860 THEN 'approved' WHEN c < 910 THEN 'postponed' WHEN c < 940 THEN 'failed'
                    WHEN c < 980 THEN 'duplicate' ELSE 'rejected' END
                WHEN c < 900 THEN 'exported' WHEN c < 940 THEN 'approved' WHEN c < 980 THEN 'rejected'
                WHEN c < 1010 THEN 'duplicate' ELSE 'cancelled'
            END AS status
        FROM dice
    )
SELECT n, a, b, c, status, created_at, net,
    (net * 19 + 50) / 100 AS tax,
    net + (net * 19 + 50) / 100 AS gross,
    printf('%08x-%04x-7%03x-8%03x-%012x', created_at >> 16, created_at & 65535, b, c, n) AS id,
    printf('%064x', n) AS file_hash,
    printf('RE-%s-%06d', strftime('%Y', created_at / 1000, 'unixepoch'), n) AS number,
    date(created_at / 1000 - (b % 5) * 86400, 'unixepoch') AS issue_date,
    date(created_at / 1000 + (14 + 16 * (c % 2)) * 86400, 'unixepoch') AS due_date,
    json_extract('["Nordlicht","Bergbach","Seehof","Lindenau","Eichwald","Steinfurt","Talmark","Hafenrand","Moorland","Kronberg","Wiesenau","Birkental","Sonnhang","Felsen","Auenland","Rosenhag","Waldsee","Heidekamp","Grauberg","Quellhof"]', '$[' || (supplier % 20) || ']')
        || ' ' || json_extract('["Elektro","Logistik","Druck","Papier","Bau","Technik","Medien","Handel","Chemie","Werkzeug"]', '$[' || (supplier / 20 % 10) || ']')
        || CASE WHEN supplier < 200 THEN ' GmbH' ELSE ' AG' END AS supplier
FROM drawn;

INSERT INTO files (hash, size, content_type, created_at)
SELECT file_hash, 60000 + a * 40, 'application/pdf', created_at FROM seed;

INSERT INTO invoices (
    id, status, version, file_hash, filename, kind, uploaded_by, uploader_name, created_at, updated_at, decided_at,
    supplier_name, supplier_key, invoice_number, number_key, issue_date, due_date, currency, gross_total, gross_order,
    search, confidence, failing_checks, pages, checks, review_reasons
)
SELECT
    seed.id, status, 4, file_hash, 'Rechnung_' || number || '.pdf', 'text_pdf', user.id, user.name, seed.created_at, seed.created_at + 3000,
    CASE WHEN status IN ('approved', 'exported', 'rejected', 'duplicate')
        THEN min(seed.created_at + (1 + a % 90) * 3600000, unixepoch('now') * 1000) END,
    supplier, lower(supplier), number, replace(number, '-', ''), issue_date, due_date, 'EUR',
    printf('%d.%02d', gross / 100, gross % 100), gross * 100,
    lower(supplier || ' ' || number || ' rechnung_' || number || '.pdf'),
    0.8 + b / 5200.0, CASE WHEN b < 120 THEN 1 ELSE 0 END,
    '[{"width":595.0,"height":842.0}]',
    CASE WHEN b < 120 THEN '[{"rule":"due-before-issue","severity":"warning","message":"The due date is before the issue date","fields":["due_date","issue_date"]}]' ELSE '[]' END,
    CASE WHEN status = 'needs_review' THEN '[{"code":"low_confidence","message":"Some values are not certain","fields":["supplier_name"]}]' ELSE '[]' END
FROM seed, users AS user;

INSERT INTO invoice_fields (invoice_id, name, value, confidence, page, x, y, w, h, source, version, changed_by, changed_at)
SELECT seed.id, field.name,
    CASE field.name
        WHEN 'supplier_name' THEN supplier
        WHEN 'invoice_number' THEN number
        WHEN 'issue_date' THEN issue_date
        WHEN 'due_date' THEN due_date
        WHEN 'currency' THEN 'EUR'
        WHEN 'net_total' THEN printf('%d.%02d', net / 100, net % 100)
        WHEN 'tax_total' THEN printf('%d.%02d', tax / 100, tax % 100)
        ELSE printf('%d.%02d', gross / 100, gross % 100)
    END,
    0.95, 1, 0.1, field.y, 0.2, 0.02, 'text', 1, 'reader', created_at + 3000
FROM seed CROSS JOIN (
    SELECT 'supplier_name' AS name, 0.05 AS y UNION ALL SELECT 'invoice_number', 0.2 UNION ALL SELECT 'issue_date', 0.23
    UNION ALL SELECT 'due_date', 0.26 UNION ALL SELECT 'currency', 0.5 UNION ALL SELECT 'net_total', 0.7
    UNION ALL SELECT 'tax_total', 0.73 UNION ALL SELECT 'gross_total', 0.76
) AS field;

INSERT INTO invoice_fields (invoice_id, name, value, confidence, page, x, y, w, h, source, version, changed_by, changed_at)
SELECT seed.id, part.name,
    CASE part.name
        WHEN 'line_1' THEN printf('{"id":"1","description":"Services by contract, per month","quantity":"1","unit":"C62","unit_price":"%d.%02d","net":"%d.%02d","tax_category":"S","tax_rate":"19","item_number":"A-1001"}',
            (net - 10000) / 100, net % 100, (net - 10000) / 100, net % 100)
        WHEN 'line_2' THEN '{"id":"2","description":"Delivery and handling","quantity":"1","unit":"C62","unit_price":"100.00","net":"100.00","tax_category":"S","tax_rate":"19","item_number":"A-2002"}'
        ELSE printf('{"base":"%d.%02d","tax":"%d.%02d","category":"S","rate":"19"}', net / 100, net % 100, tax / 100, tax % 100)
    END,
    0.9, NULL, NULL, NULL, NULL, NULL, 'text', 1, 'reader', created_at + 3000
FROM seed CROSS JOIN (SELECT 'line_1' AS name UNION ALL SELECT 'line_2' UNION ALL SELECT 'vat_row_1') AS part;

DROP TABLE seed;
