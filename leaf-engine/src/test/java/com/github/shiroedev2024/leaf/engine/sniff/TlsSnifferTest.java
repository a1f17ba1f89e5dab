package com.github.shiroedev2024.leaf.engine.sniff;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.sniff.Hellos.Client;
import com.github.shiroedev2024.leaf.engine.spi.Sniffer.Verdict;
import com.github.shiroedev2024.leaf.testkit.Seeds;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsSnifferTest {
  private static final TlsSniffer SNIFFER = new TlsSniffer();
  private static final Verdict NAME = new Verdict.Name("www.a-b.example");
  private static final byte[] GREASE = Hellos.extension(0x0a0a);
  private static final byte[] GREASE_WITH_DATA = Hellos.extension(0xfafa, (byte) 0);
  private static final byte[] VERSIONS = Hellos.extension(43, (byte) 2, (byte) 3, (byte) 4);

  private static Verdict look(byte[] bytes) {
    return Looks.at(SNIFFER, bytes);
  }

  private static Verdict named(String name) {
    return look(Hellos.with(VERSIONS, Hellos.serverName(name.getBytes(UTF_8))));
  }

  @ParameterizedTest
  @EnumSource
  void readsTheNameThatRealClientsTell(Client client) throws Exception {
    byte[] hello = Hellos.of(client, "www.A-B.example");
    assertThat(look(hello)).isEqualTo(NAME);
    for (int size : new int[] {1, 2, 3, 4, 5, 50, hello.length - 6}) {
      assertThat(look(Hellos.cut(hello, size))).as("records of %d bytes", size).isEqualTo(NAME);
    }
  }

  @ParameterizedTest
  @EnumSource
  void findsNoneWhereRealClientsTellNone(Client client) throws Exception {
    assertThat(look(Hellos.of(client, null))).isEqualTo(Verdict.Nameless.NO);
  }

  @Test
  void doesNotMindTheOrderOfExtensions() {
    byte[] name = Hellos.serverName("www.a-b.example".getBytes(US_ASCII));
    byte[] long1 = Hellos.extension(51, new byte[1300]);
    assertThat(look(Hellos.with(name))).isEqualTo(NAME);
    assertThat(look(Hellos.with(name, GREASE, VERSIONS))).isEqualTo(NAME);
    assertThat(look(Hellos.with(GREASE, VERSIONS, long1, GREASE_WITH_DATA, name))).isEqualTo(NAME);
    assertThat(look(Hellos.with(GREASE, VERSIONS))).isEqualTo(Verdict.Nameless.NO);
    assertThat(look(Hellos.with())).isEqualTo(Verdict.Nameless.NO);
  }

  /** What is encrypted stays so: the name is that of the server in front (RFC 9849). */
  @Test
  void readsTheOuterNameOfAnEncryptedHello() {
    byte[] encrypted = Hellos.extension(0xfe0d, new byte[200]);
    byte[] outer = Hellos.serverName("www.a-b.example".getBytes(US_ASCII));
    assertThat(look(Hellos.with(encrypted, outer))).isEqualTo(NAME);
  }

  @Test
  void takesNoOtherWordsForNames() {
    assertThat(named("localhost")).isEqualTo(new Verdict.Name("localhost"));
    assertThat(named("_x.a.example.")).isEqualTo(new Verdict.Name("_x.a.example"));
    assertThat(named("xn--bcher-kva.example")).isEqualTo(new Verdict.Name("xn--bcher-kva.example"));
    String label = "a".repeat(63);
    String longest = label + "." + label + "." + label + "." + "a".repeat(61);
    assertThat(named(longest)).isEqualTo(new Verdict.Name(longest));
    for (String none :
        new String[] {
          "",
          ".",
          "a..example",
          ".a.example",
          "a b.example",
          "a.example/x",
          "a.example:443",
          "192.0.2.1",
          "2001:db8::1",
          "b\u00fccher.example",
          "a\0.example",
          "a\n.example",
          "a" + label + ".example",
          longest + "a"
        }) {
      assertThat(named(none)).as(none).isEqualTo(Verdict.Nameless.NO);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "\026\001\000\000\000",
        "\026\003\005\000\020",
        "\025\003\001\000\002\002\050",
        "\026\003\001\000\000",
        "\026\003\001\100\001",
        "\026\003\001\000\020\002",
        "\026\003\001\000\020\001\000\100\001",
        "\200\056\001\000\002\000\025\000\000\000\020"
      })
  void seesAtOnceWhatIsNoHello(String text) {
    assertThat(look(text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1)))
        .isEqualTo(Verdict.Nameless.NO);
  }

  @Test
  void anotherRecordInBetweenIsNoHello() throws Exception {
    byte[] cut = Hellos.cut(Hellos.of(Client.JDK, "www.a-b.example"), 100);
    cut[105] = 21; // an alert
    assertThat(look(cut)).isEqualTo(Verdict.Nameless.NO);
  }

  @Test
  void survivesDamage() throws Exception {
    byte[] whole = Hellos.of(Client.JDK, "www.a-b.example");
    Seeds.forEach(
        5000,
        random -> {
          byte[] damaged = whole.clone();
          for (int i = random.nextInt(8); i >= 0; i--) {
            damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
          }
          int length = 1 + random.nextInt(damaged.length);
          assertThat(Looks.once(SNIFFER, Arrays.copyOf(damaged, length), length)).isNotNull();
        });
  }
}
