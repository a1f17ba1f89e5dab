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
 * Answers clients' questions, whatever server they were sent to.
 *
 * <ul>
 *   <li>A name that is faked has one fake IPv4 address. It has no IPv6 address and no service
 *       records: those could tell where it really is, past the fake address.
 *   <li>A fake address has its name (PTR), or none.
 *   <li>For addresses of other names the engine's own resolver is asked, if all questions are
 *       hijacked.
 * </ul>
 *
 * <p>Questions of other kinds go on to their server.
 */
final class DnsService {
  /** Of DNS; in UDP and TCP. */
  static final int PORT = 53;

  /** Short, for the resolver remembers for as long as the servers said. */
  private static final Duration LIFE = Duration.ofSeconds(10);

  /** Of a fake address, which may be somebody else's soon after it is no longer used. */
  private static final Duration FAKE_LIFE = Duration.ofSeconds(1);

  private DnsService() {}

  /** Whether it is a question that {@link #answer} answers. */
  static boolean takes(ByteBuffer bytes, int from, int to, TunInbound inbound) {
    return switch (DnsQuery.type(bytes, from, to)) {
      case DnsQuery.A, DnsQuery.AAAA ->
          inbound.dnsHijack() || inbound.faked(DnsQuery.name(bytes, from)) != null;
      case DnsQuery.HTTPS, DnsQuery.SVCB -> inbound.faked(DnsQuery.name(bytes, from)) != null;
      case DnsQuery.PTR -> isFake(DnsQuery.reversed(DnsQuery.name(bytes, from)), inbound);
      default -> false;
    };
  }

  private static boolean isFake(long address, TunInbound inbound) {
    return inbound.fakeAddresses().name(address) != null || inbound.unmapped(false, address);
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
    if (query.type() == DnsQuery.PTR) {
      reply.accept(pointer(query, inbound));
      return;
    }
    String faked = inbound.faked(query.name());
    if (faked != null) {
      reply.accept(faked(query, faked, inbound, loop));
      return;
    }
    if (query.type() != DnsQuery.A && query.type() != DnsQuery.AAAA) {
      // The names that are faked have changed since the question was taken.
      reply.accept(written(query, DnsQuery.SERVER_FAILURE, List.of()));
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

  private static ByteBuf faked(DnsQuery query, String name, TunInbound inbound, EventLoop loop) {
    if (query.type() != DnsQuery.A) {
      return written(query, DnsQuery.NO_ERROR, List.of());
    }
    InetAddress fake = inbound.fakeAddresses().give(name);
    if (fake == null) {
      inbound.exhausted(name, loop.ticker().nanoTime());
      return written(query, DnsQuery.SERVER_FAILURE, List.of());
    }
    return written(query, DnsQuery.NO_ERROR, List.of(fake), FAKE_LIFE);
  }

  private static ByteBuf pointer(DnsQuery query, TunInbound inbound) {
    String name = inbound.fakeAddresses().name(DnsQuery.reversed(query.name()));
    if (name == null) {
      return written(query, DnsQuery.NO_SUCH_NAME, List.of());
    }
    ByteBuf out = ByteBufAllocator.DEFAULT.buffer(512);
    query.writePointer(out, name, FAKE_LIFE);
    return out;
  }

  private static int code(Throwable failure) {
    if (failure.getCause() instanceof NoSuchAddress missing) {
      return missing.nameExists() ? DnsQuery.NO_ERROR : DnsQuery.NO_SUCH_NAME;
    }
    return DnsQuery.SERVER_FAILURE;
  }

  private static ByteBuf written(DnsQuery query, int code, List<InetAddress> addresses) {
    return written(query, code, addresses, LIFE);
  }

  private static ByteBuf written(
      DnsQuery query, int code, List<InetAddress> addresses, Duration life) {
    ByteBuf out = ByteBufAllocator.DEFAULT.buffer(512);
    query.writeAnswer(out, code, addresses, life);
    return out;
  }
}
