//! A guest that does nothing but log.
