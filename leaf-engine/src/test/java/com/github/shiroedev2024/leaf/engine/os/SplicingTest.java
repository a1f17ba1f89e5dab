package com.github.shiroedev2024.leaf.engine.os;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.testkit.Await;
import com.github.shiroedev2024.leaf.testkit.LeakCheck;
import com.github.shiroedev2024.leaf.testkit.PeerProgram;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.slf4j.helpers.NOPLogger;

@ExtendWith(LeakCheck.class)
class SplicingTest {
  private final Splicing splicing = new Splicing(NOPLogger.NOP_LOGGER);
  private final EventLoopGroup loops = Transports.newLoops(1, true, "splicing-test");
  private final List<Carrier> lent = new ArrayList<>();

  @BeforeEach
  void isPossible() {
    if (!Transports.nativeAvailable()) {
      throw PeerProgram.missing("no epoll here, so nothing to splice with");
    }
    Await.until("this system can splice", splicing::ready);
  }

  @AfterEach
  void close() throws InterruptedException {
    loops.shutdownGracefully(20, 2000, TimeUnit.MILLISECONDS).await(5, TimeUnit.SECONDS);
  }

  private Carriers pool() {
    return splicing.pool(loops.next(), ByteBufAllocator.DEFAULT);
  }

  private void lend(Carriers pool, int count) {
    for (int i = 0; i < count; i++) {
      lent.add(pool.lend());
    }
  }

  private void giveAllBack(Carriers pool) {
    lent.forEach(pool::giveBack);
    lent.clear();
  }

  @Test
  void onePoolForEachLoop() {
    assertThat(pool()).isSameAs(pool());
  }

  @Test
  void pipesAreLentAgainAndClosedBehindTheLastUser() {
    Carriers pool = pool();
    pool.enter();
    pool.enter();
    Carrier first = pool.lend();
    pool.giveBack(first);
    assertThat(pool.lend()).isSameAs(first);
    pool.giveBack(first);
    pool.leave();
    assertThat(splicing.pipes()).isEqualTo(1);
    pool.leave();
    assertThat(splicing.pipes()).isZero();
    assertThat(splicing.streams()).isEqualTo(2);
  }

  @Test
  void onlySomeAreKept() {
    Carriers pool = pool();
    pool.enter();
    lend(pool, 40);
    assertThat(splicing.pipes()).isEqualTo(40);
    giveAllBack(pool);
    assertThat(splicing.pipes()).isEqualTo(16);
    pool.leave();
    assertThat(splicing.pipes()).isZero();
  }

  @Test
  void whoFindsNoPipeLeftGetsMemory() {
    splicing.maxPipes(3);
    Carriers pool = pool();
    pool.enter();
    lend(pool, 5);
    assertThat(lent.stream().filter(c -> c instanceof Pipe)).hasSize(3);
    assertThat(lent.stream().filter(c -> c instanceof CopyBuffer)).hasSize(2);
    assertThat(splicing.pipes()).isEqualTo(3);
    giveAllBack(pool);
    pool.leave();
    assertThat(splicing.pipes()).isZero();
  }

  @Test
  void pipesNeverTakeMoreThanAShareOfTheDescriptors() {
    int all = DescriptorLimit.maxConnections(0, 0);
    int pipes = DescriptorLimit.maxPipes(Integer.MAX_VALUE);
    assertThat(DescriptorLimit.maxPipes(3)).isEqualTo(3);
    assertThat(pipes).isLessThan(all / 8);
    assertThat(DescriptorLimit.maxConnections(0, pipes)).isBetween(16, all);
    assertThat(DescriptorLimit.maxConnections(7, pipes)).isEqualTo(7);
  }
}
