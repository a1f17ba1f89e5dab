package com.github.shiroedev2024.leaf.engine.protocol.tun;

import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds flows by their addresses without a lock and without making an object: several threads ask
 * for every packet. Buckets are chains of the flows themselves. Changes take a lock; a reader that
 * stands on a flow just taken out still finds its way to the end of the chain, as {@code next} of
 * what was taken out stays.
 */
final class FlowTable<F extends Flow> {
  private final AtomicReferenceArray<@Nullable Flow> buckets;
  private final int mask;
  private int size; // lock

  /**
   * @param buckets rounded up to a power of two
   */
  FlowTable(int buckets) {
    int count = Integer.highestOneBit(Math.max(2, buckets) * 2 - 1);
    this.buckets = new AtomicReferenceArray<>(count);
    this.mask = count - 1;
  }

  private int bucket(
      long sourceHigh,
      long sourceLow,
      int sourcePort,
      long targetHigh,
      long targetLow,
      int targetPort) {
    long hash = sourceHigh * 0x9e37_79b9_7f4a_7c15L + sourceLow;
    hash = (hash ^ hash >>> 32) * 0x9e37_79b9_7f4a_7c15L + targetHigh;
    hash = (hash ^ hash >>> 29) * 0x9e37_79b9_7f4a_7c15L + targetLow;
    hash = (hash ^ hash >>> 32) * 0x9e37_79b9_7f4a_7c15L + (sourcePort << 16 | targetPort);
    hash = (hash ^ hash >>> 32) * 0x9e37_79b9_7f4a_7c15L;
    return (int) (hash >>> 40) & mask;
  }

  private int bucket(Flow flow) {
    return bucket(
        flow.sourceHigh,
        flow.sourceLow,
        flow.sourcePort,
        flow.targetHigh,
        flow.targetLow,
        flow.targetPort);
  }

  @SuppressWarnings("unchecked") // only Fs are added
  @Nullable F find(
      boolean six,
      long sourceHigh,
      long sourceLow,
      int sourcePort,
      long targetHigh,
      long targetLow,
      int targetPort) {
    int bucket = bucket(sourceHigh, sourceLow, sourcePort, targetHigh, targetLow, targetPort);
    for (Flow flow = buckets.get(bucket); flow != null; flow = flow.next) {
      if (flow.is(six, sourceHigh, sourceLow, sourcePort, targetHigh, targetLow, targetPort)) {
        return (F) flow;
      }
    }
    return null;
  }

  /** Adds a flow; it is found before others of the same addresses. */
  synchronized void add(F flow) {
    int bucket = bucket(flow);
    flow.next = buckets.get(bucket);
    buckets.set(bucket, flow);
    size++;
  }

  synchronized void remove(F gone) {
    int bucket = bucket(gone);
    Flow before = null;
    for (Flow flow = buckets.get(bucket); flow != null; flow = flow.next) {
      if (flow == gone) {
        unlink(bucket, before, flow);
        return;
      }
      before = flow;
    }
  }

  /** Takes out all that this says are over. */
  @SuppressWarnings("unchecked") // only Fs are added
  synchronized void removeIf(Predicate<F> over) {
    for (int bucket = 0; bucket <= mask && size > 0; bucket++) {
      Flow before = null;
      for (Flow flow = buckets.get(bucket); flow != null; flow = flow.next) {
        if (over.test((F) flow)) {
          unlink(bucket, before, flow);
        } else {
          before = flow;
        }
      }
    }
  }

  private void unlink(int bucket, @Nullable Flow before, Flow flow) {
    if (before == null) {
      buckets.set(bucket, flow.next);
    } else {
      before.next = flow.next;
    }
    size--;
  }

  synchronized int size() {
    return size;
  }
}
