-- What was seen when somebody last looked for the file of a download.

CREATE TABLE asset_file (
    asset text PRIMARY KEY,
    missing boolean NOT NULL,
    seen_at timestamptz NOT NULL
);
