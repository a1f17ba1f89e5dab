package com.github.shiroedev2024.leaf.engine.sniff;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.Sniffer.Verdict;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpSnifferTest {
  private static final HttpSniffer SNIFFER = new HttpSniffer();

  private static Verdict look(String text) {
    return Looks.at(SNIFFER, text.getBytes(ISO_8859_1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        "GET / HTTP/1.0\r\nhOsT:A.Example\r\n\r\n",
        "GET / HTTP/1.1\nHost: a.example\n\n",
        "GET / HTTP/1.1\r\nHost: \t a.example:8080 \t\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example.\r\n\r\n",
        "M-SEARCH * HTTP/1.1\r\nAccept: */*\r\nHostile: b.example\r\nHost: a.example\r\n\r\n",
        "POST /x?u=http://b.example/ HTTP/1.1\r\nCookie: Host: b\r\nHost: a.example\r\n\r\nHost: c",
        "GET http://a.example HTTP/1.1\r\n\r\n",
        "GET HTTP://u:p@A.example:81/x HTTP/1.1\r\nHost: b.example\r\n\r\n",
        "GET https://a.example?@b.example HTTP/1.1\r\nHost: b.example\r\n\r\n",
      })
  void readsTheHost(String request) {
    assertThat(look(request)).isEqualTo(new Verdict.Name("a.example"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nAccept: */*\r\n\r\nHost: a.example\r\n",
        "GET / HTTP/1.1\r\nHost:\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 192.0.2.1\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 192.0.2.1:80\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: [2001:db8::1]:80\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example:http\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example/\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a.example, b.example\r\n\r\n",
        "GET http://[::1]/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
        "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "GET / HTTP/1.2\r\nHost: a.example\r\n\r\n",
        "GET /\r\n",
        "GET\r\n",
        "EHLO a.example\r\n",
        "*1\r\n",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "\026\003\001\000\020",
        "AVERYLONGMETHODTHATISNOTONE",
        " GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        "GET /\001x HTTP/1.1\r\nHost: a.example\r\n\r\n",
        "GET \001"
      })
  void findsNone(String request) {
    assertThat(look(request)).isEqualTo(Verdict.Nameless.NO);
  }

  @Test
  void waitsForTheRest() {
    String whole = "OPTIONS / HTTP/1.1\r\nA: b\r\nHost: a.example\r";
    for (int length = 1; length <= whole.length(); length++) {
      assertThat(look(whole.substring(0, length))).isEqualTo(Verdict.Nameless.MORE);
    }
    assertThat(look("CONNECTION /")).isEqualTo(Verdict.Nameless.MORE);
  }
}
