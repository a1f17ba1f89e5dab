package com.github.shiroedev2024.leaf.engine.dns;

import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.Dispatcher;
import com.github.shiroedev2024.leaf.engine.spi.DnsSpec;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import com.github.shiroedev2024.leaf.engine.spi.NoSuchAddress;
import com.github.shiroedev2024.leaf.engine.spi.Resolver;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.ILoggerFactory;
import org.slf4j.Logger;

/**
 * Looks names up. A name is, in this order: an IP literal; in the fixed hosts; {@code localhost};
 * in the cache; asked from the servers.
 *
 * <p>Only IPv4 addresses are asked for unless {@link EngineOptions#ENABLE_IPV6} is set. With it the
 * preferred family is asked first and the other one a little later, or at once when the first has
 * no address. The first success is the answer; addresses of the other family follow if they are
 * known by then.
 *
 * <p>Any number of callers that ask for the same at the same time cause one query. Queries run on
 * the event loop of the first caller. Thread-safe.
 *
 * <p>Beside {@code RESOLVE_FAILED} a lookup may end with {@code LIMIT}, when very many are in
 * flight, and with {@code SHUTDOWN}.
 */
public final class DnsResolver implements Resolver {
  /** Questions in flight; more are refused rather than queued without end. */
  private static final int MAX_IN_FLIGHT = 4096;

  private record Key(Question question, Lookup lookup) {}

  private final Map<String, List<InetAddress>> hosts = new HashMap<>();
  private final UpstreamChoice directServers;
  private final UpstreamChoice otherServers;
  private final List<Upstream> upstreams = new ArrayList<>();
  private final Predicate<String> goesDirect;
  private final DnsCache cache;
  private final FakeAddresses fakes;
  private final RecordType preferred;
  private final @Nullable RecordType second;
  private final long secondDelayNanos;
  private final int concurrency;
  private final Logger log;
  private final Map<Key, FamilyLookup> inFlight = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param goesDirect whether the rules send this name to a plain {@code direct} outbound, without
   *     a lookup; it is then asked from the servers marked so
   * @param dispatcher what routed queries go through; asked for at the first such query, so that it
   *     may come into being after the resolver
   * @param cache kept over reloads by handing it to the next resolver
   * @param fakes addresses that are no answer: a query that came back in was given them
   */
  public DnsResolver(
      DnsSpec spec,
      EngineOptions options,
      Predicate<String> goesDirect,
      Supplier<Dispatcher> dispatcher,
      DnsCache cache,
      FakeAddresses fakes,
      ILoggerFactory logs) {
    this(
        spec,
        options,
        goesDirect,
        dispatcher,
        cache,
        fakes,
        logs,
        InetAddress::getAllByName,
        Ticker.systemTicker());
  }

  DnsResolver(
      DnsSpec spec,
      EngineOptions options,
      Predicate<String> goesDirect,
      Supplier<Dispatcher> dispatcher,
      DnsCache cache,
      FakeAddresses fakes,
      ILoggerFactory logs,
      SystemUpstream.NameService system,
      Ticker ticker) {
    this.goesDirect = goesDirect;
    this.cache = cache;
    this.fakes = fakes;
    this.log = logs.getLogger(DnsResolver.class.getName());
    boolean six = options.get(EngineOptions.ENABLE_IPV6);
    boolean sixFirst = six && options.get(EngineOptions.PREFER_IPV6);
    this.preferred = sixFirst ? RecordType.AAAA : RecordType.A;
    this.second = !six ? null : sixFirst ? RecordType.A : RecordType.AAAA;
    this.secondDelayNanos = options.get(EngineOptions.DNS_DUALSTACK_DELAY_MS).toNanos();
    this.concurrency = options.get(EngineOptions.DNS_SERVER_FALLBACK_CONCURRENCY);
    SecureRandom random = new SecureRandom();
    List<DnsSpec.Server> servers =
        spec.servers().isEmpty()
            ? List.of(new DnsSpec.Server.SystemResolver(false))
            : spec.servers();
    for (DnsSpec.Server server : servers) {
      upstreams.add(
          switch (server) {
            case DnsSpec.Server.Udp udp ->
                new UdpUpstream(udp, options, dispatcher, () -> random.nextInt(65_536));
            case DnsSpec.Server.SystemResolver os ->
                new SystemUpstream(os.direct(), options.get(EngineOptions.DNS_TIMEOUT), system);
          });
    }
    this.directServers = new UpstreamChoice(servers(true), options, ticker);
    this.otherServers = new UpstreamChoice(servers(false), options, ticker);
    spec.hosts()
        .forEach(
            (name, addresses) -> {
              String key = Question.normal(name);
              if (key != null && !addresses.isEmpty()) {
                hosts.put(key, preferredFirst(addresses));
              }
            });
  }

