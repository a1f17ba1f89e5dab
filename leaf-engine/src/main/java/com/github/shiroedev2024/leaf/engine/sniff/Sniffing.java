package com.github.shiroedev2024.leaf.engine.sniff;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Sniffer;
import java.util.ArrayList;
import java.util.List;

/** Which names an engine learns, as its options say. Immutable. */
public final class Sniffing {
  private record AtPort(int port, List<Sniffer> sniffers) {}

  private final List<Sniffer> anywhere;
  private final List<AtPort> usualPorts;
  private final boolean override;
  private final boolean dns;

  private Sniffing(List<Sniffer> anywhere, List<AtPort> usualPorts, boolean override, boolean dns) {
    this.anywhere = anywhere;
    this.usualPorts = usualPorts;
    this.override = override;
    this.dns = dns;
  }

  /**
   * What these options ask for.
   *
   * @param all the sniffers there are
   */
  public static Sniffing of(List<Sniffer> all, EngineOptions options) {
    List<AtPort> usualPorts = new ArrayList<>();
    for (Sniffer one : all) {
      if (options.get(one.onItsPort())) {
        usualPorts.add(
            new AtPort(
                one.port(),
                all.stream()
                    .filter(s -> options.get(s.onAllPorts()) || s.port() == one.port())
                    .filter(s -> options.get(s.onAllPorts()) || options.get(s.onItsPort()))
                    .toList()));
      }
    }
    return new Sniffing(
        all.stream().filter(s -> options.get(s.onAllPorts())).toList(),
        usualPorts,
        options.get(EngineOptions.DOMAIN_OVERRIDE),
        options.get(EngineOptions.DNS_DOMAIN_SNIFFING));
  }

  /** Who looks at the first bytes of connections to that port of an address; often nobody. */
  public List<Sniffer> at(int port) {
    for (int i = 0; i < usualPorts.size(); i++) {
      AtPort usual = usualPorts.get(i);
      if (usual.port == port) {
        return usual.sniffers;
      }
    }
    return anywhere;
  }

  /** Whether a connection goes to the name that its first bytes told instead of the address. */
  public boolean override() {
    return override;
  }

  /** Whether the answers of DNS servers are read. */
  public boolean dns() {
    return dns;
  }
}
