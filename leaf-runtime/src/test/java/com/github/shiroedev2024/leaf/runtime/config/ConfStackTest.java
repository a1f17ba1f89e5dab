package com.github.shiroedev2024.leaf.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What a proxy line unfolds to: the parts, their order and their settings. */
class ConfStackTest {
  private final Problems problems = new Problems();

  /** Each outbound as {@code tag type {settings}}, {@code ?} behind those that nothing passes. */
  private List<String> parts(String... lines) {
    Draft draft = ConfReader.read("[Proxy]\n" + String.join("\n", lines), "f", problems);
    List<String> parts = new ArrayList<>();
    for (Draft.Outbound part : draft.outbounds) {
      Map<String, String> settings = new TreeMap<>();
      for (String key : part.settings().keys()) {
        Value value = part.settings().value(key);
        if (value != null) {
          settings.put(key, plain(value.raw()));
        }
      }
      parts.add(part.tag() + (part.used() ? " " : "? ") + part.word() + " " + settings);
    }
    return parts;
  }

  private static String plain(Object raw) {
    return switch (raw) {
      case Value v -> plain(v.raw());
      case List<?> list -> list.stream().map(ConfStackTest::plain).toList().toString();
      case Map<?, ?> map -> {
        Map<String, String> texts = new TreeMap<>();
        map.forEach((k, v) -> texts.put(String.valueOf(k), plain(v)));
        yield texts.toString();
      }
      default -> raw.toString().replace("\n", "|");
    };
  }

