//! The control of the core whose home `LEAF_HOME` names, else of the user's own: each function is
//! the method of [`LeafCore`] of the same name on [`LeafCore::new`].

use super::{CoreState, LeafCore, LeafState, Subscription};
use crate::model::{ConfigProblem, ReloadReply};
use crate::preferences::LeafPreferences;
use crate::update::UpdateLeafPreferences;
use anyhow::Result;

macro_rules! on_default_home {
    ($( $(#[$about:meta])* $name:ident($($argument:ident: $kind:ty),*) -> $answer:ty; )*) => {
        $(
            $(#[$about])*
            pub async fn $name($($argument: $kind),*) -> Result<$answer> {
                LeafCore::new().$name($($argument),*).await
            }
        )*
    };
}

on_default_home! {
    /// [`LeafCore::start_core`] of the default home.
    start_core() -> ();
    /// [`LeafCore::shutdown_core`] of the default home.
    shutdown_core() -> ();
    /// [`LeafCore::force_shutdown_core`] of the default home.
    force_shutdown_core() -> ();
    /// [`LeafCore::is_core_running`] of the default home.
    is_core_running() -> bool;
    /// [`LeafCore::ping`] of the default home.
    ping() -> String;
    /// [`LeafCore::get_version`] of the default home.
    get_version() -> String;
    /// [`LeafCore::run_leaf`] of the default home.
    run_leaf() -> ();
    /// [`LeafCore::reload_leaf`] of the default home.
    reload_leaf() -> ReloadReply;
    /// [`LeafCore::stop_leaf`] of the default home.
    stop_leaf() -> ();
    /// [`LeafCore::is_leaf_running`] of the default home.
    is_leaf_running() -> bool;
    /// [`LeafCore::test_config`] of the default home.
    test_config() -> Vec<ConfigProblem>;
    /// [`LeafCore::test_config_text`] of the default home.
    test_config_text(text: &str) -> Vec<ConfigProblem>;
    /// [`LeafCore::get_preferences`] of the default home.
    get_preferences() -> LeafPreferences;
    /// [`LeafCore::set_preferences`] of the default home.
    set_preferences(changes: &UpdateLeafPreferences) -> LeafPreferences;
    /// [`LeafCore::update_subscription`] of the default home.
    update_subscription() -> ();
    /// [`LeafCore::auto_update_subscription`] of the default home.
    auto_update_subscription() -> ();
    /// [`LeafCore::import_offline_subscription`] of the default home.
    import_offline_subscription(subscription: &str) -> ();
    /// [`LeafCore::update_assets`] of the default home.
    update_assets() -> ();
    /// [`LeafCore::verify_file_integrity`] of the default home.
    verify_file_integrity() -> ();
}

/// [`LeafCore::on_core_state`] of the default home.
pub fn on_core_state(callback: impl FnMut(CoreState) + Send + 'static) -> Result<Subscription> {
    LeafCore::new().on_core_state(callback)
}

/// [`LeafCore::on_leaf_state`] of the default home.
pub fn on_leaf_state(callback: impl FnMut(LeafState) + Send + 'static) -> Result<Subscription> {
    LeafCore::new().on_leaf_state(callback)
}
