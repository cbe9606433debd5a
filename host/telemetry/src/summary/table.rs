//! Columns of text.

use super::paint::{Paint, Painter, fit, width};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Align {
    Left,
    Right,
}

/// Rows of cells. The first column gets narrower when the table would be too wide.
#[derive(Debug)]
pub(super) struct Table {
    widest: usize,
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

#[derive(Debug)]
struct Column {
    title: &'static str,
    align: Align,
    paint: Paint,
}

/// Between two columns.
const GAP: usize = 2;

/// No cell is wider.
const MAX_CELL: usize = 44;

impl Table {
    pub(super) fn new(widest: usize) -> Self {
        Self {
            widest,
            columns: Vec::new(),
            rows: Vec::new(),
        }
    }

    pub(super) fn column(&mut self, title: &'static str, align: Align, paint: Paint) {
        self.columns.push(Column {
            title,
            align,
            paint,
        });
    }

    /// Adds a row with a cell for every column.
    pub(super) fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.columns.len());
        self.rows.push(cells);
    }

    pub(super) fn lines(&self, painter: Painter) -> Vec<String> {
        let widths = self.widths();
        let mut lines = Vec::new();
        if self.columns.iter().any(|column| !column.title.is_empty()) {
            let titles = self.columns.iter().map(|column| column.title);
            lines.push(self.line(titles, &widths, |_, text| painter.paint(Paint::Faint, text)));
        }
        for row in &self.rows {
            let cells = row.iter().map(String::as_str);
            lines.push(self.line(cells, &widths, |column, text| match text {
                "·" => painter.paint(Paint::Faint, text),
                _ => painter.paint(column.paint, text),
            }));
        }
        lines
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths: Vec<_> = self
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| {
                let cells = self.rows.iter().map(|row| width(&row[index]));
                cells
                    .max()
                    .unwrap_or(0)
                    .min(MAX_CELL)
                    .max(width(column.title))
            })
            .collect();
        let total = widths.iter().sum::<usize>() + GAP * widths.len().saturating_sub(1);
        if let Some(first) = widths.first_mut() {
            *first -= total.saturating_sub(self.widest).min(*first - 1);
        }
        widths
    }

    fn line<'t>(
        &self,
        cells: impl Iterator<Item = &'t str>,
        widths: &[usize],
        paint: impl Fn(&Column, &str) -> String,
    ) -> String {
        let mut line = String::new();
        for (index, cell) in cells.enumerate() {
            if index > 0 {
                line.push_str(&" ".repeat(GAP));
            }
            let cell = fit(cell, widths[index]);
            let gap = " ".repeat(widths[index] - width(&cell));
            let column = &self.columns[index];
            let painted = paint(column, &cell);
            match column.align {
                Align::Left => line.extend([painted, gap]),
                Align::Right => line.extend([gap, painted]),
            }
        }
        line
    }
}
