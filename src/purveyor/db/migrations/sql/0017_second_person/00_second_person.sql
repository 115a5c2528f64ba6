-- Who let a person in, claims that wait for a second person, and limits that wait for a second admin.

CREATE TABLE staff_origin (
    staff_id uuid PRIMARY KEY,
    added_by text NOT NULL,
    reset_by text NOT NULL,
    reset_at timestamptz
);

CREATE TABLE policy_request (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    data jsonb NOT NULL,
    asked_by text NOT NULL,
    asked_at timestamptz NOT NULL,
    due_at timestamptz,
    status text NOT NULL CHECK (status IN ('waiting', 'approved', 'declined')),
    decided_by text NOT NULL,
    decided_at timestamptz,
    CONSTRAINT policy_request_decided CHECK ((status = 'waiting') = (decided_at IS NULL))
);
CREATE INDEX policy_request_name ON policy_request (name);
CREATE INDEX policy_request_waiting ON policy_request (due_at, id) WHERE status = 'waiting';

ALTER TABLE money_request ADD COLUMN case_id uuid;
ALTER TABLE money_request ADD COLUMN units jsonb NOT NULL DEFAULT '[]';
-- What may stand there becomes more.
-- squawk-ignore ban-drop-constraint
ALTER TABLE money_request DROP CONSTRAINT money_request_what_check;
ALTER TABLE money_request ADD CONSTRAINT money_request_kind
CHECK (what IN ('credit', 'write_off', 'claim') AND (what = 'claim') = (case_id IS NOT NULL)) NOT VALID;
