use csv::{ReaderBuilder, StringRecord};

use super::{File, LeftOut, Reason};

/// One row: its line in the file, and its columns.
pub struct Row {
    line: u64,
    columns: StringRecord,
}

/// What a file said: rows understood, rows left out, and how many there were.
pub struct Sheet<T> {
    pub rows: Vec<(u64, T)>,
    pub left_out: Vec<LeftOut>,
    pub rows_read: u64,
}

/// Reads every row of a file, and goes on after a broken one.
pub fn read<T>(file: File, bytes: &[u8], parse: fn(&Row) -> Result<T, &'static str>) -> Sheet<T> {
    let mut sheet = Sheet { rows: vec![], left_out: vec![], rows_read: 0 };
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).escape(Some(b'\\')).from_reader(bytes);
    for record in reader.records() {
        sheet.rows_read += 1;
        let line = record.as_ref().map_or_else(|error| error.position(), StringRecord::position);
        let line = line.map_or(sheet.rows_read, csv::Position::line);
        let row = record.map_err(|_| "it is not UTF-8 text").map(|columns| Row { line, columns });
        match row.and_then(|row| parse(&row).map(|parsed| (row.line, parsed))) {
            Ok(row) => sheet.rows.push(row),
            Err(fault) => sheet.left_out.push(LeftOut { file, line, reason: Reason::Malformed(fault) }),
        }
    }
    sheet
}

impl Row {
    /// Demands so many columns.
    pub fn has(&self, columns: usize) -> Result<(), &'static str> {
        if self.columns.len() == columns { Ok(()) } else { Err("it has too few or too many columns") }
    }

    /// A column's text; empty and `\N` are absent.
    pub fn text(&self, column: usize) -> Option<&str> {
        self.columns.get(column).map(str::trim).filter(|text| !text.is_empty() && *text != r"\N")
    }

    /// An IATA or ICAO code of `length` capitals or digits; anything else that stands there is no code.
    pub fn code(&self, column: usize, length: usize) -> Option<&str> {
        let fits = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        self.text(column).filter(|text| text.len() == length && text.bytes().all(fits))
    }

    /// Degrees, or any other decimal number.
    pub fn decimal(&self, column: usize) -> Option<f64> {
        self.text(column).and_then(|text| text.parse().ok())
    }
}
