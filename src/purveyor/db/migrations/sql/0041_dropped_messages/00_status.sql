-- A message that no longer holds when it is about to be sent is dropped.

-- squawk-ignore ban-drop-constraint
ALTER TABLE message DROP CONSTRAINT message_status_check;
ALTER TABLE message ADD CONSTRAINT message_status_check
CHECK (status IN ('queued', 'sent', 'failed', 'bounced', 'opened', 'dropped')) NOT VALID;
