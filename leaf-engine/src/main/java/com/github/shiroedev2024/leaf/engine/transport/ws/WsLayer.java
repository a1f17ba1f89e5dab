package com.github.shiroedev2024.leaf.engine.transport.ws;

import com.github.shiroedev2024.leaf.engine.http.Head;
import com.github.shiroedev2024.leaf.engine.http.HttpText;
import com.github.shiroedev2024.leaf.engine.http.UpgradeServer;
import com.github.shiroedev2024.leaf.engine.http.UpgradeServer.Verdict;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import io.netty.channel.Channel;
import java.util.Base64;
import java.util.function.Consumer;

/** Takes WebSockets at one path (RFC 6455, section 4.2); everything else is not found. */
final class WsLayer implements InboundLayer {
  private final WsServerOptions options;
  private final EngineOptions engine;

  WsLayer(WsServerOptions options, EngineOptions engine) {
    this.options = options;
    this.engine = engine;
  }

  @Override
  public void accept(Channel client, Consumer<Channel> next) {
    client.pipeline().addLast(new UpgradeServer(this::judge, engine, next));
  }

  private Verdict judge(Head request) {
    if (!HttpText.isPath(options.path(), request.second())) {
      return Verdict.NOT_FOUND;
    }
    String key = request.field("Sec-WebSocket-Key");
    if (!request.first().equals("GET")
        || !request.has("Upgrade", "websocket")
        || !request.has("Connection", "Upgrade")
        || !"13".equals(request.field("Sec-WebSocket-Version"))
        || key == null
        || key.isEmpty()) {
      return Verdict.BAD_REQUEST;
    }
    String carried = request.field(options.earlyDataHeader());
    byte[] early = carried == null ? new byte[0] : early(carried);
    StringBuilder answer =
        new StringBuilder("HTTP/1.1 101 Switching Protocols\r\n")
            .append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
            .append(WsAccept.of(key))
            .append("\r\n");
    if (early.length > 0 && options.earlyDataHeader().equalsIgnoreCase(WsOptions.PROTOCOL)) {
      // A client that offers a subprotocol, as this looks, may insist on one in the answer.
      answer.append(WsOptions.PROTOCOL).append(": ").append(carried).append("\r\n");
    }
    return new Verdict.Accepted(answer.append("\r\n").toString(), early, WsStream.server());
  }

  /** The bytes in a header, in either alphabet of base64; none when it is something else. */
  private static byte[] early(String carried) {
    int padding = carried.indexOf('=');
    String text = padding < 0 ? carried : carried.substring(0, padding);
    try {
      return Base64.getUrlDecoder().decode(text.replace('+', '-').replace('/', '_'));
    } catch (IllegalArgumentException e) {
      return new byte[0]; // a subprotocol by its name: not ours to speak
    }
  }
}
