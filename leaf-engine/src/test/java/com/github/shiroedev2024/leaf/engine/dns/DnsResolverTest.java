package com.github.shiroedev2024.leaf.engine.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.os.Transports;
import com.github.shiroedev2024.leaf.engine.session.CloseReason;
import com.github.shiroedev2024.leaf.engine.session.SessionException;
import com.github.shiroedev2024.leaf.engine.spi.DnsSpec;
import com.github.shiroedev2024.leaf.engine.spi.DnsSpec.Server;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.FakeAddresses;
import com.github.shiroedev2024.leaf.engine.spi.Resolver.Lookup;
import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.helpers.NOPLoggerFactory;

@ExtendWith(LeakCheck.class)
@ParameterizedClass(name = "native {0}")
@ValueSource(booleans = {true, false})
class DnsResolverTest {
  private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
  private static final InetAddress TWO = InetAddress.ofLiteral("192.0.2.2");
  private static final InetAddress SIX = InetAddress.ofLiteral("2001:db8::1");

  @Parameter boolean nativeLoops;

  @SuppressWarnings("NullAway.Init")
  private EventLoopGroup loops;

  private final MockTicker ticker = Ticker.newMockTicker();
  private final DnsCache cache = new DnsCache(8, ticker);
  private final List<FakeDnsServer> servers = new ArrayList<>();
  private final List<DnsResolver> resolvers = new ArrayList<>();
  private final Set<String> direct = ConcurrentHashMap.newKeySet();
  private EngineOptions options = EngineOptions.defaults();
  private SystemUpstream.NameService system =
      name -> {
        throw new UnknownHostException(name);
      };

  @BeforeEach
  void start() {
    loops = Transports.newLoops(2, nativeLoops, "dns-test");
  }

  @AfterEach
  void stop() {
    resolvers.forEach(DnsResolver::close);
    servers.forEach(FakeDnsServer::close);
    Await.result(loops.shutdownGracefully(20, 5000, TimeUnit.MILLISECONDS));
  }

  @Test
  void asksOnceAndRemembersForTheLifeOfTheAnswer() {
    FakeDnsServer server = server(q -> List.of(q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes()));
    DnsResolver resolver = resolver(server);
    assertThat(resolve(resolver, "www.example.com")).containsExactly(ONE);
    assertThat(resolve(resolver, "WWW.Example.COM.")).containsExactly(ONE);
    assertThat(server.queries).hasSize(1);
    assertThat(server.queries.getFirst().name()).isEqualTo("www.example.com");
    assertThat(server.queries.getFirst().edns()).isTrue();
    ticker.advance(29, TimeUnit.SECONDS);
    resolve(resolver, "www.example.com");
    assertThat(server.queries).hasSize(1);
    ticker.advance(1, TimeUnit.SECONDS);
    resolve(resolver, "www.example.com");
    assertThat(server.queries).hasSize(2);
    assertThat(server.queries.get(0).port()).isNotEqualTo(server.queries.get(1).port());
  }

  @Test
  void completesOnTheCallersLoop() {
    FakeDnsServer server = server(q -> List.of(q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes()));
    DnsResolver resolver = resolver(server);
    EventLoop one = loops.next();
    EventLoop two = loops.next();
    assertThat(one).isNotSameAs(two);
    List<Future<Boolean>> done = new ArrayList<>();
    for (EventLoop loop : List.of(one, two, one, two)) {
      var in = loop.<Boolean>newPromise();
      done.add(in);
      resolver
          .resolve("www.example.com", Lookup.DIRECT, loop)
          .addListener(f -> in.setSuccess(loop.inEventLoop() && f.isSuccess()));
    }
    done.forEach(f -> assertThat(Await.result(f)).isTrue());
  }

