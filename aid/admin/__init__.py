"""The desk: the admin with one file per concept. docs/editors.md is its manual."""
