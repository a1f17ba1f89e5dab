package com.github.shiroedev2024.leaf.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.LeakPresenceDetector.ResourceScope;
import org.junit.jupiter.api.Test;

class LeakCheckTest {
  @Test
  void aBufferBelongsToTheScopeItWasAllocatedIn() {
    ResourceScope own = new ResourceScope("test");
    ResourceScope outer = ScopedLeakDetector.enter(own);
    ByteBuf buffer;
    try {
      buffer = ByteBufAllocator.DEFAULT.buffer(8);
    } finally {
      ScopedLeakDetector.enter(outer);
    }
    assertThat(own.hasOpenResources()).isTrue();
    buffer.release();
    assertThat(own.hasOpenResources()).isFalse();
  }
}
