-- Manuscripts: parts, chapters and scenes, their texts and revisions; who works on a book; when it is released.

-- A UUIDv7 (RFC 9562, section 5.7), for rows that a migration makes.
CREATE FUNCTION new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
  SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6),
    52, 1), 53, 1), 'hex')::uuid
$$;

-- Immutable: a text that is saved again is the same row.
CREATE TABLE texts (
  -- Of the body.
  sha256 text PRIMARY KEY CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  -- 'document' is the JSON of aw_manuscript::Document; 'html' the sanitised HTML of before, which is read as one.
  format text NOT NULL CHECK (format IN ('document', 'html')),
  body text NOT NULL CHECK (octet_length(body) <= 33554432),
  words bigint NOT NULL CHECK (words >= 0)
);

CREATE TABLE parts (
  id uuid PRIMARY KEY,
  book uuid NOT NULL REFERENCES books ON DELETE CASCADE,
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
  -- Its place in the body, among the parts and the chapters that are in none.
  position bigint NOT NULL CHECK (position >= 0),
  UNIQUE (book, id)
);

ALTER TABLE chapters
  ADD COLUMN kind text NOT NULL DEFAULT 'body' CHECK (kind IN ('front', 'body', 'back')),
  ADD COLUMN part uuid,
  -- Its place among its neighbours: of its kind or in its part. Its number follows from all places.
  ADD COLUMN position bigint NOT NULL DEFAULT 0 CHECK (position >= 0),
  -- Of its newest revision.
  ADD COLUMN revision bigint NOT NULL DEFAULT 1,
  -- JSON: from when on who may read, [{"from": ms, "access": "tier:gold"}], in order; empty: always, as access says.
  ADD COLUMN openings text NOT NULL DEFAULT '[]' CHECK (octet_length(openings) <= 4000),
  -- The first of them.
  ADD COLUMN opens_at timestamptz,
  -- Whether it was in the book when that was published last.
  ADD COLUMN released boolean NOT NULL DEFAULT false,
  ADD FOREIGN KEY (book, part) REFERENCES parts (book, id),
  ADD CHECK (part IS NULL OR kind = 'body');
ALTER TABLE chapters DROP CONSTRAINT chapters_book_number_key;
ALTER TABLE chapters ADD CONSTRAINT chapters_book_number_key UNIQUE (book, number) DEFERRABLE;
UPDATE chapters SET position = number - 1,
  released = EXISTS (SELECT 1 FROM books b WHERE b.id = book AND b.published_slug IS NOT NULL);

-- Links between chapters name ids: a chapter's number is its place, which changes.
DO $$
DECLARE target record;
BEGIN
  FOR target IN SELECT c.id, c.book, c.number FROM chapters c
    WHERE EXISTS (SELECT 1 FROM chapters o
      WHERE o.book = c.book AND o.html ~ ('href="chapter:' || (c.number - 1) || '["#]'))
  LOOP
    UPDATE chapters SET html = replace(replace(html,
        'href="chapter:' || (target.number - 1) || '"', 'href="chapter:' || target.id || '"'),
        'href="chapter:' || (target.number - 1) || '#', 'href="chapter:' || target.id || '#')
      WHERE book = target.book AND html LIKE '%href="chapter:%';
  END LOOP;
END $$;
INSERT INTO texts (sha256, format, body, words)
  SELECT DISTINCT ON (sha256) encode(sha256(convert_to(html, 'UTF8')), 'hex') AS sha256, 'html', html, words
  FROM chapters ORDER BY sha256;

CREATE TABLE scenes (
  id uuid PRIMARY KEY,
  chapter uuid NOT NULL REFERENCES chapters ON DELETE CASCADE,
  position bigint NOT NULL CHECK (position >= 0),
  -- For who writes; no reader sees it.
  title text CHECK (length(title) BETWEEN 1 AND 200),
  text text NOT NULL REFERENCES texts,
  -- Where its text comes from: 'document' is what was saved here. One that an editor keeps is written by that alone.
  source text NOT NULL DEFAULT 'document' CHECK (source ~ '^[a-z]{1,20}$')
);
CREATE INDEX scenes_chapter ON scenes (chapter, position);
CREATE INDEX scenes_text ON scenes (text);
INSERT INTO scenes (id, chapter, position, text)
  SELECT new_id(), id, 0, encode(sha256(convert_to(html, 'UTF8')), 'hex') FROM chapters;

