package com.github.shiroedev2024.leaf.runtime.link;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.shiroedev2024.leaf.testkit.Seeds;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShareLinkTest {
  private static final String UUID = "b831381d-6324-4d53-ad4f-8cda48b30811";

  private static String line(String link) throws LinkException {
    return ShareLink.line(link).text();
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String vmess(String json) {
    return "vmess://" + base64(json);
  }

  @Test
  void readsShadowsocksWithAnEncodedUser() throws LinkException {
    assertThat(line("ss://YWVzLTI1Ni1nY206cGFzczp3b3Jk@192.0.2.1:8388#My%20node%20%E2%9C%93"))
        .isEqualTo("My node ✓ = ss, 192.0.2.1, 8388, aes-256-gcm, pass:word");
  }

  @Test
  void readsShadowsocksWithAPlainUser() throws LinkException {
    assertThat(
            line(
                "ss://2022-blake3-aes-256-gcm:YctPZ6U7xPPcU%2Bgp3u%2B0tx%2FtRizJN9K8y%2BuKlW2qjlI%3D"
                    + "@[2001:db8::1]:8388#a"))
        .isEqualTo(
            "a = ss, 2001:db8::1, 8388, 2022-blake3-aes-256-gcm,"
                + " \"YctPZ6U7xPPcU+gp3u+0tx/tRizJN9K8y+uKlW2qjlI=\"");
  }

  @Test
  void readsTheOldShadowsocksForm() throws LinkException {
    assertThat(line("ss://" + base64("aes-128-gcm:p@ss@a.example:443") + "#n"))
        .isEqualTo("n = ss, a.example, 443, aes-128-gcm, p@ss");
  }

  @Test
  void readsShadowsocksWithSimpleObfs() throws LinkException {
    assertThat(
            line(
                "ss://YWVzLTEyOC1nY206cHc@a.example:443/?plugin=obfs-local%3Bobfs%3Dhttp"
                    + "%3Bobfs-host%3Db.example#n"))
        .isEqualTo("n = ss, a.example, 443, aes-128-gcm, pw, obfs=http, obfs-host=b.example");
  }

  @Test
  void readsVmessAsJson() throws LinkException {
    assertThat(
            line(
                vmess(
                    "{\"v\":\"2\",\"ps\":\"ws,"
                        + " node\",\"add\":\"a.example\",\"port\":\"443\",\"id\":\""
                        + UUID
                        + "\",\"aid\":0,\"scy\":\"aes-128-gcm\",\"net\":\"ws\",\"type\":\"none\","
                        + "\"host\":\"h.example\",\"path\":\"/p?ed=2048\",\"tls\":\"tls\","
                        + "\"sni\":\"s.example\",\"alpn\":\"h2,http/1.1\"}")))
        .isEqualTo(
            "\"ws, node\" = vmess, a.example, 443, "
                + UUID
                + ", security=aes-128-gcm, tls=true, sni=s.example, alpn=\"h2,http/1.1\", ws=true,"
                + " ws-path=/p, ws-host=h.example, max-early-data=2048,"
                + " early-data-header=Sec-WebSocket-Protocol");
  }

  @Test
  void readsVmessAsUrl() throws LinkException {
    assertThat(
            line(
                "vmess://"
                    + UUID
                    + "@a.example:443?encryption=none&type=grpc&serviceName=s&security=tls#n"))
        .isEqualTo(
            "n = vmess, a.example, 443, "
                + UUID
                + ", security=none, tls=true, grpc=true, grpc-service-name=s");
  }

  @Test
  void readsVless() throws LinkException {
    assertThat(
            line(
                "vless://"
                    + UUID
                    + "@a.example:443?encryption=none&security=tls&sni=s.example&type=httpupgrade"
                    + "&host=h.example&path=%2Fup&fp=chrome#n"))
        .isEqualTo(
            "n = vless, a.example, 443, "
                + UUID
                + ", flow=none, tls=true, sni=s.example, httpupgrade=true, httpupgrade-path=/up,"
                + " httpupgrade-host=h.example");
  }

  @Test
  void readsTrojan() throws LinkException {
    assertThat(line("trojan://p%40ss%3Dw@a.example:443?allowInsecure=1&peer=s.example"))
        .isEqualTo(
            "a.example:443 = trojan, a.example, 443, \"p@ss=w\", tls=true, sni=s.example,"
                + " tls-insecure=true");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "hello | this is no link",
        "hysteria2://x@a.example:1 | 'hysteria2' links are not supported",
        "trojan://a.example:443 | no '@'",
        "trojan://p@a.example | has no port",
        "trojan://p@a.example:0 | '0' is no port",
        "trojan://p@:443 | has no name",
        "trojan://p@a.example:443?type=kcp | the transport 'kcp' is not supported",
        "trojan://p@a.example:443?security=reality | reality is not supported yet",
        "trojan://p@a.example:443#%ff | the name is not UTF-8",
        "vless://u@a.example:443?encryption=mlkem | the encryption 'mlkem' of VLESS",
        "vmess://e30 | the server has no name",
        "vmess://W10 | is not a JSON object",
        "vmess://Og | is not JSON",
        "ss://%%% | neither a server nor Base64",
        "ss://YQ@a.example:1 | not method:password",
        "ss://YTpi@a.example:1/?plugin=v2ray-plugin | the plugin 'v2ray-plugin' is not supported",
      })
  void saysWhatIsWrong(String link, String why) {
    assertThatThrownBy(() -> ShareLink.read(link))
        .isInstanceOf(LinkException.class)
        .hasMessageContaining(why);
  }

  @Test
  void refusesVmessOfOld() {
    assertThatThrownBy(
            () -> ShareLink.read(vmess("{\"add\":\"a\",\"port\":1,\"id\":\"x\",\"aid\":\"64\"}")))
        .hasMessageContaining("alterId 64");
  }

  @Test
  void aSubscriptionIsReadPlainOrEncoded() {
    String links =
        "ss://YWVzLTEyOC1nY206cHc@a.example:1#n\r\n\n"
            + "# a comment\n"
            + "ss://YWVzLTEyOC1nY206cHc@b.example:2#n\n"
            + "nonsense\n";
    for (String text : new String[] {links, base64(links)}) {
      Subscription list = Subscription.read(text);
      assertThat(list.nodes())
          .extracting(NodeLine::text)
          .containsExactly(
              "n = ss, a.example, 1, aes-128-gcm, pw", "n 2 = ss, b.example, 2, aes-128-gcm, pw");
      assertThat(list.refused()).singleElement().asString().startsWith("line 5: this is no link");
    }
    assertThat(Subscription.read("???").refused()).hasSize(1);
  }

  @Test
  void noTextBringsItDown() {
    Seeds.forEach(5_000, ShareLinkTest::readRandomText);
  }

  private static void readRandomText(Random random) {
    String alphabet = "svt:/@#?&=%[]{}\"\\,.abc012-_ \n\u00e9";
    StringBuilder text =
        new StringBuilder(
            new String[] {"ss://", "vmess://", "vless://", "trojan://", ""}[random.nextInt(5)]);
    for (int n = random.nextInt(40); n > 0; n--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    try {
      assertThat(ShareLink.line(text.toString()).text().lines().count()).isEqualTo(1);
    } catch (LinkException e) {
      assertThat(e).hasMessageNotContaining("\n");
    }
  }
}
