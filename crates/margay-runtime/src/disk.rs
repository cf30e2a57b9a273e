//! How much room a disk has. The standard library cannot tell.

use std::path::Path;

/// The room on a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// What is free for us.
    pub free_bytes: u64,
    /// All there is.
    pub total_bytes: u64,
}

/// Returns the room on the disk that a folder is on; nothing if it cannot be looked at.
pub fn room(folder: &Path) -> Option<Room> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(Room {
        free_bytes: disk.f_bavail.saturating_mul(disk.f_frsize),
        total_bytes: disk.f_blocks.saturating_mul(disk.f_frsize),
    })
}

#[cfg(test)]
mod tests {
    use super::room;

    #[test]
    fn a_disk_has_no_more_free_than_there_is_and_a_folder_that_is_not_there_has_none() {
        let folder = tempfile::tempdir().unwrap();
        let found = room(folder.path()).unwrap();
        assert!(
            found.total_bytes > 0 && found.free_bytes <= found.total_bytes,
            "{found:?}"
        );
        assert_eq!(room(&folder.path().join("nowhere")), None);
    }
}
