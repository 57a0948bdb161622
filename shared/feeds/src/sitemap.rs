//! Sitemaps (sitemaps.org/protocol) and `robots.txt` (RFC 9309).

use crate::xml::Xml;

const SITEMAPS: &str = "http://www.sitemaps.org/schemas/sitemap/0.9";

/// An index of sitemaps, by their addresses.
pub fn sitemap_index(urls: impl Iterator<Item = String>) -> String {
    list("sitemapindex", "sitemap", urls.map(|url| (url, String::new())))
}

/// A sitemap: addresses, and when what is there was changed last (RFC 3339; empty where nobody knows).
pub fn sitemap(urls: impl Iterator<Item = (String, String)>) -> String {
    list("urlset", "url", urls)
}

fn list(root: &str, name: &str, urls: impl Iterator<Item = (String, String)>) -> String {
    let mut out = Xml::new();
    out.open(root, &[("xmlns", SITEMAPS)]);
    for (url, changed) in urls {
        out.open(name, &[]);
        out.leaf("loc", &url);
        if !changed.is_empty() {
            out.leaf("lastmod", &changed);
        }
        out.close(name);
    }
    out.close(root);
    out.finish()
}

/// What crawlers may have: everything but the API and the forms.
pub fn robots(base_url: &str) -> String {
    let rules = "User-agent: *\nDisallow: /v1/\nDisallow: /_aw/\nDisallow: /login\nDisallow: /register\n\n";
    [rules, "Sitemap: ", base_url, "/sitemap.xml\n"].concat()
}
