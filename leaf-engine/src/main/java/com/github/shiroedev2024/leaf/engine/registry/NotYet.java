package com.github.shiroedev2024.leaf.engine.registry;

import static com.github.shiroedev2024.leaf.engine.registry.Field.Kind.PORT;
import static com.github.shiroedev2024.leaf.engine.registry.Field.Kind.REQUIRED_PORT;
import static com.github.shiroedev2024.leaf.engine.registry.Field.Kind.REQUIRED_TEXT;
import static com.github.shiroedev2024.leaf.engine.registry.Field.Kind.REQUIRED_TEXTS;
import static com.github.shiroedev2024.leaf.engine.registry.Field.Kind.TEXT;
import static com.github.shiroedev2024.leaf.engine.registry.Field.Kind.TEXTS;

import com.github.shiroedev2024.leaf.engine.spi.InboundType;
import com.github.shiroedev2024.leaf.engine.spi.OutboundType;
import java.util.List;

/** The types that are known by name and settings but not built: one entry each. */
final class NotYet {
  private static final Field ADDRESS =
      Field.of(REQUIRED_TEXT, "address", "required", "server's name or IP");
  private static final Field PORT_FIELD =
      Field.of(REQUIRED_PORT, "port", "required", "server's port");

  // A part of a chain may leave these out when a part below it reaches the server.
  private static final Field OPTIONAL_ADDRESS =
      Field.of(TEXT, "address", "none", "server's name or IP");
  private static final Field OPTIONAL_PORT = Field.of(PORT, "port", "none", "server's port");
  private static final Field ACTORS =
      Field.of(REQUIRED_TEXTS, "actors", "required", "tags of the parts it uses");
  private static final Field FAKE_DNS_EXCLUDE =
      Field.of(TEXTS, "fakeDnsExclude", "none", "names that get real addresses");
  private static final Field FAKE_DNS_INCLUDE =
      Field.of(TEXTS, "fakeDnsInclude", "none", "names that get fake addresses");

  static final List<OutboundType> OUTBOUNDS =
      List.of(
          outbound(
              "reality",
              Field.of(REQUIRED_TEXT, "serverName", "required", "server name shown"),
              Field.of(REQUIRED_TEXT, "publicKey", "required", "the server's public key"),
              Field.of(TEXT, "shortId", "none", "short id")),
          new UnsupportedOutboundType("mptp", List.of(), true, ACTORS, ADDRESS, PORT_FIELD),
          outbound(
              "plugin",
              Field.of(REQUIRED_TEXT, "path", "required", "the library"),
              Field.of(TEXT, "args", "none", "its arguments")));

  static final List<InboundType> INBOUNDS =
      List.of(
          inbound("mptp"),
          inbound(
              "hc",
              Field.of(REQUIRED_TEXT, "path", "required", "path answered"),
              Field.of(REQUIRED_TEXT, "response", "required", "body answered"),
              Field.of(TEXT, "request", "none", "body expected")),
          inbound(
              "cat",
              Field.of(TEXT, "network", "tcp", "tcp or udp"),
              OPTIONAL_ADDRESS,
              OPTIONAL_PORT),
          inbound(
              "nf",
              Field.of(REQUIRED_TEXT, "driverName", "required", "name of the driver"),
              Field.of(TEXT, "nfapi", "nfapi.dll", "path of the library"),
              FAKE_DNS_EXCLUDE,
              FAKE_DNS_INCLUDE));

  private NotYet() {}

  private static OutboundType outbound(String name, Field... fields) {
    return new UnsupportedOutboundType(name, List.of(), false, fields);
  }

  private static InboundType inbound(String name, Field... fields) {
    return new UnsupportedInboundType(name, List.of(), fields);
  }
}
