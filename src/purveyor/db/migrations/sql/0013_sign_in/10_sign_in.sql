-- Passwords that must be changed, tickets that open one session, and lock-outs of a place instead of a login.

ALTER TABLE staff ADD COLUMN password_until timestamptz;
ALTER TABLE staff ADD COLUMN ticket_at timestamptz;
ALTER TABLE staff ADD COLUMN places jsonb NOT NULL DEFAULT '[]';
ALTER TABLE staff_device ADD COLUMN proved_at timestamptz;
