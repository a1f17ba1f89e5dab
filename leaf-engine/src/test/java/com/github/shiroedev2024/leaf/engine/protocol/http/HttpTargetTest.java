package com.github.shiroedev2024.leaf.engine.protocol.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.testkit.Seeds;
import io.netty.handler.codec.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HttpTargetTest {
  @ParameterizedTest
  @CsvSource({
    "http://a.example,                a.example:80,      a.example,       /",
    "HTTP://A.example/x?y=z,          A.example:80,      A.example,       /x?y=z",
    "http://a.example:80/,            a.example:80,      a.example,       /",
    "http://a.example:8080/p#frag,    a.example:8080,    a.example:8080,  /p",
    "http://a.example?q,              a.example:80,      a.example,       /?q",
    "http://a.example:/p,             a.example:80,      a.example,       /p",
    "http://u:p@a.example/p@q,        a.example:80,      a.example,       /p@q",
    "http://[::1]:81/p,               [::1]:81,          [::1]:81,        /p",
    "http://[2001:db8::1]/p,          [2001:db8::1]:80,  [2001:db8::1],   /p",
    "http://127.0.0.1:65535/p//q,     127.0.0.1:65535,   127.0.0.1:65535, /p//q",
  })
  void readsAbsoluteForm(String uri, String destination, String host, String path)
      throws HttpRefusal {
    HttpTarget target = HttpTarget.absolute(HttpMethod.GET, uri);
    assertThat(target.destination()).hasToString(destination);
    assertThat(target.authority()).isEqualTo(host);
    assertThat(target.path()).isEqualTo(path);
  }

  @Test
  void aBareOptionsIsAboutTheWholeServer() throws HttpRefusal {
    assertThat(HttpTarget.absolute(HttpMethod.OPTIONS, "http://a.example").path()).isEqualTo("*");
    assertThat(HttpTarget.absolute(HttpMethod.OPTIONS, "http://a.example/").path()).isEqualTo("/");
  }

  @ParameterizedTest
  @CsvSource({
    "/index.html,             400",
    "*,                       400",
    "a.example:80,            400",
    "https://a.example/,      501",
    "ftp://a.example/,        400",
    "http:///p,               400",
    "http://:80/,             400",
    "http://a.example:0/,     400",
    "http://a.example:65536/, 400",
    "http://a.example:8x/,    400",
    "http://a.example:+80/,   400",
    "http://[::1/,            400",
    "http://[a.example]/,     400",
    "http://[127.0.0.1]/,     400",
    "http://[::1]x/,          400",
    "http://a\\b/,            400",
    "'http://a\u0001b/',      400",
  })
  void refusesWhatIsNoTarget(String uri, int status) {
    assertThatThrownBy(() -> HttpTarget.absolute(HttpMethod.GET, uri))
        .isInstanceOfSatisfying(
            HttpRefusal.class, e -> assertThat(e.status().code()).isEqualTo(status));
  }

  @ParameterizedTest
  @CsvSource({"a.example:443, a.example:443", "[::1]:1, [::1]:1", "10.0.0.1:65535, 10.0.0.1:65535"})
  void readsAuthorities(String text, String destination) throws HttpRefusal {
    assertThat(HttpTarget.authority(text)).hasToString(destination);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a.example", "a.example:", ":443", "a.example:http", "u@a:1", "http://a:1/"})
  void refusesBadAuthorities(String text) {
    assertThatThrownBy(() -> HttpTarget.authority(text)).isInstanceOf(HttpRefusal.class);
  }

  @Test
  void neverFailsOtherwiseOnGarbage() {
    Seeds.forEach(
        20_000,
        random -> {
          String text =
              (random.nextBoolean() ? "http://" : "")
                  + new String(
                      Seeds.bytes(random, random.nextInt(40)), StandardCharsets.ISO_8859_1);
          try {
            HttpTarget target = HttpTarget.absolute(HttpMethod.GET, text);
            assertThat(target.path()).startsWith("/").doesNotContain("\r", "\n", " ");
            assertThat(target.authority()).isNotEmpty().doesNotContain("\r", "\n", "@");
          } catch (HttpRefusal e) {
            assertThat(e.getMessage()).isNotEmpty();
          }
          try {
            assertThat(HttpTarget.authority(text).port()).isPositive();
          } catch (HttpRefusal e) {
            assertThat(e.getMessage()).isNotEmpty();
          }
        });
  }
}
