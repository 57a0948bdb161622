-- Books as their authors have them.

CREATE TABLE books (
  id uuid PRIMARY KEY,
  slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$'),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
  authors text[] NOT NULL DEFAULT '{}' CHECK (cardinality(authors) <= 50),
  language text NOT NULL CHECK (length(language) BETWEEN 1 AND 35),
  description text NOT NULL DEFAULT '' CHECK (length(description) <= 20000),
  tags text[] NOT NULL DEFAULT '{}' CHECK (cardinality(tags) <= 20),
  series_name text CHECK (length(series_name) BETWEEN 1 AND 200),
  series_position bigint CHECK (series_position BETWEEN 1 AND 100000),
  -- The index of the asset that is its cover.
  cover bigint,
  -- Of what its ETag stands for.
  version bigint NOT NULL DEFAULT 1,
  -- Grows with every change of the book, its chapters included: what is published is of one revision.
  revision bigint NOT NULL DEFAULT 1,
  created_by text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  updated_at timestamptz NOT NULL DEFAULT now(),
  -- First and last published; kept when it is withdrawn.
  published_at timestamptz,
  republished_at timestamptz,
  -- Where it stands published now; null where it does not.
  published_slug text UNIQUE,
  published_revision bigint,
  CHECK ((series_name IS NULL) = (series_position IS NULL)),
  CHECK ((published_at IS NULL) = (republished_at IS NULL)),
  CHECK (published_slug IS NULL OR published_at IS NOT NULL)
);

CREATE TABLE assets (
  book uuid NOT NULL REFERENCES books ON DELETE CASCADE,
  -- N of asset:N in the chapters' HTML.
  number bigint NOT NULL CHECK (number >= 0),
  sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
  size bigint NOT NULL CHECK (size >= 0),
  media_type text NOT NULL,
  name text NOT NULL,
  PRIMARY KEY (book, number)
);
ALTER TABLE books ADD FOREIGN KEY (id, cover) REFERENCES assets (book, number) DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE chapters (
  id uuid PRIMARY KEY,
  book uuid NOT NULL REFERENCES books ON DELETE CASCADE,
  number bigint NOT NULL CHECK (number BETWEEN 1 AND 2000),
  title text NOT NULL CHECK (length(title) BETWEEN 1 AND 500),
  -- Sanitised, with asset:N and chapter:N in it.
  html text NOT NULL CHECK (octet_length(html) <= 4194304),
  words bigint NOT NULL CHECK (words >= 0),
  access text NOT NULL DEFAULT 'free' CHECK (access ~ '^(free|members|tier:[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?)$'),
  version bigint NOT NULL DEFAULT 1,
  updated_at timestamptz NOT NULL DEFAULT now(),
  UNIQUE (book, number)
);