  @Test
  void manyCallersCauseOneQuery() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    FakeDnsServer server =
        server(
            q -> {
              try {
                assertThat(asked.await(5, TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                throw new IOException(e);
              }
              return List.of(q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes());
            });
    DnsResolver resolver = resolver(server);
    List<Future<List<InetAddress>>> all = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      all.add(resolver.resolve("www.example.com", Lookup.DIRECT, loops.next()));
    }
    asked.countDown();
    all.forEach(f -> assertThat(Await.result(f)).containsExactly(ONE));
    assertThat(server.queries).hasSize(1);
  }

  @Test
  void forgedAnswersAreIgnored() {
    FakeDnsServer server =
        server(
            q -> {
              byte[] bad = q.ok().a(q.name(), 30, 6, 6, 6, 6).bytes();
              FakeDnsServer.sendFromElsewhere(q.port(), bad);
              byte[] otherId = bad.clone();
              otherId[1] ^= 1;
              byte[] otherName =
                  WireMessage.reply(q.id(), 0x8180, "xxx.example.com", 1)
                      .a("xxx.example.com", 30, 6, 6, 6, 6)
                      .bytes();
              byte[] noise = {1, 2, 3};
              byte[] right = q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes();
              return List.of(otherId, otherName, noise, new byte[0], right);
            });
    assertThat(resolve(resolver(server), "www.example.com")).containsExactly(ONE);
  }

  @Test
  void aCutAnswerIsFetchedOverTcp() {
    FakeDnsServer server =
        server(
            q -> {
              if (!q.tcp()) {
                return List.of(WireMessage.reply(q.id(), 0x8380, q.name(), q.type()).bytes());
              }
              WireMessage long1 = q.ok();
              for (int i = 0; i < 500; i++) {
                long1.a(q.name(), 30, 192, 0, i >> 8, i & 255);
              }
              return List.of(long1.bytes());
            });
    assertThat(resolve(resolver(server), "www.example.com")).hasSize(500);
    assertThat(server.queries).extracting(FakeDnsServer.Query::tcp).containsExactly(false, true);
  }

  @Test
  void asksWithoutEdnsWhereItIsNotUnderstood() {
    FakeDnsServer server =
        server(
            q -> List.of((q.edns() ? q.error(1) : q.ok().a(q.name(), 30, 192, 0, 2, 1)).bytes()));
    assertThat(resolve(resolver(server), "www.example.com")).containsExactly(ONE);
    assertThat(server.queries).extracting(FakeDnsServer.Query::edns).containsExactly(true, false);
  }

  @Test
  void aLostQueryIsSentAgain() {
    options = options.with(EngineOptions.DNS_TIMEOUT, Duration.ofSeconds(4));
    FakeDnsServer server =
        server(
            q ->
                q.number() < 2 ? List.of() : List.of(q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes()));
    assertThat(resolve(resolver(server), "www.example.com")).containsExactly(ONE);
    assertThat(server.queries).hasSize(2);
  }

  @Test
  void aSilentServerFailsInTimeAndIsNotAskedAgainAtOnce() {
    options = options.with(EngineOptions.DNS_TIMEOUT, Duration.ofSeconds(1));
    FakeDnsServer server = server(q -> List.of());
    DnsResolver resolver = resolver(server);
    SessionException e = failure(resolver, "www.example.com");
    assertThat(e.reason()).isEqualTo(CloseReason.RESOLVE_FAILED);
    assertThat(e).hasMessage("www.example.com: " + name(server) + ": no answer within 1000 ms");
    int asked = server.queries.size();
    assertThat(asked).isBetween(2, 4);
    failure(resolver, "www.example.com");
    assertThat(server.queries).hasSize(asked);
    ticker.advance(2, TimeUnit.SECONDS);
    failure(resolver, "www.example.com");
    assertThat(server.queries.size()).isGreaterThan(asked);
  }

