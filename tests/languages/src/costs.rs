//! What each language costs.
