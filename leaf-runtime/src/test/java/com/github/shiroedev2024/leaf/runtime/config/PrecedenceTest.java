package com.github.shiroedev2024.leaf.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Key over the file's environment over the process's over the default. */
class PrecedenceTest {
  private static final String REST = "[Proxy]\nD = direct\n";

  private static LeafConfig read(String general, String env, Map<String, String> process) {
    String text =
        "[General]\nmixed-port = 1080\n" + general + "\n[Env]\n" + env + "\n[Proxy]\nD = direct\n";
    return Objects.requireNonNull(ConfigReader.read(text, "f", process).config());
  }

  private static Duration dialTimeout(String general, String env, Map<String, String> process) {
    return read(general, env, process).engine().options().get(EngineOptions.OUTBOUND_DIAL_TIMEOUT);
  }

  @Test
  void anOptionIsTakenFromTheNearestPlace() {
    Map<String, String> process = Map.of("OUTBOUND_DIAL_TIMEOUT", "3");
    String env = "OUTBOUND_DIAL_TIMEOUT = 2";
    assertThat(dialTimeout("", "", Map.of())).isEqualTo(Duration.ofSeconds(8));
    assertThat(dialTimeout("", "", process)).isEqualTo(Duration.ofSeconds(3));
    assertThat(dialTimeout("", env, process)).isEqualTo(Duration.ofSeconds(2));
    assertThat(dialTimeout("outbound-dial-timeout = 1", env, process))
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void anOldNameCountsWhereTheNewOneIsNotSet() {
    Map<String, String> old = Map.of("DOMAIN_SNIFFING", "true");
    assertThat(sniffs("", "", Map.of())).isFalse();
    assertThat(sniffs("", "", old)).isTrue();
    assertThat(sniffs("", "DOMAIN_SNIFFING = true", Map.of())).isTrue();
    assertThat(sniffs("", "TLS_DOMAIN_SNIFFING = false", old)).isFalse();
    assertThat(sniffs("tls-domain-sniffing = false", "", old)).isFalse();
  }

  private static boolean sniffs(String general, String env, Map<String, String> process) {
    return read(general, env, process).engine().options().get(EngineOptions.TLS_DOMAIN_SNIFFING);
  }

  @Test
  void theApiIsTakenFromTheNearestPlace() {
    Map<String, String> process = Map.of("API_LISTEN", "127.0.0.3:3");
    String env = "API_LISTEN = 127.0.0.2:2";
    assertThat(read("", "", Map.of()).api().port()).isNull();
    assertThat(read("", "", Map.of()).api().address()).isNull();
    assertThat(read("", "", process).api().port()).isEqualTo(3);
    assertThat(read("", env, process).api().port()).isEqualTo(2);
    ApiSettings both = read("api-port = 1", env, process).api();
    assertThat(both.port()).isEqualTo(1);
    assertThat(Objects.requireNonNull(both.address()).getHostAddress()).isEqualTo("127.0.0.2");
  }

  @Test
  void theProcessEnvironmentOnlyWarns() {
    ConfigResult result =
        ConfigReader.read(
            "[General]\nmixed-port = 1080\n" + REST,
            "f",
            Map.of(
                "PATH", "/bin",
                "DNS_TIMEOUT", "soon",
                "LINK_BUFFER_SIZE", "7",
                "LOG_CONSOLE_OUT", "false",
                "ENABLE_IPV6", ""));
    assertThat(result.errors()).isEmpty();
    assertThat(result.warnings())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder(
            "environment (DNS_TIMEOUT): warning: DNS_TIMEOUT cannot be 'soon', the default applies;"
                + " use a whole number from 0 to 2147483647",
            "environment (LINK_BUFFER_SIZE): warning: 'LINK_BUFFER_SIZE' has no effect yet; remove"
                + " it");
  }

  @Test
  void aTextIsJsonOrConfByItsFirstCharacter() {
    assertThat(ConfigReader.read("\n {\"outbounds\": [}", "f", Map.of()).errors())
        .singleElement()
        .satisfies(p -> assertThat(p.message()).startsWith("not JSON"));
    assertThat(ConfigReader.read("\uFEFF{}", "f", Map.of()).errors())
        .singleElement()
        .satisfies(p -> assertThat(p.message()).startsWith("there is no outbound"));
    assertThat(ConfigReader.read(REST, "f", Map.of()).errors()).isEmpty();
  }
}