  @Test
  void noSuchNameIsRememberedAsLongAsTheZoneSays() {
    FakeDnsServer server = server(q -> List.of(q.error(3).soa("example.com", 20, 900).bytes()));
    DnsResolver resolver = resolver(server);
    assertThat(failure(resolver, "no.example.com"))
        .hasMessage("no.example.com: " + name(server) + ": no such name");
    ticker.advance(19, TimeUnit.SECONDS);
    failure(resolver, "no.example.com");
    assertThat(server.queries).hasSize(1);
    ticker.advance(1, TimeUnit.SECONDS);
    failure(resolver, "no.example.com");
    assertThat(server.queries).hasSize(2);
  }

  @Test
  void anotherServerStandsInAndBecomesPrimary() {
    FakeDnsServer bad = server(q -> List.of(q.error(2).bytes()));
    FakeDnsServer good = server(q -> List.of(q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes()));
    DnsResolver resolver =
        resolver(new Server.Udp(bad.address(), false), new Server.Udp(good.address(), false));
    assertThat(resolve(resolver, "a.example.com")).containsExactly(ONE);
    assertThat(resolve(resolver, "b.example.com")).containsExactly(ONE);
    assertThat(bad.queries).hasSize(1);
    assertThat(good.queries).hasSize(2);
  }

  @Test
  void aServerThatIsNotThereIsNoticedWithoutWaiting() throws Exception {
    InetSocketAddress nobody;
    try (DatagramSocket free = new DatagramSocket(0, InetAddress.ofLiteral("127.0.0.1"))) {
      nobody = (InetSocketAddress) free.getLocalSocketAddress();
    }
    options = options.with(EngineOptions.DNS_TIMEOUT, Duration.ofHours(1));
    assertThat(failure(resolver(new Server.Udp(nobody, false)), "a.example.com"))
        .hasMessage("a.example.com: 127.0.0.1:" + nobody.getPort() + ": connection refused");
  }

  @Test
  void allServersAreNamedWhenAllFail() {
    FakeDnsServer one = server(q -> List.of(q.error(2).bytes()));
    FakeDnsServer two = server(q -> List.of(q.error(5).bytes()));
    DnsResolver resolver =
        resolver(new Server.Udp(one.address(), false), new Server.Udp(two.address(), false));
    assertThat(failure(resolver, "www.example.com"))
        .hasMessage("www.example.com: " + name(one) + ": SERVFAIL; " + name(two) + ": REFUSED");
  }

  @Test
  void aNameOneServerDoesNotKnowIsAskedFromTheOthers() {
    FakeDnsServer one = server(q -> List.of(q.error(3).bytes()));
    FakeDnsServer two = server(q -> List.of(q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes()));
    DnsResolver resolver =
        resolver(new Server.Udp(one.address(), false), new Server.Udp(two.address(), false));
    assertThat(resolve(resolver, "inside.example")).containsExactly(ONE);
  }

  @Test
  void directNamesGoToDirectServers() {
    FakeDnsServer one = server(q -> List.of(q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes()));
    FakeDnsServer two = server(q -> List.of(q.ok().a(q.name(), 30, 192, 0, 2, 2).bytes()));
    direct.add("home.example");
    DnsResolver both =
        resolver(new Server.Udp(one.address(), false), new Server.Udp(two.address(), true));
    assertThat(resolve(both, "www.example")).containsExactly(ONE);
    assertThat(resolve(both, "home.example")).containsExactly(TWO);
    direct.add("home2.example");
    assertThat(resolve(resolver(one), "home2.example")).containsExactly(ONE);
  }