  /**
   * The servers for names that go direct, or for the others; all, if there are none of the kind.
   */
  private List<Upstream> servers(boolean direct) {
    List<Upstream> some = upstreams.stream().filter(u -> u.direct() == direct).toList();
    return some.isEmpty() ? upstreams : some;
  }

  private List<InetAddress> preferredFirst(List<InetAddress> addresses) {
    return addresses.stream()
        .sorted(Comparator.comparing((InetAddress a) -> RecordType.of(a) != preferred))
        .toList();
  }

  @Override
  public Future<List<InetAddress>> resolve(String name, Lookup lookup, EventLoop loop) {
    InetAddress literal = Destination.of(name, 0).address();
    if (literal != null) {
      return loop.newSucceededFuture(List.of(literal));
    }
    String normal = Question.normal(name);
    if (normal == null) {
      return failed(loop, "'" + name + "' is not a name that can be looked up");
    }
    List<InetAddress> fixed = fixed(normal);
    if (fixed != null) {
      return loop.newSucceededFuture(fixed);
    }
    DnsCache.Known known = cache.get(normal, preferred);
    if (known != null && known.failure() == null) {
      return loop.newSucceededFuture(withOther(normal, known.addresses()));
    }
    Promise<List<InetAddress>> result = loop.newPromise();
    RecordType other = second;
    if (other == null) {
      family(new Question(normal, preferred), lookup, loop, result);
    } else if (loop.inEventLoop()) {
      both(normal, other, lookup, loop, result);
    } else {
      loop.execute(() -> both(normal, other, lookup, loop, result));
    }
    return result;
  }

  /** What is known without asking; null when nothing is. */
  private @Nullable List<InetAddress> fixed(String normal) {
    List<InetAddress> fixed = hosts.get(normal);
    return fixed == null && (normal.equals("localhost") || normal.endsWith(".localhost"))
        ? loopback()
        : fixed;
  }

  @Override
  public Future<List<InetAddress>> resolve(
      String name, boolean six, Lookup lookup, EventLoop loop) {
    RecordType type = six ? RecordType.AAAA : RecordType.A;
    InetAddress literal = Destination.of(name, 0).address();
    String normal = literal == null ? Question.normal(name) : name;
    if (normal == null) {
      return failed(loop, "'" + name + "' is not a name that can be looked up");
    }
    List<InetAddress> fixed = literal == null ? fixed(normal) : List.of(literal);
    Promise<List<InetAddress>> result = loop.newPromise();
    if (fixed == null) {
      family(new Question(normal, type), lookup, loop, result);
      return result;
    }
    List<InetAddress> some = fixed.stream().filter(a -> RecordType.of(a) == type).toList();
    return some.isEmpty()
        ? result.setFailure(
            new SessionException(
                CloseReason.RESOLVE_FAILED,
                normal + ": no " + type + " address",
                new NoSuchAddress(true)))
        : result.setSuccess(some);
  }

  private List<InetAddress> withOther(String name, List<InetAddress> first) {
    DnsCache.Known known = second == null ? null : cache.get(name, second);
    return known == null ? first : joined(first, known.addresses());
  }

  private static List<InetAddress> joined(List<InetAddress> first, List<InetAddress> then) {
    List<InetAddress> all = new ArrayList<>(first);
    all.addAll(then);
    return List.copyOf(all);
  }

  /** RFC 6761 section 6.3: never asked from servers. */
  private List<InetAddress> loopback() {
    List<InetAddress> addresses = new ArrayList<>(2);
    addresses.add(InetAddress.ofLiteral("127.0.0.1"));
    if (second != null) {
      addresses.add(InetAddress.ofLiteral("::1"));
    }
    return preferredFirst(addresses);
  }