-- Every version of a chapter that was saved.
CREATE TABLE revisions (
  id uuid PRIMARY KEY,
  chapter uuid NOT NULL REFERENCES chapters ON DELETE CASCADE,
  number bigint NOT NULL CHECK (number > 0),
  title text NOT NULL,
  words bigint NOT NULL,
  -- A user's id, or operator.
  author text NOT NULL,
  cause text NOT NULL CHECK (cause IN ('imported', 'written', 'moved', 'restored')),
  created_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (chapter, number)
);
CREATE TABLE revision_scenes (
  revision uuid NOT NULL REFERENCES revisions ON DELETE CASCADE,
  position bigint NOT NULL,
  -- The scene's id, which may be gone since.
  scene uuid NOT NULL,
  title text,
  text text NOT NULL REFERENCES texts,
  PRIMARY KEY (revision, position)
);
CREATE INDEX revision_scenes_text ON revision_scenes (text);
INSERT INTO revisions (id, chapter, number, title, words, author, cause, created_at)
  SELECT new_id(), c.id, 1, c.title, c.words, b.created_by, 'written', c.updated_at
  FROM chapters c JOIN books b ON b.id = c.book;
INSERT INTO revision_scenes (revision, position, scene, text)
  SELECT r.id, 0, s.id, s.text FROM revisions r JOIN scenes s ON s.chapter = r.chapter;
ALTER TABLE chapters DROP COLUMN html;

ALTER TABLE books
  ADD COLUMN state text NOT NULL DEFAULT 'draft'
    CHECK (state IN ('draft', 'writing', 'editing', 'review', 'published', 'archived')),
  -- Of what the ETag of its structure stands for.
  ADD COLUMN structure bigint NOT NULL DEFAULT 1,
  ADD COLUMN licence text CHECK (length(licence) BETWEEN 1 AND 200),
  -- JSON: who else took part, [{"name", "role"}].
  ADD COLUMN contributors text NOT NULL DEFAULT '[]' CHECK (octet_length(contributors) <= 60000),
  -- When it is to be published.
  ADD COLUMN publish_at timestamptz,
  -- When there is work to do for it next; null: never. What failed is tried again later, and says why.
  ADD COLUMN due_at timestamptz,
  ADD COLUMN due_failures bigint NOT NULL DEFAULT 0,
  ADD COLUMN due_error text;
CREATE INDEX books_due ON books (due_at) WHERE due_at IS NOT NULL;
UPDATE books SET state = 'published' WHERE published_slug IS NOT NULL;

-- How chapters are released one after the other.
CREATE TABLE serials (
  book uuid PRIMARY KEY REFERENCES books ON DELETE CASCADE,
  -- The first chapter's number; those before it are there at once.
  first bigint NOT NULL CHECK (first > 0),
  -- How many chapters at a time, and how many days lie between.
  chapters bigint NOT NULL CHECK (chapters BETWEEN 1 AND 100),
  days bigint NOT NULL CHECK (days BETWEEN 1 AND 366),
  starts_at timestamptz NOT NULL,
  -- JSON: who reads how many days ahead, [{"access": "tier:gold", "days": 14}].
  ahead text NOT NULL DEFAULT '[]' CHECK (octet_length(ahead) <= 2000)
);

CREATE TABLE collaborators (
  book uuid NOT NULL REFERENCES books ON DELETE CASCADE,
  user_id uuid NOT NULL REFERENCES users ON DELETE CASCADE,
  role text NOT NULL CHECK (role IN ('owner', 'editor', 'author', 'commenter', 'viewer')),
  invited_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (book, user_id)
);
CREATE INDEX collaborators_user ON collaborators (user_id, book);
INSERT INTO collaborators (book, user_id, role, invited_by)
  SELECT b.id, u.id, 'owner', b.created_by FROM books b JOIN users u ON u.id::text = b.created_by;

-- Slugs under which a book was published before: readers are sent to where it stands now.
CREATE TABLE redirects (
  slug text PRIMARY KEY,
  book uuid NOT NULL REFERENCES books ON DELETE CASCADE,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX redirects_book ON redirects (book);

-- Imports under way and done: for who watches.
CREATE TABLE imports (
  id uuid PRIMARY KEY,
  created_by text NOT NULL,
  name text NOT NULL,
  state text NOT NULL CHECK (state IN ('running', 'done', 'failed')),
  -- reading, pictures, writing; and how far.
  stage text NOT NULL,
  done bigint NOT NULL DEFAULT 0,
  total bigint NOT NULL DEFAULT 0,
  book uuid,
  error text,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX imports_updated ON imports (updated_at);
