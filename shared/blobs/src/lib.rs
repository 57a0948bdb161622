//! An S3 client over the platform's fetch.