  @Test
  void bothFamiliesComeInTheOrderAsked() {
    options = options.with(EngineOptions.ENABLE_IPV6, true);
    FakeDnsServer server = server(DnsResolverTest::dual);
    DnsResolver fourFirst = resolver(server);
    assertThat(resolve(fourFirst, "www.example.com")).containsExactly(ONE);
    assertThat(resolve(fourFirst, "six.example.com")).containsExactly(SIX);
    options = options.with(EngineOptions.PREFER_IPV6, true);
    DnsResolver sixFirst = resolver(server);
    assertThat(resolve(sixFirst, "www.example.com")).containsExactly(SIX, ONE);
    assertThat(resolve(sixFirst, "four.example.com")).containsExactly(ONE);
    assertThat(resolve(sixFirst, "six.example.com")).containsExactly(SIX);
    SessionException none = failure(sixFirst, "none.example.com");
    assertThat(none.reason()).isEqualTo(CloseReason.RESOLVE_FAILED);
  }

  @Test
  void theOtherFamilyIsAskedWhenTheFirstIsSlow() {
    options =
        options
            .with(EngineOptions.ENABLE_IPV6, true)
            .with(EngineOptions.DNS_DUALSTACK_DELAY_MS, Duration.ofMillis(20));
    FakeDnsServer server = server(q -> q.type() == 1 ? List.of() : dual(q));
    DnsResolver resolver = resolver(server);
    assertThat(resolve(resolver, "www.example.com")).containsExactly(SIX);
  }

  @Test
  void ipv6IsNotAskedForWithoutTheOption() {
    FakeDnsServer server = server(DnsResolverTest::dual);
    DnsResolver resolver = resolver(server);
    assertThat(resolve(resolver, "www.example.com")).containsExactly(ONE);
    failure(resolver, "six.example.com");
    assertThat(server.queries).extracting(FakeDnsServer.Query::type).containsOnly(1);
    assertThat(resolve(resolver, "2001:db8::1")).containsExactly(SIX);
  }

  @Test
  void hostsAndLiteralsNeedNoServer() {
    FakeDnsServer server = server(q -> List.of());
    DnsSpec spec =
        new DnsSpec(
            List.of(new Server.Udp(server.address(), false)), Map.of("nas.lan", List.of(SIX, TWO)));
    DnsResolver resolver = resolver(spec);
    assertThat(resolve(resolver, "NAS.lan.")).containsExactly(TWO, SIX);
    assertThat(resolve(resolver, "192.0.2.1")).containsExactly(ONE);
    assertThat(resolve(resolver, "localhost")).containsExactly(InetAddress.ofLiteral("127.0.0.1"));
    assertThat(server.queries).isEmpty();
  }

  @Test
  void whatIsNoNameIsRefusedAtOnce() {
    FakeDnsServer server = server(q -> List.of());
    DnsResolver resolver = resolver(server);
    for (String name :
        List.of("", ".", "a..b", "a b.example", "x".repeat(64) + ".example", "a.".repeat(130))) {
      assertThat(failure(resolver, name)).hasMessageContaining("is not a name");
    }
    assertThat(server.queries).isEmpty();
  }

  @Test
  void internationalNamesGoOutInAscii() {
    FakeDnsServer server = server(q -> List.of(q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes()));
    resolve(resolver(server), "BÜCHER.example");
    assertThat(server.queries.getFirst().name()).isEqualTo("xn--bcher-kva.example");
  }

  @Test
  void theCacheHasABound() {
    FakeDnsServer server = server(q -> List.of(q.ok().a(q.name(), 30, 192, 0, 2, 1).bytes()));
    DnsResolver resolver = resolver(server);
    for (int i = 0; i < 20; i++) {
      resolve(resolver, "h" + i + ".example");
    }
    assertThat(cache.size()).isEqualTo(8);
    resolve(resolver, "h19.example");
    assertThat(server.queries).hasSize(20);
    resolve(resolver, "h0.example");
    assertThat(server.queries).hasSize(21);
  }

  @Test
  void theAddressThatWorkedComesFirst() {
    FakeDnsServer server =
        server(
            q ->
                List.of(
                    q.ok().a(q.name(), 30, 192, 0, 2, 1).a(q.name(), 30, 192, 0, 2, 2).bytes()));
    DnsResolver resolver = resolver(server);
    assertThat(resolve(resolver, "www.example.com")).containsExactly(ONE, TWO);
    resolver.worked("WWW.example.com", TWO);
    assertThat(resolve(resolver, "www.example.com")).containsExactly(TWO, ONE);
    ticker.advance(30, TimeUnit.SECONDS);
    assertThat(resolve(resolver, "www.example.com")).containsExactly(ONE, TWO);
  }