  private static Future<List<InetAddress>> failed(EventLoop loop, String message) {
    return loop.newFailedFuture(new SessionException(CloseReason.RESOLVE_FAILED, message));
  }

  /** On the loop. */
  private void both(
      String name,
      RecordType other,
      Lookup lookup,
      EventLoop loop,
      Promise<List<InetAddress>> result) {
    Promise<List<InetAddress>> one = loop.newPromise();
    Promise<List<InetAddress>> two = loop.newPromise();
    boolean known = cache.get(name, other) != null;
    Runnable askOther = new Once(() -> family(new Question(name, other), lookup, loop, two));
    if (known) {
      askOther.run();
    }
    var later =
        loop.schedule(
            () -> {
              askOther.run();
              if (two.isSuccess()) {
                result.trySuccess(two.getNow());
              }
            },
            secondDelayNanos,
            TimeUnit.NANOSECONDS);
    one.addListener(
        (Future<List<InetAddress>> done) -> {
          later.cancel(false);
          if (done.isSuccess()) {
            result.trySuccess(
                two.isSuccess() ? joined(done.getNow(), two.getNow()) : done.getNow());
            return;
          }
          askOther.run();
          if (two.isSuccess()) {
            result.trySuccess(two.getNow());
          } else if (two.isDone()) {
            result.tryFailure(done.cause());
          }
        });
    two.addListener(
        (Future<List<InetAddress>> done) -> {
          if (done.isSuccess() && (!known || one.isDone())) {
            result.trySuccess(done.getNow());
          } else if (!done.isSuccess() && one.isDone() && !one.isSuccess()) {
            result.tryFailure(one.cause());
          }
        });
    family(new Question(name, preferred), lookup, loop, one);
  }

  private void family(
      Question question, Lookup lookup, EventLoop loop, Promise<List<InetAddress>> result) {
    DnsCache.Known known = cache.get(question.name(), question.type());
    if (known != null) {
      if (known.failure() != null) {
        result.tryFailure(known.failure());
      } else {
        result.trySuccess(known.addresses());
      }
      return;
    }
    Key key = new Key(question, lookup);
    FamilyLookup running = inFlight.get(key);
    if (running != null && running.join(result)) {
      return;
    }
    if (inFlight.size() >= MAX_IN_FLIGHT) {
      result.tryFailure(
          new SessionException(
              CloseReason.LIMIT, question.name() + ": too many lookups are in flight"));
      return;
    }
    boolean direct = goesDirect.test(question.name());
    FamilyLookup mine =
        new FamilyLookup(
            question,
            lookup,
            loop,
            direct ? directServers : otherServers,
            concurrency,
            cache,
            fakes,
            over -> inFlight.remove(key, over));
    mine.join(result);
    FamilyLookup theirs = inFlight.putIfAbsent(key, mine);
    if (theirs != null && theirs.join(result)) {
      return;
    }
    if (theirs != null) {
      inFlight.put(key, mine); // theirs has just been answered and is about to go
    }
    log.debug("asking for {} {} ({})", question.name(), question.type(), lookup);
    mine.start();
    if (closed) {
      mine.abort(stopped());
    }
  }

  private static SessionException stopped() {
    return new SessionException(CloseReason.SHUTDOWN, "the resolver was closed");
  }

  @Override
  public void worked(String name, InetAddress address) {
    String normal = Question.normal(name);
    if (normal != null) {
      cache.prefer(normal, address);
    }
  }

  /** Fails what is in flight. Idempotent; from any thread. */
  @Override
  public void close() {
    closed = true;
    for (FamilyLookup lookup : List.copyOf(inFlight.values())) {
      lookup.abort(stopped());
    }
    inFlight.clear();
    for (Upstream upstream : upstreams) {
      if (upstream instanceof SystemUpstream system) {
        system.close();
      }
    }
  }

  private static final class Once implements Runnable {
    private final Runnable work;
    private boolean ran;

    Once(Runnable work) {
      this.work = work;
    }

    @Override
    public void run() {
      if (!ran) {
        ran = true;
        work.run();
      }
    }
  }
}
