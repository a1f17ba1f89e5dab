package com.github.shiroedev2024.leaf.engine.protocol.tun;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.dns.FakeAddressPool;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetAddress;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FakePeersTest {
  private final MockTicker ticker = Ticker.newMockTicker();
  private final FakeAddressPool pool = new FakeAddressPool(ticker);
  private final FakePeers peers = new FakePeers(pool);

  private Destination fake(String name, int port) {
    InetAddress address = pool.give(name);
    return Destination.of(Objects.requireNonNull(address), port);
  }

  private static Destination at(String host, int port) {
    return Destination.of(host, port);
  }

  @Test
  void whatGoesToAFakeAddressGoesToTheName() {
    Destination a = fake("a.example", 443);
    Destination b = fake("b.example", 443);
    assertThat(peers.target(a)).isEqualTo(at("a.example", 443));
    assertThat(peers.target(b)).isEqualTo(at("b.example", 443));
    assertThat(peers.target(a)).isEqualTo(at("a.example", 443));
    assertThat(peers.target(a.withPort(80))).isEqualTo(at("a.example", 80));
    assertThat(peers.target(at("203.0.113.9", 443))).isEqualTo(at("203.0.113.9", 443));
    assertThat(peers.target(at("198.18.200.1", 443))).isEqualTo(at("198.18.200.1", 443));
    assertThat(peers.target(at("2001:db8::1", 443))).isEqualTo(at("2001:db8::1", 443));
  }

  @Test
  void answersFromTheNameComeFromTheFakeAddress() {
    Destination a = fake("a.example", 443);
    peers.target(a);
    assertThat(peers.source(at("a.example", 443))).isEqualTo(a);
    assertThat(peers.source(at("A.Example", 443))).isEqualTo(a);
    assertThat(peers.source(at("a.example", 9000))).isEqualTo(a.withPort(9000));
    assertThat(peers.source(at("other.example", 443))).isNull();
  }

  @Test
  void answersFromAnAddressAreTheOnlyNamesOfThatPort() {
    Destination a = fake("a.example", 443);
    peers.target(a);
    peers.target(fake("b.example", 80));
    peers.target(at("203.0.113.9", 443));
    assertThat(peers.source(at("192.0.2.7", 443))).isEqualTo(a);
    assertThat(peers.source(at("192.0.2.8", 443))).isEqualTo(a); // it has several addresses
    assertThat(peers.source(at("203.0.113.9", 443))).isEqualTo(at("203.0.113.9", 443));
    assertThat(peers.source(at("192.0.2.7", 9000))).isEqualTo(at("192.0.2.7", 9000));
  }

  @Test
  void ofSeveralNamesTheOneThatWaitedLongestIsAnsweredFirst() {
    Destination a = fake("a.example", 3478);
    Destination b = fake("b.example", 3478);
    peers.target(a);
    peers.target(b);
    assertThat(peers.source(at("192.0.2.1", 3478))).isEqualTo(a);
    assertThat(peers.source(at("192.0.2.2", 3478))).isEqualTo(b);
    assertThat(peers.source(at("192.0.2.1", 3478))).isEqualTo(a);
    assertThat(peers.source(at("192.0.2.3", 3478))).isEqualTo(at("192.0.2.3", 3478));
  }

  @Test
  void addressesAreInUseUntilItIsClosedAndBounded() {
    pool.limit(300);
    Destination first = fake("first.example", 1);
    peers.target(first);
    for (int i = 0; i < 290; i++) {
      peers.target(fake("n" + i + ".example", 1));
    }
    // 256 are in use; 300 - 256 others can be given to somebody else.
    ticker.advance(10, TimeUnit.SECONDS);
    int given = 0;
    while (pool.give("other" + given) != null) {
      given++;
    }
    assertThat(given).isEqualTo(300 - 256);
    assertThat(pool.name(FakePeers.bits(first.address()))).isNotEqualTo("first.example");
    peers.close();
    peers.close();
    ticker.advance(10, TimeUnit.SECONDS);
    given = 0;
    while (pool.give("another" + given) != null) {
      given++;
    }
    assertThat(given).isEqualTo(300);
  }
}
