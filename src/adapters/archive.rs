//! Archives: named entries in one tar file, written whole or not at all.

use std::{
    fs::File,
    io::{self, BufReader, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

/// An archive being written beside its final name.
pub struct ArchiveWriter {
    entries: tar::Builder<BufWriter<File>>,
    unfinished: PathBuf,
    path: PathBuf,
}

impl ArchiveWriter {
    /// Begins an archive. A file of that name must not be there.
    pub fn create(path: &Path) -> io::Result<ArchiveWriter> {
        if path.exists() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, format!("{} is there already", path.display())));
        }
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".unfinished");
        let unfinished = PathBuf::from(unfinished);
        let entries = tar::Builder::new(BufWriter::new(private(&unfinished)?));
        Ok(ArchiveWriter { entries, unfinished, path: path.to_owned() })
    }

    pub fn add(&mut self, name: &str, content: &[u8]) -> io::Result<()> {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        self.entries.append_data(&mut header, name, content)
    }

    /// Ends the archive, waits until it is on the disk, and gives it its name.
    pub fn finish(mut self) -> io::Result<()> {
        self.entries.finish()?;
        let mut file = self.entries.into_inner()?;
        file.flush()?;
        file.get_ref().sync_all()?;
        std::fs::rename(&self.unfinished, &self.path)
    }
}

/// Readable by its owner only: a backup holds what the database holds.
fn private(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Calls `each` with the name and content of every entry, in their order. An entry larger than `limit` bytes is an error.
pub fn read_archive<E: From<io::Error>>(
    path: &Path,
    limit: u64,
    mut each: impl FnMut(&str, Vec<u8>) -> Result<(), E>,
) -> Result<(), E> {
    let mut archive = tar::Archive::new(BufReader::new(File::open(path)?));
    for entry in archive.entries()? {
        let entry = entry?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        if entry.size() > limit {
            return Err(
                io::Error::new(io::ErrorKind::InvalidData, format!("{name} is larger than {limit} bytes")).into()
            );
        }
        let mut content = Vec::with_capacity(entry.size() as usize);
        entry.take(limit).read_to_end(&mut content)?;
        each(&name, content)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_come_back_in_order_and_a_name_is_never_taken_twice() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("one.tar");
        let mut archive = ArchiveWriter::create(&path).unwrap();
        archive.add("first", b"1").unwrap();
        archive.add("tables/second", b"22").unwrap();
        assert!(!path.exists(), "it has its name only when it is whole");
        archive.finish().unwrap();
        let mut found = Vec::new();
        read_archive(&path, 2, |name, content| -> io::Result<()> {
            found.push((name.to_owned(), content));
            Ok(())
        })
        .unwrap();
        assert_eq!(found, [("first".to_owned(), b"1".to_vec()), ("tables/second".to_owned(), b"22".to_vec())]);
        assert!(ArchiveWriter::create(&path).is_err());
        assert!(read_archive(&path, 1, |_, _| -> io::Result<()> { Ok(()) }).is_err());
    }
}
