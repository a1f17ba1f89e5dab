package com.github.shiroedev2024.leaf.engine.transport.ws;

import com.github.shiroedev2024.leaf.engine.http.Head;
import com.github.shiroedev2024.leaf.engine.http.RequestText;
import com.github.shiroedev2024.leaf.engine.http.UpgradeClient;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import io.netty.channel.ChannelDuplexHandler;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** One opening handshake of a client (RFC 6455, section 4.1). */
final class WsRequest implements UpgradeClient.Upgrade {
  private final WsOptions options;
  private final Destination destination;
  private final String userAgent;
  private final String peer;
  private final SecureRandom random;
  private final String key;

  WsRequest(
      WsOptions options,
      Destination destination,
      String userAgent,
      String peer,
      SecureRandom random) {
    this.options = options;
    this.destination = destination;
    this.userAgent = userAgent;
    this.peer = peer;
    this.random = random;
    byte[] nonce = new byte[16];
    random.nextBytes(nonce);
    this.key = Base64.getEncoder().encodeToString(nonce);
  }

  @Override
  public String request(byte[] early) {
    RequestText text =
        new RequestText("GET", options.path())
            .host(options.headers(), destination)
            .field("Upgrade", "websocket")
            .field("Connection", "Upgrade")
            .field("Sec-WebSocket-Key", key)
            .field("Sec-WebSocket-Version", "13")
            .fields(options.headers(), userAgent);
    if (early.length > 0) {
      text.field(
          options.earlyDataHeader(), Base64.getUrlEncoder().withoutPadding().encodeToString(early));
    }
    return text.end();
  }

  @Override
  public @Nullable String fault(Head answer) {
    if (!answer.has("Upgrade", "websocket") || !answer.has("Connection", "Upgrade")) {
      return "switched to something else than a WebSocket";
    }
    if (!WsAccept.of(key).equals(answer.field("Sec-WebSocket-Accept"))) {
      return "answered with a wrong Sec-WebSocket-Accept: it is no WebSocket server";
    }
    return answer.field("Sec-WebSocket-Extensions") == null
        ? null
        : "uses extensions that were not asked for";
  }

  @Override
  public ChannelDuplexHandler stream() {
    return WsStream.client(peer, random.nextLong());
  }
}
