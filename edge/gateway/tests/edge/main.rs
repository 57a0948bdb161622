//! What the edge does, on the reference platform, against a scripted origin that checks every signature.

mod world;

mod access;
mod api;
mod browse;
mod conditional;
mod continuation;
mod cookies;
mod exports;
mod factor;
mod feeds;
mod files;
mod fill;
mod forms;
mod forward;
mod headers;
mod hostile;
mod hosts;
mod ingest;
mod oidc;
mod openings;
mod origin_pages;
mod pages;
mod purge;
mod range;
mod tokens;
