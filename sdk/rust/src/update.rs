#[cfg(unix)]
use crate::error::LeafError;
use crate::preferences::LogLevel;
use serde::Serialize;
use std::fmt;

/// Which preferences are to change; what is not set stays as it is. They take effect when the
/// runtime next starts or reloads.
///
/// ```
/// use leaf_sdk_desktop::UpdateLeafPreferences;
///
/// let update = UpdateLeafPreferences::new().memory_logger(true).api_port(12345);
/// assert_eq!(update.to_json(), r#"{"memory_logger":true,"api_port":12345}"#);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UpdateLeafPreferences {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) enable_ipv6: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) prefer_ipv6: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) memory_logger: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) log_level: Option<LogLevel>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) api_port: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) auto_reload: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) user_agent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bypass_lan: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bypass_lan_in_core: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) fake_ip: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) force_resolve_domain: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bypass_geoip_list: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) bypass_geosite_list: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reject_geoip_list: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reject_geosite_list: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) internal_dns_server: Option<bool>,
}

macro_rules! setters {
    ($( $(#[$about:meta])* $name:ident: $kind:ty, )*) => {
        $(
            $(#[$about])*
            #[must_use]
            pub fn $name(mut self, $name: $kind) -> Self {
                self.$name = Some($name);
                self
            }
        )*
    };
}

impl UpdateLeafPreferences {
    /// Changes nothing yet.
    pub fn new() -> UpdateLeafPreferences {
        UpdateLeafPreferences::default()
    }

    setters! {
        /// Whether IPv6 addresses are looked up too.
        enable_ipv6: bool,
        /// Whether IPv6 addresses are tried first.
        prefer_ipv6: bool,
        /// Whether the log is kept in memory, where `get_logs` reads it.
        memory_logger: bool,
        /// How much is logged.
        log_level: LogLevel,
        /// The port of the HTTP API on 127.0.0.1, 1 to 65535; 0 is refused when it is to be set.
        api_port: u16,
        /// Whether a changed configuration file is reloaded by itself.
        auto_reload: bool,
        /// Whether local networks stay out of the tunnel.
        bypass_lan: bool,
        /// Whether a rule of the core keeps local networks out.
        bypass_lan_in_core: bool,
        /// Whether DNS queries are answered with made-up addresses.
        fake_ip: bool,
        /// Whether names are resolved before routing.
        force_resolve_domain: bool,
        /// Countries that go direct.
        bypass_geoip_list: Vec<String>,
        /// Site lists that go direct.
        bypass_geosite_list: Vec<String>,
        /// Countries that are refused.
        reject_geoip_list: Vec<String>,
        /// Site lists that are refused.
        reject_geosite_list: Vec<String>,
        /// Whether the core answers the DNS queries of the tunnel itself.
        internal_dns_server: bool,
    }

    /// What subscription requests call themselves.
    #[must_use]
    pub fn user_agent(mut self, user_agent: impl Into<String>) -> Self {
        self.user_agent = Some(user_agent.into());
        self
    }

    /// The fields that are set, as one compact JSON object.
    pub fn to_json(&self) -> String {
        self.to_string()
    }

    #[cfg(unix)]
    pub(crate) fn check(&self) -> Result<(), LeafError> {
        if self.api_port == Some(0) {
            return Err(LeafError::invalid("api_port is 0; it must be 1 to 65535"));
        }
        Ok(())
    }
}

/// The compact JSON.
impl fmt::Display for UpdateLeafPreferences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preferences::LeafPreferences;

    #[test]
    fn an_update_changes_what_it_names() {
        let update = UpdateLeafPreferences::new()
            .api_port(9)
            .user_agent("me")
            .fake_ip(true)
            .log_level(LogLevel::Error)
            .reject_geosite_list(vec!["ads".to_owned()]);
        assert_eq!(
            update.to_json(),
            r#"{"log_level":4,"api_port":9,"user_agent":"me","fake_ip":true,"reject_geosite_list":["ads"]}"#
        );
        let before = LeafPreferences::from_json(r#"{"auto_reload":true,"traffic":5}"#).unwrap();
        let after = before.with(&update);
        assert!(after.auto_reload && after.fake_ip);
        assert_eq!((after.api_port, after.traffic), (9, 5));
        assert_eq!(after.user_agent.as_deref(), Some("me"));
        assert_eq!(after.reject_geosite_list, ["ads"]);
        assert_eq!(before.with(&UpdateLeafPreferences::new()), before);
        assert_eq!(UpdateLeafPreferences::new().to_json(), "{}");
    }
}
