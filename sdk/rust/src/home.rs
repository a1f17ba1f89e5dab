use std::env;
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// Where one core keeps its things, by the rules of the core itself: one folder when `LEAF_HOME`
/// names it, else the user's XDG folders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeafHome {
    config: PathBuf,
    state: PathBuf,
}

impl LeafHome {
    /// The home of this process's environment.
    pub fn current() -> LeafHome {
        LeafHome::of(|name| env::var_os(name))
    }

    /// The home in one folder, as `--home` names it.
    pub fn at(folder: impl AsRef<Path>) -> LeafHome {
        let folder = normal(&absolute(folder.as_ref()));
        LeafHome {
            config: folder.clone(),
            state: folder,
        }
    }

    #[allow(deprecated)] // home_dir, whose fault on Windows is gone since 1.85, which still warns
    fn of(variable: impl Fn(&str) -> Option<OsString>) -> LeafHome {
        let value = |name: &str| variable(name).filter(|value| !value.is_empty());
        if let Some(named) = value("LEAF_HOME") {
            return LeafHome::at(PathBuf::from(named));
        }
        let user = value("HOME").map(PathBuf::from).or_else(env::home_dir);
        let base = absolute(&user.unwrap_or_default());
        // by the rules of XDG a relative path counts as unset
        let xdg = |name: &str, fallback: &str| {
            value(name)
                .map(PathBuf::from)
                .filter(|folder| folder.is_absolute())
                .unwrap_or_else(|| base.join(fallback))
                .join("leaf")
        };
        LeafHome {
            config: xdg("XDG_CONFIG_HOME", ".config"),
            state: xdg("XDG_STATE_HOME", ".local/state"),
        }
    }

    /// The folder of the configuration and the preferences.
    pub fn config(&self) -> &Path {
        &self.config
    }

    /// The folder of selections, locks and the control socket.
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// The preferences file, whether or not it exists.
    pub fn preferences(&self) -> PathBuf {
        self.config.join("preferences.json")
    }

    #[cfg(unix)]
    pub(crate) fn lock(&self) -> PathBuf {
        self.state.join("run").join("core.lock")
    }

    /// Where the socket is now: a path too long for a socket is recorded beside it.
    #[cfg(unix)]
    pub(crate) async fn socket(&self) -> std::io::Result<PathBuf> {
        let run = self.state.join("run");
        match tokio::fs::read_to_string(run.join("control.path")).await {
            Ok(recorded) => Ok(PathBuf::from(recorded.trim())),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                Ok(run.join("control.sock"))
            }
            Err(error) => Err(std::io::Error::other(format!(
                "cannot read {}: {error}",
                run.join("control.path").display()
            ))),
        }
    }
}

/// Against the working folder; as it is where there is none.
fn absolute(path: &Path) -> PathBuf {
    env::current_dir().map_or_else(|_| path.to_owned(), |here| here.join(path))
}

/// Without `.` and `..`, by the text alone, as the core does it.
fn normal(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(variables: &[(&str, &str)]) -> LeafHome {
        LeafHome::of(|wanted| {
            variables
                .iter()
                .find(|(name, _)| *name == wanted)
                .map(|(_, value)| value.into())
        })
    }

    #[test]
    fn a_named_home_holds_everything() {
        let named = home(&[("LEAF_HOME", "/srv/./x/../leaf"), ("HOME", "/home/ann")]);
        assert_eq!(named.config(), Path::new("/srv/leaf"));
        assert_eq!(named.state(), Path::new("/srv/leaf"));
        assert_eq!(named.preferences(), Path::new("/srv/leaf/preferences.json"));
        assert!(home(&[("LEAF_HOME", "relative")]).state().is_absolute());
    }

    #[test]
    fn else_the_folders_of_xdg() {
        let plain = home(&[("LEAF_HOME", ""), ("HOME", "/home/ann")]);
        assert_eq!(plain.config(), Path::new("/home/ann/.config/leaf"));
        assert_eq!(plain.state(), Path::new("/home/ann/.local/state/leaf"));
        let moved = home(&[
            ("HOME", "/home/ann"),
            ("XDG_CONFIG_HOME", "/etc/ann"),
            ("XDG_STATE_HOME", "not/absolute"),
        ]);
        assert_eq!(moved.config(), Path::new("/etc/ann/leaf"));
        assert_eq!(moved.state(), Path::new("/home/ann/.local/state/leaf"));
    }
}
