use crate::error::LeafError;
use crate::home::LeafHome;
use crate::update::UpdateLeafPreferences;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use std::fmt;
use std::path::Path;

/// The port of the API where nobody chose another.
pub const DEFAULT_API_PORT: u16 = 10_001;

/// How much the runtime logs: messages of this level and of the more serious ones.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LogLevel {
    /// 0
    Trace,
    /// 1
    Debug,
    /// 2, the default
    #[default]
    Info,
    /// 3
    Warn,
    /// 4
    Error,
}

impl LogLevel {
    const ALL: [LogLevel; 5] = [
        LogLevel::Trace,
        LogLevel::Debug,
        LogLevel::Info,
        LogLevel::Warn,
        LogLevel::Error,
    ];

    /// The number that preferences hold, 0 to 4.
    pub fn value(self) -> u8 {
        self as u8
    }

    /// The level of a number; `None` for a number other than 0 to 4.
    pub fn of(value: u8) -> Option<LogLevel> {
        LogLevel::ALL.get(usize::from(value)).copied()
    }
}

impl Serialize for LogLevel {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u8(self.value())
    }
}

/// What a person has set for one home of Leaf; [`UpdateLeafPreferences`] says what is to change.
///
/// ```
/// use leaf_sdk_desktop::{LeafPreferences, LogLevel, UpdateLeafPreferences};
///
/// let preferences = LeafPreferences::from_json(r#"{"api_port":12345,"of_a_later_version":1}"#)?;
/// assert_eq!(preferences.api_port, 12345);
/// assert_eq!(preferences.log_level, LogLevel::Info);
///
/// let louder = preferences.with(&UpdateLeafPreferences::new().log_level(LogLevel::Debug));
/// assert_eq!(louder.log_level, LogLevel::Debug);
/// assert_eq!(louder.api_port, 12345);
/// # Ok::<(), anyhow::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LeafPreferences {
    /// Who the hosted subscription belongs to; `None` when there is none.
    pub client_id: Option<String>,
    /// When the subscription was updated last, in Unix seconds; `None` when never.
    pub last_update_time: Option<i64>,
    /// Bytes that the subscription allows; 0 when there is none.
    pub traffic: u64,
    /// Bytes of the subscription already used.
    pub used_traffic: u64,
    /// When the subscription ends, as its service wrote it; `None` when it does not say.
    pub expire_time: Option<String>,
    /// Whether IPv6 addresses are looked up too.
    pub enable_ipv6: bool,
    /// Whether IPv6 addresses are tried first.
    pub prefer_ipv6: bool,
    /// Whether the log is kept in memory, where `get_logs` reads it; false by default.
    pub memory_logger: bool,
    /// How much is logged; [`LogLevel::Info`] by default.
    pub log_level: LogLevel,
    /// The port of the HTTP API on 127.0.0.1, 1 to 65535; 10001 by default.
    pub api_port: u16,
    /// Whether a changed configuration file is reloaded by itself.
    pub auto_reload: bool,
    /// What subscription requests call themselves; `None` for the default.
    pub user_agent: Option<String>,
    /// Whether local networks stay out of the tunnel.
    pub bypass_lan: bool,
    /// Whether a rule of the core keeps local networks out.
    pub bypass_lan_in_core: bool,
    /// Whether DNS queries are answered with made-up addresses.
    pub fake_ip: bool,
    /// Whether names are resolved before routing.
    pub force_resolve_domain: bool,
    /// Whether the core answers the DNS queries of the tunnel itself.
    pub internal_dns_server: bool,
    /// Countries that go direct.
    pub bypass_geoip_list: Vec<String>,
    /// Site lists that go direct.
    pub bypass_geosite_list: Vec<String>,
    /// Countries that are refused.
    pub reject_geoip_list: Vec<String>,
    /// Site lists that are refused.
    pub reject_geosite_list: Vec<String>,
}

impl LeafPreferences {
    /// Reads the preferences file of the home that `LEAF_HOME` names, else of the user's own
    /// (`$XDG_CONFIG_HOME/leaf` or `~/.config/leaf`). A home without the file has the defaults.
    /// While the core runs with another port than the saved one, ask the core. Reads a small file,
    /// and blocks for it.
    ///
    /// # Errors
    ///
    /// [`LeafError::Io`] when the file cannot be read, [`LeafError::Invalid`] when it is not a JSON
    /// object; the text names it.
    pub fn load() -> anyhow::Result<LeafPreferences> {
        LeafPreferences::load_from(LeafHome::current().preferences())
    }

