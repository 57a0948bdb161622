//! The objects' bytes: one file each, named at random, on disk before anybody hears of it.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use uuid::Uuid;

/// The folder of the files.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    incoming: PathBuf,
    objects: PathBuf,
}

/// A file that is being written. It goes when it is dropped before it is placed.
pub(crate) struct Incoming {
    path: PathBuf,
    name: String,
    placed: bool,
}

impl Files {
    /// The files in `folder`. What was being written when the last process ended is removed.
    pub(crate) fn open(folder: &Path) -> io::Result<Self> {
        let files = Self { incoming: folder.join("incoming"), objects: folder.join("objects") };
        match fs::remove_dir_all(&files.incoming) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(e),
            _ => {}
        }
        fs::create_dir_all(&files.incoming)?;
        for n in 0..=u8::MAX {
            fs::create_dir_all(files.objects.join(format!("{n:02x}")))?;
        }
        File::open(&files.objects)?.sync_all()?;
        File::open(folder)?.sync_all()?;
        Ok(files)
    }

    /// The path of the file `name`.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.objects.join(&name[..2.min(name.len())]).join(name)
    }

    /// A new file to write to.
    pub(crate) fn begin(&self) -> io::Result<(Incoming, File)> {
        let name = Uuid::new_v4().simple().to_string();
        let path = self.incoming.join(&name);
        let file = File::options().create_new(true).write(true).open(&path)?;
        Ok((Incoming { path, name, placed: false }, file))
    }

    /// Puts what has been written to disk, under its name, which is returned.
    pub(crate) fn place(&self, mut incoming: Incoming, file: &File) -> io::Result<String> {
        file.sync_all()?;
        let path = self.path(&incoming.name);
        fs::rename(&incoming.path, &path)?;
        incoming.placed = true;
        if let Some(folder) = path.parent() {
            File::open(folder)?.sync_all()?;
        }
        Ok(incoming.name.clone())
    }

    /// The files `names`, one after the other, as one new file on disk.
    pub(crate) fn join(&self, names: &[String]) -> io::Result<String> {
        let (incoming, mut file) = self.begin()?;
        for name in names {
            io::copy(&mut File::open(self.path(name))?, &mut file)?;
        }
        self.place(incoming, &file)
    }

    /// Removes files that nothing names any more. One that stays is garbage and no harm; who reads it reads on.
    pub(crate) fn remove(&self, names: impl IntoIterator<Item = String>) {
        for name in names {
            let _ = fs::remove_file(self.path(&name));
        }
    }
}

impl Drop for Incoming {
    fn drop(&mut self) {
        if !self.placed {
            let _ = fs::remove_file(&self.path);
        }
    }
}