  @Test
  void shadowsocksWithObfuscation() {
    assertThat(parts("T = ss, a.example, 443, aes-128-gcm, x, obfs=tls, obfs-host=b.example"))
        .containsExactly(
            "T chain {actors=[T_obfs_xxx, T_ss_xxx]}",
            "T_obfs_xxx obfs {host=b.example, method=tls, path=/}",
            "T_ss_xxx shadowsocks {address=a.example, method=aes-128-gcm, password=x, port=443}");
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void trojanAlwaysHasTlsAndAWebSocketPart() {
    assertThat(parts("T = trojan, a.example, 443, x"))
        .containsExactly(
            "T chain {actors=[T_tls_xxx, T_trojan_xxx]}",
            "T_tls_xxx tls {}",
            "T_ws_xxx? ws {path=/}",
            "T_trojan_xxx trojan {address=a.example, password=x, port=443}");
    assertThat(
            parts(
                "T = trojan, a.example, 443, x, sni=b.example, tls-insecure=true, ws=true,"
                    + " ws-path=/p?ed=2048, ws-host=c.example"))
        .containsExactly(
            "T chain {actors=[T_tls_xxx, T_ws_xxx, T_trojan_xxx]}",
            "T_tls_xxx tls {insecure=true, serverName=b.example}",
            "T_ws_xxx ws {headers={Host=c.example}, path=/p?ed=2048}",
            "T_trojan_xxx trojan {address=a.example, password=x, port=443}");
    assertThat(parts("T = trojan, a.example, 443, x, tls=false"))
        .containsExactly(
            "T chain {actors=[T_trojan_xxx]}",
            "T_ws_xxx? ws {path=/}",
            "T_trojan_xxx trojan {address=a.example, password=x, port=443}");
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void amuxOwnsTheServerAndTheLayersBelow() {
    assertThat(
            parts(
                "T = trojan, a.example, 443, x, amux=true, quic=true, ws=true, amux-max=4,"
                    + " amux-con=1, amux-max-recv=1000, amux-max-lifetime=60"))
        .containsExactly(
            "T chain {actors=[T_amux_xxx, T_trojan_xxx]}",
            "T_tls_xxx tls {}",
            "T_ws_xxx ws {path=/}",
            "T_amux_xxx amux {actors=[T_tls_xxx, T_ws_xxx], address=a.example, concurrency=1,"
                + " maxAccepts=4, maxLifetime=60, maxRecvBytes=1000, port=443}",
            "T_trojan_xxx trojan {password=x}");
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void quicReplacesTls() {
    assertThat(
            parts(
                "T = vmess, a.example, 443, 8a3f7c4e-0000-4000-8000-000000000001, quic=true,"
                    + " sni=b.example"))
        .containsExactly(
            "T chain {actors=[T_quic_xxx, T_vmess_xxx]}",
            "T_tls_xxx? tls {alpn=[http/1.1], serverName=b.example}",
            "T_ws_xxx? ws {path=/}",
            "T_quic_xxx quic {address=a.example, alpn=[http/1.1], port=443, serverName=b.example}",
            "T_vmess_xxx vmess {security=chacha20-ietf-poly1305,"
                + " uuid=8a3f7c4e-0000-4000-8000-000000000001}");
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void vlessIsBareUnlessAskedOtherwise() {
    assertThat(parts("T = vless, a.example, 443, u"))
        .containsExactly("T vless {address=a.example, port=443, uuid=u}");
    assertThat(
            parts(
                "T = vless, a.example, 443, u, reality=true, reality-public-key=k,"
                    + " reality-short-id=s, sni=b.example"))
        .containsExactly(
            "T chain {actors=[T_reality_xxx, T_vless_xxx]}",
            "T_reality_xxx reality {publicKey=k, serverName=b.example, shortId=s}",
            "T_vless_xxx vless {address=a.example, port=443, uuid=u}");
    assertThat(
            parts(
                "T = vless, a.example, 443, u, flow=none, tls=true, grpc=true,"
                    + " grpc-service-name=n"))
        .containsExactly(
            "T chain {actors=[T_tls_xxx, T_grpc_xxx, T_vless_xxx]}",
            "T_tls_xxx tls {alpn=[h2]}",
            "T_grpc_xxx grpc {serviceName=n}",
            "T_vless_xxx vless {address=a.example, flow=none, port=443, uuid=u}");
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void otherFramings() {
    assertThat(parts("T = http, a.example, 3128, username=me, password=x"))
        .containsExactly("T http {address=a.example, password=x, port=3128, username=me}");
    assertThat(
            parts(
                "T = http, a.example, 3128, tls=true, h2=true, h2-path=/h,"
                    + " h2-host=\"b.example,c.example\""))
        .containsExactly(
            "T chain {actors=[T_tls_xxx, T_h2_xxx, T_http_xxx]}",
            "T_tls_xxx tls {alpn=[h2]}",
            "T_h2_xxx h2 {host=[b.example, c.example], path=/h}",
            "T_http_xxx http {address=a.example, port=3128}");
    assertThat(
            parts(
                "T = vless, a.example, 443, u, httpupgrade=true, httpupgrade-path=/u,"
                    + " httpupgrade-host=b.example"))
        .containsExactly(
            "T chain {actors=[T_httpupgrade_xxx, T_vless_xxx]}",
            "T_httpupgrade_xxx httpupgrade {host=b.example, path=/u}",
            "T_vless_xxx vless {address=a.example, port=443, uuid=u}");
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void theKeyUuidWinsOverItsPlace() {
    assertThat(parts("T = vless, a.example, 443, place, uuid=key"))
        .containsExactly("T vless {address=a.example, port=443, uuid=key}");
    assertThat(parts("T = vless, a.example, 443, place, password=key"))
        .containsExactly("T vless {address=a.example, port=443, uuid=place}");
    assertThat(problems.all())
        .extracting(Problem::message)
        .containsExactly(
            "outbound 'T': the uuid behind the port has no effect beside 'uuid'",
            "outbound 'T': 'password' has no effect beside the uuid behind the port");
  }

  @Test
  void certificatesAndEchListsAreNamedSections() {
    assertThat(
            parts(
                "T = trojan, a.example, 443, x, tls-cert=site, tls-ech=true,"
                    + " tls-ech-config-list=list",
                "U = trojan, a.example, 443, x, tls-cert=/etc/ca.pem, ech-config-list=AEX",
                "[Certificate.site]",
                "# not a part of it",
                "-----BEGIN CERTIFICATE-----",
                "  MIIB",
                "",
                "-----END CERTIFICATE-----",
                "[ECH list]",
                "AEX+DQA="))
        .contains(
            "T_tls_xxx tls {certificate=-----BEGIN CERTIFICATE-----|MIIB|-----END"
                + " CERTIFICATE-----|, ech=true, echConfigList=AEX+DQA=|}",
            "U_tls_xxx tls {certificate=/etc/ca.pem, echConfigList=AEX}");
    assertThat(problems.all()).isEmpty();
  }

  @Test
  void framingsExcludeEachOther() {
    assertThat(parts("T = trojan, a.example, 443, x, ws=true, grpc=true")).isNotEmpty();
    assertThat(problems.all())
        .extracting(Problem::message)
        .containsExactly("outbound 'T': 'ws' and 'grpc' exclude each other");
  }
}
