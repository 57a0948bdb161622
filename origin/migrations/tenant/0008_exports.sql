-- When each chapter was first published: what a book's feed is ordered by.

ALTER TABLE chapters ADD COLUMN first_published_at timestamptz;
-- Of what is published already only the book knows when.
UPDATE chapters c SET first_published_at = b.published_at FROM books b WHERE b.id = c.book AND b.published_slug IS NOT NULL;
