package com.github.shiroedev2024.leaf.engine.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ProbeTargetTest {
  @ParameterizedTest
  @CsvSource({
    "http://h.example, h.example:80",
    "HTTPS://h.example/x, h.example:443",
    "https://h.example:8443/x, h.example:8443",
    "http://[::1]:81/, [::1]:81",
    "http://127.0.0.1/, 127.0.0.1:80"
  })
  void knowsWhereThePageIs(String url, String destination) {
    assertThat(ProbeTarget.DEFAULT.withUrl(ProbeTarget.readUrl(url)).page())
        .hasToString(destination);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "h.example", "ftp://h.example/", "http:///x", "http://h:99999/", "http://h x"})
  void refusesWhatIsNoPage(String url) {
    assertThatIllegalArgumentException().isThrownBy(() -> ProbeTarget.readUrl(url));
  }

  @ParameterizedTest
  @CsvSource({
    "9.9.9.9, 9.9.9.9:53, www.google.com",
    "9.9.9.9:5353, 9.9.9.9:5353, www.google.com",
    "2620:fe::fe, [2620:fe::fe]:53, www.google.com",
    "[2620:fe::fe]:54/x.example, [2620:fe::fe]:54, x.example",
    "dns.example/x.example, dns.example:53, x.example"
  })
  void readsDnsServers(String text, String server, String name) {
    ProbeTarget target = ProbeTarget.DEFAULT.withDns(text);
    assertThat(target.dns()).hasToString(server);
    assertThat(target.dnsName()).isEqualTo(name);
    assertThat(ProbeTarget.DEFAULT.withDns(target.dnsServer()).dns()).isEqualTo(target.dns());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", ":53", "9.9.9.9:0", "9.9.9.9:x", "9.9.9.9:70000", "a b", "h/", "h/a..b"})
  void refusesWhatIsNoDnsServer(String text) {
    assertThatIllegalArgumentException().isThrownBy(() -> ProbeTarget.DEFAULT.withDns(text));
  }

  @Test
  void theHealthcheckHostAsksALeafServer() {
    assertThat(ProbeTarget.DEFAULT.asksLeaf()).isFalse();
    assertThat(
            ProbeTarget.DEFAULT.withUrl(ProbeTarget.readUrl("http://HealthCheck.leaf/")).asksLeaf())
        .isTrue();
  }
}
