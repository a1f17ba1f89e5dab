package com.github.shiroedev2024.leaf.engine.certificate;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.transport.Certificates;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.Test;

final class ServerNamesTest {
  private final X509Certificate certificate =
      Certificates.identity("xn--bcher-kva.example", "*.wild.example", "192.0.2.7")
          .chain()
          .getFirst();

  private boolean matches(String wanted) {
    return ServerNames.match(certificate, wanted);
  }

  @Test
  void comparesNamesInTheirAsciiFormAndAddressesAsAddresses() {
    assertThat(matches("B\u00fccher.example.")).isTrue();
    assertThat(matches("a.wild.example")).isTrue();
    assertThat(matches("192.0.2.7")).isTrue();
    assertThat(matches("wild.example")).isFalse();
    assertThat(matches("b.a.wild.example")).isFalse();
    assertThat(matches("192.0.2.8")).isFalse();
  }

  @Test
  void anEndlessInternationalNameIsNobodys() {
    assertThat(matches("\u00fc".repeat(2000))).isFalse();
    assertThat(matches("\u00fc".repeat(2000) + ".wild.example")).isFalse();
  }
}
