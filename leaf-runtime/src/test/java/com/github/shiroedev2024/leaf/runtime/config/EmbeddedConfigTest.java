package com.github.shiroedev2024.leaf.runtime.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.runtime.config.LeafConfig.ConfiguredGroup;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class EmbeddedConfigTest {
  @Test
  void servesBothProtocolsOnLoopbackAndGoesOutDirectly() {
    ConfigResult result = ConfigReader.readEmbedded(Map.of());
    assertThat(result.problems()).isEmpty();
    LeafConfig config = Objects.requireNonNull(result.config());
    assertThat(config.engine().inbounds())
        .singleElement()
        .satisfies(
            in -> {
              assertThat(in.tag()).isEqualTo("mixed");
              assertThat(in.type().name()).isEqualTo("mixed");
              assertThat(in.listen()).isEqualTo(new InetSocketAddress("127.0.0.1", 1080));
            });
    assertThat(config.engine().defaultOutbound()).isEqualTo("OUT");
    assertThat(config.groups())
        .containsExactly(
            new ConfiguredGroup("AUTO", "failover"), new ConfiguredGroup("OUT", "select"));
    assertThat(config.engine().outbounds()).extracting(o -> o.tag()).contains("direct");
    assertThat(config.log().memory()).isTrue();
    assertThat(config.engine().dns().servers()).isEmpty();
  }
}