    /// Reads a preferences file; the defaults when there is none.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load).
    pub fn load_from(file: impl AsRef<Path>) -> anyhow::Result<LeafPreferences> {
        let file = file.as_ref();
        let bytes = match std::fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(LeafPreferences::default());
            }
            Err(error) => {
                let text = format!("cannot read {}: {error}", file.display());
                return Err(LeafError::io(text).into());
            }
        };
        parse(&String::from_utf8_lossy(&bytes)).map_err(|error| {
            LeafError::invalid(format!("{}: {}", file.display(), error.text())).into()
        })
    }

    /// Reads the JSON form. A field that is missing, of another type or out of range has its
    /// default; fields that this version does not know are ignored.
    ///
    /// # Errors
    ///
    /// [`LeafError::Invalid`] when the text is not a JSON object.
    pub fn from_json(json: &str) -> anyhow::Result<LeafPreferences> {
        Ok(parse(json)?)
    }

    /// These preferences with what the update sets.
    pub fn with(&self, update: &UpdateLeafPreferences) -> LeafPreferences {
        let mut all = self.clone();
        macro_rules! take {
            ($($field:ident),*) => {
                $( if let Some(value) = &update.$field { all.$field = value.clone(); } )*
            };
        }
        take!(
            enable_ipv6,
            prefer_ipv6,
            memory_logger,
            log_level,
            auto_reload,
            bypass_lan
        );
        take!(
            bypass_lan_in_core,
            fake_ip,
            force_resolve_domain,
            internal_dns_server
        );
        take!(
            bypass_geoip_list,
            bypass_geosite_list,
            reject_geoip_list,
            reject_geosite_list
        );
        if update.user_agent.is_some() {
            all.user_agent.clone_from(&update.user_agent);
        }
        if let Some(port) = update.api_port.filter(|port| *port != 0) {
            all.api_port = port;
        }
        all
    }

    /// All fields as one compact JSON object.
    pub fn to_json(&self) -> String {
        self.to_string()
    }
}

/// The preferences of a home in which nothing was ever set.
impl Default for LeafPreferences {
    fn default() -> LeafPreferences {
        Fields(&Map::new()).preferences()
    }
}

/// The compact JSON.
impl fmt::Display for LeafPreferences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

/// As lenient as [`LeafPreferences::from_json`].
impl<'de> Deserialize<'de> for LeafPreferences {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<LeafPreferences, D::Error> {
        let object = Map::<String, Value>::deserialize(from)?;
        Ok(Fields(&object).preferences())
    }
}

fn parse(json: &str) -> Result<LeafPreferences, LeafError> {
    match serde_json::from_str(json) {
        Ok(Value::Object(object)) => Ok(Fields(&object).preferences()),
        Ok(_) => Err(LeafError::invalid("the preferences are not a JSON object")),
        Err(error) => Err(LeafError::invalid(format!(
            "the preferences are not JSON: {error}"
        ))),
    }
}

/// Typed reading: what cannot be used has the default, as in the core.
struct Fields<'a>(&'a Map<String, Value>);

