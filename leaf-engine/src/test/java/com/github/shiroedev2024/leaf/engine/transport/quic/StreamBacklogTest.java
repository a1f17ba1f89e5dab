package com.github.shiroedev2024.leaf.engine.transport.quic;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.fakes.ManualLoop;
import com.github.shiroedev2024.leaf.engine.net.Destination;
import com.github.shiroedev2024.leaf.engine.net.Network;
import com.github.shiroedev2024.leaf.engine.protocol.SmallEngine;
import com.github.shiroedev2024.leaf.engine.spi.ClientOrigin;
import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StreamBacklogTest {
  private final ManualLoop time = new ManualLoop();
  private final SmallEngine engine = new SmallEngine();
  private final List<Channel> served = new ArrayList<>();
  private final AtomicInteger givenUp = new AtomicInteger();
  private final StreamBacklog backlog =
      new StreamBacklog(
          time.loop,
          EngineOptions.defaults()
              .with(EngineOptions.INCOMING_ACCEPT_CONCURRENCY, 2)
              .with(EngineOptions.QUIC_ACCEPT_CHANNEL_SIZE, 2)
              .with(EngineOptions.QUIC_ACCEPT_QUEUE_TIMEOUT, Duration.ofSeconds(5)),
          served::add,
          givenUp::incrementAndGet);
  private final List<EmbeddedChannel> streams = new ArrayList<>();

  @AfterEach
  void close() {
    backlog.close();
    streams.forEach(EmbeddedChannel::finishAndReleaseAll);
    time.close();
    engine.close();
  }

  private EmbeddedChannel stream() {
    EmbeddedChannel stream = new EmbeddedChannel();
    streams.add(stream);
    backlog.add(stream);
    return stream;
  }

  /** The protocol begins the session of this stream. */
  private void understand(Channel stream) {
    ClientOrigin.open(engine, Network.TCP, "in", stream, Destination.of("x", 1), null);
  }

  @Test
  void someAreServedAndTheOthersWaitForTheirTurn() {
    EmbeddedChannel first = stream();
    EmbeddedChannel second = stream();
    EmbeddedChannel third = stream();
    assertThat(served).containsExactly(first, second);
    assertThat(third.config().isAutoRead()).isFalse();
    understand(second);
    assertThat(served).containsExactly(first, second, third);
    assertThat(third.config().isAutoRead()).isTrue();
    understand(second);
    second.close(); // it counts once
    EmbeddedChannel fourth = stream();
    assertThat(served).doesNotContain(fourth);
    first.close();
    assertThat(served).endsWith(fourth);
  }

  @Test
  void oneThatEndsWhileItWaitsIsForgotten() {
    EmbeddedChannel first = stream();
    stream();
    EmbeddedChannel third = stream();
    third.close();
    understand(first);
    assertThat(served).hasSize(2);
  }

  @Test
  void aFullQueueEndsTheConnectionAfterAWhile() {
    for (int i = 0; i < 4; i++) {
      stream();
    }
    time.advance(Duration.ofMillis(4900));
    assertThat(givenUp).hasValue(0);
    time.advance(Duration.ofMillis(200));
    assertThat(givenUp).hasValue(1);
  }

  @Test
  void aQueueThatMovesIsGivenTime() {
    EmbeddedChannel first = stream();
    for (int i = 0; i < 3; i++) {
      stream();
    }
    time.advance(Duration.ofMillis(4900));
    understand(first);
    time.advance(Duration.ofSeconds(10));
    assertThat(givenUp).hasValue(0);
  }
}
