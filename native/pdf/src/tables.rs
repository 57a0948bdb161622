//! Tables.

use roxmltree::Node;

use crate::markup::Writer;

/// The most columns of a table.
const COLUMNS: usize = 60;

/// A table, each row filled up to the longest. Cells over several rows stand in the first.
pub(crate) fn table(writer: &mut Writer<'_>, table: Node<'_, '_>) {
    let named = |node: &Node<'_, '_>, names: &[&str]| names.contains(&node.tag_name().name());
    // Of this table, and of none in it.
    let groups = table.children().filter(|n| named(n, &["thead", "tbody", "tfoot"]));
    let rows: Vec<_> = groups.flat_map(|group| group.children().filter(|n| named(n, &["tr"]))).collect();
    let cells = |row: &Node<'_, '_>| -> Vec<(usize, _)> {
        let span = |cell: &Node<'_, '_>| {
            cell.attribute("colspan").and_then(|n| n.parse().ok()).unwrap_or(1_usize).clamp(1, COLUMNS)
        };
        let mut left = COLUMNS;
        let mut all = Vec::new();
        for cell in row.children().filter(|n| n.is_element()) {
            let span = span(&cell).min(left);
            if span > 0 {
                all.push((span, cell.id()));
            }
            left -= span;
        }
        all
    };
    let columns = rows.iter().map(|row| cells(row).iter().map(|(span, _)| span).sum()).max().unwrap_or(0_usize);
    if columns == 0 {
        return;
    }
    if let Some(caption) = table.children().find(|n| named(n, &["caption"])) {
        writer.around("#caption[", caption, Writer::children);
        writer.out.push_str("\n\n");
    }
    writer.out.push_str(&format!("#table(columns: {columns}, "));
    for row in &rows {
        let mut used = 0;
        for (span, id) in cells(row) {
            let Some(cell) = row.document().get_node(id) else { continue };
            let align = match cell.attribute("class") {
                Some("right") => ", align: right",
                Some("center") => ", align: center",
                _ => "",
            };
            let strong = if named(&cell, &["th"]) { "#strong[" } else { "#[" };
            writer.out.push_str(&format!("table.cell(colspan: {span}{align})["));
            writer.around(strong, cell, Writer::children);
            writer.out.push_str("], ");
            used += span;
        }
        (used..columns).for_each(|_| writer.out.push_str("[], "));
    }
    writer.out.push_str(");");
}
