package com.github.shiroedev2024.leaf.engine.sniff;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.registry.Registry;
import com.github.shiroedev2024.leaf.engine.session.SniffedNames.Origin;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions.Option;
import com.github.shiroedev2024.leaf.engine.spi.Sniffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class SniffingTest {
  @SafeVarargs
  private static Sniffing with(Option<Boolean>... on) {
    EngineOptions options = EngineOptions.defaults();
    for (Option<Boolean> option : on) {
      options = options.with(option, true);
    }
    return Sniffing.of(Registry.sniffers(), options);
  }

  private static List<Origin> at(Sniffing sniffing, int port) {
    return sniffing.at(port).stream().map(Sniffer::origin).toList();
  }

  @Test
  void looksAtNothingUnlessTold() {
    for (int port : new int[] {0, 80, 443, 8080, 65535}) {
      assertThat(at(with(), port)).isEmpty();
    }
    assertThat(with().dns()).isFalse();
    assertThat(with().override()).isFalse();
  }

  @Test
  void looksAtTheUsualPorts() {
    Sniffing both = with(EngineOptions.TLS_DOMAIN_SNIFFING, EngineOptions.HTTP_DOMAIN_SNIFFING);
    assertThat(at(both, 443)).containsExactly(Origin.TLS);
    assertThat(at(both, 80)).containsExactly(Origin.HTTP);
    assertThat(at(both, 8080)).isEmpty();
    assertThat(at(with(EngineOptions.HTTP_DOMAIN_SNIFFING), 443)).isEmpty();
  }

  @Test
  void looksAtAllPorts() {
    Sniffing tls = with(EngineOptions.TLS_DOMAIN_SNIFFING_ALL, EngineOptions.HTTP_DOMAIN_SNIFFING);
    assertThat(at(tls, 80)).containsExactly(Origin.TLS, Origin.HTTP);
    assertThat(at(tls, 443)).containsExactly(Origin.TLS);
    assertThat(at(tls, 25)).containsExactly(Origin.TLS);
    Sniffing all =
        with(
            EngineOptions.TLS_DOMAIN_SNIFFING,
            EngineOptions.TLS_DOMAIN_SNIFFING_ALL,
            EngineOptions.HTTP_DOMAIN_SNIFFING_ALL);
    assertThat(at(all, 443)).containsExactly(Origin.TLS, Origin.HTTP);
    assertThat(at(all, 25)).containsExactly(Origin.TLS, Origin.HTTP);
  }
}