  @Test
  void theSystemIsAskedWhenNoServerIsConfigured() {
    AtomicInteger calls = new AtomicInteger();
    system =
        name -> {
          calls.incrementAndGet();
          if (!name.equals("www.example.com")) {
            throw new UnknownHostException(name + ": Name or service not known");
          }
          return new InetAddress[] {SIX, ONE};
        };
    DnsResolver resolver = resolver(new DnsSpec(List.of(), Map.of()));
    assertThat(resolve(resolver, "www.example.com")).containsExactly(ONE);
    ticker.advance(59, TimeUnit.SECONDS);
    resolve(resolver, "www.example.com");
    assertThat(calls).hasValue(1);
    ticker.advance(1, TimeUnit.SECONDS);
    resolve(resolver, "www.example.com");
    assertThat(calls).hasValue(2);
    assertThat(failure(resolver, "no.example")).hasMessage("no.example: system: no such name");
  }

  @Test
  void closingFailsWhatIsInFlight() {
    FakeDnsServer server = server(q -> List.of());
    DnsResolver resolver = resolver(server);
    Future<List<InetAddress>> lookup =
        resolver.resolve("www.example.com", Lookup.DIRECT, loops.next());
    Await.until("it was asked", () -> !server.queries.isEmpty());
    resolver.close();
    SessionException e = (SessionException) Await.failure(lookup);
    assertThat(e.reason()).isEqualTo(CloseReason.SHUTDOWN);
    assertThat(
            ((SessionException)
                    Await.failure(resolver.resolve("b.example", Lookup.DIRECT, loops.next())))
                .reason())
        .isEqualTo(CloseReason.SHUTDOWN);
  }

  private static List<byte[]> dual(FakeDnsServer.Query q) {
    boolean four = q.name().startsWith("www") || q.name().startsWith("four");
    boolean six = q.name().startsWith("www") || q.name().startsWith("six");
    WireMessage reply = q.ok();
    if (q.type() == 1 && four) {
      reply.a(q.name(), 30, 192, 0, 2, 1);
    } else if (q.type() == 28 && six) {
      reply.a(q.name(), 30, 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1);
    } else {
      reply.soa("example.com", 30, 30);
    }
    return List.of(reply.bytes());
  }

  private static String name(FakeDnsServer server) {
    return "127.0.0.1:" + server.address().getPort();
  }

  private FakeDnsServer server(FakeDnsServer.Script script) {
    FakeDnsServer server = new FakeDnsServer(script);
    servers.add(server);
    return server;
  }

  private DnsResolver resolver(FakeDnsServer server) {
    return resolver(new Server.Udp(server.address(), false));
  }

  private DnsResolver resolver(Server... upstreams) {
    return resolver(new DnsSpec(List.of(upstreams), Map.of()));
  }

  private DnsResolver resolver(DnsSpec spec) {
    DnsResolver resolver =
        new DnsResolver(
            spec,
            options,
            direct::contains,
            () -> {
              throw new AssertionError("nothing is routed here");
            },
            cache,
            FakeAddresses.NONE,
            new NOPLoggerFactory(),
            name -> system.lookup(name),
            ticker);
    resolvers.add(resolver);
    return resolver;
  }

  private List<InetAddress> resolve(DnsResolver resolver, String name) {
    return Await.result(resolver.resolve(name, Lookup.DIRECT, loops.next()));
  }

  private SessionException failure(DnsResolver resolver, String name) {
    return (SessionException) Await.failure(resolver.resolve(name, Lookup.DIRECT, loops.next()));
  }
}
