-- Nobody looks a name up by its beginning any more, and what was done to policies is found among what admins did.
-- Plainly: an index over partitions cannot be dropped concurrently, and the lock is held for a moment only.
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX IF EXISTS contact_name;
-- squawk-ignore require-concurrent-index-deletion
DROP INDEX IF EXISTS journal_policies;
