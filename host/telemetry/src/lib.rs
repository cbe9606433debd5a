//! What leaves the host: event stream, statistics and summaries.
