package com.github.shiroedev2024.leaf.engine.transport.httpupgrade;

import com.github.shiroedev2024.leaf.engine.http.Head;
import com.github.shiroedev2024.leaf.engine.http.HttpText;
import com.github.shiroedev2024.leaf.engine.http.UpgradeServer;
import com.github.shiroedev2024.leaf.engine.http.UpgradeServer.Verdict;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.InboundLayer;
import io.netty.channel.Channel;
import java.util.function.Consumer;

/** Takes upgrades at one path; everything else, a true WebSocket too, is not found. */
final class HttpUpgradeLayer implements InboundLayer {
  private static final String ANSWER =
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

  private final HttpUpgradeServerOptions options;
  private final EngineOptions engine;

  HttpUpgradeLayer(HttpUpgradeServerOptions options, EngineOptions engine) {
    this.options = options;
    this.engine = engine;
  }

  @Override
  public void accept(Channel client, Consumer<Channel> next) {
    client.pipeline().addLast(new UpgradeServer(this::judge, engine, next));
  }

  private Verdict judge(Head request) {
    boolean ours =
        HttpText.isPath(options.path(), request.second())
            && HttpText.isHost(options.host(), request.field("Host"))
            && request.first().equals("GET")
            && request.has("Connection", "Upgrade")
            && request.has("Upgrade", "websocket")
            && request.field("Sec-WebSocket-Key") == null;
    return ours ? new Verdict.Accepted(ANSWER, new byte[0], null) : Verdict.NOT_FOUND;
  }
}
