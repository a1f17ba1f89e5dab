package com.github.shiroedev2024.leaf.engine.protocol.tun;

import com.github.shiroedev2024.leaf.engine.dns.DnsQuery;
import com.github.shiroedev2024.leaf.engine.spi.NoSuchAddress;
import com.github.shiroedev2024.leaf.engine.spi.Resolver.Lookup;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/**
 * Answers clients' questions for addresses by the engine's own resolver, whatever server they were
 * sent to. Questions of other kinds go on to that server.
 */
final class DnsService {
  /** Of DNS; in UDP and TCP. */
  static final int PORT = 53;

  /** Short, for the resolver remembers for as long as the servers said. */
  private static final Duration LIFE = Duration.ofSeconds(10);

  private DnsService() {}

  /** Whether it is a question that {@link #answer} answers. */
  static boolean takes(ByteBuffer bytes, int from, int to) {
    return DnsQuery.is(bytes, from, to);
  }

  /**
   * Answers one question, later, unless it makes no sense. Takes ownership of the message. On the
   * loop.
   */
  static void answer(ByteBuf message, TunInbound inbound, EventLoop loop, Consumer<ByteBuf> reply) {
    DnsQuery query;
    try {
      query = DnsQuery.read(message);
    } finally {
      message.release();
    }
    if (query == null) {
      return;
    }
    if (query.six() && !inbound.ipv6()) {
      reply.accept(written(query, DnsQuery.NO_ERROR, List.of()));
      return;
    }
    inbound
        .resolver()
        .resolve(query.name(), query.six(), Lookup.ROUTED, loop)
        .addListener(
            (Future<List<InetAddress>> found) ->
                reply.accept(
                    found.isSuccess()
                        ? written(query, DnsQuery.NO_ERROR, found.getNow())
                        : written(query, code(found.cause()), List.of())));
  }

  private static int code(Throwable failure) {
    if (failure.getCause() instanceof NoSuchAddress missing) {
      return missing.nameExists() ? DnsQuery.NO_ERROR : DnsQuery.NO_SUCH_NAME;
    }
    return DnsQuery.SERVER_FAILURE;
  }

  private static ByteBuf written(DnsQuery query, int code, List<InetAddress> addresses) {
    ByteBuf out = ByteBufAllocator.DEFAULT.buffer(512);
    query.writeAnswer(out, code, addresses, LIFE);
    return out;
  }
}
