package com.github.shiroedev2024.leaf.engine.dns;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.engine.spi.EngineOptions;
import com.github.shiroedev2024.leaf.engine.spi.Resolver.Lookup;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class UpstreamChoiceTest {
  private record Named(String name, boolean direct) implements Upstream {
    @Override
    public Runnable ask(Question question, Lookup lookup, EventLoop loop, Consumer<Answer> answer) {
      throw new AssertionError("nobody is asked here");
    }
  }

  private final Upstream a = new Named("a", false);
  private final Upstream b = new Named("b", false);
  private final Upstream c = new Named("c", false);
  private final MockTicker ticker = Ticker.newMockTicker();
  private final UpstreamChoice choice =
      new UpstreamChoice(List.of(a, b, c), EngineOptions.defaults(), ticker);

  @Test
  void theConfiguredOrderHoldsWhileNothingIsKnown() {
    assertThat(choice.order()).containsExactly(a, b, c);
  }

  @Test
  void thePrimaryStaysUntilTheIntervalIsOver() {
    answered(a, 300);
    answered(c, 20);
    assertThat(choice.order()).containsExactly(a, c, b);
    ticker.advance(29, TimeUnit.SECONDS);
    assertThat(choice.order()).containsExactly(a, c, b);
    ticker.advance(1, TimeUnit.SECONDS);
    assertThat(choice.order()).containsExactly(c, a, b);
  }

  @Test
  void latencyIsSmoothed() {
    answered(a, 100);
    answered(a, 700); // 0.8 x 100 + 0.2 x 700 = 220
    answered(b, 219);
    ticker.advance(30, TimeUnit.SECONDS);
    assertThat(choice.order()).containsExactly(b, a, c);
    answered(b, 300); // 235
    ticker.advance(30, TimeUnit.SECONDS);
    assertThat(choice.order()).containsExactly(a, b, c);
  }

  @Test
  void failuresInARowMakeItChooseAtOnce() {
    choice.failed(a, true);
    choice.failed(a, true);
    assertThat(choice.order().getFirst()).isEqualTo(a);
    choice.failed(a, true);
    assertThat(choice.order()).containsExactly(b, c, a);
  }

  @Test
  void slowAnswersInARowMakeItChooseAtOnce() {
    answered(a, 800);
    answered(a, 800);
    answered(a, 799);
    answered(a, 800);
    answered(a, 800);
    assertThat(choice.order().getFirst()).isEqualTo(a);
    answered(a, 800);
    assertThat(choice.order()).containsExactly(b, c, a);
  }

  @Test
  void aTimeoutWeighsMoreThanAnError() {
    choice.failed(b, true);
    choice.failed(c, false);
    assertThat(choice.order()).containsExactly(a, c, b);
  }

  @Test
  void whoStoodInIsPrimary() {
    choice.stoodIn(c);
    assertThat(choice.order()).containsExactly(c, a, b);
  }

  @Test
  void oldTroubleIsForgotten() {
    answered(a, 10);
    answered(b, 50);
    for (int i = 0; i < 3; i++) {
      choice.failed(a, true);
    }
    assertThat(choice.order().getFirst()).isEqualTo(b);
    for (int i = 0; i < 4; i++) {
      ticker.advance(30, TimeUnit.SECONDS);
      choice.order();
    }
    assertThat(choice.order().getFirst()).isEqualTo(a);
  }

  private void answered(Upstream upstream, long millis) {
    choice.answered(upstream, TimeUnit.MILLISECONDS.toNanos(millis));
  }
}
