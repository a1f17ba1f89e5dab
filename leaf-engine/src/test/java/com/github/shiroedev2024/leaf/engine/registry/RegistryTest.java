package com.github.shiroedev2024.leaf.engine.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import com.github.shiroedev2024.leaf.engine.spi.Problem;
import com.github.shiroedev2024.leaf.engine.spi.Problems;
import com.github.shiroedev2024.leaf.engine.spi.Settings;
import com.github.shiroedev2024.leaf.engine.spi.Settings.Value;
import com.github.shiroedev2024.leaf.engine.spi.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RegistryTest {
  private static final Source HERE = new Source("f", 7, "");

  private final Problems problems = new Problems();

  private Settings settings(Map<String, Value> values) {
    return new Settings("outbound 'a'", HERE, values, false, problems);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "direct",
        "drop",
        "redirect",
        "socks",
        "shadowsocks",
        "obfs",
        "trojan",
        "vmess",
        "vless",
        "reality",
        "tls",
        "ws",
        "websocket",
        "amux",
        "quic",
        "chain",
        "tryall",
        "static",
        "select",
        "failover",
        "fallback",
        "url-test",
        "mptp",
        "plugin",
        "http",
        "httpupgrade",
        "h2",
        "grpc"
      })
  void knowsEveryOutboundWord(String word) {
    OutboundType type = Objects.requireNonNull(Registry.outbound(word));
    assertThat(type.name().equals(word) || type.aliases().contains(word)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http",
        "socks",
        "mixed",
        "shadowsocks",
        "trojan",
        "vmess",
        "vless",
        "ws",
        "websocket",
        "httpupgrade",
        "h2",
        "grpc",
        "tls",
        "quic",
        "amux",
        "chain",
        "mptp",
        "hc",
        "cat",
        "tun",
        "nf"
      })
  void knowsEveryInboundWord(String word) {
    InboundType type = Objects.requireNonNull(Registry.inbound(word));
    assertThat(type.name().equals(word) || type.aliases().contains(word)).isTrue();
  }

  @Test
  void knowsNoOtherWord() {
    assertThat(Registry.outbound("Direct")).isNull();
    assertThat(Registry.outbound("")).isNull();
    assertThat(Registry.inbound("direct")).isNull();
  }

  @Test
  void noWordMeansTwoThings() {
    List<String> inbounds = new ArrayList<>();
    for (var types : List.of(Registry.inbounds(), Registry.inboundsNotYet())) {
      for (var type : types) {
        inbounds.add(type.name());
        inbounds.addAll(type.aliases());
      }
    }
    List<String> outbounds = new ArrayList<>();
    for (var types : List.of(Registry.outbounds(), Registry.outboundsNotYet())) {
      for (var type : types) {
        outbounds.add(type.name());
        outbounds.addAll(type.aliases());
      }
    }
    assertThat(inbounds).doesNotHaveDuplicates();
    assertThat(outbounds).doesNotHaveDuplicates();
  }

  @Test
  void refusesWhatIsNotBuiltAtItsPlace() {
    for (OutboundType type : Registry.outboundsNotYet()) {
      Problems own = new Problems();
      type.read(new Settings("outbound 'a'", HERE, Map.of(), false, own));
      assertThat(own.all())
          .as(type.name())
          .anyMatch(
              p ->
                  p.isError()
                      && p.source().equals(HERE)
                      && p.message()
                          .equals("outbound 'a': " + type.name() + " is not supported yet"));
    }
    for (InboundType type : Registry.inboundsNotYet()) {
      Problems own = new Problems();
      type.read(new Settings("inbound 'a'", HERE, Map.of(), false, own));
      assertThat(own.all())
          .as(type.name())
          .anyMatch(
              p ->
                  p.isError()
                      && p.source().equals(HERE)
                      && p.message()
                          .equals("inbound 'a': " + type.name() + " is not supported yet"));
    }
  }

  @Test
  void checksTheSettingsOfWhatIsNotBuilt() {
    OutboundType mptp = Objects.requireNonNull(Registry.outbound("mptp"));
    assertThat(
            mptp.read(
                    settings(
                        Map.of(
                            "address", new Value("a.example", HERE),
                            "port", new Value("443", HERE),
                            "actors", new Value(List.of(new Value("tls", HERE)), HERE))))
                .references())
        .containsExactly("tls");
    assertThat(problems.all())
        .extracting(Problem::message)
        .containsExactly(
            "outbound 'a': 'port' must be a whole number, not text",
            "outbound 'a': mptp is not supported yet");
  }
}
