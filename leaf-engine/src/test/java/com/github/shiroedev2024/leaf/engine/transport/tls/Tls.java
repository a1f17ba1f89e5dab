package com.github.shiroedev2024.leaf.engine.transport.tls;

import com.github.shiroedev2024.leaf.engine.certificate.Identity;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.transport.Certificates;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.helpers.NOPLoggerFactory;

/** Both sides made from settings as a configuration gives them. */
final class Tls {
  private Tls() {}

  static TlsOutbound client(boolean library, EngineOptions limits, Map<String, ?> settings) {
    return new TlsOutbound(
        "out",
        TlsOptions.read(Certificates.valid(settings)),
        limits,
        new NOPLoggerFactory(),
        library);
  }

  /** A client that trusts this server. */
  static TlsOutbound client(boolean library, Identity server) {
    return client(
        library, EngineOptions.defaults(), Map.of("certificate", Certificates.certificate(server)));
  }

  static TlsLayer server(
      TlsTunnel tunnel, boolean library, Identity identity, Map<String, ?> settings) {
    Map<String, Object> all = new HashMap<>(settings);
    all.putIfAbsent("certificate", Certificates.certificate(identity));
    all.putIfAbsent("certificateKey", Certificates.key(identity));
    return new TlsLayer("in", TlsLayerOptions.read(Certificates.valid(all)), tunnel, library);
  }

  static TlsLayer server(TlsTunnel tunnel, boolean library, Identity identity) {
    return server(tunnel, library, identity, Map.of());
  }
}
