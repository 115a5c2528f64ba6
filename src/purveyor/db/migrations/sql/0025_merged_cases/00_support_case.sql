-- In which case a case goes on that was merged.

ALTER TABLE support_case ADD COLUMN merged_into uuid;
