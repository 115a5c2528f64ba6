"""The worker: runs the jobs that commands have enqueued, and finds what is due."""