impl Fields<'_> {
    fn preferences(&self) -> LeafPreferences {
        LeafPreferences {
            client_id: self.text("client_id"),
            last_update_time: self.whole("last_update_time"),
            traffic: self.natural("traffic"),
            used_traffic: self.natural("used_traffic"),
            expire_time: self.text("expire_time"),
            enable_ipv6: self.flag("enable_ipv6"),
            prefer_ipv6: self.flag("prefer_ipv6"),
            memory_logger: self.flag("memory_logger"),
            log_level: self.level("log_level"),
            api_port: self.port("api_port"),
            auto_reload: self.flag("auto_reload"),
            user_agent: self.text("user_agent"),
            bypass_lan: self.flag("bypass_lan"),
            bypass_lan_in_core: self.flag("bypass_lan_in_core"),
            fake_ip: self.flag("fake_ip"),
            force_resolve_domain: self.flag("force_resolve_domain"),
            internal_dns_server: self.flag("internal_dns_server"),
            bypass_geoip_list: self.list("bypass_geoip_list"),
            bypass_geosite_list: self.list("bypass_geosite_list"),
            reject_geoip_list: self.list("reject_geoip_list"),
            reject_geosite_list: self.list("reject_geosite_list"),
        }
    }

    fn text(&self, name: &str) -> Option<String> {
        self.0.get(name)?.as_str().map(str::to_owned)
    }

    fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    /// A whole number, however it is written: `1e3` is one too.
    fn whole(&self, name: &str) -> Option<i64> {
        /// Every whole number up to here is exact as a float.
        const EXACT: f64 = (1_i64 << 53) as f64;
        let value = self.0.get(name)?;
        value.as_i64().or_else(|| {
            let float = value.as_f64()?;
            (float.fract() == 0.0 && float.abs() <= EXACT).then_some(float as i64)
        })
    }

    fn natural(&self, name: &str) -> u64 {
        self.whole(name)
            .and_then(|value| u64::try_from(value).ok())
            .unwrap_or(0)
    }

    fn port(&self, name: &str) -> u16 {
        self.whole(name)
            .and_then(|value| u16::try_from(value).ok())
            .filter(|port| *port != 0)
            .unwrap_or(DEFAULT_API_PORT)
    }

    fn level(&self, name: &str) -> LogLevel {
        self.whole(name)
            .and_then(|value| u8::try_from(value).ok())
            .and_then(LogLevel::of)
            .unwrap_or_default()
    }

    fn list(&self, name: &str) -> Vec<String> {
        let items = self.0.get(name).and_then(Value::as_array);
        let texts = items.into_iter().flatten().map(Value::as_str);
        texts
            .map(|text| text.map(str::to_owned))
            .collect::<Option<_>>()
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_set_means_the_defaults_of_the_core() {
        let text = concat!(
            r#"{"client_id":null,"last_update_time":null,"traffic":0,"used_traffic":0,"#,
            r#""expire_time":null,"enable_ipv6":false,"prefer_ipv6":false,"memory_logger":false,"#,
            r#""log_level":2,"api_port":10001,"auto_reload":false,"user_agent":null,"#,
            r#""bypass_lan":false,"bypass_lan_in_core":false,"fake_ip":false,"#,
            r#""force_resolve_domain":false,"internal_dns_server":false,"bypass_geoip_list":[],"#,
            r#""bypass_geosite_list":[],"reject_geoip_list":[],"reject_geosite_list":[]}"#
        );
        assert_eq!(LeafPreferences::default().to_json(), text);
        assert_eq!(
            LeafPreferences::from_json("{}").unwrap(),
            LeafPreferences::default()
        );
        assert_eq!(LeafPreferences::from_json(text).unwrap().to_json(), text);
    }

    #[test]
    fn what_cannot_be_used_has_its_default() {
        let odd = LeafPreferences::from_json(
            r#"{"client_id":7,"last_update_time":1.5,"traffic":-1,"used_traffic":1e3,"enable_ipv6":"yes",
            "log_level":5,"api_port":70000,"user_agent":"x","bypass_geoip_list":["ir",1],
            "reject_geoip_list":["cn"]}"#,
        )
        .unwrap();
        let expected = LeafPreferences {
            used_traffic: 1000,
            user_agent: Some("x".to_owned()),
            reject_geoip_list: vec!["cn".to_owned()],
            ..LeafPreferences::default()
        };
        assert_eq!(odd, expected);
        assert_eq!(
            LeafPreferences::from_json(r#"{"api_port":0}"#)
                .unwrap()
                .api_port,
            10001
        );
        assert_eq!(
            LeafPreferences::from_json(r#"{"api_port":12.0}"#)
                .unwrap()
                .api_port,
            12
        );
    }

    #[test]
    fn a_file_that_is_no_object_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("preferences.json");
        assert_eq!(
            LeafPreferences::load_from(&file).unwrap(),
            LeafPreferences::default()
        );
        for text in ["[]", "{", "", "12"] {
            std::fs::write(&file, text).unwrap();
            let error = LeafPreferences::load_from(&file).unwrap_err();
            assert!(matches!(
                error.downcast_ref(),
                Some(LeafError::Invalid { .. })
            ));
            let begins = format!("{}: the preferences are not ", file.display());
            assert!(error.to_string().starts_with(&begins), "{error}");
        }
        let error = LeafPreferences::load_from(folder.path()).unwrap_err();
        assert!(matches!(error.downcast_ref(), Some(LeafError::Io { .. })));
        std::fs::write(&file, r#"{"api_port":4711}"#).unwrap();
        assert_eq!(LeafPreferences::load_from(&file).unwrap().api_port, 4711);
    }

    #[test]
    fn levels_are_numbers_from_0_to_4() {
        for (number, level) in LogLevel::ALL.into_iter().enumerate() {
            assert_eq!(usize::from(level.value()), number);
            assert_eq!(LogLevel::of(level.value()), Some(level));
        }
        assert_eq!(LogLevel::of(5), None);
    }
}
