//! A Unix socket, in a folder of its own that only this user may enter and that goes when the listener goes.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use futures::{StreamExt, TryStreamExt};
use tokio::net::UnixListener;
use tokio_stream::wrappers::UnixListenerStream;

use super::{Address, Listener};
use crate::connection::Connection;
use crate::error::PluginError;

/// Listens in a new folder in `parent`, or else in the temporary directory.
pub(super) fn listen(parent: Option<&Path>) -> Result<Listener, PluginError> {
    let parent = parent.map_or_else(env::temp_dir, Path::to_path_buf);
    let bind = || {
        let folder = Folder::make(&parent)?;
        let path = folder.0.join("socket");
        let accepted = UnixListenerStream::new(UnixListener::bind(&path)?);
        Ok(Listener {
            address: Address::Unix(path),
            accepted: accepted.map_ok(Connection::on).boxed(),
            folder: Some(Box::new(folder)),
        })
    };
    bind().map_err(|source| PluginError::Socket {
        folder: parent.clone(),
        source,
    })
}

/// A private folder, removed when dropped.
#[derive(Debug)]
struct Folder(PathBuf);

impl Folder {
    /// A socket's path may have little more than 100 bytes, so the name is short.
    fn make(parent: &Path) -> io::Result<Self> {
        let unique = chance::uuid().simple().to_string();
        let path = parent.join(format!("plugin-{}", &unique[..12]));
        DirBuilder::new().mode(0o700).create(&path)?;
        Ok(Self(path))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.0) {
            tracing::warn!(folder = %self.0.display(), %error, "could not remove the socket's folder");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn refusal(parent: &Path) -> String {
        listen(Some(parent)).err().expect("a refusal").to_string()
    }

    #[tokio::test]
    async fn only_this_user_may_enter_the_folder_and_nothing_is_left_of_it() {
        let parent = tempfile::tempdir().unwrap();
        let listener = listen(Some(parent.path())).unwrap();
        assert_eq!(listener.address().network(), "unix");
        let socket = PathBuf::from(listener.address().to_string());
        let folder = socket.parent().unwrap();
        assert_eq!(folder.parent(), Some(parent.path()));
        assert_eq!(fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
        assert!(socket.exists());
        drop(listener);
        assert_eq!(fs::read_dir(parent.path()).unwrap().count(), 0);
    }

    #[tokio::test]
    async fn a_folder_that_does_not_exist_is_named_in_the_error() {
        let error = refusal(Path::new("/nonexistent/x"));
        assert!(
            error.contains("/nonexistent/x") && error.contains("PLUGIN_UNIX_SOCKET_DIR"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn a_path_too_long_for_a_socket_leaves_nothing() {
        let parent = tempfile::tempdir().unwrap();
        let long = parent.path().join("x".repeat(100));
        fs::create_dir(&long).unwrap();
        refusal(&long);
        assert_eq!(fs::read_dir(&long).unwrap().count(), 0);
    }
}
