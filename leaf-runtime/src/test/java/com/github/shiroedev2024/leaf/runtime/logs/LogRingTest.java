package com.github.shiroedev2024.leaf.runtime.logs;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.shiroedev2024.leaf.runtime.control.Replies.LogPage;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class LogRingTest {
  /** Room for exactly ten of the lines that {@link #line} makes. */
  private static final long TEN = 10 * (LogRing.LINE_OVERHEAD + 8);

  private static String line(int number) {
    return String.format("line%04d", number);
  }

  private static void fill(LogRing ring, int from, int to) {
    for (int i = from; i < to; i++) {
      ring.append(line(i));
    }
  }

  private static List<String> lines(int from, int to) {
    List<String> lines = new ArrayList<>();
    for (int i = from; i < to; i++) {
      lines.add(line(i));
    }
    return lines;
  }

  @Test
  void answersWindowsOldestFirst() {
    LogRing ring = new LogRing(TEN, 1000);
    fill(ring, 0, 6);
    assertThat(ring.page(100, 0)).isEqualTo(new LogPage(lines(0, 6), 6, 1006));
    assertThat(ring.page(2, 3)).isEqualTo(new LogPage(lines(3, 5), 6, 1005));
    assertThat(ring.page(100, 6)).isEqualTo(new LogPage(List.of(), 6, 1006));
    assertThat(ring.page(100, 7)).isEqualTo(new LogPage(List.of(), 6, 1006));
    assertThat(ring.page(0, 0)).isEqualTo(new LogPage(List.of(), 6, 1000));
    assertThat(ring.page(100, Long.MAX_VALUE).messages()).isEmpty();
  }

  @Test
  void dropsTheOldestWhenFull() {
    LogRing ring = new LogRing(TEN, 0);
    fill(ring, 0, 25);
    assertThat(ring.page(100, 0)).isEqualTo(new LogPage(lines(15, 25), 10, 25));
    ring.append("x".repeat((int) TEN - LogRing.LINE_OVERHEAD));
    assertThat(ring.page(100, 0).messages()).singleElement().asString().startsWith("xxx");
    ring.append("x".repeat((int) TEN));
    assertThat(ring.page(100, 0)).isEqualTo(new LogPage(List.of(), 0, 27));
    ring.append("after");
    assertThat(ring.page(100, 0)).isEqualTo(new LogPage(List.of("after"), 1, 28));
  }

  @Test
  void countsBytesNotCharacters() {
    LogRing ring = new LogRing(2 * (LogRing.LINE_OVERHEAD + 9), 0);
    ring.append("日本語");
    ring.append("日本語");
    ring.append("日本語");
    assertThat(ring.page(10, 0).total()).isEqualTo(2);
  }

  @Test
  void aPollingClientNeitherStallsNorRepeatsOnAFullRing() {
    LogRing ring = new LogRing(TEN, 0);
    List<String> held = new ArrayList<>();
    for (int round = 0; round < 300; round++) {
      fill(ring, round * 3, round * 3 + 3);
      held.addAll(ring.page(4, held.size()).messages());
      if (round % 3 == 0) {
        held.addAll(ring.page(4, held.size()).messages());
      }
    }
    assertThat(held).isEqualTo(lines(0, 900));
  }

  @Test
  void aClientThatWasAwayGoesOnWithTheOldestKept() {
    LogRing ring = new LogRing(TEN, 0);
    fill(ring, 0, 5);
    assertThat(ring.page(100, 0).messages()).hasSize(5);
    fill(ring, 5, 40);
    assertThat(ring.page(100, 5)).isEqualTo(new LogPage(lines(30, 40), 10, 40));
    fill(ring, 40, 42);
    assertThat(ring.page(100, 15).messages()).isEqualTo(lines(40, 42));
  }

  @Test
  void ofEqualEndsTheMostRecentWins() {
    LogRing ring = new LogRing(TEN, 0);
    fill(ring, 0, 10);
    ring.page(3, 0);
    fill(ring, 10, 14);
    ring.page(3, 0);
    // Both clients hold three lines; the second got 4, 5, 6.
    assertThat(ring.page(2, 3).messages()).isEqualTo(lines(7, 9));
  }

  @Test
  void remembersTheEndsOfTheLast64Answers() {
    LogRing ring = new LogRing(TEN, 0);
    fill(ring, 0, 10);
    ring.page(5, 0);
    fill(ring, 10, 12);
    for (int i = 0; i < LogRing.ENDS - 1; i++) {
      ring.page(1, 7);
    }
    assertThat(ring.page(1, 5).messages()).isEqualTo(lines(5, 6));

    ring.page(5, 0);
    fill(ring, 12, 14);
    for (int i = 0; i < LogRing.ENDS; i++) {
      ring.page(1, 8);
    }
    assertThat(ring.page(1, 5).messages()).as("counted from the oldest").isEqualTo(lines(9, 10));
  }

  @Test
  void clearForgetsLinesAndEnds() {
    LogRing ring = new LogRing(TEN, 0);
    fill(ring, 0, 8);
    LogPage before = ring.page(2, 0);
    ring.clear();
    assertThat(ring.page(100, 0)).isEqualTo(new LogPage(List.of(), 0, 8));
    fill(ring, 8, 13);
    assertThat(ring.page(100, 2))
        .as("no end any more")
        .isEqualTo(new LogPage(lines(10, 13), 5, 13));
    assertThat(ring.page(100, 0).messages()).isEqualTo(lines(8, 13));
    assertThat(ring.after(100, before.next()).messages()).isEqualTo(lines(8, 13));
  }

  @Test
  void anOffsetPastTheEndCountsFromTheOldestOnceTheLogIsThatLong() {
    LogRing ring = new LogRing(TEN, 0);
    fill(ring, 0, 3);
    assertThat(ring.page(100, 5).messages()).isEmpty();
    fill(ring, 3, 7);
    assertThat(ring.page(100, 5).messages()).isEqualTo(lines(5, 7));
  }

  @Test
  void readsOnAfterACursor() {
    LogRing ring = new LogRing(TEN, 500);
    assertThat(ring.after(100, 0)).isEqualTo(new LogPage(List.of(), 0, 500));
    fill(ring, 0, 15);
    LogPage page = ring.after(4, 0);
    assertThat(page).isEqualTo(new LogPage(lines(5, 9), 10, 509));
    assertThat(ring.after(100, page.next())).isEqualTo(new LogPage(lines(9, 15), 10, 515));
    assertThat(ring.after(100, 9999)).isEqualTo(new LogPage(List.of(), 10, 515));
  }

  @Test
  void boundAndSwitchChangeWhileItRuns() {
    LogRing ring = new LogRing(TEN, 0);
    fill(ring, 0, 10);
    ring.maxBytes(TEN / 2);
    assertThat(ring.page(100, 0).messages()).isEqualTo(lines(5, 10));
    ring.maxBytes(TEN);
    fill(ring, 10, 12);
    assertThat(ring.page(100, 0).messages()).isEqualTo(lines(5, 12));
    ring.on(true);
    assertThat(ring.page(100, 0).total()).isEqualTo(7);
    ring.on(false);
    ring.append("not kept");
    assertThat(ring.page(100, 0)).isEqualTo(new LogPage(List.of(), 0, 12));
    ring.on(true);
    ring.append("kept");
    assertThat(ring.page(100, 0)).isEqualTo(new LogPage(List.of("kept"), 1, 13));
  }

  @Test
  void behavesAsThePlainModelDoes() {
    for (int run = 0; run < 200; run++) {
      long seed = new Random().nextLong();
      Random random = new Random(seed);
      long max = 1L + random.nextInt(3000);
      long start = random.nextInt(1000);
      LogRing ring = new LogRing(max, start);
      Model model = new Model(max, start);
      int number = 0;
      for (int step = 0; step < 400; step++) {
        String what = "seed " + seed + " step " + step;
        switch (random.nextInt(12)) {
          case 0 -> {
            if (random.nextInt(5) == 0) {
              ring.clear();
              model.clear();
            }
          }
          case 1 -> {
            if (random.nextInt(5) == 0) {
              long newMax = 1L + random.nextInt(3000);
              ring.maxBytes(newMax);
              model.max = newMax;
              model.trim();
            }
          }
          case 2, 3, 4 -> {
            long offset = random.nextInt(60);
            int limit = random.nextInt(20);
            assertThat(ring.page(limit, offset)).as(what).isEqualTo(model.page(limit, offset));
          }
          case 5 -> {
            long cursor = (long) random.nextInt(1000) + number;
            int limit = random.nextInt(20);
            assertThat(ring.after(limit, cursor)).as(what).isEqualTo(model.after(limit, cursor));
          }
          default -> {
            String line =
                number++ + "é".repeat(random.nextInt(random.nextInt(10) == 0 ? 2000 : 60));
            ring.append(line);
            model.append(line);
          }
        }
      }
    }
  }

  @Test
  void oneReaderSeesEachLineOfManyWritersOnceInOrder() throws InterruptedException {
    LogRing ring = new LogRing(64 << 20, 0);
    int writers = 4;
    int each = 5000;
    CountDownLatch done = new CountDownLatch(writers);
    for (int w = 0; w < writers; w++) {
      String name = "w" + w + " ";
      Thread.ofVirtual()
          .start(
              () -> {
                for (int i = 0; i < each; i++) {
                  ring.append(name + i);
                }
                done.countDown();
              });
    }
    List<String> held = new ArrayList<>();
    boolean last = false;
    while (true) {
      boolean written = last;
      List<String> more = ring.page(997, held.size()).messages();
      held.addAll(more);
      if (written && more.isEmpty()) {
        break;
      }
      last = done.getCount() == 0;
      Thread.onSpinWait();
    }
    assertThat(held).hasSize(writers * each).doesNotHaveDuplicates();
    for (int w = 0; w < writers; w++) {
      String name = "w" + w + " ";
      List<String> own = held.stream().filter(line -> line.startsWith(name)).toList();
      assertThat(own).hasSize(each).startsWith(name + 0).endsWith(name + (each - 1));
      for (int i = 0; i < each; i++) {
        assertThat(own.get(i)).isEqualTo(name + i);
      }
    }
  }

  /** The same rules without any care for cost. */
  private static final class Model {
    private final List<String> kept = new ArrayList<>();
    private final Deque<long[]> ends = new ArrayDeque<>();
    private long first;
    private long max;

    Model(long max, long first) {
      this.max = max;
      this.first = first;
    }

    void append(String line) {
      kept.add(line);
      trim();
    }

    void trim() {
      while (kept.stream()
              .mapToLong(l -> l.getBytes(StandardCharsets.UTF_8).length + LogRing.LINE_OVERHEAD)
              .sum()
          > max) {
        kept.removeFirst();
        first++;
      }
    }

    void clear() {
      first += kept.size();
      kept.clear();
      ends.clear();
    }

    LogPage page(int limit, long offset) {
      long from = first + offset;
      boolean known = false;
      for (long[] end : ends) {
        if (end[0] == offset) {
          from = end[1];
          known = true;
        }
      }
      if (!known && offset > kept.size()) {
        return new LogPage(List.of(), kept.size(), first + kept.size());
      }
      LogPage page = after(limit, from);
      ends.addLast(new long[] {offset + page.messages().size(), page.next()});
      if (ends.size() > 64) {
        ends.removeFirst();
      }
      return page;
    }

    LogPage after(int limit, long cursor) {
      int start = (int) Math.max(0, Math.min(kept.size(), cursor - first));
      int end = Math.min(kept.size(), start + limit);
      return new LogPage(List.copyOf(kept.subList(start, end)), kept.size(), first + end);
    }
  }
}
