-- What a chapter is besides where it stands, and covers that are files.

-- A word of EPUB's Structural Semantics Vocabulary (shared/model/src/matter.rs); null for a chapter that is only that.
ALTER TABLE chapters ADD COLUMN role text CHECK (role ~ '^[a-z-]{1,20}$');

-- The file that the cover was made of: it is referred to as long as it is the cover.
ALTER TABLE books ADD COLUMN cover_file uuid REFERENCES files ON DELETE SET NULL;
CREATE INDEX books_cover_file ON books (cover_file) WHERE cover_file IS NOT NULL;
