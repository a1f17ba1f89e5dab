package com.github.shiroedev2024.leaf.sdk.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LeafPreferencesTest {
  private static final String ALL =
      "{\"client_id\":\"c\",\"last_update_time\":1735689600,\"traffic\":100,\"used_traffic\":7,"
          + "\"expire_time\":\"2027-01-01\",\"enable_ipv6\":true,\"prefer_ipv6\":true,"
          + "\"memory_logger\":true,\"log_level\":0,\"api_port\":12345,\"auto_reload\":true,"
          + "\"user_agent\":\"ua <é>\",\"bypass_lan\":true,\"bypass_lan_in_core\":true,"
          + "\"fake_ip\":true,\"force_resolve_domain\":true,\"internal_dns_server\":true,"
          + "\"bypass_geoip_list\":[\"de\",\"fr\"],\"bypass_geosite_list\":[\"g\"],"
          + "\"reject_geoip_list\":[\"x\"],\"reject_geosite_list\":[\"ads\"]}";

  @TempDir Path folder;

  @Test
  void defaultsAreThoseOfTheCore() {
    LeafPreferences defaults = LeafPreferences.defaults();
    assertThat(defaults.getApiPort()).isEqualTo(10_001);
    assertThat(defaults.getLogLevel()).isEqualTo(LogLevel.INFO);
    assertThat(defaults.isMemoryLogger()).isFalse();
    assertThat(defaults.getClientId()).isNull();
    assertThat(defaults.getLastUpdateTime()).isNull();
    assertThat(defaults.getBypassGeoipList()).isEmpty();
  }

  @Test
  void readsAndWritesEveryField() {
    assertThat(LeafPreferences.fromJson(ALL).toJson()).isEqualTo(ALL);
  }

  @Test
  void readsTheFileOfAHome() throws IOException {
    Path file = LeafHome.at(folder).preferences();
    assertThat(LeafPreferences.load(file).getApiPort()).isEqualTo(10_001);
    Files.write(file, ALL.getBytes(StandardCharsets.UTF_8));
    assertThat(LeafPreferences.load(file).getApiPort()).isEqualTo(12_345);
    assertThat(LeafPreferences.load(file).getUserAgent()).isEqualTo("ua <é>");
  }

  @Test
  void aFileThatIsNoJsonObjectIsNamed() throws IOException {
    Path file = folder.resolve("preferences.json");
    for (String text : List.of("{\"api_port\":", "[]", "api_port=1", "")) {
      Files.write(file, text.getBytes(StandardCharsets.UTF_8));
      assertThatThrownBy(() -> LeafPreferences.load(file))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith(file.toString());
    }
  }

  @Test
  void whatCannotBeUsedHasItsDefault() {
    LeafPreferences odd =
        LeafPreferences.fromJson(
            "{\"api_port\":70000,\"log_level\":9,\"traffic\":-1,\"memory_logger\":\"true\","
                + "\"client_id\":5,\"last_update_time\":1.5,\"bypass_geoip_list\":[1],"
                + "\"reject_geoip_list\":\"x\",\"used_traffic\":1e3,\"later\":{}}");
    assertThat(odd.with(new UpdateLeafPreferences()).getUsedTraffic()).isEqualTo(1000);
    String rest = odd.toJson().replace("\"used_traffic\":1000", "\"used_traffic\":0");
    assertThat(rest).isEqualTo(LeafPreferences.defaults().toJson());
  }

  @Test
  void anUpdateSaysOnlyWhatItSets() {
    UpdateLeafPreferences update = new UpdateLeafPreferences();
    assertThat(update.toJson()).isEqualTo("{}");
    update.setLogLevel(LogLevel.WARN);
    update.setMemoryLogger(true);
    update.setBypassGeoipList(List.of("ir"));
    assertThat(update.toJson())
        .isEqualTo("{\"memory_logger\":true,\"log_level\":3,\"bypass_geoip_list\":[\"ir\"]}");
    LeafPreferences after = LeafPreferences.fromJson(ALL).with(update);
    assertThat(after.getLogLevel()).isEqualTo(LogLevel.WARN);
    assertThat(after.getBypassGeoipList()).containsExactly("ir");
    assertThat(after.getApiPort()).isEqualTo(12_345);
    assertThatThrownBy(() -> update.setApiPort(0)).hasMessageContaining("1 to 65535");
  }

  @Test
  void anUpdateOfEverythingIsWhatItIsMadeOf() {
    UpdateLeafPreferences update =
        new UpdateLeafPreferences(
            true,
            true,
            true,
            LogLevel.TRACE,
            12_345,
            true,
            "ua <é>",
            true,
            true,
            true,
            true,
            List.of("de", "fr"),
            List.of("g"),
            List.of("x"),
            List.of("ads"),
            true);
    LeafPreferences before =
        LeafPreferences.fromJson(
            "{\"client_id\":\"c\",\"last_update_time\":1735689600,\"traffic\":100,"
                + "\"used_traffic\":7,\"expire_time\":\"2027-01-01\"}");
    assertThat(before.with(update).toJson()).isEqualTo(ALL);
    assertThat(update.getCustomUserAgent()).isEqualTo("ua <é>");
    assertThat(update.isEnableIpv6()).isTrue();
    assertThat(update.getRejectGeositeList()).containsExactly("ads");
  }

  @Test
  void theHomeIsFoundByTheRulesOfTheCore() {
    LeafHome named = LeafHome.of(Map.of("LEAF_HOME", "/x/y/../z", "HOME", "/home/u"));
    assertThat(named.preferences()).isEqualTo(Path.of("/x/z/preferences.json"));
    assertThat(named.state()).isEqualTo(Path.of("/x/z"));
    LeafHome user = LeafHome.of(Map.of("HOME", "/home/u", "LEAF_HOME", ""));
    assertThat(user.preferences()).isEqualTo(Path.of("/home/u/.config/leaf/preferences.json"));
    assertThat(user.state()).isEqualTo(Path.of("/home/u/.local/state/leaf"));
    LeafHome xdg =
        LeafHome.of(
            Map.of("HOME", "/home/u", "XDG_CONFIG_HOME", "/c", "XDG_STATE_HOME", "relative"));
    assertThat(xdg.config()).isEqualTo(Path.of("/c/leaf"));
    assertThat(xdg.state()).isEqualTo(Path.of("/home/u/.local/state/leaf"));
  }
}
